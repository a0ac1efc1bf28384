"""
Bars as columns of 64 bits each, in a file of their own: the truth that both sides compare with. The
times are milliseconds since 1970 in UTC, integers that doubles hold exactly.
"""

import numpy

COLUMNS = ["open_time", "close_time", "open", "high", "low", "close", "volume"]
TIMES = ["open_time", "close_time"]


def load(path):
    """The columns by their names, times as integers."""
    values = numpy.fromfile(path, dtype="<f8").reshape(len(COLUMNS), -1)
    table = dict(zip(COLUMNS, values))
    return {name: each.astype("<i8") if name in TIMES else each for name, each in table.items()}


def save(path, table):
    """Writes columns in the same form."""
    numpy.concatenate([numpy.asarray(table[name]).astype("<f8") for name in COLUMNS]).tofile(path)


def bits(values):
    """Numbers as the bits that they are kept in: two zeros differ, and NaN is equal to itself."""
    array = numpy.ascontiguousarray(values)
    return array if array.dtype.kind == "i" else array.astype("<f8", copy=False).view("<i8")


def difference(read, truth):
    """Where two tables differ first, in words; None where they do not."""
    for name in COLUMNS:
        if name not in read:
            return f"{name} is missing"
        if len(read[name]) != len(truth[name]):
            return f"{len(read[name])} values of {name}, not {len(truth[name])}"
        differs = numpy.flatnonzero(bits(read[name]) != bits(truth[name]))
        if len(differs):
            at = differs[0]
            return f"{name} of row {at + 1} is {read[name][at]!r}, not {truth[name][at]!r}"
    return None
