"""
Reads files that Barline wrote with the readers that people use, and compares every value bit for
bit and every type; then changes each column in turn, and the comparison has to find it.

    read_bars.py FOLDER
"""

import copy
import json
import os
import sys

import duckdb
import numpy
import pandas
import polars
import pyarrow
import pyarrow.parquet

from report import Report
from table import COLUMNS, TIMES, bits, difference, load

DUCKDB = duckdb.connect()
ZONED = "its type is {}, not a timestamp in UTC"


def require(is_so, problem):
    if not is_so:
        raise AssertionError(problem)


def read_pyarrow(path):
    """Checks the checksums of pages as well."""
    table = pyarrow.parquet.read_table(path, page_checksum_verification=True)
    for name in COLUMNS:
        is_time = name in TIMES
        wanted = pyarrow.timestamp("ms", tz="UTC") if is_time else pyarrow.float64()
        kind = table.schema.field(name).type
        require(kind == wanted, f"{name} is {kind}, not {wanted}")
        require(table.column(name).null_count == 0, f"{name} has nulls")
    columns = {}
    for name in COLUMNS:
        column = table.column(name).combine_chunks()
        columns[name] = (column.cast("int64") if name in TIMES else column).to_numpy()
    return columns


def read_pandas(path):
    frame = pandas.read_parquet(path)
    columns = {}
    for name in COLUMNS:
        dtype = frame[name].dtype
        if name in TIMES:
            require(str(dtype) == "datetime64[ms, UTC]", ZONED.format(dtype))
            columns[name] = frame[name].dt.tz_localize(None).to_numpy().astype("<i8")
        else:
            require(str(dtype) == "float64", f"{name} is {dtype}")
            columns[name] = frame[name].to_numpy()
    return columns


def read_polars(path):
    frame = polars.read_parquet(path)
    columns = {}
    for name in COLUMNS:
        dtype = frame.schema[name]
        if name in TIMES:
            require(dtype == polars.Datetime("ms", "UTC"), ZONED.format(dtype))
            columns[name] = frame[name].to_physical().to_numpy()
        else:
            require(dtype == polars.Float64, f"{name} is {dtype}")
            columns[name] = frame[name].to_numpy()
    return columns


def read_duckdb(path):
    described = DUCKDB.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
    types = {row[0]: row[1] for row in described}
    for name in COLUMNS:
        wanted = "TIMESTAMP WITH TIME ZONE" if name in TIMES else "DOUBLE"
        require(types[name] == wanted, ZONED.format(types[name]))
    picked = [f"epoch_ms({each}) AS {each}" if each in TIMES else each for each in COLUMNS]
    return DUCKDB.execute(f"SELECT {', '.join(picked)} FROM '{path}'").fetchnumpy()


def read_csv(path):
    frame = pandas.read_csv(path, parse_dates=["open_time"])
    opened = frame["open_time"]
    require(str(opened.dtype.tz) == "UTC", ZONED.format(opened.dtype))
    columns = {name: frame[name].to_numpy(dtype="<f8") for name in COLUMNS if name not in TIMES}
    opened = opened.dt.tz_localize(None).astype("datetime64[ms]")
    columns["open_time"] = opened.to_numpy().astype("<i8")
    return columns


READERS = {
    "parquet": {
        "pyarrow": read_pyarrow,
        "pandas": read_pandas,
        "polars": read_polars,
        "duckdb": read_duckdb,
    },
    "csv": {"pandas, CSV": read_csv},
}


def check_metadata(path, file):
    """The footer says what the bars are of, and in what order."""
    metadata = pyarrow.parquet.ParquetFile(path).metadata
    pairs = metadata.metadata or {}
    require(pairs.get(b"barline.series", b"").decode() == file["series"], f"it says {pairs}")
    require(pairs.get(b"barline.size", b"").decode() == file["size"], f"it says {pairs}")
    require(metadata.created_by == "barline", f"it was written by {metadata.created_by}")
    groups = [metadata.row_group(each).num_rows for each in range(metadata.num_row_groups)]
    require(groups == file["groups"], f"it has row groups of {groups}")


def check_filter(path, truth):
    """A reader that passes over row groups by their bounds finds what is there."""
    middle = int(truth["open_time"][len(truth["open_time"]) // 2])
    sql = f"SELECT count(*) FROM '{path}' WHERE open_time >= make_timestamptz({middle * 1000})"
    found = DUCKDB.execute(sql).fetchall()[0][0]
    wanted = int(numpy.count_nonzero(truth["open_time"] >= middle))
    require(found == wanted, f"{found} bars from the middle on, not {wanted}")


def planted(columns, name):
    """A copy with one value changed by its last bit, in the middle."""
    changed = copy.copy(columns)
    changed[name] = numpy.array(columns[name])
    at = len(changed[name]) // 2
    bits(changed[name])[at] ^= 1
    return changed


def check(report, file, folder, kind, who, read):
    path = os.path.join(folder, file[kind])
    truth = load(os.path.join(folder, file["truth"]))
    try:
        columns = read(path)
        if kind == "csv":
            # It has no closes.
            columns["close_time"] = truth["close_time"]
        problem = difference(columns, truth)
        if problem is None and who == "pyarrow":
            check_metadata(path, file)
        if problem is None and who == "duckdb":
            check_filter(path, truth)
    except AssertionError as error:
        problem = str(error)
    told = "" if problem is None else f": {problem}"
    report.say(problem is None, who, f"{file[kind]}, {len(truth['open'])} bars{told}")
    if problem is None:
        escaped = [each for each in COLUMNS if difference(planted(columns, each), truth) is None]
        what = f"{len(COLUMNS)} faults planted, {len(COLUMNS) - len(escaped)} found"
        report.say(not escaped, who, f"{file[kind]}: {what}")


def main():
    folder = sys.argv[1]
    with open(os.path.join(folder, "written.json"), encoding="utf-8") as text:
        files = json.load(text)
    report = Report()
    for file in files:
        for kind, readers in READERS.items():
            for who, read in readers.items() if kind in file else []:
                check(report, file, folder, kind, who, read)
    report.end()


main()
