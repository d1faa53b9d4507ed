"""The figures that criteria compare: the stats of a measure."""

LEAST, MOST = -10**12, 10**12


class Figure:
    """A range of possible levels, or nothing observed (low is None), with the reason where it does not settle."""

    __slots__ = ("low", "high", "why", "shown", "at_least", "day")

    def __init__(self, low, high, why="missing", shown=None, at_least=False, day=None):
        self.low, self.high, self.why = low, high, why
        self.shown, self.at_least, self.day = shown, at_least, day


def exact(level, day=None):
    return Figure(level, level, shown=level, day=day)


def nothing(why, shown=None, at_least=False):
    return Figure(None, None, why, shown, at_least)


def span(low, high, why):
    """A range of which nothing is shown unless it is one level."""
    return exact(low) if low == high else Figure(low, high, why)


def of_entry(entry, day):
    if entry.bound:
        return Figure(entry.level + 1, MOST, "missing", entry.level, True, day)
    return exact(entry.level, day)


def unknown_of(entry, why):
    """Nothing observed, but an entry is shown."""
    return nothing(why, entry.level, entry.bound) if entry else nothing(why)


class Window:
    """What a criterion sees of its measure on a day."""

    def __init__(self, record, criterion, day, after):
        self.criterion, self.day = criterion, day
        self.series = record.series[criterion.measure]
        self.site = criterion.site
        self.first, self.last, self.after = after + 1, day, after
        if criterion.since_phase:
            self.first = max(self.first, record.in_force(day).values_from)
        if criterion.days:
            self.first = max(self.first, record.onset + criterion.days[0])
            self.last = min(self.last, record.onset + criterion.days[1])
        self.start = max(record.start, after + 1)
        self.latest_day = self.series.latest_day(self.first, self.last, self.site)

    def reason(self):
        """Why the latest value does not count, None when it does."""
        if self.latest_day is None:
            return "missing"
        if not self.criterion.days and self.day - self.latest_day > self.criterion.fresh:
            return "too_old"
        return "not_measured" if self.worst() is None else None

    def worst(self):
        if self.latest_day is None:
            return None
        return self.series.worst(self.latest_day, self.site)

    def baseline(self):
        return self.series.baseline(self.start, self.day, self.site)

    def by_baselines_tester(self, baseline):
        tester = baseline.tester
        return self.series.worst_by(self.latest_day, self.site, tester) if tester else None


def latest(window):
    why, worst = window.reason(), window.worst()
    if why:
        return unknown_of(worst, why)
    if window.criterion.same_tester:
        found = window.baseline()
        if found is None:
            return unknown_of(worst, "no_baseline")
        same = window.by_baselines_tester(found[1])
        return of_entry(same, window.latest_day) if same else unknown_of(worst, "other_tester")
    return of_entry(worst, window.latest_day)


def max_in_fresh(window):
    series, site = window.series, window.site
    first = max(window.first, window.day - window.criterion.fresh)
    days = [day for day in series.within(first, window.last) if series.latest_day(day, day, site)]
    if not days:
        return unknown_of(window.worst(), window.reason())
    found = [(series.worst(day, site), day) for day in days]
    found = [(entry, day) for entry, day in found if entry is not None]
    if not found:
        return nothing("not_measured")
    entry, day = max(found, key=lambda pair: series.badness(pair[0]))
    return of_entry(entry, day)


def first_value(window):
    found = window.baseline()
    if found:
        return of_entry(found[1], found[0])
    entered = window.series.latest_day(window.start, window.day, window.site)
    return nothing("missing" if entered is None else "not_measured")


def reference(window):
    """The latest entry and the one it is compared with, or a reason."""
    if window.reason():
        return window.reason()
    if window.criterion.stat == "rise_from_previous":
        return previous_pair(window)
    found = window.baseline()
    if found is None:
        return "no_baseline"
    entry = window.worst()
    if window.criterion.same_tester:
        entry = window.by_baselines_tester(found[1])
    return (entry, found[1]) if entry else "other_tester"


def previous_pair(window):
    series, site = window.series, window.site
    entry = window.worst()
    for day in reversed(series.within(window.after + 1, window.latest_day - 1)):
        earlier = series.worst(day, site)
        if earlier is None:
            continue
        if window.criterion.same_tester:
            earlier = series.worst_by(day, site, entry.tester) if entry.tester else None
        return (entry, earlier) if earlier else "other_tester"
    return "no_baseline"


def percent(part, whole):
    """Thousandths of a percent, a half upwards."""
    whole = abs(whole)
    return (2 * part * 100_000 + whole) // (2 * whole)


def change(window):
    pair = reference(window)
    if isinstance(pair, str):
        return nothing(pair)
    entry, base = pair
    stat = window.criterion.stat
    if stat in ("fall_percent", "percent_of_baseline"):
        return percentage(window, entry, base)
    better_is_up = window.series.measure.lower_is_worse
    up = better_is_up == (stat == "fall")
    return difference(window, entry, base, up)


def percentage(window, entry, base):
    if base.level == 0 or base.bound or entry.bound:
        return nothing("no_baseline")
    if window.criterion.stat == "percent_of_baseline":
        return exact(percent(entry.level, base.level), window.latest_day)
    fall = entry.level - base.level if window.series.measure.lower_is_worse else base.level - entry.level
    return exact(percent(fall, base.level), window.latest_day)


def difference(window, entry, base, up):
    """Latest minus base where up, base minus latest otherwise."""
    plus, minus = (entry, base) if up else (base, entry)
    scale = 1000 if window.series.measure.kind == "code" else 1
    level = (plus.level - minus.level) * scale
    if not plus.bound and not minus.bound:
        return exact(level, window.latest_day)
    low = LEAST if minus.bound else level + 1
    high = MOST if plus.bound else level - 1
    open_up = plus.bound and not minus.bound
    return Figure(low, high, "missing", level if open_up else None, open_up, window.latest_day)


STATS = {"latest": latest, "max_in_fresh": max_in_fresh, "first_value": first_value}


def figure(record, criterion, day, after):
    return STATS.get(criterion.stat, change)(Window(record, criterion, day, after))
