#!/usr/bin/env python3
"""Measures Florin as a whole and appends one JSON line to results.jsonl.

run.py [--florin PROGRAM] [--rows 5000000] [--runs 5] [--work DIR] [--no-record]

  ingest    `florin bench`: ingest and questions beside plain DuckDB in alternating runs, results verified
  memory    peak resident memory of one ingest of that size
  process   whole processes: --version, a question over the demo estate, a question over 1,440 scopes as they
            were delivered and compacted
Medians of whole-process runs; the first is not counted. A wide range says that the machine was busy.
"""
import argparse
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


def timed(*command, runs=11):
    milliseconds = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        run(*command)
        milliseconds.append((time.perf_counter() - start) * 1000)
    counted = milliseconds[1:]
    return {"median_ms": round(statistics.median(counted), 1), "least_ms": round(min(counted), 1),
            "most_ms": round(max(counted), 1)}


def peak_memory(florin, rows, work):
    """Kilobytes. A child of a child, so that only the ingest counts."""
    bills = work / "bills"
    run(florin, "-q", "demo", "generate", "--rows", rows, "--months", 1, "--single-file", "--out", bills)
    workspace = work / "memory"
    run(florin, "-q", "init", workspace)
    script = ("import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
              "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    peak = int(run(sys.executable, "-c", script, florin, "-q", "-w", workspace, "ingest", bills / "bill.csv"))
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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--florin", default=ROOT / "build/release/bin/florin", type=pathlib.Path)
    parser.add_argument("--rows", default=5_000_000, type=int)
    parser.add_argument("--runs", default=5, type=int)
    parser.add_argument("--work", type=pathlib.Path)
    parser.add_argument("--no-record", action="store_true")
    arguments = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="florin-bench-", dir=arguments.work))
    florin = arguments.florin.resolve()
    question = ("query", "-m", "effective_cost", "--by", "service_category")
    try:
        result = {"date": time.strftime("%Y-%m-%d", time.gmtime()),
                  "command": f"bench/run.py --rows {arguments.rows} --runs {arguments.runs}",
                  "version": run(florin, "--version").strip(), "processors": os.cpu_count(),
                  "machine": platform.machine(),
                  "load_before": round(os.getloadavg()[0], 2)}
        result["bench"] = json.loads(run(florin, "-q", "bench", "--rows", arguments.rows, "--runs", arguments.runs,
                                         "--dir", work, "--format", "json"))
        result["ingest_peak_kb"] = peak_memory(florin, arguments.rows, work)
        result["version_process"] = timed(florin, "--version")
        demo, seconds = demo_estate(florin, work)
        result["demo_ingest_seconds"] = seconds
        result["demo_query"] = timed(florin, "-w", demo, *question)
        many = many_scopes(florin, work)
        result["scopes_1440_compacted"] = timed(florin, "-w", many, *question)
        shutil.rmtree(many / "lake" / "compacted")
        result["scopes_1440_as_delivered"] = timed(florin, "-w", many, *question)
        result["load_after"] = round(os.getloadavg()[0], 2)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(json.dumps(result, indent=2))
    if not arguments.no_record:
        with open(ROOT / "bench" / "results.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
