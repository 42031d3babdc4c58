"""What the measuring scripts share: commands whose time and memory count, and the line in results.jsonl."""
import json
import os
import pathlib
import platform
import resource
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Run as a process of its own, so that no other child counts.
ALONE = """import json, resource, subprocess, sys, time
start = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([code, time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss]))"""


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def timed(*command):
    """Seconds, seconds of the processors, what it wrote. Ends the program where the command fails."""
    start, before = time.perf_counter(), processor_seconds()
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    seconds, processor = time.perf_counter() - start, processor_seconds() - before
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return seconds, processor, done.stdout


def run(*command):
    return timed(*command)[2]


def alone(*command, exit_codes=(0,)):
    """Seconds, seconds of the processors, and peak kilobytes; what it writes is thrown away."""
    done = subprocess.run([sys.executable, "-c", ALONE, *map(str, command)], capture_output=True, text=True, check=True)
    code, seconds, processor, kilobytes = json.loads(done.stdout)
    if code not in exit_codes:
        sys.exit(f"{' '.join(map(str, command))}: exit code {code}\n{done.stderr}")
    return seconds, processor, kilobytes


def begun(florin, command):
    """What a line starts with: when, what and where."""
    return {"date": time.strftime("%Y-%m-%d", time.gmtime()), "command": command,
            "version": run(florin, "--version").strip(), "processors": os.cpu_count(), "machine": platform.machine(),
            "load_before": round(os.getloadavg()[0], 2)}


def finish(result, record):
    print(json.dumps(result, indent=2))
    if record:
        with open(ROOT / "bench" / "results.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(result) + "\n")
