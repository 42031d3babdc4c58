"""What the ledger must say, kept apart from the program: rows as they were written into the bills, exact
fractions, and the rules of the deliveries read from their documentation."""

from dataclasses import dataclass, field
from fractions import Fraction

COSTS = ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost")


@dataclass
class Part:
    """The rows of one billing account and month in one delivery."""

    rows: list
    stray: bool
    pending: bool = False
    released: float = None

    def waits(self, as_of):
        return self.pending and (self.released is None or self.released > as_of)

    def is_full(self, as_of):
        return not self.stray or (self.released is not None and self.released <= as_of)


@dataclass
class Delivery:
    number: int
    source: str
    files: frozenset   # of the files' bytes
    received: float
    parts: dict        # (account, month) -> Part
    withdrawn: float = None
    pruned: bool = False


FOREVER = float("inf")


@dataclass
class Close:
    """What counted of a month when the company closed it."""

    numbers: set   # of the deliveries
    sums: dict     # currency -> the four exact sums


@dataclass
class Auditor:
    deliveries: list = field(default_factory=list)
    closes: dict = field(default_factory=dict)   # month -> the close that holds

    def lives(self, delivery, as_of):
        return delivery.received <= as_of and (delivery.withdrawn is None or delivery.withdrawn > as_of)

    def current(self, as_of=FOREVER):
        """(source, scope) -> the delivery that counts for it."""
        best = {}
        for delivery in self.deliveries:
            if not self.lives(delivery, as_of):
                continue
            for scope, part in delivery.parts.items():
                if part.waits(as_of):
                    continue
                rank = (part.is_full(as_of), delivery.received, delivery.number)
                key = (delivery.source, scope)
                if key not in best or rank > best[key][0]:
                    best[key] = (rank, delivery)
        return {key: delivery for key, (_, delivery) in best.items()}

    def totals(self, as_of=FOREVER):
        """(currency, account, month) -> the four exact sums, None where every row lacks that cost; or the
        number of a delivery whose files are gone."""
        totals = {}
        for (_, scope), delivery in self.current(as_of).items():
            if delivery.pruned and delivery.parts[scope].rows:
                return delivery.number
            for row in delivery.parts[scope].rows:
                sums = totals.setdefault((row["BillingCurrency"], *scope), [None] * len(COSTS))
                for i, cost in enumerate(COSTS):
                    if row[cost] != "":
                        sums[i] = (sums[i] or Fraction(0)) + Fraction(row[cost])
        return totals

    def month_sums(self, month):
        """currency -> the four exact sums of what counts of a month; costs that are not there count as nothing."""
        sums = {}
        for (_, scope), delivery in self.current().items():
            if scope[1] == month:
                for row in delivery.parts[scope].rows:
                    of = sums.setdefault(row["BillingCurrency"], [Fraction(0)] * len(COSTS))
                    for i, cost in enumerate(COSTS):
                        of[i] += Fraction(row[cost] or 0)
        return sums

    def close(self, month):
        """False where nothing of the month counts."""
        numbers = {d.number for (_, scope), d in self.current().items() if scope[1] == month}
        if numbers:
            self.closes[month] = Close(numbers, self.month_sums(month))
        return bool(numbers)

    def referenced(self, delivery):
        return any(delivery.number in close.numbers for close in self.closes.values())

    def overlaps(self, source, scopes):
        return any(other != source and scope in scopes and delivery.parts[scope].rows
                   for (other, scope), delivery in self.current().items())

    def receive(self, delivery):
        """Adds a delivery and decides which of its parts wait."""
        current = self.current()
        for scope, part in delivery.parts.items():
            part.pending = self.must_wait(delivery, scope, part, current)
        for scope in self.lacked(delivery, current):
            delivery.parts[scope].pending = True
        for scope in self.vanished(delivery, current):
            delivery.parts[scope] = Part([], False, pending=True)
        self.deliveries.append(delivery)

    def must_wait(self, delivery, scope, part, current):
        before = current.get((delivery.source, scope))
        loss = False
        if before is not None:
            old = before.parts[scope]
            if part.stray and old.is_full(FOREVER):
                return True
            if part.stray or old.is_full(FOREVER):
                if before.received > delivery.received:
                    return False
                loss = not part.stray and loses(old.rows, part.rows)
        return loss or scope[1] in self.closes

    @staticmethod
    def lacked(delivery, current):
        """Scopes of an older run that a newer one, which has another account of the same month, has not."""
        full = [scope for scope, part in delivery.parts.items() if not part.stray]
        newer = [(scope, d) for (source, scope), d in current.items()
                 if source == delivery.source and scope in full and d.received > delivery.received
                 and d.parts[scope].is_full(FOREVER)]
        covered = {scope for scope, _ in newer}
        return [scope for scope in full if scope not in covered and
                any(other[1] == scope[1] and is_bill(d.parts[other]) and scope not in d.parts for other, d in newer)]

    @staticmethod
    def vanished(delivery, current):
        """Scopes that count from an older delivery, are not in this one, and should be: it has another account of
        the same month that counts from that same delivery."""
        gone = []
        for (source, scope), old in current.items():
            if source != delivery.source or old.received > delivery.received or scope in delivery.parts:
                continue
            month = [other for (feed, other), counting in current.items()
                     if counting is old and feed == source and other[1] == scope[1] and is_bill(old.parts[other])]
            restated = [other for other in month if other in delivery.parts and not delivery.parts[other].stray]
            if scope in month and restated:
                gone.append(scope)
        return gone

    def find(self, source, files):
        return next((d for d in self.deliveries if d.source == source and d.files == files), None)

    def may_withdraw(self, delivery):
        """Not where a delivery would count again whose files are gone, or beside another source's bill, nor what a
        closed month refers to."""
        if self.referenced(delivery):
            return False
        before = self.current()
        kept, delivery.withdrawn = delivery.withdrawn, 0
        after = self.current()
        lost = any(d.pruned for d in after.values())
        twice = any(before.get((source, scope)) is not d and d.parts[scope].rows and self.overlaps(source, [scope])
                    for (source, scope), d in after.items())
        delivery.withdrawn = kept
        return not lost and not twice

    def prunable(self):
        """What does not count and waits for nothing, with a retention of no days."""
        in_use = {d.number for d in self.current().values()}
        return [d for d in self.deliveries if d.number not in in_use and not d.pruned and not self.referenced(d) and
                (d.withdrawn is not None or not any(p.waits(FOREVER) for p in d.parts.values()))]


def is_bill(part):
    return bool(part.rows) and part.is_full(FOREVER)


def loses(old, new):
    """A day or a sub account that is gone, or more than a hundredth of a currency's positive billed cost."""
    for name in ("day", "SubAccountId"):
        if {row[name] for row in old} - {row[name] for row in new}:
            return True

    def positive(rows, currency):
        return sum((max(Fraction(row["BilledCost"]), Fraction(0))
                    for row in rows if row["BillingCurrency"] == currency),
                   Fraction(0))

    return any(positive(old, currency) - positive(new, currency) > positive(old, currency) / 100
               for currency in {row["BillingCurrency"] for row in old})
