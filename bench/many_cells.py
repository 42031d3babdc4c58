#!/usr/bin/env python3
"""Writes the bills of a workspace of about a million daily sums: one account, one CSV a month.

many_cells.py OUT [months 24] [tuples 1500] [days 28]

Each charge is a daily sum of its own. Each month has an invoice, and so tuples of its own: 36,000 tuples and
1,008,000 daily sums as it stands. Deterministic: the same arguments give the same bytes.
"""
import datetime
import pathlib
import sys

HEADER = ("BilledCost,BillingAccountId,BillingAccountName,BillingCurrency,BillingPeriodEnd,BillingPeriodStart,"
          "ChargeCategory,ChargeClass,ChargeDescription,ChargePeriodEnd,ChargePeriodStart,ContractedCost,"
          "EffectiveCost,HostProviderName,InvoiceId,"
          "InvoiceIssuerName,ListCost,PricingQuantity,PricingUnit,RegionId,ResourceId,ServiceCategory,ServiceName,"
          "ServiceProviderName,SubAccountId,Tags")
CATEGORIES = ["Compute", "Storage", "Databases", "Networking", "Analytics", "Security"]


def month_start(index):
    return datetime.date(2018 + index // 12, index % 12 + 1, 1)


def bill(month, tuples, days):
    start, end = month_start(month), month_start(month + 1)
    lines = [HEADER]
    for day_index in range(days):
        day = start + datetime.timedelta(days=day_index)
        after = day + datetime.timedelta(days=1)
        for number in range(tuples):
            service, region, account = number % 40, number // 40 % 8, number // 320
            units = 1_000_000 + (number * 7919 + month * 104729 + day_index * 1299709) % 900_000_007
            billed, listed = f"{units // 10**7}.{units % 10**7:07}", f"{units // 10**6}.{units % 10**6:06}"
            lines.append(
                f"{billed},acc,Account,USD,{end}T00:00:00Z,{start}T00:00:00Z,Usage,,use,{after}T00:00:00Z,"
                f"{day}T00:00:00Z,{billed},{billed},Cloud,invoice-{month:02},Cloud,{listed},{units % 1009},Units,"
                f"region-{region},r-{number},{CATEGORIES[service % 6]},Service {service},Cloud,sub-{account},"
                f"\"{{\"\"team\"\": \"\"team-{number % 23}\"\"}}\"")
    return "\n".join(lines) + "\n"


def main():
    out = pathlib.Path(sys.argv[1])
    months, tuples, days = (int(sys.argv[i]) if len(sys.argv) > i else default
                            for i, default in ((2, 24), (3, 1500), (4, 28)))
    out.mkdir(parents=True, exist_ok=True)
    for month in range(months):
        (out / f"{month_start(month):%Y-%m}.csv").write_text(bill(month, tuples, days))


if __name__ == "__main__":
    main()
