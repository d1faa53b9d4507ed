"""Slopes and 80% intervals by SciPy's theilslopes on fixed data, against which core's forecast is checked.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install scipy==1.17.1
    /tmp/venv/bin/python tests/python/forecast_check.py > crates/core/tests/forecast/theil_sen.csv

With --check it only says whether the committed file still is what SciPy gives; `cargo xtask test` asks that.
"""

import pathlib
import random
import sys

from scipy.stats import theilslopes

COMMITTED = pathlib.Path(__file__).resolve().parents[2] / "crates/core/tests/forecast/theil_sen.csv"

# Written by hand: days from the plan's first day, and whole points of the score.
BY_HAND = {
    "two points": [(0, 4), (7, 2)],
    "three points": [(0, 60), (7, 66), (14, 67)],
    "a straight fall": [(0, 8), (7, 7), (14, 6), (21, 5)],
    "no change": [(0, 5), (7, 5), (14, 5), (21, 5), (28, 5)],
    "a fall with ties": [(0, 8), (7, 7), (14, 7), (21, 5), (28, 5), (35, 4)],
    "one flare": [(0, 6), (7, 5), (14, 9), (21, 4), (28, 3), (35, 3)],
    "worse and worse": [(0, 2), (3, 3), (9, 5), (20, 6), (21, 9)],
    "up and down": [(0, 5), (7, 3), (14, 6), (21, 4), (28, 5), (35, 3)],
    "the article's pain": [(0, 4), (21, 2), (42, 2), (63, 2), (91, 1), (126, 1), (154, 0), (161, 0)],
    "the article's function": [(0, 60), (21, 70), (42, 71), (63, 73), (91, 75), (126, 77), (154, 79), (161, 79)],
}


def drawn():
    """Courses with ties, gaps and noise from a fixed seed."""
    source = random.Random(20260302)
    for number in range(60):
        days = sorted(source.sample(range(0, 200), source.randint(4, 30)))
        start, fall = source.randint(2, 10), source.uniform(-0.02, 0.08)
        noise = source.choice([0, 1, 2])
        levels = [min(10, max(0, round(start - fall * day + source.uniform(-noise, noise)))) for day in days]
        yield f"drawn {number}", list(zip(days, levels))


def rows():
    yield "# name;day:level ...;low;median;high - levels in points, slopes in points a day; see tests/python/forecast_check.py"
    for name, points in [*BY_HAND.items(), *drawn()]:
        found = theilslopes([level for _, level in points], [day for day, _ in points], alpha=0.8)
        course = " ".join(f"{day}:{level}" for day, level in points)
        slopes = (found.low_slope, found.slope, found.high_slope)
        yield ";".join([name, course, *(repr(float(slope)) for slope in slopes)])


def main() -> int:
    text = "\n".join(rows()) + "\n"
    if "--check" not in sys.argv[1:]:
        sys.stdout.write(text)
        return 0
    same = COMMITTED.read_text(encoding="utf-8") == text
    print("the committed figures are SciPy's" if same else "the committed figures differ from SciPy's")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
