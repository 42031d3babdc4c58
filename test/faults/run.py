#!/usr/bin/env python3
"""Makes each file-system call of `florin init` and `florin ingest` go wrong and looks at what is left.

    run.py --florin PROGRAM --library libflorin_faults.so                       all of them, takes minutes
    run.py ... --seconds 30 [--seed N]                                          a random part of them
    run.py ... --case restated:power:17                                         one of them again

After each: the workspace shows what it did before or all of the new delivery, nothing else; the new one if the
program said so by its exit code; `florin doctor` finds nothing wrong; and the same ingest then succeeds.
"""

import argparse
import errno
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

MODES = {"error": errno.EIO, "full": errno.ENOSPC, "kill": 0, "power": 0, "sigkill": 0}
SECONDS_MAX = 60

COLUMNS = {
    "BilledCost": "1", "EffectiveCost": "1", "ListCost": "1", "ContractedCost": "1", "BillingCurrency": "USD",
    "BillingAccountId": "account-1", "BillingAccountName": "One", "BillingAccountType": "Billing",
    "BillingPeriodStart": "2026-10-01T00:00:00Z", "BillingPeriodEnd": "2026-11-01T00:00:00Z",
    "ChargePeriodStart": "2026-10-01T00:00:00Z", "ChargePeriodEnd": "2026-10-02T00:00:00Z",
    "ChargeCategory": "Usage", "ChargeClass": "", "ChargeDescription": "hours", "ChargeFrequency": "Usage-Based",
    "ConsumedQuantity": "1", "ConsumedUnit": "Hours", "PricingCategory": "Standard", "PricingQuantity": "1",
    "PricingUnit": "Hours", "ContractedUnitPrice": "1", "ListUnitPrice": "1", "ServiceProviderName": "Provider",
    "HostProviderName": "Provider", "InvoiceIssuerName": "Provider", "InvoiceId": "invoice-1",
    "ServiceCategory": "Compute", "ServiceSubcategory": "Virtual Machines", "ServiceName": "Machines",
    "RegionId": "region-1", "RegionName": "Region One", "SkuId": "sku-1", "SkuPriceId": "price-1",
    "SubAccountId": "sub-1", "SubAccountName": "Sub", "SubAccountType": "Project", "ResourceId": "machine-1",
}


def write_bill(path, costs):
    """One charge a day from the first of the month."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(",".join(COLUMNS) + "\n")
        for day, cost in enumerate(costs, 1):
            row = {**COLUMNS, **{name: cost for name in COLUMNS if name.endswith("Cost")},
                   "ChargePeriodStart": f"2026-10-{day:02}T00:00:00Z",
                   "ChargePeriodEnd": f"2026-10-{day + 1:02}T00:00:00Z"}
            file.write(",".join(row.values()) + "\n")


class Broken(Exception):
    """The program left something that it must not."""


class Workshop:
    """A folder with two bills, workspaces to start from, and what they show."""

    def __init__(self, florin, library, folder):
        self.florin, self.library, self.folder = os.path.abspath(florin), os.path.abspath(library), folder
        self.workspace, self.log = os.path.join(folder, "workspace"), os.path.join(folder, "log")
        self.first, self.restated = os.path.join(folder, "first.csv"), os.path.join(folder, "restated.csv")
        write_bill(self.first, ["1.10", "2.20"])
        write_bill(self.restated, ["1.10", "2.20", "3.30"])
        self.shown = {}
        for name, command in [("empty", ["init", self.workspace]), ("first", self.ingest(self.first)),
                              ("restated", self.ingest(self.restated))]:
            done = self.run(command)
            if done.returncode != 0:
                raise SystemExit(f"without any fault, {command} ended with {done.returncode}:\n{done.stderr}")
            shutil.copytree(self.workspace, os.path.join(folder, "start-" + name))
            self.shown[name] = self.show()
        if len(set(self.shown.values())) != len(self.shown):
            raise SystemExit("the states cannot be told apart by what the program shows")

    # operation: the workspace it starts from, what it runs, the states before and after
    def operations(self):
        return {
            "init": (None, ["init", self.workspace], None, "empty"),
            "first": ("empty", self.ingest(self.first), "empty", "first"),
            "restated": ("first", self.ingest(self.restated), "first", "restated"),
        }

    def ingest(self, bill):
        return ["--workspace", self.workspace, "ingest", bill]

    def environment(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FLORIN_")}
        return {**kept, "TZ": "UTC", "NO_COLOR": "1", "COLUMNS": "100", "FLORIN_NOW": "2026-11-24T12:00:00Z"}

    def run(self, command, **variables):
        return subprocess.run([self.florin, *command], env={**self.environment(), **variables}, cwd=self.folder,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS_MAX,
                              check=False)

    def show(self):
        """What a person sees of the workspace."""
        seen = []
        for command in (["deliveries", "list"], ["query", "--measure", "billed_cost"]):
            done = self.run(["--workspace", self.workspace, *command, "--format", "json"])
            if done.returncode != 0:
                raise Broken(f"`{' '.join(command)}` ended with {done.returncode}: {done.stderr.strip()}")
            seen.append(done.stdout)
        return "\n".join(seen)

    def start_from(self, name):
        shutil.rmtree(self.workspace, ignore_errors=True)
        shutil.rmtree(self.workspace + ".kept", ignore_errors=True)
        if name is not None:
            shutil.copytree(os.path.join(self.folder, "start-" + name), self.workspace)

    def run_faulty(self, command, mode, at):
        """(exit code, stderr, calls counted, what was hit)."""
        done = self.run(command, LD_PRELOAD=self.library, FLORIN_FAULTS_ROOT=self.workspace, FLORIN_FAULTS_AT=str(at),
                        FLORIN_FAULTS_MODE=mode, FLORIN_FAULTS_ERRNO=str(MODES[mode]), FLORIN_FAULTS_LOG=self.log)
        with open(self.log, encoding="utf-8") as file:
            count, hit = file.read().strip().split(" ", 1)
        return done.returncode, done.stderr, int(count), hit

    def run_and_kill(self, command, milliseconds):
        """A kill from outside, at a time instead of at a call."""
        with subprocess.Popen([self.florin, *command], env=self.environment(), cwd=self.folder, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            try:
                _, errors = process.communicate(timeout=milliseconds / 1000)
                return process.returncode, errors, 0, "nothing"
            except subprocess.TimeoutExpired:
                process.kill()
                _, errors = process.communicate()
                return process.returncode, errors, 0, f"after {milliseconds} ms"

    def count_calls(self, operation):
        start, command, _, _ = self.operations()[operation]
        self.start_from(start)
        return self.run_faulty(command, "error", 0)[2]

    def try_case(self, operation, mode, at):
        """Runs one case and judges it. Returns what was hit; raises Broken."""
        start, command, before, after = self.operations()[operation]
        self.start_from(start)
        run = self.run_and_kill(command, at) if mode == "sigkill" else self.run_faulty(command, mode, at)
        exit_code, errors, _, hit = run
        try:
            self.judge(mode, hit, exit_code, errors, before, after)
            again = self.run(command)
            ready = before is None and exit_code == 0  # a second init of a workspace may be refused
            if again.returncode != 0 and not ready:
                raise Broken(f"the same command again ended with {again.returncode}: {again.stderr.strip()}")
            if self.show() != self.shown[after]:
                raise Broken(f"the same command again does not show the state `{after}`")
            if before is None and self.run(self.ingest(self.first)).returncode != 0:
                raise Broken("an ingest into the new workspace fails")
        except Broken as problem:
            raise Broken(f"{operation}:{mode}:{at} (hit: {hit}; exit code {exit_code}): {problem}\n"
                         f"  the program said: {errors.strip() or 'nothing'}") from problem
        return hit

    def judge(self, mode, hit, exit_code, errors, before, after):
        if mode in ("error", "full"):
            if exit_code < 0 or exit_code >= 128:
                raise Broken("it crashed on an error that it should report")
            if exit_code != 0 and not errors.strip():
                raise Broken("it failed without a word")
        if hit == "nothing" and exit_code != 0:
            raise Broken("it failed without a fault")
        if before is None and exit_code != 0:
            return  # half a workspace is no workspace: the second init has to mend it
        shown = self.show()
        if exit_code == 0 and shown != self.shown[after]:
            raise Broken(f"it said that all is well and does not show the state `{after}`:\n{shown}")
        if shown not in (self.shown[after], self.shown[before or after]):
            raise Broken(f"it shows neither `{before}` nor `{after}`:\n{shown}")
        doctor = self.run(["--workspace", self.workspace, "doctor"])
        if doctor.returncode != 0:
            raise Broken(f"`doctor` ended with {doctor.returncode}: {doctor.stdout}{doctor.stderr}")


def all_cases(workshop):
    """Each call in turn until none is left to hit."""
    for operation in workshop.operations():
        for mode in MODES:
            if mode == "sigkill":
                continue
            at, hit = 0, ""
            while hit != "nothing":
                at += 1
                hit = yield operation, mode, at


def random_cases(workshop, seed, seconds):
    """Operations and modes in turn, a random call or time each; the end of the process is one of them."""
    chance = random.Random(seed)
    counts = {operation: workshop.count_calls(operation) for operation in workshop.operations()}
    until = time.monotonic() + seconds
    while True:
        for mode in MODES:
            for operation, count in counts.items():
                if time.monotonic() > until:
                    return
                yield operation, mode, chance.randint(1, 250 if mode == "sigkill" else count + 1)


def one_case(operation, mode, at):
    yield operation, mode, at


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
    problems, tried, hits = [], 0, 0
    with tempfile.TemporaryDirectory(prefix="florin-faults-") as folder:
        workshop = Workshop(arguments.florin, arguments.library, os.path.realpath(folder))
        if arguments.case:
            operation, mode, at = arguments.case.split(":")
            cases = one_case(operation, mode, int(at))
        elif arguments.seconds:
            print(f"seed {arguments.seed}")
            cases = random_cases(workshop, arguments.seed, arguments.seconds)
        else:
            cases = all_cases(workshop)
        hit = None
        while (case := answer(cases, hit)) is not None:
            tried += 1
            try:
                hit = workshop.try_case(*case)
            except Broken as problem:
                problems.append(str(problem))
                print(problem, flush=True)
                hit = "something"
            hits += hit != "nothing"
    print(f"{tried} runs, {hits} of them hit, {len(problems)} left something wrong")
    return 1 if problems or not hits else 0


if __name__ == "__main__":
    sys.exit(main())
