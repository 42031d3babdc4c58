#!/usr/bin/env python3
"""Writes the bills of a workspace of many small scopes: one CSV per billing account and month.

many_scopes.py OUT [accounts 60] [months 24] [rows 200]

Deterministic: the same arguments give the same bytes. Every tenth bill has a second, restated version
in OUT/restated, to be ingested after OUT/bills.
"""
import datetime
import pathlib
import sys

HEADER = ("BilledCost,BillingAccountId,BillingAccountName,BillingCurrency,BillingPeriodEnd,BillingPeriodStart,"
          "ChargeCategory,ChargeClass,ChargeDescription,ChargePeriodEnd,ChargePeriodStart,ContractedCost,"
          "EffectiveCost,HostProviderName,"
          "InvoiceIssuerName,ListCost,PricingQuantity,PricingUnit,RegionId,ResourceId,ServiceCategory,ServiceName,"
          "ServiceProviderName,SubAccountId,Tags")
SERVICES = [("Compute", "Machines"), ("Storage", "Objects"), ("Databases", "Tables"), ("Networking", "Wires")]
REGIONS = ["north-1", "south-1", "west-2"]


def month_start(index):
    return datetime.date(2024 + index // 12, index % 12 + 1, 1)


def bill(account, month, rows, cents_more):
    start, end = month_start(month), month_start(month + 1)
    days = (end - start).days
    lines = [HEADER]
    for row in range(rows):
        category, service = SERVICES[row % len(SERVICES)]
        day = start + datetime.timedelta(days=row % days)
        after = day + datetime.timedelta(days=1)
        cents = 100 + (account * 7919 + month * 104729 + row * 31) % 9000 + cents_more
        cost = f"{cents // 100}.{cents % 100:02}"
        region = REGIONS[row // 3 % len(REGIONS)]
        team = f"team-{(account + row) % 8}"
        lines.append(
            f"{cost},acc-{account:03},Account {account},USD,{end}T00:00:00Z,{start}T00:00:00Z,Usage,,use of {service},"
            f"{after}T00:00:00Z,{day}T00:00:00Z,{cost},{cost},Cloud,Cloud,{cost},1,Units,"
            f"{region},r-{account}-{row % 40},"
            f"{category},{service},Cloud,sub-{account}-{row % 3},\"{{\"\"team\"\": \"\"{team}\"\"}}\"")
    return "\n".join(lines) + "\n"


def main():
    out = pathlib.Path(sys.argv[1])
    accounts, months, rows = (int(sys.argv[i]) if len(sys.argv) > i else default
                              for i, default in ((2, 60), (3, 24), (4, 200)))
    for folder in ("bills", "restated"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    for account in range(accounts):
        for month in range(months):
            name = f"acc-{account:03}-{month_start(month):%Y-%m}.csv"
            (out / "bills" / name).write_text(bill(account, month, rows, 0))
            if (account + month) % 10 == 0:
                (out / "restated" / name).write_text(bill(account, month, rows, 5))


if __name__ == "__main__":
    main()
