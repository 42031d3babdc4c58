#!/usr/bin/env python3
"""Several processes on one workspace: readers during a write, two ingests of one scope, a locked catalog.

usage: at_once.py --florin PROGRAM [--rounds N]
"""

import argparse
import glob
import os
import sqlite3
import sys
import tempfile

from workshop import LOOKS, SECONDS_MAX, Broken, Workshop


def finish(process):
    """(exit code, stderr) of a process that was started."""
    _, errors = process.communicate(timeout=SECONDS_MAX)
    return process.returncode, errors.strip()


def readers_during_an_ingest(workshop):
    """Each look shows the old state or the new, and once the new one never the old one again."""
    workshop.start_from("first")
    process = workshop.start(workshop.ingest("restated"))
    seen_new = [False] * len(LOOKS)
    running = True
    while running:
        running = process.poll() is None
        for at, command in enumerate(LOOKS):
            text = workshop.look(command)
            if text not in (workshop.shown["first"][at], workshop.shown["restated"][at]):
                raise Broken(f"`{' '.join(command)}` during an ingest shows neither state:\n{text}")
            new = text == workshop.shown["restated"][at]
            if seen_new[at] and not new:
                raise Broken(f"`{' '.join(command)}` went back to the old state")
            seen_new[at] = new
    code, errors = finish(process)
    if code != 0:
        raise Broken(f"an ingest with readers beside it ended with {code}: {errors}")
    if workshop.show() != workshop.shown["restated"]:
        raise Broken("an ingest with readers beside it does not show its delivery")


def same_bill_twice_at_once(workshop):
    workshop.start_from("first")
    for process in [workshop.start(workshop.ingest("restated")) for _ in range(2)]:
        code, errors = finish(process)
        if code != 0:
            raise Broken(f"one of two ingests of the same bill ended with {code}: {errors}")
    if workshop.show() != workshop.shown["restated"]:
        raise Broken(f"the same bill twice at once shows another state than once:\n{workshop.show()}")
    workshop.check_with_doctor()


def two_bills_of_one_scope_at_once(workshop):
    """As if they had come one after the other, in either order."""
    workshop.start_from("first")
    for process in [workshop.start(workshop.ingest(name)) for name in ("restated", "other")]:
        code, errors = finish(process)
        if code != 0:
            raise Broken(f"one of two ingests of one scope ended with {code}: {errors}")
    sums = workshop.look(LOOKS[1])
    if sums not in (workshop.shown["restated, other"][1], workshop.shown["other, restated"][1]):
        raise Broken(f"two ingests of one scope at once show neither order:\n{sums}")
    workshop.check_with_doctor()


def locked_catalog(workshop):
    """An ingest against a catalog that another process holds waits or gives up with a word, and harms nothing."""
    workshop.start_from("first")
    catalogs = glob.glob(os.path.join(workshop.workspace, "**", "catalog.sqlite"), recursive=True)
    if len(catalogs) != 1:
        raise Broken(f"one catalog.sqlite expected, found {catalogs}")
    holder = sqlite3.connect(catalogs[0], isolation_level=None)
    try:
        holder.execute("BEGIN IMMEDIATE")
        for at, command in enumerate(LOOKS):
            if workshop.look(command) != workshop.shown["first"][at]:
                raise Broken(f"`{' '.join(command)}` beside a writer shows another state")
        code, errors = finish(workshop.start(workshop.ingest("restated")))
        if code <= 0 or "another process holds" not in errors:
            raise Broken(f"an ingest against a locked catalog ended with {code} and said: {errors or 'nothing'}")
        holder.execute("ROLLBACK")
    finally:
        holder.close()
    if workshop.show() != workshop.shown["first"]:
        raise Broken("an ingest that was refused left something")
    code, errors = finish(workshop.start(workshop.ingest("restated")))
    if code != 0 or workshop.show() != workshop.shown["restated"]:
        raise Broken(f"the ingest after the lock ended with {code}: {errors}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--florin", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    problems = 0
    with tempfile.TemporaryDirectory(prefix="florin-at-once-") as folder:
        workshop = Workshop(arguments.florin, os.path.realpath(folder))
        workshop.make("restated, other", workshop.ingest("other"))
        workshop.start_from("first")
        workshop.make("other", workshop.ingest("other"))
        workshop.make("other, restated", workshop.ingest("restated"))
        scenes = [readers_during_an_ingest, same_bill_twice_at_once, two_bills_of_one_scope_at_once]
        for scene in scenes * arguments.rounds + [locked_catalog]:
            try:
                scene(workshop)
            except Broken as problem:
                problems += 1
                print(f"{scene.__name__}: {problem}", flush=True)
    print(f"{problems} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
