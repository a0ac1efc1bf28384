"""What a check says when something is not as it must be."""

from fractions import Fraction


def require(holds, problem):
    """Raises AssertionError, also where Python leaves `assert` out."""
    if not holds:
        raise AssertionError(problem)


def same(found, expected, what):
    """Equal, and of one kind where both are numbers: 1 is not True."""
    same_kind = isinstance(found, bool) == isinstance(expected, bool)
    require(same_kind and found == expected, f"{what}: {shown(found)}, not {shown(expected)}")


def shown(value):
    """For a person: exact fractions as decimal numbers, of a long list its length alone."""
    if isinstance(value, Fraction):
        return f"{float(value):g}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} {shown(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list) and len(value) > 20:
        return f"{len(value)} of them"
    return repr(value)
