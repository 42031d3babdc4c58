#!/usr/bin/env python3
"""Months of deliveries from a seed, against an auditor that keeps its own totals.

usage: simulation.py --florin PROGRAM [--steps N] [--seed S] [--canary NAME]

Each step does something that happens to a ledger of bills: a bill comes, comes again, is restated, loses rows, comes
late, in several files or with a stray row; somebody releases, withdraws, restores or prunes, closes a month or opens
it again; a process is killed.
After each step the program is asked for all four costs by currency, billing account and billing month, as of now and
as of an earlier time, and must agree with the auditor to the last digit. FLORIN_SIM_STEPS and FLORIN_SIM_SEED set
other defaults. Exit code: 0 agreed, 1 did not.

A canary plants a mistake into the auditor's books; the run must then end with a difference.
"""

import argparse
import datetime
import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from fractions import Fraction

from auditor import COSTS, FOREVER, Auditor, Delivery, Part

SECONDS_MAX = 60
ACCOUNTS = ("account-1", "account-2", "account \"3\", é")
MONTHS = ("2025-01", "2025-02", "2025-03", "2025-04")
COLUMNS = COSTS + ("BillingCurrency", "BillingAccountId", "BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart",
                   "ChargePeriodEnd", "ChargeCategory", "SubAccountId", "ServiceName", "ServiceProviderName", "x_Note")
CANARIES = ("ignored-restatement", "last-digit", "pending-counts", "withdrawal-forgotten", "duplicate-counts",
            "commitment-lost", "vanishing-unnoticed", "close-forgotten", "restatement-unnoticed")


class Difference(Exception):
    """The program and the auditor do not agree."""


def month_start(month):
    return datetime.date.fromisoformat(month + "-01")


def next_month(day):
    return (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)


def instant(day):
    return f"{day.isoformat()}T00:00:00Z"


def epoch(day):
    return datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.timezone.utc).timestamp()


class Bills:
    """Makes rows and writes them into files."""

    def __init__(self, rng, folder):
        self.rng, self.folder, self.count = rng, folder, 0

    def amount(self):
        kind = self.rng.randrange(12)
        if kind == 0:
            return "0"
        digits = self.rng.choice((0, 2, 2, 6, 18))
        value = self.rng.randrange(10 ** (digits + self.rng.choice((1, 2, 5))))
        sign = "-" if kind == 1 and value else ""
        text = str(value).zfill(digits + 1)
        return sign + (text if digits == 0 else f"{text[:-digits]}.{text[-digits:]}")

    def row(self, account, month):
        start = month_start(month)
        end = next_month(start)
        day = start + datetime.timedelta(days=self.rng.randrange((end - start).days))
        length = self.rng.choice((1, 1, 1, 1, 2, 31, 365))
        billed = self.amount()
        row = {cost: billed if self.rng.random() < 0.4 else self.amount() for cost in COSTS}
        if self.rng.random() < 0.1:
            row[self.rng.choice(COSTS[1:])] = ""
        currency = "EUR" if account == ACCOUNTS[1] else "USD"
        row.update(BillingCurrency="CHF" if self.rng.random() < 0.05 else currency, BillingAccountId=account,
                   BillingPeriodStart=instant(start), BillingPeriodEnd=instant(end), ChargePeriodStart=instant(day),
                   ChargePeriodEnd=instant(day + datetime.timedelta(days=length)), ChargeCategory="Usage",
                   SubAccountId=f"sub-{self.rng.randrange(3)}", ServiceName=f"service-{self.rng.randrange(3)}",
                   ServiceProviderName="Provider", x_Note=self.rng.choice(("", "a, b", "line\nbreak", 'say "no"')))
        row["day"] = day.isoformat()
        return row

    def rows(self, account, month, count):
        return [self.row(account, month) for _ in range(count)]

    def write(self, rows):
        """One file, in one of the forms that bills have; its path."""
        self.count += 1
        stem = os.path.join(self.folder, f"bill-{self.count:05}")
        form = self.rng.choice(("csv", "csv", "csv.gz", "jsonl", "semicolon.csv"))
        path = f"{stem}.{form}"
        if form == "jsonl":
            text = "".join(self.json_line(row) + "\n" for row in rows)
        else:
            delimiter = ";" if form.startswith("semicolon") else ","
            text = "".join(delimiter.join(cells) + "\n" for cells in
                           [COLUMNS] + [[self.csv_cell(row[name], delimiter) for name in COLUMNS] for row in rows])
        if form == "csv.gz":
            with gzip.open(path, "wb") as file:
                file.write(text.encode())
        else:
            with open(path, "wb") as file:
                file.write(text.encode())
        return path

    @staticmethod
    def csv_cell(text, delimiter):
        if any(c in text for c in (delimiter, '"', "\n")):
            return '"' + text.replace('"', '""') + '"'
        return text

    @staticmethod
    def json_line(row):
        """Amounts as JSON numbers, digit by digit as they are."""
        return "{" + ", ".join(f"{json.dumps(name)}: "
                               f"{(row[name] or 'null') if name in COSTS else json.dumps(row[name])}"
                               for name in COLUMNS) + "}"


class Simulation:
    def __init__(self, florin, seed, folder, canary):
        self.florin, self.rng, self.canary = os.path.abspath(florin), random.Random(seed), canary
        self.workspace = os.path.join(folder, "workspace")
        self.bills = Bills(self.rng, folder)
        self.auditor = Auditor()
        self.known = {}          # (account, month) -> the rows of the last bill
        self.taken = []          # (source, files) that were taken in
        self.checkpoints = []    # whole seconds between two steps
        self.clock = 0           # the second in which the last command ended
        self.log = []
        self.counts = Counter()
        self.canary_done = False
        self.run("init", self.workspace)
        with open(os.path.join(self.workspace, "florin.yaml"), "a", encoding="utf-8") as file:
            file.write("retention:\n  superseded_days: 0\n")

    # The program.

    def start(self, *arguments):
        self.log.append(" ".join(arguments))
        environment = {**os.environ, "FLORIN_WORKSPACE": self.workspace}
        return subprocess.Popen([self.florin, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env=environment)

    def finish(self, process):
        out, err = process.communicate(timeout=SECONDS_MAX)
        self.clock = int(time.time())
        return process.returncode, out.decode(), err.decode()

    def run(self, *arguments, expect=0):
        code, out, err = self.finish(self.start(*arguments))
        if code != expect:
            raise Difference(f"exit code {code} instead of {expect}: {' '.join(arguments)}\n{out}{err}")
        return out, err

    def listed(self):
        out, _ = self.run("deliveries", "list", "--format", "json")
        return {delivery["id"]: delivery for delivery in json.loads(out)}

    # What can happen. Each gives the command and what it does to the books when it succeeds.

    def received(self):
        """Now, or a day of the past: (argument, the time)."""
        if self.rng.random() < 0.35:
            day = datetime.date(2025, 1, 5) + datetime.timedelta(days=self.rng.randrange(150))
            return ["--received", day.isoformat()], epoch(day)
        return [], None

    def take(self, files_of_deliveries, source="focus", received=None, kill=False):
        """Ingests; `files_of_deliveries` is [(paths, {scope: (rows, stray)})], each one delivery."""
        argument, at = received or self.received()
        expected = []
        code = 0
        for paths, scopes in files_of_deliveries:
            contents = frozenset(open(path, "rb").read() for path in paths)
            known = self.auditor.find(source, contents)
            if code != 0:
                pass   # what comes after one that is refused is not taken in; what came before it is
            elif known is not None:
                code = 4 if known.pruned or known.withdrawn is not None else code
            elif self.auditor.overlaps(source, scopes):
                code = 4
            else:
                expected.append((contents, scopes))
            self.taken.append((source, paths, scopes))
        paths = [path for some, _ in files_of_deliveries for path in some]
        self.rng.shuffle(paths)
        command = ["ingest", "--source", source, *argument, *paths]
        killed = self.execute(command, kill, code)
        before = len(self.auditor.deliveries)
        new = sorted(set(self.listed()) - {d.number for d in self.auditor.deliveries})
        if len(new) > len(expected) or (not killed and len(new) != len(expected)):
            raise Difference(f"{len(new)} new deliveries, expected {len(expected)}")
        for number, (contents, scopes) in zip(new, expected):
            parts = {scope: Part(rows, stray) for scope, (rows, stray) in scopes.items()}
            delivery = Delivery(number, source, contents, self.clock if at is None else at, parts)
            self.receive(delivery)
        self.counts["committed"] += len(self.auditor.deliveries) - before

    def receive(self, delivery):
        replaces = any((delivery.source, scope) in self.auditor.current() for scope in delivery.parts)
        if self.plant("ignored-restatement", replaces):
            for part in delivery.parts.values():
                part.rows = []
        if self.plant("last-digit"):
            scope, part = next(iter(delivery.parts.items()))
            row = dict(part.rows[0])
            row["BilledCost"] = str(Fraction(row["BilledCost"]) + Fraction(1, 10 ** 18))
            part.rows = [row, *part.rows[1:]]
        self.auditor.receive(delivery)
        waiting = [part for part in delivery.parts.values() if part.pending]
        self.counts["pending parts"] += len(waiting)
        if self.plant("pending-counts", waiting):
            waiting[0].released = 0
        vanished = [scope for scope, part in delivery.parts.items() if not part.rows]
        self.counts["vanished"] += len(vanished)
        if self.plant("vanishing-unnoticed", vanished):
            del delivery.parts[vanished[0]]

    def plant(self, canary, possible=True):
        """Whether the mistake is to be made now; it is made once, after some steps."""
        if self.canary == canary and possible and not self.canary_done and len(self.auditor.deliveries) > 3:
            self.canary_done = True
            return True
        return False

    def execute(self, command, kill, code):
        """Runs a command, or kills it on its way; whether it was killed before it could end."""
        if not kill:
            self.run(*command, expect=code)
            return False
        process = self.start(*command)
        time.sleep(self.rng.random() * 0.25)
        process.send_signal(signal.SIGKILL)
        ended, _, err = self.finish(process)
        self.counts["killed" if ended < 0 else "ended before the kill"] += 1
        if ended >= 0 and ended != code:
            raise Difference(f"exit code {ended} instead of {code}: {' '.join(command)}\n{err}")
        self.run("doctor", "--repair")
        out, _ = self.run("doctor")
        return ended < 0

    def restated(self, account, month):
        """The next bill of an account and month: more, other amounts, or less."""
        rows = list(self.known.get((account, month), []))
        if not rows:
            rows = self.bills.rows(account, month, self.rng.randint(3, 12))
        change = self.rng.randrange(6)
        if change <= 2:
            rows += self.bills.rows(account, month, self.rng.randint(1, 4))
        elif change == 3:
            place = self.rng.randrange(len(rows))
            rows[place] = {**rows[place], "EffectiveCost": self.bills.amount(), "ListCost": self.bills.amount()}
        elif change == 4 and len(rows) > 3:
            rows = self.rng.sample(rows, len(rows) - self.rng.randint(1, 2))
        else:
            place = self.rng.randrange(len(rows))
            rows[place] = {**rows[place], "BilledCost": str(self.rng.randrange(100))}
        self.known[(account, month)] = rows
        return rows

    def bill(self, kill=False, source="focus"):
        month = self.rng.choice(MONTHS)
        accounts = self.rng.sample(ACCOUNTS, self.rng.choice((1, 1, 2, 3)))
        scopes = {(account, month): (self.restated(account, month), False) for account in accounts}
        rows = [row for part, _ in scopes.values() for row in part]
        self.rng.shuffle(rows)
        pieces = self.rng.choice((1, 1, 1, 2, 3))
        paths = [self.bills.write(rows[piece::pieces]) for piece in range(pieces)] if self.joined(rows, pieces) else \
            [self.bills.write(rows)]
        self.take([(paths, scopes)], source, kill=kill)

    @staticmethod
    def joined(rows, pieces):
        """Whether the pieces are one delivery: each shares an account with the first."""
        accounts = [{row["BillingAccountId"] for row in rows[piece::pieces]} for piece in range(pieces)]
        return all(some & accounts[0] for some in accounts)

    def killed_bill(self):
        self.bill(kill=True)

    def other_source(self):
        self.bill(source="export-2")

    def two_bills(self):
        months = sorted(self.rng.sample(MONTHS, 2))
        deliveries = []
        for month in months:
            account = self.rng.choice(ACCOUNTS)
            rows = self.restated(account, month)
            deliveries.append(([self.bills.write(rows)], {(account, month): (rows, False)}))
        self.take(deliveries)

    def stray(self):
        account, month = self.rng.choice(ACCOUNTS), self.rng.choice(MONTHS[1:])
        rows = list(self.known.get((account, month), []))
        rows += self.bills.rows(account, month, max(110 - len(rows), 1))
        self.known[(account, month)] = rows
        earlier = MONTHS[MONTHS.index(month) - 1]
        few = self.bills.rows(account, earlier, 1)
        scopes = {(account, month): (rows, False), (account, earlier): (few, True)}
        self.take([([self.bills.write(few + rows)], scopes)])

    def again(self):
        if self.taken:
            source, paths, scopes = self.rng.choice(self.taken)
            if self.plant("duplicate-counts",
                          self.auditor.find(source, frozenset(open(p, "rb").read() for p in paths))):
                scopes = {scope: (rows * 2, stray) for scope, (rows, stray) in scopes.items()}
                for delivery in self.auditor.deliveries:
                    for scope, part in delivery.parts.items():
                        part.rows = part.rows * 2 if scope in scopes else part.rows
            self.take([(list(paths), scopes)], source)

    def broken(self):
        rows = self.bills.rows(ACCOUNTS[0], MONTHS[0], 3)
        name = self.rng.choice(("BilledCost", "BillingCurrency", "BillingAccountId", "ChargePeriodStart"))
        rows[1] = {**rows[1], name: "nonsense" if name in ("BilledCost", "ChargePeriodStart") else ""}
        path = os.path.join(os.path.dirname(self.workspace), "broken.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write(",".join(COLUMNS) + "\n")
            for row in rows:
                file.write(",".join(self.bills.csv_cell(row[column], ",") for column in COLUMNS) + "\n")
        self.run("ingest", path, expect=3)

    def release(self, kill=False):
        waiting = [(d, scope) for d in self.auditor.deliveries for scope, part in d.parts.items()
                   if part.waits(FOREVER)]
        if not waiting:
            return
        delivery, scope = self.rng.choice(waiting)
        command = ["deliveries", "release", str(delivery.number)]
        chosen = [part for part in delivery.parts.values() if part.waits(FOREVER)]
        if self.rng.random() < 0.5:
            command += ["--scope", f"{scope[0]} {scope[1]}"]
            chosen = [delivery.parts[scope]]
        scopes = [of for of, part in delivery.parts.items() if part in chosen and part.rows]
        if self.auditor.overlaps(delivery.source, scopes):
            self.run(*command, expect=4)
            return
        killed = self.execute(command, kill, 0)
        if killed and any(p["pending"] and (p["billing_account_id"], p["billing_period_start"][:7]) == scope
                          for p in self.listed()[delivery.number]["parts"]):
            return
        for part in chosen:
            part.released = self.clock
        self.counts["released"] += 1

    def killed_release(self):
        self.release(kill=True)

    def withdraw(self, kill=False):
        candidates = [d for d in self.auditor.deliveries if d.withdrawn is None]
        if not candidates:
            return
        counting = [d for d in candidates if d in self.auditor.current().values()]
        delivery = self.rng.choice(counting if counting and self.rng.random() < 0.5 else candidates)
        may = self.auditor.may_withdraw(delivery)
        counted = delivery in self.auditor.current().values() and not delivery.pruned
        killed = self.execute(["deliveries", "withdraw", str(delivery.number), "--reason", "a wrong 'export'"], kill,
                              0 if may else 4)
        if not may or (killed and self.listed()[delivery.number]["withdrawn_reason"] == ""):
            return
        if not self.plant("withdrawal-forgotten", counted):
            delivery.withdrawn = self.clock
        self.counts["withdrawn"] += 1

    def killed_withdraw(self):
        self.withdraw(kill=True)

    def restore(self):
        withdrawn = [d for d in self.auditor.deliveries if d.withdrawn is not None]
        if withdrawn:
            delivery = self.rng.choice(withdrawn)
            counting = [scope for scope, part in delivery.parts.items() if part.rows and not part.waits(FOREVER)]
            refused = delivery.pruned or self.auditor.overlaps(delivery.source, counting)
            self.run("deliveries", "restore", str(delivery.number), expect=4 if refused else 0)
            if not refused:
                delivery.withdrawn = None
                self.counts["restored"] += 1

    def prune(self, kill=False):
        expected = self.auditor.prunable()
        killed = self.execute(["deliveries", "prune"], kill, 0)
        gone = {number for number, delivery in self.listed().items() if delivery["state"] == "pruned"}
        before = {d.number for d in self.auditor.deliveries if d.pruned}
        wanted = {d.number for d in expected}
        if gone - before - wanted or (not killed and gone - before != wanted):
            raise Difference(f"pruned {sorted(gone - before)}, expected {sorted(wanted)}")
        for delivery in expected:
            delivery.pruned = delivery.number in gone
        self.counts["pruned"] += len(gone - before)

    def killed_prune(self):
        self.prune(kill=True)

    def months(self):
        out, _ = self.run("period", "list", "--format", "json")
        return {month["month"]: month for month in json.loads(out)}

    def close(self, kill=False):
        month = self.rng.choice(MONTHS)
        was_closed = month in self.auditor.closes
        before = dict(self.auditor.closes)
        code = 4 if was_closed else 0 if self.auditor.close(month) else 2
        killed = self.execute(["period", "close", month, "--by", "controller", "--reason", "the 'books'"], kill, code)
        if code == 0 and killed and self.months()[month]["state"] != "closed":
            self.auditor.closes = before
        elif code == 0:
            self.counts["months closed"] += 1
            self.audit_month(month)
            if self.plant("close-forgotten"):
                del self.auditor.closes[month]

    def killed_close(self):
        self.close(kill=True)

    def reopen(self):
        month = self.rng.choice(MONTHS)
        closed = self.auditor.closes.pop(month, None)
        self.run("period", "reopen", month, "--by", "finance", "--reason", "a bill", expect=4 if closed is None else 0)

    def checkpoint(self):
        """A second after which nothing of before happens: as of it, later decisions must not count."""
        time.sleep(max(0.0, self.clock + 1.01 - time.time()))
        self.checkpoints.append(self.clock)

    # The audit.

    def ask(self, as_of):
        command = ["query", "--by", "billing_account_id", "--period-kind", "billing", "--grain", "month",
                   "--format", "json"]
        for cost in ("billed_cost", "effective_cost", "list_cost", "contracted_cost"):
            command += ["--measure", cost]
        if self.rng.random() < 0.3:
            command.append("--charges")
        return command + (["--as-of", as_of] if as_of else [])

    def audit(self, as_of="", until=FOREVER):
        expected = self.auditor.totals(until)
        if isinstance(expected, int):
            _, err = self.run(*self.ask(as_of), expect=4)
            if "retention" not in err:
                raise Difference(f"delivery {expected} is pruned, but: {err}")
            self.counts["asked for what is pruned"] += 1
            return
        out, _ = self.run(*self.ask(as_of))
        found = {}
        for block in json.loads(out)["blocks"]:
            totals = [Fraction(0)] * len(COSTS)
            for row in block["rows"]:
                values = [row["billed_cost"], row["effective_cost"], row["list_cost"], row["contracted_cost"]]
                found[(block["currency"], row["billing_account_id"], row["month"])] = \
                    [None if value is None else Fraction(value) for value in values]
                totals = [total + Fraction(value or 0) for total, value in zip(totals, values)]
            total = block["total"]
            stated = [total["billed_cost"], total["effective_cost"], total["list_cost"], total["contracted_cost"]]
            if [Fraction(value or 0) for value in stated] != totals:
                raise Difference(f"the total of {block['currency']} is not the sum of its rows")
        if self.plant("commitment-lost", len(expected) > 2):
            expected.popitem()
        if found != expected:
            lines = [f"  {key}: program {show(found.get(key))}, auditor {show(expected.get(key))}"
                     for key in sorted(set(found) | set(expected)) if found.get(key) != expected.get(key)]
            raise Difference(f"as of {as_of or 'now'}:\n" + "\n".join(lines))
        self.counts["audits"] += 1

    def audit_month(self, month):
        """What a close found stays as it was, and what moved since is the difference to now, in all and in parts."""
        close = self.auditor.closes[month]
        stated = self.months()[month]["close"]["sums"]
        found = {currency: [Fraction(sums[cost]) for cost in COSTS] for currency, sums in stated.items()}
        if found != close.sums:
            raise Difference(f"the close of {month} has {found}, not {close.sums}")
        out, _ = self.run("period", "restatements", month, "--format", "json")
        moved = {}
        for restatement in json.loads(out):
            for change in restatement["changes"] if restatement["kind"] == "moved" else []:
                sums = moved.setdefault(change["dimension"], {}).setdefault(change["currency"],
                                                                            [Fraction(0)] * len(COSTS))
                for i, cost in enumerate(COSTS):
                    sums[i] += Fraction(change[cost]["change"])
        now = self.auditor.month_sums(month)
        none = [Fraction(0)] * len(COSTS)
        expected = {currency: [after - before for after, before in zip(now.get(currency, none),
                                                                       close.sums.get(currency, none))]
                    for currency in set(now) | set(close.sums)}
        expected = {currency: sums for currency, sums in expected.items() if sums != none}
        if self.plant("restatement-unnoticed", expected):
            expected.popitem()
        for dimension in ("", "BillingAccountId", "ServiceName", "ChargeCategory", "tag.team"):
            sums = {currency: sums for currency, sums in moved.get(dimension, {}).items() if sums != none}
            if sums != expected:
                raise Difference(f"{month} moved by {expected}, by {dimension or 'everything'} {sums}")
        self.counts["moved months" if expected else "months as closed"] += 1

    def audit_list(self):
        """Row counts, sums, pending and current, part by part."""
        listed = self.listed()
        if set(listed) != {d.number for d in self.auditor.deliveries}:
            raise Difference(f"listed are {sorted(listed)}")
        current = self.auditor.current()
        for delivery in self.auditor.deliveries:
            shown = {(p["billing_account_id"], p["billing_period_start"][:7]): p
                     for p in listed[delivery.number]["parts"]}
            for scope, part in delivery.parts.items():
                here = shown.pop(scope)
                what = (here["rows"], here["pending"], here["current"])
                wanted = (len(part.rows), part.waits(FOREVER), current.get((delivery.source, scope)) is delivery)
                if what != wanted:
                    raise Difference(f"delivery {delivery.number} {scope}: "
                                     f"(rows, pending, current) {what}, not {wanted}")
            if shown:
                raise Difference(f"delivery {delivery.number} has more parts: {sorted(shown)}")

    def random_earlier(self):
        if self.checkpoints and self.rng.random() < 0.5:
            second = self.rng.choice(self.checkpoints)
            text = datetime.datetime.fromtimestamp(second, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
            return text, float(second)
        day = datetime.date(2025, 1, 5) + datetime.timedelta(days=self.rng.randrange(150))
        return day.isoformat(), epoch(day) + 86_399.5

    STEPS = {"bill": 34, "killed_bill": 12, "other_source": 3, "two_bills": 6, "stray": 5, "again": 7, "broken": 2,
             "release": 8, "killed_release": 2, "withdraw": 5, "killed_withdraw": 2, "restore": 4, "prune": 1,
             "killed_prune": 1, "checkpoint": 3, "close": 3, "killed_close": 1, "reopen": 3}

    def step(self):
        name = self.rng.choices(list(self.STEPS), weights=list(self.STEPS.values()))[0]
        self.log = [name]
        self.counts[name] += 1
        getattr(self, name)()
        self.audit()
        self.audit(*self.random_earlier())
        if self.rng.random() < 0.2:
            self.audit_list()
        if self.auditor.closes and self.rng.random() < 0.3:
            self.audit_month(self.rng.choice(sorted(self.auditor.closes)))

    def end(self):
        self.audit_list()
        self.run("doctor")


def show(values):
    return "nothing" if values is None else [None if v is None else f"{float(v):.6f} ({v})" for v in values]


def simulate(florin, steps, seed, canary):
    """None, or what differed and in which step."""
    folder = tempfile.mkdtemp(prefix="florin-sim-")
    simulation = Simulation(florin, seed, folder, canary)
    step = 0
    try:
        for step in range(1, steps + 1):
            simulation.step()
        simulation.end()
    except Difference as difference:
        commands = "\n".join("  " + line for line in simulation.log)
        return f"seed {seed}, step {step}: {difference}\nthe step:\n{commands}\nkept in {folder}"
    else:
        print(f"seed {seed}: {steps} steps agreed;",
              ", ".join(f"{n} {name}" for name, n in sorted(simulation.counts.items())))
        return None
    finally:
        if sys.exc_info()[0] is None and (canary or step == steps):
            shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--florin", required=True)
    parser.add_argument("--steps", type=int, default=int(os.environ.get("FLORIN_SIM_STEPS", "120")))
    parser.add_argument("--seed", type=int, default=int(os.environ.get("FLORIN_SIM_SEED", "1")))
    parser.add_argument("--canary", choices=CANARIES)
    arguments = parser.parse_args()
    difference = simulate(arguments.florin, arguments.steps, arguments.seed, arguments.canary)
    if difference is not None:
        print(difference)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
