"""Runs the black-box suite against the server that TAPER_ADDRESS names, and counts: a skipped test is a failed one."""

import os
import pathlib
import sys
import unittest


def main() -> int:
    if not os.environ.get("TAPER_ADDRESS"):
        print("TAPER_ADDRESS must name a running server, as host:port; `cargo xtask test --only python` starts one")
        return 2
    folder = str(pathlib.Path(__file__).resolve().parent)
    suite = unittest.TestLoader().discover(folder, pattern="test_*.py", top_level_dir=folder)
    # Everything on one stream, so that the count is the last line whoever reads it.
    runner = unittest.TextTestRunner(stream=sys.stdout, verbosity=2, resultclass=CountingResult)
    result = runner.run(suite)
    print(f"{result.passed} passed, {result.failed} failed")
    return 0 if result.failed == 0 and result.passed > 0 else 1


class CountingResult(unittest.TextTestResult):
    """Counts the tests that passed; whatever else happened to one, a skip too, is a failure."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.passed = 0

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1

    @property
    def failed(self) -> int:
        # A failed subtest is an object of its own; its test counts once.
        failed = {id(getattr(test, "test_case", test)) for test, _ in self.failures + self.errors}
        return len(failed) + len(self.skipped) + len(self.expectedFailures) + len(self.unexpectedSuccesses)


if __name__ == "__main__":
    sys.exit(main())
