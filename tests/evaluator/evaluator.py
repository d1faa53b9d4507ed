"""Answers questions about records, one JSON line each, from the protocol documents alone."""

import argparse
import json
import os
import sys

from advice import Advice
from case import Case
from protocol import Protocol

HERE = os.path.dirname(os.path.abspath(__file__))
PROTOCOLS = os.path.join(HERE, "..", "..", "crates", "core", "protocols")


class Evaluator:
    """Keeps the protocols that were read."""

    def __init__(self, folder=PROTOCOLS):
        self.folder, self.protocols = folder, {}

    def answer(self, question):
        name = question["protocol"]
        if name not in self.protocols:
            self.protocols[name] = Protocol(os.path.join(self.folder, name, "protocol.toml"))
        return Advice(Case(question, self.protocols[name])).answer()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--protocols", default=PROTOCOLS, help="folder with a folder for each protocol")
    evaluator = Evaluator(parser.parse_args().protocols)
    for line in sys.stdin:
        if line.strip():
            answer = evaluator.answer(json.loads(line))
            sys.stdout.write(json.dumps(answer, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
