#!/usr/bin/env python3
"""How fast a provider's export becomes ledger, against DuckDB's plain copy of the same files to Parquet.

    bench/providers.py                       # 2 million rows of AWS's legacy report, 100 columns, five runs
    bench/providers.py --rows 200000 --runs 3

Runs alternate, each in a process of its own, with two threads and 2 GiB of memory for the engine. Florin reads each
file twice, checks it, maps it to FOCUS with exact decimals, reconciles it and writes charges, tuples and daily sums.
Plain DuckDB is COPY (SELECT * FROM read_csv([...])) TO ... (FORMAT parquet, COMPRESSION zstd). What Florin loaded
is held against the generator's own truth. A line goes to results.jsonl.
"""
import argparse
import ctypes
import json
import os
import pathlib
import shutil
import statistics
import sys
import tempfile

import measured
from measured import ROOT, run, timed

THREADS = 2
MEMORY_MB = 2048


def plain_copy(library, sql):
    """Runs in a process of its own: the statement, by the DuckDB that Florin uses."""
    class Result(ctypes.Structure):
        _fields_ = [("fields", ctypes.c_uint64 * 16)]

    duckdb = ctypes.CDLL(library)
    duckdb.duckdb_result_error.restype = ctypes.c_char_p
    database, connection, result = ctypes.c_void_p(), ctypes.c_void_p(), Result()
    assert duckdb.duckdb_open(None, ctypes.byref(database)) == 0
    assert duckdb.duckdb_connect(database, ctypes.byref(connection)) == 0
    for statement in (f"SET threads = {THREADS}", f"SET memory_limit = '{MEMORY_MB}MiB'", sql):
        if duckdb.duckdb_query(connection, statement.encode(), ctypes.byref(result)) != 0:
            sys.exit(duckdb.duckdb_result_error(ctypes.byref(result)).decode())


def florin_ingest(florin, files, work):
    workspace = work / "workspace"
    run(florin, "init", workspace)
    (workspace / "florin.yaml").write_text(f"keep_raw_files: false\nthreads: {THREADS}\nmemory_mb: {MEMORY_MB}\n")
    seconds, processor, _ = timed(florin, "-w", workspace, "ingest", *files)
    answer = run(florin, "-w", workspace, "query", "-m", "billed_cost,effective_cost", "--format", "csv")
    size = sum(path.stat().st_size for path in (workspace / "lake").rglob("*.parquet"))
    shutil.rmtree(workspace)
    return seconds, processor, answer.splitlines()[1], size


def measure(florin, library, form, rows, runs, work):
    run(florin, "demo", "generate", "--as", form, "--month", "2024-09", "--rows", rows, "--out", work / "demo")
    folder = work / "demo" / form
    files = sorted(folder.rglob("*.csv"))
    totals = json.loads((work / "demo" / "truth.json").read_text())["formats"][form]["totals"]
    listed = ", ".join("'" + str(path) + "'" for path in files)
    target = work / "plain.parquet"
    sql = f"COPY (SELECT * FROM read_csv([{listed}])) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
    plain, ours, processors, sizes = [], [], {"florin": [], "plain": []}, {}
    for _ in range(runs):
        seconds, processor, _ = timed(sys.executable, __file__, "--plain", library, sql)
        plain.append(seconds)
        processors["plain"].append(processor)
        sizes["plain_bytes"] = target.stat().st_size
        seconds, processor, answer, sizes["florin_bytes"] = florin_ingest(florin, [folder], work)
        ours.append(seconds)
        processors["florin"].append(processor)
        expected = ",".join(totals[0][key] for key in ("currency", "BilledCost", "EffectiveCost"))
        if answer != expected:
            sys.exit(f"the ledger has {answer}, the truth is {expected}")
    return {"format": form, "rows": rows, "bytes": sum(path.stat().st_size for path in files),
            "florin_seconds": round(statistics.median(ours), 2), "plain_seconds": round(statistics.median(plain), 2),
            "speed": round(statistics.median(plain) / statistics.median(ours), 2),
            "all_florin": [round(s, 2) for s in ours], "all_plain": [round(s, 2) for s in plain],
            "florin_processor_seconds": round(statistics.median(processors["florin"]), 2),
            "plain_processor_seconds": round(statistics.median(processors["plain"]), 2),
            "verified": "totals are the generator's", **sizes}


def main():
    if len(sys.argv) == 4 and sys.argv[1] == "--plain":
        plain_copy(sys.argv[2], sys.argv[3])
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--florin", default=ROOT / "build/release/bin/florin", type=pathlib.Path)
    parser.add_argument("--duckdb", default=ROOT / ".deps/duckdb/lib/libduckdb.so", type=pathlib.Path)
    parser.add_argument("--format", default="aws-cur")
    parser.add_argument("--rows", default=2_000_000, type=int)
    parser.add_argument("--runs", default=5, type=int)
    parser.add_argument("--work", type=pathlib.Path)
    parser.add_argument("--no-record", action="store_true")
    arguments = parser.parse_args()
    florin = arguments.florin.resolve()
    work = pathlib.Path(tempfile.mkdtemp(prefix="florin-bench-", dir=arguments.work))
    try:
        result = measured.begun(florin, f"bench/providers.py --format {arguments.format} --rows {arguments.rows} "
                                        f"--runs {arguments.runs}")
        result["provider"] = measure(florin, str(arguments.duckdb), arguments.format, arguments.rows, arguments.runs,
                                     work)
        result["load_after"] = round(os.getloadavg()[0], 2)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    measured.finish(result, record=not arguments.no_record)


if __name__ == "__main__":
    main()
