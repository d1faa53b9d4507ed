"""One question: evaluates rules on days, with what they need of each other, and keeps what was found."""

import facts
import figures
from catalogue import MEASURES
from figures import MOST
from logic import ASKED, MET, UNKNOWN, UNMET, all_of, any_of, at_least, combine, compare, is_unknown
from record import NOTHING_SEEN, Record

ENTRY_KINDS = ("modality", "activity", "home", "prevention", "risk", "flag", "taper_start")
OBSERVED_FACTS = ("session_pain", "loading_pain", "pain_in_activity", "modality_result")
CROSSTRAINING = ("crosstraining_clean_days", "running_step_percent", "full_sessions_symptom_free")
VISIT_FACTS = (
    "session_pain", "unrecorded:session_pain", "adverse_events", "visits_attended", "treatment_days",
    "days_since_first_visit", "modality_result",
)


class Outcome:
    """What came out of one criterion on one day."""

    __slots__ = ("criterion", "verdict", "why", "shown", "at_least", "day")

    def __init__(self, criterion, figure, thresholds):
        self.criterion = criterion
        self.verdict = compare(figure.low, figure.high, criterion.op, thresholds)
        self.why = None
        if self.verdict == UNKNOWN:
            self.why = figure.why
            if self.why == "not_measured":
                self.verdict = ASKED
        self.shown, self.at_least, self.day = figure.shown, figure.at_least, figure.day
        if self.shown is None and compare(figure.low, MOST, criterion.op, thresholds) != UNKNOWN:
            self.shown, self.at_least = figure.low, True


class Case:
    """A question with its record and protocol."""

    def __init__(self, question, protocol):
        self.protocol = protocol
        self.record = Record(question, protocol)
        self.as_of = self.record.as_of
        self.outcomes, self.verdicts, self.kept = {}, {}, {}
        self.entry = None
        if self.record.plan_state(self.as_of) == "draft":
            self.entry = self.entry_phase()

    def keep(self, key, make):
        """What make gives, asked once."""
        if key not in self.kept:
            self.kept[key] = make()
        return self.kept[key]

    # Rules on a day

    def outcome(self, criterion, day, after=-1, modality=None):
        key = (id(criterion), day, after, modality)
        if key not in self.outcomes:
            if criterion.measure:
                found = figures.figure(self.record, criterion, day, after)
            else:
                found = facts.figure(self, criterion, day, after, modality)
            setting = criterion.setting
            thresholds = [self.record.settings[setting]] if setting else criterion.values
            self.outcomes[key] = Outcome(criterion, found, thresholds)
        return self.outcomes[key]

    def look(self, rule, day, after=-1, modality=None):
        return [self.outcome(criterion, day, after, modality) for criterion in rule.criteria]

    def verdict(self, rule, day, after=-1, modality=None):
        if rule.tree is None:
            return MET
        key = (rule.place, day, after, modality)
        if key not in self.verdicts:
            found = [outcome.verdict for outcome in self.look(rule, day, after, modality)]
            self.verdicts[key] = combine(rule.tree, found)
        return self.verdicts[key]

    def applies(self, rule, day):
        return not rule.when or self.keep(("applies", rule.place, day), lambda: self.when_holds(rule, day))

    def when_holds(self, rule, day):
        return self.phase_holds(rule, day) and self.rest_holds(rule, day)

    def phase_holds(self, rule, day):
        phases = rule.when.get("phase")
        if phases is None:
            return True
        state = self.record.in_force(day)
        if self.record.plan_state(day) != "draft":
            return state.phase in phases
        if rule.when.get("draft") or rule.kind == "gate":
            return True
        return rule.kind in ENTRY_KINDS and day == self.as_of and self.entry in phases

    def rest_holds(self, rule, day):
        """Every key of when but the phase."""
        when, record, injury = rule.when, self.record, self.record.injury
        if "presentation" in when and injury["presentation"] not in when["presentation"]:
            return False
        if "running" in when and record.running not in when["running"]:
            return False
        if any(not record.at_hand(name) for name in when.get("equipment", ())):
            return False
        if any(record.at_hand(name) for name in when.get("no_equipment", ())):
            return False
        if "plan_state" in when and record.plan_state(day) not in when["plan_state"]:
            return False
        discharged = record.in_force(day).discharged is not None
        return when.get("discharged", discharged) == discharged

    def applying(self, kind, day):
        return [rule for rule in self.protocol.of(kind) if self.applies(rule, day)]

    def gates(self, phase, day):
        return [rule for rule in self.applying("gate", day) if rule.effect["phase"] == phase]

    def entry_phase(self):
        for phase in (1, 2, 3):
            gates = self.gates(phase, self.as_of)
            if not gates or any(self.verdict(rule, self.as_of) != MET for rule in gates):
                return phase
        return 4

    def grade(self, day):
        return self.keep(("grade", day), lambda: self.find_grade(day))

    def find_grade(self, day):
        met = [rule for rule in self.applying("grade", day) if self.verdict(rule, day) == MET]
        return min(met, key=lambda rule: rule.effect["order"]).effect if met else None

    def ready(self, day):
        """May a visit on this day count toward the discharge?"""
        gates = self.gates(4, day)
        if not gates:
            return UNMET
        return all_of([self.verdict(rule, day) for rule in gates + self.applying("progress", day)])

    # Setbacks

    def regress_met(self, day, after=-1):
        """Is a regress rule met on the day? None without a phase in force."""
        if self.record.in_force(day).phase is None:
            return None
        return any_of([self.verdict(rule, day, after) for rule in self.applying("regress", day)])

    def setbacks(self, day):
        """The last certain setback and the last possible one, None for none."""
        return self.keep(("setbacks", day), lambda: self.find_setbacks(day))

    def find_setbacks(self, day):
        certain, possible = self.record.in_force(day).last_regress, None
        for entered in reversed(self.days_read(self.protocol.of("regress"), day)):
            if certain is not None and entered <= certain:
                break
            verdict = self.regress_met(entered)
            rules = self.applying("regress", entered)
            outcomes = [outcome for rule in rules for outcome in self.look(rule, entered)]
            if verdict == ASKED or verdict == MET and any(o.verdict == ASKED for o in outcomes):
                possible = entered if possible is None else max(possible, entered)
            if verdict == MET:
                happened = max(self.observed_day(rule, entered) for rule in rules if self.verdict(rule, entered) == MET)
                certain = happened if certain is None else max(certain, happened)
        return certain, possible

    def observed_day(self, rule, day):
        days = [o.day for o in self.look(rule, day) if o.verdict == MET and o.day is not None and has_day(o.criterion)]
        return max(days, default=day)

    def days_read(self, rules, last):
        """The days up to the last that the rules read."""
        days = set()
        for criterion in {criterion for rule in rules for criterion in rule.criteria}:
            for name in self.measures_read(criterion):
                days.update(self.record.series[name].within(0, last))
            if criterion.fact in CROSSTRAINING or criterion.fact == "loading_pain":
                days.update(a["day"] for a in self.record.activities if a["day"] <= last)
            if criterion.fact in VISIT_FACTS or (criterion.fact or "").startswith("used:"):
                days.update(visit["day"] for visit in self.record.visits_to(last))
        return sorted(days)

    def measures_read(self, criterion):
        if criterion.measure:
            return [criterion.measure]
        name, _, arg = criterion.fact.partition(":")
        if name in ("unrecorded", "entry_days") and arg in MEASURES:
            return [arg]
        if name == "pain_in_activity":
            return ["pain_activity", "pain_running"]
        if name in ("not_painfree_walking", "painfree_walk_day"):
            return ["gait", "pain_walking"]
        if name in CROSSTRAINING:
            return ["pain_next_morning"]
        behind = {"gate_lost": "gate", "degree": "grade", "activity_degree": "grade"}.get(name)
        if behind:
            return {c.measure for rule in self.protocol.of(behind) for c in rule.criteria if c.measure}
        return []

    # Lost gates

    def gate_lost(self, day, first):
        phase = self.record.in_force(day).phase
        if phase is None:
            return UNMET
        found = []
        for gate in self.protocol.of("gate"):
            own = gate.effect["phase"]
            if own < phase and own in gate.when.get("phase", [own]) and self.rest_holds(gate, day):
                found.append(self.lost(gate, gate.tree, day, first) if gate.tree else None)
        return any_of([verdict for verdict in found if verdict is not None])

    def lost(self, gate, tree, day, first):
        """Is this part of a gate lost? None when it is not looked at."""
        if tree[0] == "criterion":
            return self.criterion_lost(gate.criteria[tree[1]], day, first)
        if tree[0] == "not":
            return None
        parts = [self.lost(gate, part, day, first) for part in tree[1]]
        parts = [part for part in parts if part is not None]
        if not parts:
            return None
        if tree[0] == "at_least":
            return at_least(parts, max(len(tree[1]) - tree[2], 0) + 1)
        return any_of(parts) if tree[0] == "all" else all_of(parts)

    def criterion_lost(self, criterion, day, first):
        if not criterion.measure or criterion.stat not in ("latest", "max_in_fresh"):
            return None
        measure, series = MEASURES[criterion.measure], self.record.series[criterion.measure]
        if measure.kind == "number" and measure.detectable is None:
            return None
        latest = series.latest_day(max(first, self.record.start), day, criterion.site)
        if latest is None:
            return None
        worst = series.worst(latest, criterion.site)
        if worst is None:
            return ASKED
        setting = criterion.setting
        values = [self.record.settings[setting]] if setting else criterion.values
        far = min(abs(worst.level - value) for value in values) >= (measure.detectable or 0)
        return int(compare(worst.level, worst.level, criterion.op, values) == UNMET and far)

    # Referrals

    def standings(self, condition):
        rules = [rule for rule in self.protocol.of("refer") if rule.effect["condition"] == condition]
        return [self.referral(rule).standing for rule in rules if self.referral(rule).standing]

    def referral(self, rule):
        return self.keep(("referral", rule.place), lambda: self.find_referral(rule))

    def find_referral(self, rule):
        cleared = self.record.in_force(self.as_of).cleared.get(rule.id)
        after = -1 if cleared is None else cleared
        applies = self.applies(rule, self.as_of)
        if not rule.effect["latched"] and not applies:
            return Referral(None, None, self.as_of, -1)
        days = self.days_looked_at(rule) if rule.effect["latched"] else [self.as_of]
        days = [day for day in days if day > after and self.applies(rule, day)]
        for day in days:
            if self.is_open(rule, day, cleared, after):
                return Referral("open", day, day, after)
        if any(self.still_matters(rule, day, after) for day in days):
            return Referral("cannot_exclude", None, self.as_of, after)
        if not applies:
            return Referral(None, None, self.as_of, -1)
        return self.settled_referral(rule, cleared, after)

    def is_open(self, rule, day, cleared, after):
        if self.verdict(rule, day, after) != MET:
            return False
        return cleared is None or self.verdict(rule, day, NOTHING_SEEN) != MET

    def still_matters(self, rule, day, after):
        if self.verdict(rule, day, after) != ASKED:
            return False
        for outcome in self.look(rule, day, after):
            if outcome.verdict == ASKED and (outcome.criterion.fact or not self.known_later(outcome.criterion, day)):
                return True
        return False

    def known_later(self, criterion, day):
        series = self.record.series[criterion.measure]
        return any(series.worst(later) is not None for later in series.within(day + 1, self.as_of))

    def settled_referral(self, rule, cleared, after):
        verdict = self.verdict(rule, self.as_of, after)
        doubt = is_unknown(verdict)
        if self.record.in_force(self.as_of).discharged is not None:
            doubt = verdict == ASKED
        if cleared is not None and (not doubt or self.as_of - cleared <= 14):
            return Referral("cleared", self.first_met(rule, cleared), self.as_of, after)
        return Referral("cannot_exclude" if doubt else None, None, self.as_of, after)

    def first_met(self, rule, cleared):
        for day in self.days_looked_at(rule):
            if day <= cleared and self.applies(rule, day) and self.verdict(rule, day) == MET:
                return day
        return None

    def days_looked_at(self, rule):
        return self.keep(("looked at", rule.place), lambda: self.find_days_looked_at(rule))

    def find_days_looked_at(self, rule):
        days = {self.as_of, *self.days_read([rule], self.as_of)}
        for criterion in rule.criteria:
            if criterion.fact and criterion.values:
                days.update(self.turning_days(criterion.fact, criterion.values))
        return sorted(day for day in days if day <= self.as_of)

    def turning_days(self, fact, values):
        onset = self.record.onset
        for value in values:
            whole = value // 1000
            if fact == "days_since_onset":
                yield from (onset + whole, onset + whole + 1)
            if fact == "hours_since_onset_or_flare":
                yield from (onset + whole // 24, onset + whole // 24 + 1)
            if fact == "injury_months":
                yield from (onset + 31 * whole, onset + 31 * whole + 1)
            if fact == "days_since_first_visit" and self.record.visits:
                yield from (self.record.visit_days[0] + whole, self.record.visit_days[0] + whole + 1)


class Referral:
    """How a refer rule stands, and on which day and after which clearance it is shown."""

    def __init__(self, standing, since, shown_on, after):
        self.standing, self.since, self.shown_on, self.after = standing, since, shown_on, after


def has_day(criterion):
    return criterion.measure is not None or criterion.fact in OBSERVED_FACTS
