#!/usr/bin/env python3
"""Time and memory of `florin validate` with all rules on one big file, and appends a line to results.jsonl.

validate.py [--florin PROGRAM] [--rows 1000000] [--runs 3] [--work DIR] [--no-record]

The target: 1 million rows under 10 s and 1.5 GiB on 2 cores. The file is one month of the demo estate as one CSV, held
against the version of FOCUS that its columns show. What is measured is verified: rows, that the report has every rule
of that version that src/validate/rules.tsv has, and that each passed, failed or was skipped for a reason. Processor
time is told beside the time on the clock, which says little on a busy machine.
"""
import argparse
import json
import pathlib
import platform
import statistics
import sys
import tempfile
import time

import measured
from measured import ROOT


def validate(florin, bill, out):
    return measured.alone(florin, "-q", "validate", bill, "--format", "json", "--out", out, exit_codes=(0, 3))


def rules_of(version):
    """The ids of the rules of a version, from the list that the program is built with."""
    def number(text):
        return tuple(int(part) for part in text.split("."))

    lines = [line for line in (ROOT / "src/validate/rules.tsv").read_text().splitlines() if not line.startswith("#")]
    names = lines[0].split("\t")
    rules = [dict(zip(names, line.split("\t"))) for line in lines[1:]]
    return {rule["id"] for rule in rules if number(rule["since"]) <= number(version) and
            (rule["until"] == "-" or number(version) < number(rule["until"]))}


def check(report, rows):
    if report["rows"] != rows:
        sys.exit(f"{report['rows']} rows were validated, not {rows}")
    told, expected = {rule["id"].removeprefix("CAU-") for rule in report["rules"]}, rules_of(report["focus_version"])
    if not expected or told != expected:
        sys.exit(f"the report lacks {sorted(expected - told)} and has {sorted(told - expected)} beside the rules of "
                 f"FOCUS {report['focus_version']}")
    if report["pass"] + report["fail"] + report["skipped"] != len(report["rules"]):
        sys.exit("the counts of what passed, failed and was skipped are not those of the rules")
    for rule in report["rules"]:
        if rule["outcome"] == "skipped" and not rule.get("reason"):
            sys.exit(f"{rule['id']} was skipped for no reason")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--florin", type=pathlib.Path, default=ROOT / "build/release/bin/florin")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--work", type=pathlib.Path, help="keeps the bill, and takes one that is there")
    parser.add_argument("--no-record", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or pathlib.Path(temporary)
        bill = work / f"validate-{options.rows}" / "bill.csv"
        if not bill.exists():
            measured.run(options.florin, "-q", "demo", "generate", "--rows", options.rows, "--months", 1,
                         "--single-file", "--seed", 1, "--last-month", "2026-10", "--out", bill.parent)
        results = pathlib.Path(temporary) / "results.json"
        runs = [validate(options.florin, bill, results) for _ in range(options.runs)]
        report = json.loads(results.read_text())
        megabytes = bill.stat().st_size / 1e6
    check(report, options.rows)
    figures = {"what": "validate", "rows": options.rows, "megabytes": round(megabytes), "rules": len(report["rules"]),
               "fail": report["fail"], "seconds": round(statistics.median(run[0] for run in runs), 2),
               "processor_seconds": round(statistics.median(run[1] for run in runs), 2),
               "peak_mib": round(max(run[2] for run in runs) / 1024),
               "machine": platform.processor() or platform.machine(), "when": time.strftime("%Y-%m-%d")}
    measured.finish(figures, record=not options.no_record)


if __name__ == "__main__":
    main()
