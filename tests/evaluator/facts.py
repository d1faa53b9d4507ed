"""The facts that criteria compare, each a function of case, day, first day seen and the fact's argument."""

from bisect import bisect_right

from catalogue import DEGREES, MEASURES, MECHANISMS, PRESENTATIONS, RECURRENCES, RESULTS, SITES
from figures import Figure, exact, nothing, span
from logic import ASKED, MET, UNKNOWN, UNMET, all_of, any_of
from record import add_months, day_of, months_between

FAR = 100_000


def count(number):
    return exact(1000 * number)


def finding(verdict):
    """A finding from a verdict."""
    if verdict == ASKED:
        return nothing("not_measured")
    return nothing("missing") if verdict == UNKNOWN else exact(verdict)


def days_since_onset(case, day, first, arg):
    return count(day - case.record.onset)


def injury_months(case, day, first, arg):
    return count(max(0, months_between(case.record.onset, day)))


def hours_since_onset_or_flare(case, day, first, arg):
    certain, possible = case.setbacks(day)
    since = max(case.record.onset, certain or 0)
    least = since if possible is None else max(since, possible)
    return span(24_000 * (day - least), 24_000 * (day - since), "not_measured")


def days_since_regress(case, day, first, arg):
    now = case.regress_met(day)
    if now in (UNKNOWN, ASKED):
        return finding(now)
    certain, possible = case.setbacks(day)
    most = FAR if certain is None else day - certain
    if certain is None and possible is None:
        return Figure(1000 * FAR, 1000 * FAR, shown=1000 * max(0, day - case.record.start), at_least=True)
    least = most if possible is None else min(most, day - possible)
    return span(1000 * least, 1000 * most, "not_measured")


def walking(case, day, first):
    """Verdict of: not painfree walking."""
    found = []
    for name in ("gait", "pain_walking"):
        series = case.record.series[name]
        latest = series.latest_day(first, day)
        if latest is None or day - latest > MEASURES[name].fresh:
            found.append(UNKNOWN)
            continue
        level = series.highest(latest)
        found.append(ASKED if level is None else int(level > 0))
    return any_of(found)


def not_painfree_walking(case, day, first, arg):
    return finding(walking(case, day, first))


def painfree_walk_day(case, day, first, arg):
    record = case.record
    days = set()
    for name in ("gait", "pain_walking"):
        days.update(record.series[name].within(max(first, record.onset), day))
    low, asked = record.onset, False
    for entered in sorted(days):
        verdict = walking(case, entered, first)
        asked = asked or verdict == ASKED
        if verdict == MET:
            low = entered + 1
        if verdict == UNMET:
            why = "not_measured" if asked else "missing"
            return span(1000 * (low - record.onset), 1000 * (entered - record.onset), why)
    return nothing("not_measured" if asked else "missing")


def patient_age_years(case, day, first, arg):
    birth = day_of(case.record.patient.get("birth_date"))
    return nothing("missing") if birth is None else count(months_between(birth, day) // 12)


def caution(case, day, first, arg):
    patient = case.record.patient
    if arg in (patient.get("cautions") or ()):
        return exact(1)
    reviewed = day_of(patient.get("cautions_reviewed_date"))
    return exact(0) if reviewed is not None and reviewed <= day else nothing("missing")


def equipment(case, day, first, arg):
    return exact(int(case.record.at_hand(arg)))


def used(case, day, first, arg):
    visits = case.record.visits_to(day)
    return exact(int(any(t["modality"] == arg for v in visits for t in v.get("treatments") or ())))


def unrecorded(case, day, first, arg):
    if arg == "session_pain":
        visits = case.record.visits_to(day)
        return exact(int(not any(v["day"] >= day - 7 and v.get("pain_after") is not None for v in visits)))
    return exact(int(not case.record.series[arg].within(day - MEASURES[arg].fresh, day)))


def entry_days(case, day, first, arg):
    return count(bisect_right(case.record.series[arg].days, day))


def phase(case, day, first, arg):
    found = case.record.in_force(day).phase
    return nothing("missing") if found is None else count(found)


def phase_gate_met(case, day, first, arg):
    gates = case.gates(case.record.in_force(day).phase, day)
    if not gates:
        return exact(0)
    rules = gates + case.applying("progress", day)
    return finding(all_of([case.verdict(rule, day) for rule in rules]))


def referral(case, day, first, arg):
    verdicts = {"open": MET, "cannot_exclude": UNKNOWN, "cleared": UNMET}
    return finding(any_of([verdicts[s] for s in case.standings(arg)]))


def degree(case, day, first, arg):
    grade = case.grade(day)
    return nothing("missing") if grade is None else exact(DEGREES.index(grade["degree"]))


def activity_degree(case, day, first, arg):
    grade = case.grade(day)
    return exact(1 if grade is None else DEGREES.index(grade["degree"]))


def recurrence(case, day, first, arg):
    return exact(RECURRENCES.index(recurrence_code(case.record)))


def recurrence_code(record):
    if not record.recurrence:
        return "none"
    back = day_of(record.recurrence.get("return_date"))
    if back is None or back > record.onset:
        return "exacerbation"
    if record.onset <= add_months(back, 2):
        return "early"
    return "late" if record.onset <= add_months(back, 12) else "delayed"


def earlier_injuries(case, day, first, arg):
    return count((case.record.recurrence or {}).get("earlier_count") or 0)


def site(case, day, first, arg):
    return exact(SITES.index(case.record.injury["site"]))


def mechanism(case, day, first, arg):
    return exact(MECHANISMS.index(case.record.injury["mechanism"]))


def presentation(case, day, first, arg):
    return exact(PRESENTATIONS.index(case.record.injury["presentation"]))


def earlier_treatment_days(case, day, first, arg):
    longest, unlimited = 0, False
    for treatment in case.record.injury.get("earlier_treatments") or ():
        if treatment.get("result") not in ("no_effect", "worse"):
            continue
        begun, ended = day_of(treatment.get("from_date")), day_of(treatment.get("to_date"))
        if begun is None:
            unlimited = True
        else:
            longest = max(longest, (day if ended is None else min(ended, day)) - begun)
    return span(1000 * longest, 1000 * (FAR if unlimited else longest), "missing")


def visits_attended(case, day, first, arg):
    return count(len(case.record.visits_to(day)))


def treatment_days(case, day, first, arg):
    return count(len({visit["day"] for visit in case.record.visits_to(day)}))


def days_since_first_visit(case, day, first, arg):
    visits = case.record.visits_to(day)
    return count(day - visits[0]["day"]) if visits else nothing("missing")


def adverse_events(case, day, first, arg):
    return count(sum(len(visit.get("adverse_events") or ()) for visit in case.record.visits_to(day)))


def session_pain(case, day, first, arg):
    noted = [(v["day"], v["pain_after"]) for v in case.record.visits_to(day)
             if v["day"] >= first and v.get("pain_after") is not None]
    if not noted:
        return nothing("missing")
    latest = max(noted)
    if day - latest[0] > 7:
        return nothing("too_old", 1000 * latest[1])
    return exact(1000 * latest[1], latest[0])


def modality_result(case, day, first, arg):
    for visit in reversed(case.record.visits_to(day)):
        results = [t["result"] for t in visit.get("treatments") or () if t["modality"] == arg and t.get("result")]
        if results:
            return exact(max(RESULTS.index(result) for result in results), visit["day"])
    return exact(0)


def days_on_step(case, day, first, arg):
    begun = case.record.in_force(day).rung_from
    return nothing("missing") if begun is None else count(day - begun)


def visits_per_week(case, day, first, arg):
    rung = case.record.in_force(day).rung
    return nothing("missing") if rung is None else count(case.record.ladder[rung]["visits_per_week"])


def stretching_resumed(case, day, first, arg):
    return exact(int(case.record.in_force(day).stretching))


def running_allowed(case, day, first, arg):
    record, state = case.record, case.record.in_force(day)
    if state.discharged is not None:
        return exact(1)
    if record.running == "conservative":
        return exact(int(state.phase == 4))
    if state.phase in (3, 4):
        return exact(1)
    gates = case.gates(2, day)
    return finding(all_of([case.verdict(rule, day) for rule in gates])) if gates else exact(0)


def gate_lost(case, day, first, arg):
    return finding(case.gate_lost(day, first))


def activities_to(case, day, first, kinds):
    return [a for a in case.record.activities if first <= a["day"] <= day and a["kind"] in kinds]


def settled(case, activity, day):
    """Was the activity settled by the next morning?"""
    series, morning = case.record.series["pain_next_morning"], activity["day"] + 1
    pain = None
    if day >= morning:
        own = activity.get("pain_next_morning")
        pain = series.highest(morning) if own is None else 1000 * own
    days = series.within(case.record.start, day)
    known = [series.highest(d) for d in days if series.highest(d) is not None]
    if pain is not None and known:
        return int(pain <= known[0])
    if pain == 0:
        return MET
    unmeasured = any(e.level is None for d in series.within(1, day) for e in series.by_day[d])
    return ASKED if unmeasured else UNKNOWN


def clean(case, activity, limit, day):
    pain = activity.get("pain_during")
    return all_of([ASKED if pain is None else int(1000 * pain <= limit), settled(case, activity, day)])


class Counting:
    """Counting back: what is certain, what is possible, and whether an unknown one was asked."""

    def __init__(self):
        self.least = self.most = 0
        self.certain, self.asked = True, False

    def passes(self, verdict):
        """Takes in one verdict; false when it ends the count."""
        if verdict in (UNKNOWN, ASKED):
            self.certain = False
            self.asked = self.asked or verdict == ASKED
        return verdict != UNMET

    def add(self):
        self.most += 1
        self.least += self.certain

    def figure(self):
        return span(1000 * self.least, 1000 * self.most, "not_measured" if self.asked else "missing")


def full_sessions_symptom_free(case, day, first, arg):
    counting = Counting()
    for activity in reversed(activities_to(case, day, first, ("full_training",))):
        if not counting.passes(clean(case, activity, 0, day)):
            break
        counting.add()
    return counting.figure()


def crosstraining_clean_days(case, day, first, arg):
    counting, limit, last = Counting(), case.record.settings["pain_limit"], None
    done = activities_to(case, day, first, ("elliptical", "stepper", "revolving_staircase"))
    for entered in sorted({a["day"] for a in done}, reverse=True):
        if last is not None and entered != last - 1:
            break
        of_day = [a for a in done if a["day"] == entered]
        long = [UNKNOWN if a.get("minutes") is None else int(a["minutes"] >= 20) for a in of_day]
        verdicts = [clean(case, a, limit, day) for a in of_day]
        if not counting.passes(all_of([any_of(long), all_of(verdicts)])):
            break
        counting.add()
        last = entered
    return counting.figure()


def loading_pain(case, day, first, arg):
    first = max(first, case.record.start)
    done = activities_to(case, day, first, ("strength", "eccentric_exercise"))
    if not done:
        return nothing("missing")
    latest = done[-1]["day"]
    known = [a["pain_during"] for a in done if a["day"] == latest and a.get("pain_during") is not None]
    return exact(1000 * max(known), latest) if known else nothing("not_measured")


def running_step_percent(case, day, first, arg):
    runs = [a for a in activities_to(case, day, first, ("run",)) if a.get("effort_percent") is not None]
    limit = case.record.settings["pain_limit_running"]
    verdicts = [clean(case, run, limit, day) for run in runs]
    low = high = 0
    for step in (25, 70, 100):
        days = {}
        for run, verdict in zip(runs, verdicts):
            if run["effort_percent"] >= step:
                days.setdefault(run["day"], []).append(verdict)
        found = [all_of(of_day) for of_day in days.values()]
        if found.count(MET) >= 2:
            low = step
        if len(found) - found.count(UNMET) >= 2:
            high = step
    return span(1000 * low, 1000 * high, "not_measured")


def pain_in_activity(case, day, first, arg):
    pair = [case.record.series[name] for name in ("pain_activity", "pain_running")]
    latest = [series.latest_day(first, day) for series in pair]
    if latest == [None, None]:
        return nothing("missing")
    counts = max(d for d in latest if d is not None)
    worst = max((s.highest(counts) for s in pair if s.highest(counts) is not None), default=None)
    if day - counts > 7:
        return nothing("too_old", worst)
    for series, last in zip(pair, latest):
        if last is None:
            continue
        none_known = all(series.highest(d) is None for d in series.within(first, day))
        if none_known or (last == counts and series.highest(counts) is None):
            return nothing("not_measured", worst)
    return exact(worst, counts)


def discharge_visits(case, day, first, arg):
    counting, last = Counting(), None
    for visit in reversed(case.record.visits_to(day)):
        if not counting.passes(case.ready(visit["day"])):
            break
        if last is None or last - visit["day"] >= 6:
            counting.add()
            last = visit["day"]
    return counting.figure()


SINCE_PHASE = ("not_painfree_walking", "session_pain", "gate_lost", "loading_pain", "pain_in_activity")
AFTER_CLEARANCE = SINCE_PHASE + (
    "painfree_walk_day", "full_sessions_symptom_free", "crosstraining_clean_days", "running_step_percent")


def figure(case, criterion, day, after, modality):
    """The figure of a criterion on a fact."""
    name, _, arg = criterion.fact.partition(":")
    first = 1
    if name in AFTER_CLEARANCE:
        first = after + 1
    if name in SINCE_PHASE and criterion.since_phase:
        first = max(first, case.record.in_force(day).values_from)
    return globals()[name](case, day, first, modality if name == "modality_result" else arg)
