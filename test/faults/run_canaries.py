#!/usr/bin/env python3
"""The driver of faults, against a stub with known flaws: it must find each, and nothing where there is none.

usage: run_canaries.py LIBRARY
"""

import os
import subprocess
import sys
import unittest

FOLDER = os.path.dirname(os.path.abspath(__file__))
LIBRARY = sys.argv.pop(1)


def run(flaw, *arguments):
    """(exit code, output). The stub's flaw gets through to it as a variable that the driver keeps."""
    done = subprocess.run([sys.executable, "-B", os.path.join(FOLDER, "run.py"), "--library", LIBRARY,
                           "--florin", os.path.join(FOLDER, "stub_ledger.py"), *arguments],
                          env={**os.environ, "STUB_FLAW": flaw}, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


class Canaries(unittest.TestCase):
    def test_finds_nothing_in_a_sound_program(self):
        code, output = run("", "--seconds", "8")
        self.assertEqual(code, 0, output)

    def test_finds_each_flaw(self):
        for flaw, case, words in [
            ("unsynced", "restated:power:99", "`deliveries list --format json` ended with 1"),
            ("unsynced folder", "restated:power:99", "it said that all is well and does not show"),
            ("in place", "restated:kill:2", "ended with 1"),
            ("unacknowledged", "first:error:99", "ended with"),
            ("no cleaning", "restated:kill:3", "the same command again ended with 1"),
        ]:
            with self.subTest(flaw=flaw):
                code, output = run(flaw, "--case", case)
                self.assertEqual(code, 1, output)
                if flaw != "unacknowledged":  # seen before the first fault
                    self.assertIn(words, output)


if __name__ == "__main__":
    sys.exit(unittest.main())
