"""Puts one fault into an answer, in every place where a fault can be."""

import copy

# When something was asked and heard is the client's own word, not the gateway's.
LEFT_OUT = {"when"}
# Of long lists these places are taken: the ends, and some in between.
MOST = 5
# A clock can only be checked as closely as one knows when it was read.
CLOCK_SECONDS = 120


def places(value, edges, path=()):
    """
    The path to every number, text and list in an answer; of long lists to some of them: with or
    without the ends, which nobody else may have been told.
    """
    if isinstance(value, dict):
        for key, part in value.items():
            if key not in LEFT_OUT:
                yield from places(part, edges, (*path, key))
    elif isinstance(value, list):
        if value:
            yield path
        for index in chosen(len(value), edges):
            yield from places(value[index], edges, (*path, index))
    else:
        yield path


def chosen(length, edges):
    if length <= MOST:
        return range(length)
    middle = {length // 3, length // 2, 2 * length // 3}
    return sorted(middle | {0, length - 1} if edges else middle)


def planted(answer, path):
    """A copy of an answer with a fault at a place."""
    result = copy.deepcopy(answer)
    if not path:
        return result
    parent = result
    for key in path[:-1]:
        parent = parent[key]
    if path[-1] == "epoch":
        parent["epoch"] += CLOCK_SECONDS
    else:
        parent[path[-1]] = wrong(parent[path[-1]])
    return result


def wrong(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value + 0.2
    if isinstance(value, str):
        return value + "?"
    if isinstance(value, list):
        # One is missing, in the middle.
        middle = len(value) // 2
        return value[:middle] + value[middle + 1 :]
    return "something"
