"""Asks the engine and the second evaluator about the same random records and counts where they differ."""

import argparse
import gc
import json
import multiprocessing
import os
import subprocess
import sys
import time

from evaluator import PROTOCOLS, Evaluator

CHUNK = 500
PROGRESS = 5000
KINDS_SHOWN = 30
NAMES = ("rule_id", "activity", "modality", "path", "area", "item")


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
        raise ValueError(f"records {first}: {len(questions)} questions, {len(answers)} answers")
    evaluator, found = Evaluator(args.protocols), {}
    for number, (question, answer) in enumerate(zip(questions, answers), first):
        question = json.loads(question)
        for kind, one, other in differences(evaluator.answer(question), json.loads(answer)):
            add(found, {f"{question['protocol']}: {kind}": (1, (number, one, other))})
    return len(questions), found


def report(total):
    """Prints the most frequent kinds of difference; gives how many differences there are."""
    kinds = sorted(total.items(), key=lambda item: -item[1][0])
    for kind, (count, (number, ours, theirs)) in kinds[:KINDS_SHOWN]:
        print(f"{count:7} {kind}\n        first in record {number}")
        print(f"        evaluator: {json.dumps(ours)}\n        engine:    {json.dumps(theirs)}")
    if len(kinds) > KINDS_SHOWN:
        print(f"{len(kinds) - KINDS_SHOWN} more kinds of difference")
    return sum(count for count, _ in total.values())


def add(total, found):
    for kind, (times, example) in found.items():
        before, first = total.get(kind, (0, example))
        total[kind] = (before + times, first)


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
    # Nothing here is circular, so that every case goes by itself: looking for circles would take a fifth of the time.
    with multiprocessing.Pool(args.workers, initializer=gc.disable) as pool:
        for count, found in pool.imap(compare_chunk, chunks(args)):
            asked += count
            add(total, found)
            if asked % PROGRESS == 0:
                print(f"{asked} records, kinds of difference so far: {len(total)}", file=sys.stderr, flush=True)
    found, seconds = report(total), time.monotonic() - begun
    print(f"{asked} records of seed {args.seed} in {seconds:.0f} s: {found} differences")
    sys.exit(1 if found or not asked else 0)


if __name__ == "__main__":
    main()
