"""The answer to a question: which rules are in it, and the advice that follows from them."""

from datetime import date

from catalogue import ACTIVITIES, MODALITIES
from figures import Window
from logic import MET, NAMES, UNMET, all_of, any_of, is_unknown, may_be_met
from protocol import Criterion
from record import day_of

CLASSES = ["emergency", "same_day", "urgent", "routine"]
STANDINGS = ["open", "cannot_exclude", "cleared"]
WITH_PHASE = ("progress", "hold", "regress", "step_back", "re_evaluate", "non_response")
ONSET_SPEED = Criterion(
    {"measure": "pain_onset_speed_kmh", "op": ">", "value": 0, "fresh_days": 14})


def text_of(day):
    return None if day is None else date.fromordinal(day).isoformat()


class Advice:
    """Everything that one answer says."""

    def __init__(self, case):
        self.case, self.record, self.as_of = case, case.record, case.as_of
        self.state = case.record.in_force(self.as_of)
        self.plan_state = case.record.plan_state(self.as_of)
        self.referrals = self.list_referrals()
        self.stops = [r.id for r, s in self.referrals if r.effect["mode"] == "stop" and s.standing == "open"]
        self.holding = [
            r for r, s in self.referrals if r.effect["mode"] == "stop" and s.standing in ("open", "cannot_exclude")]
        self.rules = [rule for rule in case.protocol.rules if self.is_in(rule)]
        self.verdicts = {rule.id: self.verdict(rule) for rule in self.rules}
        self.modalities = self.names("modality", MODALITIES)
        self.activities = self.names("activity", ACTIVITIES)

    def names(self, kind, order):
        named = {rule.effect[kind] for rule in self.case.protocol.of(kind)}
        return [name for name in order if name in named]

    # Rules

    def list_referrals(self):
        found = [(rule, self.case.referral(rule)) for rule in self.case.protocol.of("refer")]
        found = [(rule, standing) for rule, standing in found if standing.standing]
        return sorted(found, key=lambda pair: (
            STANDINGS.index(pair[1].standing), CLASSES.index(pair[0].effect["class"]), pair[0].effect["mode"] != "stop"))

    def is_in(self, rule):
        """Is the rule in the answer?"""
        if rule.kind == "refer" and self.case.referral(rule).standing:
            return True
        if not self.case.applies(rule, self.as_of):
            return False
        phase = self.state.phase
        if rule.kind == "gate":
            return self.plan_state == "draft" or rule.effect["phase"] == phase
        if rule.kind in WITH_PHASE:
            return phase is not None
        if rule.kind == "step_down":
            return self.state.rung is not None and rule.effect["from"] <= self.rung()["visits_per_week"]
        if rule.kind == "taper_discharge":
            return phase == 4 or (phase is not None and self.state.rung == len(self.record.ladder) - 1)
        return True

    def rung(self):
        return None if self.state.rung is None else self.record.ladder[self.state.rung]

    def verdict(self, rule):
        if rule.kind == "refer":
            referral = self.case.referral(rule)
            return self.case.verdict(rule, referral.shown_on, referral.after)
        if rule.kind == "step_back":
            return all_of([self.back_is_due(), self.case.verdict(rule, self.as_of)])
        if rule.kind == "modality" and rule.reads_result:
            asked = self.names("modality", MODALITIES) if rule.effect["modality"] == "*" else [rule.effect["modality"]]
            return any_of([self.case.verdict(rule, self.as_of, modality=name) for name in asked])
        return self.case.verdict(rule, self.as_of)

    def back_is_due(self):
        """The first half of the condition of the step back rule."""
        if self.state.owed:
            return MET
        back = self.state.last_step_back
        met = self.case.regress_met(self.as_of, -1 if back is None else back)
        return UNMET if met is None else met

    def of(self, *kinds):
        return [rule for rule in self.rules if rule.kind in kinds]

    def met(self, *kinds):
        return [rule for rule in self.of(*kinds) if self.verdicts[rule.id] == MET]

    def shown_rules(self):
        return [
            {"rule_id": rule.id, "verdict": NAMES[self.verdicts[rule.id]], "criteria": self.criteria(rule)}
            for rule in self.rules]

    def criteria(self, rule):
        if rule.kind == "refer":
            referral = self.case.referral(rule)
            return shown(rule, self.case.look(rule, referral.shown_on, referral.after))
        if rule.kind == "modality" and rule.reads_result:
            return self.criteria_by_modality(rule)
        return shown(rule, self.case.look(rule, self.as_of))

    def criteria_by_modality(self, rule):
        if rule.effect["modality"] != "*":
            return shown(rule, self.case.look(rule, self.as_of, modality=rule.effect["modality"]))
        found = []
        for name in self.modalities:
            if self.case.verdict(rule, self.as_of, modality=name) != UNMET:
                found += shown(rule, self.case.look(rule, self.as_of, modality=name), name + ":")
        return found

    # Phase

    def needed(self):
        phase = self.case.entry if self.plan_state == "draft" else self.state.phase
        kinds = ("progress", "taper_discharge") if phase == 4 else ("progress",)
        return [rule for rule in self.rules
                if rule.kind in kinds or rule.kind == "gate" and rule.effect["phase"] == phase]

    def waiting(self):
        needed = {rule.id for rule in self.needed()}
        holding = {rule.id for rule in self.holding}
        found = []
        for rule in self.rules:
            verdict = self.verdicts[rule.id]
            waits = rule.id in needed and verdict != MET
            waits = waits or rule.kind in ("hold", "regress") and may_be_met(verdict)
            if waits or rule.id in holding:
                found.append(rule.id)
        return found

    def phase_advice(self):
        """Action, target and rules."""
        phase, waiting = self.state.phase, self.waiting()
        if self.stops:
            return "stop", None, self.stops
        if phase is None or self.plan_state != "active":
            return "hold", None, waiting
        regress = self.met("regress")
        ids = [rule.id for rule in regress]
        if regress and phase == 1:
            return "hold", None, ids + [name for name in waiting if name not in ids]
        if regress:
            first = any(rule.effect["to"] == "first" for rule in regress)
            return "regress", 1 if first else phase - 1, ids
        needed = self.needed()
        if waiting or not any(rule.kind == "gate" for rule in needed):
            return "hold", None, waiting
        ids = [rule.id for rule in needed]
        if phase < 4:
            return "advance", phase + 1, ids
        return ("discharge", None, ids) if self.of("taper_discharge") else ("hold", None, [])

    # Taper

    def on_the_way(self):
        if self.state.rung is None or self.state.rung + 1 >= len(self.record.ladder):
            return []
        present = self.rung()["visits_per_week"]
        following = self.record.ladder[self.state.rung + 1]["visits_per_week"]
        highest = max((rule.effect["from"] for rule in self.case.protocol.of("step_down")), default=0)
        found = []
        for rule in self.of("step_down"):
            start, end = rule.effect["from"], rule.effect["to"]
            if start > following and end < present or following >= highest and start == highest:
                found.append(rule)
        return found

    def taper_waiting(self, way):
        needed = list(way)
        if self.state.rung == len(self.record.ladder) - 1:
            needed += self.of("taper_discharge")
        found = [rule for rule in needed if self.verdicts[rule.id] != MET]
        found += [rule for rule in self.of("regress", "re_evaluate") if may_be_met(self.verdicts[rule.id])]
        found.sort(key=lambda rule: rule.place)
        return [rule.id for rule in found + self.holding]

    def step_back_rules(self):
        """The rules of a step back that is due, None when it is not."""
        if self.state.rung == 0:
            return None
        rules = self.of("step_back")
        due = any(self.verdicts[rule.id] == MET for rule in rules) if rules else self.back_is_due() == MET
        return self.met("step_back") + self.met("regress") if due else None

    def taper_advice(self, phase_advice):
        """Action, target rung and rules."""
        rung = self.state.rung
        if self.stops:
            return "hold", None, self.stops
        if rung is None or self.plan_state != "active":
            return "hold", None, []
        again = self.met("re_evaluate")
        if again:
            return "re_evaluate", None, [rule.id for rule in again]
        back = self.step_back_rules()
        if back is not None:
            return "step_back", rung - 1, [rule.id for rule in back]
        if phase_advice[0] == "discharge":
            return "discharge", None, phase_advice[2]
        return self.step_down()

    def step_down(self):
        rung, way = self.state.rung, self.on_the_way()
        waiting = self.taper_waiting(way)
        old = self.as_of - self.state.rung_from >= self.case.protocol.ladder["step_days_min"]
        if way and not waiting and old:
            return "step_down", rung + 1, [rule.id for rule in way]
        start = self.start_rule()
        if start and start.effect["visits_per_week_max"] < self.rung()["visits_per_week"]:
            waiting.append(start.id)
        return "hold", None, waiting

    def start_rule(self):
        """The rule whose range of visits is advised, None where there is none."""
        phase = self.state.phase
        if phase is None or phase in (1, 2) and self.state.rung == 0:
            return next(iter(self.met("taper_start")), None)
        return None

    def frequency(self, phase_advice, taper_advice):
        if self.stops or self.state.discharged is not None or phase_advice[0] == "discharge" or taper_advice[0] == "discharge":
            return None
        if taper_advice[1] is not None:
            visits = self.record.ladder[taper_advice[1]]["visits_per_week"]
            return [visits, visits]
        start, rung = self.start_rule(), self.rung()
        if start:
            found = [start.effect["visits_per_week_min"], start.effect["visits_per_week_max"]]
            if taper_advice[0] == "re_evaluate":
                found = [min(visits, rung["visits_per_week"]) for visits in found]
            return found
        return [rung["visits_per_week"]] * 2 if rung else None

    def next_codes(self):
        codes = [code for rule in self.met("re_evaluate", "non_response") for code in rule.effect.get("next", ())]
        return list(dict.fromkeys(codes))

    # Permissions

    def permission(self, kind, name):
        """Permission, limits and notices of a modality or an activity."""
        rules = [rule for rule in self.of(kind) if rule.effect[kind] in (name, "*")]
        by_verdict = {}
        for rule in rules:
            modality = name if rule.reads_result else None
            verdict = self.case.verdict(rule, self.as_of, modality=modality)
            as_allow = "allow" if rule.effect["verdict"] == "use" else rule.effect["verdict"]
            by_verdict.setdefault(as_allow, []).append((rule, verdict))
        permission = self.decide(by_verdict)
        allows = [rule for rule, verdict in by_verdict.get("allow", ()) if verdict == MET]
        narrow = [rule for rule, verdict in by_verdict.get("limit", ()) if verdict != UNMET]
        spoken = allows + narrow + [rule for rule, verdict in by_verdict.get("notice", ()) if verdict == MET]
        limits = {}
        if permission == "allowed":
            permission, limits = self.limits(allows, narrow, rules)
        notices = [code for rule in rules if rule in spoken for code in rule.effect.get("notices", ())]
        return permission, limits, list(dict.fromkeys(notices))

    def decide(self, by_verdict):
        blocks, drops, allows = (
            [verdict for _, verdict in by_verdict.get(key, ())] for key in ("block", "drop", "allow"))
        if self.stops or MET in blocks:
            return "blocked"
        if MET in drops:
            return "not_repeated"
        if any(map(is_unknown, blocks)) or allows and all(map(is_unknown, allows)):
            return "check_first"
        return "allowed" if MET in allows else "not_yet"

    def limits(self, allows, narrow, rules):
        effects = [rule.effect for rule in rules if rule in allows or rule in narrow]
        limits = {}
        for key in ("minutes_max", "times_per_day_max", "times_per_week_max", "effort_percent_max"):
            limits[key] = min((e[key] for e in effects if key in e), default=None)
        limits["minutes_min"] = max((e["minutes_min"] for e in effects if "minutes_min" in e), default=None)
        if limits["minutes_min"] is not None and limits["minutes_max"] is not None:
            limits["minutes_min"] = min(limits["minutes_min"], limits["minutes_max"])
        pains = [e["pain_max"] for e in effects if "pain_max" in e]
        pains += [self.record.settings[e["pain_max_setting"]] // 1000 for e in effects if "pain_max_setting" in e]
        limits["pain_max"] = min(pains, default=None)
        limits["conditions"] = united(effects, "conditions")
        limits["areas"] = united([r.effect for r in narrow], "areas") or united([r.effect for r in allows], "areas")
        return self.limit_speed(limits, any(e.get("below_pain_onset") for e in effects))

    def limit_speed(self, limits, below):
        if not below:
            return "allowed", limits
        window = Window(self.record, ONSET_SPEED, self.as_of, -1)
        if window.reason():
            return "check_first", limits
        entry = window.worst()
        limits["speed_kmh_max" if entry.bound else "speed_kmh_below"] = entry.level
        return "allowed", limits

    def activity_advice(self, name):
        permission, limits, notices = self.permission("activity", name)
        if permission == "allowed" and notices:
            limits["conditions"] = list(dict.fromkeys(limits["conditions"] + notices))
        return {"activity": name, "permission": permission, "limits": limits}

    def modality_advice(self, name):
        permission, limits, notices = self.permission("modality", name)
        return {"modality": name, "permission": permission, "limits": limits, "notices": notices}

    # Lists, reviews, focus

    def items(self, kind):
        found = [rule.effect["item"] for rule in self.met(kind)]
        return [{"item": item, "due": None} for item in dict.fromkeys(found)]

    def reviews(self):
        found = []
        for rule in self.met("review"):
            due = rule.effect.get("due_days_after")
            if due is None:
                if not self.was_reviewed(rule):
                    found.append((0, rule.effect["item"]))
                continue
            anchor = self.anchor(due["anchor"])
            if anchor is not None and not any(a["day"] >= anchor + due["days"] for a in self.record.assessments):
                found.append((anchor + due["days"], rule.effect["item"]))
        found = sorted(dict.fromkeys(found), key=lambda pair: pair[0])
        return [{"item": item, "due": text_of(day or None)} for day, item in found]

    def was_reviewed(self, rule):
        if not all(c.fact in ("visits_attended", "treatment_days") for c in rule.criteria):
            return False
        for visit in self.record.visits:
            if self.case.verdict(rule, visit["day"]) == MET:
                return any(visit["day"] < a["day"] < self.as_of for a in self.record.assessments)
        return False

    def anchor(self, name):
        record = self.record
        first = record.visit_days[0] if record.visits else None
        if name == "last_review":
            last = record.assessments[-1]["day"] if record.assessments else None
            return last if first is not None and last is not None and last - first >= 14 else None
        if name == "return":
            back = day_of(record.injury.get("return_date"))
            return back if back is not None and back <= self.as_of else None
        return {
            "onset": record.onset, "first_visit": first, "plan_start": record.start,
            "phase_start": self.state.phase_from, "discharge": self.state.discharged,
        }[name]

    def focus(self, massage):
        if massage is None or massage["permission"] != "allowed" or self.state.discharged is not None:
            return []
        rung = self.rung() or self.record.ladder[0]
        minutes = rung["minutes"]
        if "around_injury_only" in massage["limits"]["areas"]:
            return [{"area": "around_injury", "percent": 100, "minutes": minutes}]
        shares = [{**share, "minutes": minutes * share["percent"] // 100} for share in self.record.focus]
        left = minutes - sum(share["minutes"] for share in shares)
        for share in sorted(shares, key=lambda s: -(minutes * s["percent"] % 100))[:left]:
            share["minutes"] += 1
        return shares

    # All of it

    def answer(self):
        phase, rung, grade = self.phase_advice(), self.rung(), self.case.grade(self.as_of)
        taper = self.taper_advice(phase)
        target = None if taper[1] is None else self.record.ladder[taper[1]]
        activities = [self.activity_advice(name) for name in self.activities]
        modalities = [self.modality_advice(name) for name in self.modalities]
        stopped = bool(self.stops)
        return {
            "phase_action": phase[0], "phase_target": phase[1], "phase_rule_ids": phase[2],
            "taper_action": taper[0], "taper_target": target, "taper_rule_ids": taper[2],
            "plan_state": self.plan_state, "phase": self.state.phase, "step": rung,
            "discharged": self.state.discharged is not None,
            "entry_phase": None if stopped else self.case.entry, "stopped": stopped,
            "grade": [grade[key] for key in ("system", "grade", "degree")] if grade else None,
            "referrals": [
                {"rule_id": r.id, "standing": s.standing, "since": text_of(s.since)} for r, s in self.referrals],
            "rules": self.shown_rules(), "activities": activities, "modalities": modalities,
            "focus": self.focus(next((m for m in modalities if m["modality"] == "massage"), None)),
            "frequency": self.frequency(phase, taper),
            "non_response": bool(self.met("re_evaluate", "non_response")), "next": self.next_codes(),
            "home_programme": [] if stopped else self.items("home"), "prevention": self.items("prevention"),
            "risk_factors": self.items("risk"), "flags": self.items("flag"), "reviews": self.reviews(),
        }


def united(effects, key):
    return list(dict.fromkeys(code for effect in effects for code in effect.get(key, ())))


def shown(rule, outcomes, prefix=""):
    """The criteria of a rule as the answer shows them."""
    return [
        {
            "path": prefix + path, "verdict": NAMES[o.verdict], "why_unknown": o.why,
            "observed": None if o.shown is None else o.criterion.shown(o.shown), "at_least": bool(o.at_least),
        }
        for path, o in zip(rule.paths, outcomes)]
