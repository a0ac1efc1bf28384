"""
Writes bars with the writers that people use, each in the ways that they are used, for Barline to
read; with each file goes what it has to be read as.

    write_bars.py FOLDER
"""

import decimal
import json
import os
import sys

import duckdb
import numpy
import pandas
import polars
import pyarrow
import pyarrow.parquet

from table import load, save

VALUES = ["open", "high", "low", "close", "volume"]
ARROW = pyarrow.parquet.write_table


class Files:
    """The files of one series of bars."""

    def __init__(self, folder, name, size, truth):
        self.folder = folder
        self.name = name
        self.size = size
        self.truth = truth
        self.list = []
        save(self.path(f"{name}.truth"), truth)

    def path(self, name):
        return os.path.join(self.folder, name)

    def add(self, who, what, write, options=None, changes=None, code=None):
        """
        One file: who writes it and what is special about it, how it is to be read, which columns
        are to be read as something else, and the code with which it is to be refused, if it is.
        """
        number = len(self.list) + 1
        file = f"{self.name}-{number}.parquet"
        write(self.path(file))
        truth = f"{self.name}.truth"
        if changes is not None:
            truth = f"{self.name}-{number}.truth"
            save(self.path(truth), {**self.truth, **changes})
        told = {"who": who, "what": f"{self.name}, {what}", "file": file, "truth": truth}
        self.list.append({**told, "size": self.size, "options": options or {}, "code": code})


def stamps(truth, unit, zone="UTC"):
    """The times as Arrow has them."""
    times = pyarrow.array(truth["open_time"], pyarrow.timestamp("ms", tz=zone))
    return times.cast(pyarrow.timestamp(unit, tz=zone))


def arrow(truth, times=None, name="timestamp", **changes):
    columns = {each: pyarrow.array(truth[each]) for each in VALUES}
    times = stamps(truth, "us") if times is None else times
    return pyarrow.table({name: times, **columns, **changes})


def frame(truth, unit="ns", zone="UTC"):
    """The values of the bars by their times, which are the index."""
    index = pandas.DatetimeIndex(truth["open_time"].astype("datetime64[ms]")).as_unit(unit)
    index = index.tz_localize("UTC").tz_convert(zone) if zone else index
    return pandas.DataFrame({name: truth[name] for name in VALUES}, index=index)


def pyarrow_files(files):
    truth = files.truth
    table = arrow(truth)
    for codec in ["snappy", "none", "gzip", "brotli", "zstd"]:
        write = lambda path, codec=codec: ARROW(table, path, compression=codec)
        files.add("pyarrow", f"packed with {codec}", write)
    write = lambda path: ARROW(table, path, compression="lz4")
    files.add("pyarrow", "packed with lz4", write, code="unsupported-codec")
    for unit in ["s", "ms", "us", "ns"]:
        times = arrow(truth, stamps(truth, unit))
        files.add("pyarrow", f"times in {unit}", lambda path, times=times: ARROW(times, path))
    local = arrow(truth, stamps(truth, "us", None))
    files.add("pyarrow", "times without a zone", lambda path: ARROW(local, path), {"zone": "UTC"})
    files.add("pyarrow", "no zone told", lambda path: ARROW(local, path), code="zone-needed")
    shanghai = arrow(truth, stamps(truth, "ms", "Asia/Shanghai"))
    files.add("pyarrow", "times of Shanghai", lambda path: ARROW(shanghai, path))
    old = lambda path: ARROW(local, path, use_deprecated_int96_timestamps=True)
    files.add("pyarrow", "times of 96 bits", old, {"zone": "UTC"})
    epoch = arrow(truth, pyarrow.array(truth["open_time"] // 1000))
    seconds = {"timeForm": "epoch-seconds"}
    files.add("pyarrow", "epoch seconds", lambda path: ARROW(epoch, path), seconds)
    text = arrow(truth, stamps(truth, "ms").cast(pyarrow.string()))
    files.add("pyarrow", "times as text", lambda path: ARROW(text, path), code="text-column")


def pyarrow_layouts(files):
    table = arrow(files.truth)
    delta = {"timestamp": "DELTA_BINARY_PACKED", **{name: "BYTE_STREAM_SPLIT" for name in VALUES}}
    ways = {
        "pages of version 2": {"data_page_version": "2.0"},
        "format 1.0": {"version": "1.0"},
        "no dictionaries": {"use_dictionary": False},
        "delta and split": {"use_dictionary": False, "column_encoding": delta},
        "both, version 2": {
            "use_dictionary": False,
            "column_encoding": delta,
            "data_page_version": "2.0",
        },
        "checksums": {"write_page_checksum": True},
        "small row groups": {"row_group_size": 700},
        "small pages, an index": {"data_page_size": 500, "write_page_index": True},
        "a small dictionary": {"dictionary_pagesize_limit": 100},
        "no statistics": {"write_statistics": False},
    }
    for what, how in ways.items():
        files.add("pyarrow", what, lambda path, how=how: ARROW(table, path, **how))
    fields = [pyarrow.field(each.name, each.type, nullable=False) for each in table.schema]
    strict = pyarrow.table(table.columns, schema=pyarrow.schema(fields))
    files.add("pyarrow", "never null", lambda path: ARROW(strict, path))
    more = table.append_column("tags", pyarrow.array([[1, 2]] * len(table)))
    more = more.add_column(0, "note", pyarrow.array([{"a": "b"}] * len(table)))
    files.add("pyarrow", "columns of lists and records", lambda path: ARROW(more, path))
    gap = table.set_column(1, "open", pyarrow.array([None, *files.truth["open"][1:]]))
    files.add("pyarrow", "a null", lambda path: ARROW(gap, path), code="not-a-number")


def number_files(files):
    truth = files.truth
    single = {name: truth[name].astype("<f4") for name in VALUES[:4]}
    changes = {name: values.astype("<f8") for name, values in single.items()}
    columns = {name: pyarrow.array(values) for name, values in single.items()}
    write = lambda path: ARROW(arrow(truth, **columns), path)
    files.add("pyarrow", "prices of 32 bits", write, None, changes)
    for kind in [pyarrow.int64(), pyarrow.int32(), pyarrow.uint32(), pyarrow.uint64()]:
        whole = {"volume": pyarrow.array(truth["volume"]).cast(kind)}
        table = arrow(truth, **whole)
        files.add("pyarrow", f"volumes of {kind}", lambda path, table=table: ARROW(table, path))
    for precision in [9, 18, 38]:
        kind = pyarrow.decimal128(precision, 2)
        exact = {
            name: pyarrow.array([decimal.Decimal(repr(float(each))) for each in truth[name]], kind)
            for name in VALUES[:4]
        }
        for as_integer in [False, True]:
            how = {"store_decimal_as_integer": as_integer}
            what = f"decimals of {precision} digits{', as integers' if as_integer else ''}"
            write = lambda path, exact=exact, how=how: ARROW(arrow(truth, **exact), path, **how)
            files.add("pyarrow", what, write)


def pandas_files(files):
    truth = files.truth
    for unit in ["ms", "us", "ns"]:
        bars = frame(truth, unit)
        files.add("pandas", f"an index in {unit}", lambda path, bars=bars: bars.to_parquet(path))
    for name in ["Date", "datetime", "timestamp"]:
        bars = frame(truth).rename_axis(name)
        files.add("pandas", f"an index {name}", lambda path, bars=bars: bars.to_parquet(path))
    local = frame(truth, zone=None)
    files.add("pandas", "a naive index", lambda path: local.to_parquet(path), {"zone": "UTC"})
    shanghai = frame(truth, zone="Asia/Shanghai")
    files.add("pandas", "an index of Shanghai", lambda path: shanghai.to_parquet(path))
    column = frame(truth).rename_axis("Datetime").reset_index()
    column.columns = [name.capitalize() for name in column.columns]
    files.add("pandas", "a column", lambda path: column.to_parquet(path, index=False))
    gzip = lambda path: column.to_parquet(path, compression="gzip")
    files.add("pandas", "packed with gzip, an index of numbers", gzip)


def polars_files(files):
    truth = files.truth
    columns = {name: truth[name] for name in VALUES}
    for unit in ["ms", "us", "ns"]:
        times = polars.Series(truth["open_time"]).cast(polars.Datetime("ms", "UTC"))
        bars = polars.DataFrame({"ts": times.dt.cast_time_unit(unit), **columns})
        write = lambda path, bars=bars: bars.write_parquet(path, compression="snappy")
        files.add("polars", f"packed with snappy, times in {unit}", write)
    for codec in ["uncompressed", "gzip"]:
        write = lambda path, codec=codec: bars.write_parquet(path, compression=codec)
        files.add("polars", codec, write)
    files.add("polars", "as it does by itself (zstd)", lambda path: bars.write_parquet(path))
    small = lambda path: bars.write_parquet(
        path, compression="snappy", row_group_size=500, data_page_size=1000, statistics="full"
    )
    files.add("polars", "small row groups and pages", small)


def duckdb_files(files):
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.register("bars", arrow(files.truth, name="time"))
    ways = {
        "as it does by itself": "",
        "uncompressed": ", COMPRESSION uncompressed",
        "packed with gzip": ", COMPRESSION gzip",
        "small row groups": ", ROW_GROUP_SIZE 2048",
        "format 2": ", PARQUET_VERSION v2",
        "packed with zstd": ", COMPRESSION zstd",
    }
    for what, how in ways.items():
        form = f"(FORMAT parquet{how})"
        write = lambda path, form=form: connection.execute(f"COPY bars TO '{path}' {form}")
        files.add("duckdb", what, write)
    local = "SELECT time::TIMESTAMP AS time, * EXCLUDE time FROM bars"
    write = lambda path: connection.execute(f"COPY ({local}) TO '{path}' (FORMAT parquet)")
    files.add("duckdb", "times without a zone", write, {"zone": "UTC"})


def date_files(files):
    truth = files.truth
    days = pyarrow.array(truth["open_time"], pyarrow.timestamp("ms")).cast(pyarrow.date32())
    files.add("pyarrow", "dates", lambda path: ARROW(arrow(truth, days, "date"), path))
    named = polars.from_arrow(arrow(truth, days, "Date"))
    write = lambda path: named.write_parquet(path, compression="snappy")
    files.add("polars", "dates", write)
    index = frame(truth, zone=None).rename_axis("Date")
    files.add("pandas", "midnights", lambda path: index.to_parquet(path), {"zone": "UTC"})
    connection = duckdb.connect()
    connection.register("bars", arrow(truth, days, "trade_date"))
    write = lambda path: connection.execute(f"COPY bars TO '{path}' (FORMAT parquet)")
    files.add("duckdb", "dates", write)


def edge_truth(size_ms):
    """Bars of doubles that are easily lost: both zeros, the tiny, the huge, and any bits."""
    random = numpy.random.default_rng(20240102)
    drawn = random.integers(0, 2**64, 4000, dtype="<u8").view("<f8")
    drawn = drawn[numpy.isfinite(drawn) & (numpy.abs(drawn) < 4e307)]
    known = [0.0, -0.0, 5e-324, -5e-324, 2.2250738585072014e-308, 4e307, 0.1 + 0.2, 1 / 3]
    values = numpy.concatenate([known * 2, drawn])
    values = values[: len(values) // 4 * 4].reshape(-1, 4)
    values = numpy.sort(values, axis=1, kind="stable")
    opened = numpy.arange(len(values)) * size_ms
    columns = dict(zip(["low", "open", "close", "high"], values.T))
    columns["volume"] = numpy.abs(columns["open"])
    return {"open_time": opened, "close_time": opened + size_ms, **columns}


def main():
    folder = sys.argv[1]
    files = []
    truth = load(os.path.join(folder, "cffex-if-15m.truth"))
    fifteen = Files(folder, "foreign-15m", "15m", truth)
    for make in [
        pyarrow_files,
        pyarrow_layouts,
        number_files,
        pandas_files,
        polars_files,
        duckdb_files,
    ]:
        make(fifteen)
    files += fifteen.list
    one = Files(folder, "foreign-1m", "1m", load(os.path.join(folder, "cffex-if-1m.truth")))
    for make in [polars_files, duckdb_files]:
        make(one)
    files += one.list
    edge = Files(folder, "foreign-edge", "15m", edge_truth(900_000))
    for make in [pyarrow_layouts, polars_files, duckdb_files]:
        make(edge)
    files += edge.list
    days = Files(folder, "foreign-1d", "1d", load(os.path.join(folder, "sp500-daily.truth")))
    date_files(days)
    files += days.list
    with open(os.path.join(folder, "foreign.json"), "w", encoding="utf-8") as text:
        json.dump(files, text)


main()
