"""Asks the engine and the second evaluator about the same random records and counts where they differ."""

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import time

from evaluator import PROTOCOLS, Evaluator

CHUNK = 500
NAMES = ("rule_id", "activity", "modality", "path", "area", "item")

# Differences that are known and explained: kind begins with, and why.
KNOWN = []


def empty(value):
    return value is None or value == [] or value == {} or value is False


def named(items):
    """The key by which the parts of a list are told apart, None when they are not."""
    if not isinstance(items, list) or not items or not isinstance(items[0], dict):
        return None
    return next((key for key in NAMES if key in items[0]), None)


def differences(ours, theirs, kind=""):
    """Yields kind, our value and theirs."""
    if ours == theirs or empty(ours) and empty(theirs):
        return
    key = named(ours) or named(theirs)
    if key and isinstance(ours or [], list) and isinstance(theirs or [], list):
        yield from of_lists(ours or [], theirs or [], key, kind)
    elif isinstance(ours, dict) and isinstance(theirs, dict):
        for name in dict.fromkeys([*ours, *theirs]):
            yield from differences(ours.get(name), theirs.get(name), f"{kind} {name}".strip())
    else:
        yield kind, ours, theirs


def of_lists(ours, theirs, key, kind):
    left, right = [item.get(key) for item in ours], [item.get(key) for item in theirs]
    if left != right:
        yield f"{kind} (list)", left, right
        return
    for name, one, other in zip(left, ours, theirs):
        yield from differences(one, other, f"{kind} {name}".strip())


def run(command, text=None):
    done = subprocess.run(command, input=text, stdout=subprocess.PIPE, check=True)
    return done.stdout


def compare_chunk(work):
    """The differences of one chunk: kind to count and first example."""
    args, first, count = work
    lines = run([args.records, "--count", str(count), "--seed", str(args.seed), "--from", str(first)])
    answers = run([args.answers], lines).splitlines()
    questions = lines.splitlines()
    if len(questions) != len(answers):
        raise SystemExit(f"records {first}: {len(questions)} questions, {len(answers)} answers")
    evaluator, found = Evaluator(args.protocols), {}
    for number, (question, answer) in enumerate(zip(questions, answers), first):
        question = json.loads(question)
        ours, theirs = evaluator.answer(question), json.loads(answer)
        theirs = {key: theirs.get(key) for key in ours}
        for kind, one, other in differences(ours, theirs):
            kind = f"{question['protocol']}: {kind}"
            count_before, example = found.get(kind, (0, (number, one, other)))
            found[kind] = (count_before + 1, example)
    return len(questions), found


def reason(kind):
    return next((why for text, why in KNOWN if text in kind), None)


def report(total):
    """Prints every kind of difference; true when all are explained."""
    unexplained = 0
    for kind, (count, (number, ours, theirs)) in sorted(total.items(), key=lambda item: -item[1][0]):
        why = reason(kind)
        unexplained += why is None
        print(f"{count:7} {kind}\n        first in record {number}\n        evaluator: {json.dumps(ours)}\n        engine:    {json.dumps(theirs)}")
        if why:
            print(f"        known: {why}")
    return unexplained == 0


def chunks(args):
    for first in range(args.first, args.first + args.count, CHUNK):
        yield args, first, min(CHUNK, args.first + args.count - first)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", required=True, help="path of taper-records")
    parser.add_argument("--answers", required=True, help="path of taper-answers")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--protocols", default=PROTOCOLS)
    args = parser.parse_args()
    begun, asked, total = time.monotonic(), 0, {}
    with multiprocessing.Pool(args.workers) as pool:
        for count, found in pool.imap(compare_chunk, chunks(args)):
            asked += count
            for kind, (times, example) in found.items():
                before, first = total.get(kind, (0, example))
                total[kind] = (before + times, first)
    fine = report(total)
    seconds = time.monotonic() - begun
    print(f"{asked} records, {sum(n for n, _ in total.values())} differences of {len(total)} kinds, {seconds:.0f} s")
    sys.exit(0 if fine and not total else 1)


if __name__ == "__main__":
    main()
