"""What is seen of a record: entries of measures, visits, activities, and what the decisions put in force."""

from bisect import bisect_left, bisect_right
from datetime import date

from catalogue import MEASURES, SITES

NOTHING_SEEN = 10**9
SITE_PLACE = {None: -1, **{site: place for place, site in enumerate(SITES)}}


def day_of(text):
    """A day as a number, None for none."""
    return date.fromisoformat(text).toordinal() if text else None


def months_between(first, last):
    """Full calendar months from one day to another."""
    a, b = date.fromordinal(first), date.fromordinal(last)
    return (b.year * 12 + b.month) - (a.year * 12 + a.month) - (b.day < a.day)


def add_months(day, months):
    """The day so many calendar months later; beyond the end of a month its last day."""
    start = date.fromordinal(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1).toordinal()) - 1
    return min(date(year, month + 1, 1).toordinal() + start.day - 1, last)


class Entry:
    """One entry of a measure; level None is not measured."""

    __slots__ = ("level", "bound", "site", "tester")

    def __init__(self, level, bound=False, site=None, tester=None):
        self.level, self.bound, self.site, self.tester = level, bound, site, tester

    def order(self):
        return (SITE_PLACE.get(self.site, 99), self.tester or "")


class Series:
    """The entries of one measure by day."""

    def __init__(self, measure):
        self.measure = measure
        self.by_day = {}
        self.days = []
        self.worst_cache = {}

    def add(self, day, entry):
        self.by_day.setdefault(day, []).append(entry)

    def close(self):
        self.days = sorted(self.by_day)
        for entries in self.by_day.values():
            entries.sort(key=Entry.order)

    def within(self, first, last):
        return self.days[bisect_left(self.days, first):bisect_right(self.days, last)]

    def latest_day(self, first, last, site=None):
        """The last day in the window with an entry, measured or not."""
        place = bisect_right(self.days, last) - 1
        while place >= 0 and self.days[place] >= first:
            day = self.days[place]
            if site is None or any(entry.site == site for entry in self.by_day[day]):
                return day
            place -= 1
        return None

    def badness(self, entry):
        if self.measure.lower_is_worse:
            return (-entry.level, not entry.bound)
        return (entry.level, entry.bound)

    def worst(self, day, site=None):
        """The worst known entry of a day, None where none is known."""
        key = (day, site)
        if key not in self.worst_cache:
            self.worst_cache[key] = self.worst_of(self.known(day, site))
        return self.worst_cache[key]

    def worst_of(self, entries):
        return max(entries, key=self.badness, default=None)

    def known(self, day, site=None):
        found = [entry for entry in self.by_day.get(day, ()) if entry.level is not None]
        return found if site is None else [entry for entry in found if entry.site == site]

    def worst_by(self, day, site, tester):
        return self.worst_of([entry for entry in self.known(day, site) if entry.tester == tester])

    def highest(self, day):
        return max((entry.level for entry in self.known(day)), default=None)

    def baseline(self, first, last, site=None):
        """Day and worst entry of the first day with a known level."""
        for day in self.within(first, last):
            worst = self.worst(day, site)
            if worst is not None:
                return day, worst
        return None


class InForce:
    """What the decisions put in force; one is made for each decision that is played."""

    def __init__(self, values_from):
        self.phase = self.rung = self.phase_from = self.rung_from = None
        self.values_from = values_from
        self.discharged = None
        self.activated = self.owed = self.stretching = False
        self.last_regress = self.last_step_back = None
        self.cleared = {}

    def copy(self):
        other = InForce(self.values_from)
        other.__dict__.update(self.__dict__)
        other.cleared = dict(self.cleared)
        return other

    def play(self, day, decided, last_rung):
        if decided == "discharge":
            self.play_discharge(day)
        elif decided == "resume_stretching":
            self.stretching = True
        elif "activation" in decided:
            self.play_activation(day, decided["activation"], last_rung)
        elif "phase" in decided:
            self.play_phase(day, decided["phase"])
        elif "taper_step" in decided:
            self.play_step(day, min(decided["taper_step"], last_rung))
        elif "clear_referral" in decided:
            self.cleared[decided["clear_referral"]["rule_id"]] = day

    def play_activation(self, day, activation, last_rung):
        self.activated, self.discharged, self.owed = True, None, False
        self.phase, self.rung = activation["phase"], min(activation["step"], last_rung)
        self.phase_from = self.rung_from = self.values_from = day

    def play_phase(self, day, phase):
        if self.phase is None or phase == self.phase:
            return
        if phase > self.phase:
            self.values_from, self.owed = day, False
        else:
            self.values_from, self.last_regress = day + 1, day
            self.owed = self.last_step_back != day
        self.phase, self.phase_from = phase, day

    def play_step(self, day, rung):
        if self.rung is None or rung == self.rung:
            return
        if rung < self.rung:
            self.last_step_back = day
        self.rung, self.rung_from, self.owed = rung, day, False

    def play_discharge(self, day):
        if self.phase is None:
            return
        self.discharged = day
        self.phase = self.rung = self.phase_from = self.rung_from = None


class Record:
    """The record of a question, seen up to as_of."""

    def __init__(self, question, protocol):
        record = question["record"]
        self.as_of = day_of(question["as_of"])
        self.patient = record.get("patient") or {}
        self.injury = record["injury"]["content"]
        self.recurrence = record.get("recurrence")
        self.plan = record["plan"]["content"]
        self.onset = day_of(self.injury["onset_date"])
        self.start = day_of(self.plan["start_date"])
        self.read_settings(protocol)
        self.assessments = self.facts(record, "assessments")
        self.activities = self.facts(record, "activities")
        sessions = self.facts(record, "sessions")
        self.visits = sorted(
            (s for s in sessions if s["state"] == "attended"), key=lambda s: (s["day"], s["start"], s["id"]))
        self.visit_days = [visit["day"] for visit in self.visits]
        self.read_entries()
        self.play(self.facts(record, "decisions"))

    def read_settings(self, protocol):
        policy = self.plan.get("policy") or {}
        self.ladder = self.plan.get("steps") or protocol.ladder["steps"]
        self.focus = self.plan.get("focus") or protocol.ladder["focus"]
        self.running = policy.get("running") or protocol.policy["running"]["default"]
        self.equipment = policy.get("equipment")
        self.settings = {}
        for name in ("pain_limit", "pain_limit_strength", "pain_limit_running"):
            given, known = policy.get(name), protocol.policy[name]
            value = known["default"] if given is None else given
            self.settings[name] = 1000 * max(known["min"], min(known["max"], value))

    def facts(self, record, key):
        """The facts of one kind that count, in order of day and id."""
        found = []
        for fact in record.get(key) or ():
            day = day_of(fact["content"]["date"])
            if day <= self.as_of and not fact.get("entered_in_error"):
                found.append({**fact["content"], "day": day, "id": fact["id"]})
        return sorted(found, key=lambda fact: (fact["day"], fact["id"]))

    def read_entries(self):
        self.series = {name: Series(measure) for name, measure in MEASURES.items()}
        for assessment in self.assessments:
            self.read_assessment(assessment)
        for activity in self.activities:
            name = "pain_running" if activity["kind"] == "run" else "pain_activity"
            pain = activity.get("pain_during")
            self.series[name].add(activity["day"], Entry(None if pain is None else 1000 * pain))
            self.read_morning(activity)
        for visit in self.visits:
            self.read_morning(visit)
        for series in self.series.values():
            series.close()

    def read_assessment(self, assessment):
        day, therapist = assessment["day"], assessment.get("therapist")
        for result in assessment.get("results") or ():
            series = self.series[result["measure"]]
            level = series.measure.level(result.get("value"))
            series.add(day, Entry(level, site=result.get("site"), tester=result.get("tester") or therapist))
        stages = assessment.get("run_stages")
        if stages:
            painful = [stage["speed_kmh"] for stage in stages if stage["pain"] >= 1]
            level = min(painful) if painful else max(stage["speed_kmh"] for stage in stages)
            self.series["pain_onset_speed_kmh"].add(day, Entry(level, bound=not painful, tester=therapist))

    def read_morning(self, fact):
        pain = fact.get("pain_next_morning")
        if pain is not None and fact["day"] + 1 <= self.as_of:
            self.series["pain_next_morning"].add(fact["day"] + 1, Entry(1000 * pain))

    def play(self, decisions):
        decisions.sort(key=lambda d: (d["day"], d["decided_at"], d["id"]))
        self.decision_days = [decision["day"] for decision in decisions]
        self.states = [InForce(self.start)]
        for decision in decisions:
            state = self.states[-1].copy()
            state.play(decision["day"], decision["decided"], len(self.ladder) - 1)
            self.states.append(state)

    def in_force(self, day):
        return self.states[bisect_right(self.decision_days, day)]

    def plan_state(self, day):
        state, recorded = self.in_force(day), self.plan.get("state")
        if recorded == "cancelled":
            return "cancelled"
        if not state.activated:
            return "draft"
        if state.discharged is not None:
            return "completed"
        return "suspended" if recorded == "suspended" else "active"

    def visits_to(self, day):
        return self.visits[:bisect_right(self.visit_days, day)]

    def at_hand(self, name):
        return self.equipment is None or name in self.equipment
