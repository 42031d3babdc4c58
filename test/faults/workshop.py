"""Small bills, workspaces to start from, and what the program shows of them."""

import os
import re
import shutil
import subprocess

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
# Each holds what the one before it holds and more, so that none of them waits to be released.
BILLS = {"first": ["1.10", "2.20"], "restated": ["1.10", "2.20", "3.30"], "other": ["1.10", "2.20", "4.40"]}
# A delivery's folder is numbered by attempts, failed ones included.
ATTEMPT = re.compile(r"deliveries/[0-9]+-")
LOOKS = (["deliveries", "list", "--format", "json"], ["query", "--measure", "billed_cost", "--format", "json"])


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
    """The program left or did something that it must not."""


class Workshop:
    """One workspace in a folder of its own, put back into a state that is known as often as need be."""

    def __init__(self, florin, folder):
        self.florin, self.folder = os.path.abspath(florin), folder
        self.area = os.path.join(folder, "area")  # where faults happen: the workspace and its parent
        self.workspace = os.path.join(self.area, "workspace")
        os.mkdir(self.area)
        for name, costs in BILLS.items():
            write_bill(self.bill(name), costs)
        self.shown = {}  # by the names of the bills taken in, in their order
        self.make("empty", ["init", self.workspace])
        self.make("first", self.ingest("first"))
        self.make("restated", self.ingest("restated"))
        if len(set(self.shown.values())) != len(self.shown):
            raise SystemExit("the states cannot be told apart by what the program shows")

    def make(self, name, command):
        """Runs a command that must succeed, and keeps the workspace it leaves under a name."""
        done = self.run(command)
        if done.returncode != 0:
            raise SystemExit(f"without any fault, {command} ended with {done.returncode}:\n{done.stderr}")
        shutil.copytree(self.workspace, os.path.join(self.folder, "start-" + name))
        self.shown[name] = self.show()

    def start_from(self, name):
        shutil.rmtree(self.workspace, ignore_errors=True)
        shutil.rmtree(self.area + ".kept", ignore_errors=True)
        if name is not None:
            shutil.copytree(os.path.join(self.folder, "start-" + name), self.workspace)

    def bill(self, name):
        return os.path.join(self.folder, name + ".csv")

    def ingest(self, name):
        return ["--workspace", self.workspace, "ingest", self.bill(name)]

    @staticmethod
    def environment():
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FLORIN_")}
        return {**kept, "TZ": "UTC", "NO_COLOR": "1", "COLUMNS": "100", "FLORIN_NOW": "2026-11-24T12:00:00Z"}

    def start(self, command, **variables):
        """The command as a running process; its output is to be collected."""
        return subprocess.Popen([self.florin, *command], env={**self.environment(), **variables}, cwd=self.folder,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, command, **variables):
        """The command, finished."""
        process = self.start(command, **variables)
        try:
            out, errors = process.communicate(timeout=SECONDS_MAX)
        except subprocess.TimeoutExpired as late:
            process.kill()
            process.communicate()
            raise Broken(f"{command} has not ended after {SECONDS_MAX} s") from late
        return subprocess.CompletedProcess(command, process.returncode, out, errors)

    def look(self, command):
        done = self.run(["--workspace", self.workspace, *command])
        if done.returncode != 0:
            raise Broken(f"`{' '.join(command)}` ended with {done.returncode}: {done.stderr.strip()}")
        return ATTEMPT.sub("deliveries/N-", done.stdout)

    def show(self):
        """What a person sees of the workspace: one text for each look at it."""
        return tuple(self.look(command) for command in LOOKS)

    def check_with_doctor(self):
        done = self.run(["--workspace", self.workspace, "doctor"])
        if done.returncode != 0:
            raise Broken(f"`doctor` ended with {done.returncode}: {done.stdout}{done.stderr}")

    def repair(self):
        """What a crash left goes, and nothing that is seen."""
        before = self.show()
        done = self.run(["--workspace", self.workspace, "doctor", "--repair"])
        if done.returncode != 0:
            raise Broken(f"`doctor --repair` ended with {done.returncode}: {done.stdout}{done.stderr}")
        self.check_with_doctor()
        if self.show() != before:
            raise Broken("`doctor --repair` changed what is shown")
