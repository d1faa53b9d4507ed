"""The verdicts and how groups of them come out."""

MET, UNMET, UNKNOWN, ASKED = 1, 0, -1, -2
NAMES = {MET: "met", UNMET: "unmet", UNKNOWN: "unknown", ASKED: "unknown"}


def may_be_met(verdict):
    return verdict in (MET, ASKED)


def is_unknown(verdict):
    return verdict < 0


def open_of(parts):
    """The verdict of a group that comes out unknown."""
    return ASKED if ASKED in parts else UNKNOWN


def all_of(parts):
    if UNMET in parts:
        return UNMET
    return MET if min(parts, default=MET) == MET else open_of(parts)


def any_of(parts):
    if MET in parts:
        return MET
    return UNMET if min(parts, default=UNMET) == UNMET else open_of(parts)


def at_least(parts, least):
    met = parts.count(MET)
    if met >= least:
        return MET
    possible = met + parts.count(UNKNOWN) + parts.count(ASKED)
    return UNMET if possible < least else open_of(parts)


def inverse(verdict):
    return verdict if is_unknown(verdict) else 1 - verdict


def compare(low, high, op, values):
    """Does every possible level from low to high compare so?"""
    if low is None:
        return UNKNOWN
    value = values[0]
    if op == "<":
        yes, no = high < value, low >= value
    elif op == "<=":
        yes, no = high <= value, low > value
    elif op == ">":
        yes, no = low > value, high <= value
    elif op == ">=":
        yes, no = low >= value, high < value
    else:
        inside = any(low <= v <= high for v in values)
        yes, no = inside and low == high, not inside
        if op == "!=":
            yes, no = no, yes
    return MET if yes else UNMET if no else UNKNOWN


def combine(tree, verdicts):
    """The verdict of a test from those of its criteria."""
    if tree[0] == "criterion":
        return verdicts[tree[1]]
    parts = [combine(part, verdicts) for part in tree[1]]
    if tree[0] == "all":
        return all_of(parts)
    if tree[0] == "any":
        return any_of(parts)
    return at_least(parts, tree[2]) if tree[0] == "at_least" else inverse(parts[0])
