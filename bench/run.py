#!/usr/bin/env python3
"""Measures Florin as a whole and appends one JSON line to results.jsonl.

run.py [--florin PROGRAM] [--rows 5000000] [--runs 5] [--work DIR] [--only PART] [--no-record]

  bench     `florin bench`: ingest and questions beside plain DuckDB in alternating runs, results verified
  memory    peak resident memory of one ingest of that size
  process   whole processes: --version, a question over the demo estate, a question over 1,440 scopes as they
            were delivered and compacted
  cells     questions over about one million and two million daily sums, inside the program, warm (ask_bench)
Medians of whole-process runs; the first is not counted. A wide range says that the machine was busy.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import sys
import tempfile
import time

import measured
from measured import ROOT, run


def timed(*command, runs=11):
    all_runs = [measured.timed(*command)[:2] for _ in range(runs + 1)]
    milliseconds = [seconds * 1000 for seconds, _ in all_runs[1:]]
    processor = [seconds * 1000 for _, seconds in all_runs[1:]]
    return {"median_ms": round(statistics.median(milliseconds), 1), "least_ms": round(min(milliseconds), 1),
            "most_ms": round(max(milliseconds), 1), "processor_ms": round(statistics.median(processor), 1)}


def peak_memory(florin, rows, work):
    """Kilobytes."""
    bills = work / "bills"
    run(florin, "-q", "demo", "generate", "--rows", rows, "--months", 1, "--single-file", "--out", bills)
    workspace = work / "memory"
    run(florin, "-q", "init", workspace)
    _, _, peak = measured.alone(florin, "-q", "-w", workspace, "ingest", bills / "bill.csv")
    shutil.rmtree(bills)
    shutil.rmtree(workspace)
    return peak


def demo_estate(florin, work):
    bills, workspace = work / "estate", work / "demo"
    run(florin, "-q", "demo", "generate", "--rows", 1_000_000, "--months", 13, "--seed", 1, "--out", bills)
    run(florin, "-q", "init", workspace)
    feeds = sorted(folder for folder in bills.iterdir() if folder.is_dir() and folder.name != "history")
    start = time.perf_counter()
    run(florin, "-q", "-w", workspace, "ingest", *feeds)
    seconds = time.perf_counter() - start
    return workspace, round(seconds, 1)


def many_scopes(florin, work):
    bills, workspace = work / "scopes", work / "many"
    run(sys.executable, ROOT / "bench" / "many_scopes.py", bills, 60, 24, 200)
    run(florin, "-q", "init", workspace)
    run(florin, "-q", "-w", workspace, "ingest", bills / "bills")
    run(florin, "-q", "-w", workspace, "ingest", bills / "restated")
    return workspace


QUESTIONS = [{"measures": ["effective_cost"], "dimensions": dimensions} for dimensions in (
    ["service_category"], ["service_name", "region_id"], ["service_name", "region_id", "sub_account_id"])]
QUESTIONS.append({"measures": ["effective_cost"], "dimensions": ["service_category"], "grain": "month"})


def many_cells(florin, work, months, runs):
    bills, workspace = work / "cells", work / f"cells-{months}"
    run(sys.executable, ROOT / "bench" / "many_cells.py", bills, months)
    run(florin, "-q", "init", workspace)
    run(florin, "-q", "-w", workspace, "ingest", bills)
    shutil.rmtree(bills)
    lines = run(florin.parent / "ask_bench", workspace, runs, *(json.dumps(question) for question in QUESTIONS))
    shutil.rmtree(workspace)
    return {"cells": months * 1500 * 28, "lines": [json.loads(line) for line in lines.splitlines()]}


def measure_bench(result, florin, work, arguments):
    result["bench"] = json.loads(run(florin, "-q", "bench", "--rows", arguments.rows, "--runs", arguments.runs,
                                     "--dir", work, "--format", "json"))


def measure_memory(result, florin, work, arguments):
    result["ingest_peak_kb"] = peak_memory(florin, arguments.rows, work)


def measure_process(result, florin, work, _):
    question = ("query", "-m", "effective_cost", "--by", "service_category")
    result["version_process"] = timed(florin, "--version")
    demo, seconds = demo_estate(florin, work)
    result["demo_ingest_seconds"] = seconds
    result["demo_query"] = timed(florin, "-w", demo, *question)
    many = many_scopes(florin, work)
    result["scopes_1440_compacted"] = timed(florin, "-w", many, *question)
    shutil.rmtree(many / "lake" / "compacted")
    result["scopes_1440_as_delivered"] = timed(florin, "-w", many, *question)


def measure_cells(result, florin, work, _):
    result["cells"] = [many_cells(florin, work, months, 21) for months in (24, 48)]


PARTS = {"bench": measure_bench, "memory": measure_memory, "process": measure_process, "cells": measure_cells}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--florin", default=ROOT / "build/release/bin/florin", type=pathlib.Path)
    parser.add_argument("--rows", default=5_000_000, type=int)
    parser.add_argument("--runs", default=5, type=int)
    parser.add_argument("--work", type=pathlib.Path)
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--no-record", action="store_true")
    arguments = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="florin-bench-", dir=arguments.work))
    florin = arguments.florin.resolve()
    parts = [arguments.only] if arguments.only else list(PARTS)
    only = f" --only {arguments.only}" if arguments.only else ""
    try:
        result = measured.begun(florin, f"bench/run.py --rows {arguments.rows} --runs {arguments.runs}{only}")
        for part in parts:
            PARTS[part](result, florin, work, arguments)
        result["load_after"] = round(os.getloadavg()[0], 2)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    measured.finish(result, record=not arguments.no_record)


if __name__ == "__main__":
    main()
