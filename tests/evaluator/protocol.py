"""Reads a protocol document into rules whose tests are trees over numbered criteria."""

import tomllib
from decimal import Decimal

from catalogue import DEGREES, MEASURES, MECHANISMS, PRESENTATIONS, RECURRENCES, RESULTS, SITES

FINDINGS = ("caution:", "equipment:", "used:", "unrecorded:", "referral:")
FINDING_FACTS = ("not_painfree_walking", "phase_gate_met", "stretching_resumed", "running_allowed", "gate_lost")
CODE_FACTS = {
    "degree": DEGREES, "activity_degree": DEGREES, "recurrence": RECURRENCES, "site": SITES,
    "mechanism": MECHANISMS, "presentation": PRESENTATIONS, "modality_result": RESULTS,
}
CHANGES = ("fall", "fall_percent", "percent_of_baseline", "rise_from_baseline", "rise_from_previous")


class Criterion:
    """One comparison of a measure or a fact with thresholds."""

    def __init__(self, table):
        self.measure, self.fact = table.get("measure"), table.get("fact")
        self.stat = table.get("stat", "latest")
        self.op, self.setting = table["op"], table.get("setting")
        self.days, self.site = table.get("days"), table.get("site")
        self.same_tester = table.get("same_tester", False)
        self.since_phase = table.get("since_phase", False)
        self.fresh = table.get("fresh_days")
        if self.measure and self.fresh is None:
            self.fresh = MEASURES[self.measure].fresh
        self.kind, self.codes = self.form()
        value = table.get("value")
        values = value if isinstance(value, list) else [value]
        self.values = None if self.setting else [self.level(v) for v in values]

    def form(self):
        """Kind of the figure and its codes."""
        if self.measure:
            measure = MEASURES[self.measure]
            return ("number", None) if self.stat in CHANGES else (measure.kind, measure.codes)
        if self.fact in CODE_FACTS:
            return "code", CODE_FACTS[self.fact]
        if self.fact in FINDING_FACTS or self.fact.startswith(FINDINGS):
            return "finding", None
        return "number", None

    def level(self, value):
        if self.kind == "number":
            return int(Decimal(value) * 1000)
        return int(value) if self.kind == "finding" else self.codes.index(value)

    def shown(self, level):
        if self.kind == "number":
            return {"number": level}
        return {"finding": bool(level)} if self.kind == "finding" else {"code": self.codes[level]}


class Rule:
    """One rule: effect, when, and its test with the criteria in order and their paths."""

    def __init__(self, table, place, known):
        self.id, self.place = table["id"], place
        self.effect, self.kind = table["effect"], table["effect"]["kind"]
        self.when = table.get("when") or {}
        self.criteria, self.paths = [], []
        self.known = known
        self.tree = self.read(table["test"], "") if table.get("test") else None
        self.reads_result = any(c.fact == "modality_result" for c in self.criteria)

    def read(self, test, path):
        dot = path + "." if path else ""
        for key in ("all", "any"):
            if key in test:
                return (key, [self.read(part, f"{dot}{key}[{n}]") for n, part in enumerate(test[key])])
        if "at_least" in test:
            return ("at_least", [self.read(part, f"{dot}of[{n}]") for n, part in enumerate(test["of"])], test["at_least"])
        if "not" in test:
            return ("not", [self.read(test["not"], f"{dot}not")])
        key = repr(sorted(test.items()))
        self.criteria.append(self.known.setdefault(key, Criterion(test)))
        self.paths.append(path)
        return ("criterion", len(self.criteria) - 1)


class Protocol:
    """A protocol document."""

    def __init__(self, path):
        with open(path, "rb") as file:
            table = tomllib.load(file, parse_float=Decimal)
        self.policy, self.ladder = table["policy"], table["ladder"]
        known = {}
        self.rules = [Rule(rule, place, known) for place, rule in enumerate(table["rule"])]
        self.by_kind = {}
        for rule in self.rules:
            self.by_kind.setdefault(rule.kind, []).append(rule)

    def of(self, kind):
        return self.by_kind.get(kind, [])
