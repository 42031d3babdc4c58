#!/usr/bin/env python3
"""Time and memory of `florin validate` with all rules on one big file, and appends a line to results.jsonl.

validate.py [--florin PROGRAM] [--rows 1000000] [--runs 3] [--work DIR] [--no-record]

The target: 1 million rows under 10 s and 1.5 GiB on 2 cores. The file is one month of the demo estate as one CSV, with
all columns of FOCUS 1.4 that it fills. What is measured is verified: rows, and that every rule was looked at. Processor
time is told beside the time on the clock, which says little on a busy machine.
"""
import argparse
import json
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
# A child of a child, so that only the validation counts.
CHILD = """import json, resource, subprocess, sys, time
start = time.perf_counter()
code = subprocess.run(sys.argv[1:]).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([code, time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss]))"""


def validate(florin, bill, out):
    done = subprocess.run([sys.executable, "-c", CHILD, str(florin), "-q", "validate", str(bill), "--format", "json",
                           "--out", str(out)], capture_output=True, text=True, check=True)
    code, seconds, processor, kilobytes = json.loads(done.stdout)
    if code not in (0, 3):
        sys.exit(f"florin validate: exit code {code}\n{done.stderr}")
    return seconds, processor, kilobytes


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
            subprocess.run([options.florin, "-q", "demo", "generate", "--rows", str(options.rows), "--months", "1",
                            "--single-file", "--seed", "1", "--last-month", "2026-10", "--out", bill.parent],
                           check=True)
        results = pathlib.Path(temporary) / "results.json"
        runs = [validate(options.florin, bill, results) for _ in range(options.runs)]
        report = json.loads(results.read_text())
        megabytes = bill.stat().st_size / 1e6
    if report["rows"] != options.rows:
        sys.exit(f"{report['rows']} rows were validated, not {options.rows}")
    figures = {"what": "validate", "rows": options.rows, "megabytes": round(megabytes), "rules": len(report["rules"]),
               "fail": report["fail"], "seconds": round(statistics.median(run[0] for run in runs), 2),
               "processor_seconds": round(statistics.median(run[1] for run in runs), 2),
               "peak_mib": round(max(run[2] for run in runs) / 1024),
               "machine": platform.processor() or platform.machine(), "when": time.strftime("%Y-%m-%d")}
    print(json.dumps(figures, indent=2))
    if not options.no_record:
        with (ROOT / "bench/results.jsonl").open("a") as file:
            file.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
