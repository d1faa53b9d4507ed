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
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    failed_tests = {test for test, _ in result.failures + result.errors}
    # A failed subtest is an object of its own; its test counts once.
    failed = len({getattr(test, "test_case", test) for test in failed_tests})
    failed += len(result.skipped) + len(result.expectedFailures) + len(result.unexpectedSuccesses)
    print(f"{max(result.testsRun - failed, 0)} passed, {failed} failed")
    return 0 if failed == 0 and result.testsRun > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
