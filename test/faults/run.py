#!/usr/bin/env python3
"""Makes each file-system call of `florin init` and `florin ingest` go wrong and looks at what is left.

    run.py --florin PROGRAM --library libflorin_faults.so                       all of them, takes minutes
    run.py ... --seconds 30 [--seed N]                                          a random part of them
    run.py ... --case restated:power:17                                         one of them again

After each: the workspace shows what it did before or all of the new delivery, nothing else; the new one if the
program said so by its exit code; the same command then succeeds, before a repair or after it; and `florin doctor`
finds nothing that it cannot repair.
"""

import argparse
import errno
import os
import random
import subprocess
import sys
import tempfile
import time

from workshop import Broken, Workshop

# How it goes wrong: what the library is told, and the error number.
MODES = {
    "error": ("error", errno.EIO),      # one call fails
    "full": ("full", errno.ENOSPC),     # the disk is full from then on
    "readonly": ("full", errno.EROFS),  # nothing can be written from then on
    "kill": ("kill", 0),                # the process ends, halfway through a write
    "power": ("power", 0),              # and what was not synced is gone
}
MILLISECONDS_MAX = 250
CONFLICT = 4  # the exit code of a second init of a workspace
# What is run: the workspace to start from, the bill (none: init), the states before and after.
OPERATIONS = {
    "init": (None, None, None, "empty"),
    "first": ("empty", "first", "empty", "first"),
    "restated": ("first", "restated", "first", "restated"),
}


class Trial:
    def __init__(self, workshop, library):
        self.workshop, self.library = workshop, os.path.abspath(library)
        self.log = os.path.join(workshop.folder, "log")

    def command(self, operation):
        bill = OPERATIONS[operation][1]
        return self.workshop.ingest(bill) if bill else ["init", self.workshop.workspace]

    def run_faulty(self, operation, mode, at):
        """(exit code, stderr, calls counted, what was hit)."""
        how, number = MODES[mode]
        done = self.workshop.run(self.command(operation), LD_PRELOAD=self.library,
                                 FLORIN_FAULTS_ROOT=self.workshop.area, FLORIN_FAULTS_AT=str(at),
                                 FLORIN_FAULTS_MODE=how, FLORIN_FAULTS_ERRNO=str(number), FLORIN_FAULTS_LOG=self.log)
        with open(self.log, encoding="utf-8") as file:
            count, hit = file.read().strip().split(" ", 1)
        return done.returncode, done.stderr, int(count), hit

    def run_and_kill(self, operation, milliseconds):
        """A kill from outside, at a time instead of at a call."""
        process = self.workshop.start(self.command(operation))
        try:
            _, errors = process.communicate(timeout=milliseconds / 1000)
            return process.returncode, errors, 0, "nothing"
        except subprocess.TimeoutExpired:
            process.kill()
            _, errors = process.communicate()
            return process.returncode, errors, 0, f"after {milliseconds} ms"

    def count_calls(self, operation):
        self.workshop.start_from(OPERATIONS[operation][0])
        return self.run_faulty(operation, "error", 0)[2]

    def run(self, operation, mode, at):
        """Runs one case and judges it. Returns what was hit; raises Broken."""
        start, bill, _, after = OPERATIONS[operation]
        self.workshop.start_from(start)
        run = self.run_and_kill if mode == "sigkill" else lambda *case: self.run_faulty(case[0], mode, case[1])
        exit_code, errors, _, hit = run(operation, at)
        try:
            self.judge(operation, mode, hit, exit_code, errors)
            repairs_first = bill is not None and at % 2 == 0
            if repairs_first:
                self.workshop.repair()
            again = self.workshop.run(self.command(operation))
            there_already = bill is None and again.returncode == CONFLICT
            if again.returncode != 0 and not there_already:
                raise Broken(f"the same command again ended with {again.returncode}: {again.stderr.strip()}")
            if self.workshop.show() != self.workshop.shown[after]:
                raise Broken(f"the same command again does not show the state `{after}`")
            if not repairs_first:
                self.workshop.repair()
            if bill is None and self.workshop.run(self.workshop.ingest("first")).returncode != 0:
                raise Broken("an ingest into the new workspace fails")
        except Broken as problem:
            raise Broken(f"{operation}:{mode}:{at} (hit: {hit}; exit code {exit_code}): {problem}\n"
                         f"  the program said: {errors.strip() or 'nothing'}") from problem
        return hit

    def judge(self, operation, mode, hit, exit_code, errors):
        _, bill, before, after = OPERATIONS[operation]
        if MODES.get(mode, ("", 0))[1] != 0:
            if exit_code < 0 or exit_code >= 128:
                raise Broken("it crashed on an error that it should report")
            if exit_code != 0 and not errors.strip():
                raise Broken("it failed without a word")
        if hit == "nothing" and exit_code != 0:
            raise Broken("it failed without a fault")
        if bill is None and exit_code != 0:
            return  # half a workspace is no workspace: the second init has to complete it
        shown = self.workshop.show()
        if exit_code == 0 and shown != self.workshop.shown[after]:
            raise Broken(f"it said that all is well and does not show the state `{after}`:\n{shown}")
        if shown not in (self.workshop.shown[after], self.workshop.shown[before or after]):
            raise Broken(f"it shows neither `{before}` nor `{after}`:\n{shown}")


def one_case(operation, mode, at):
    yield operation, mode, at


def all_cases():
    """Each call in turn, until there is none left to hit."""
    for operation in OPERATIONS:
        for mode in MODES:
            at, hit = 0, ""
            while hit != "nothing":
                at += 1
                hit = yield operation, mode, at


def random_cases(trial, seed, seconds):
    """Operations and modes in turn, a random call or time each; the end of the process is one of them."""
    chance = random.Random(seed)
    counts = {operation: trial.count_calls(operation) for operation in OPERATIONS}
    until = time.monotonic() + seconds
    while True:
        for mode in (*MODES, "sigkill"):
            for operation, count in counts.items():
                if time.monotonic() > until:
                    return
                yield operation, mode, chance.randint(1, MILLISECONDS_MAX if mode == "sigkill" else count + 1)


def answer(cases, hit):
    """The next case, given what the last one hit; None at the end."""
    try:
        return cases.send(hit)
    except StopIteration:
        return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--florin", required=True)
    parser.add_argument("--library", required=True)
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "little"))
    parser.add_argument("--case", metavar="OPERATION:MODE:AT")
    arguments = parser.parse_args()
    tried = hits = problems = 0
    with tempfile.TemporaryDirectory(prefix="florin-faults-") as folder:
        trial = Trial(Workshop(arguments.florin, os.path.realpath(folder)), arguments.library)
        if arguments.case:
            operation, mode, at = arguments.case.split(":")
            cases = one_case(operation, mode, int(at))
        elif arguments.seconds:
            print(f"seed {arguments.seed}")
            cases = random_cases(trial, arguments.seed, arguments.seconds)
        else:
            cases = all_cases()
        hit = None
        while (case := answer(cases, hit)) is not None:
            tried += 1
            try:
                hit = trial.run(*case)
            except Broken as problem:
                problems += 1
                print(problem, flush=True)
                hit = "something"
            hits += hit != "nothing"
    print(f"{tried} runs, {hits} of them hit, {problems} left something wrong")
    reached = hits or arguments.case
    return 1 if problems or not reached else 0


if __name__ == "__main__":
    sys.exit(main())
