#include "report/sample_summary.hpp"

#include "report/figures.hpp"

#include <algorithm>
#include <functional>
#include <map>

namespace florin::report {
namespace {

using money::Decimal;
using money::Rounding;
using period::Day;
using std::chrono::days;

constexpr Day day(int year, unsigned month, unsigned number) {
    return std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(month), std::chrono::day(number));
}

constexpr Day kStart = day(2024, 9, 1);
constexpr Day kEnd = day(2024, 10, 1);
constexpr Day kPreviousStart = day(2024, 8, 1);

/// One line of spend: what it is, and its effective cost per day in millionths before any rhythm.
struct Line {
    const char* provider;
    const char* category;
    const char* service;
    const char* account;
    const char* team;
    std::int64_t daily_millionths;
    int growth_per_mille; ///< from August to September
};

constexpr Line kDollarLines[] = {
    {"AWS", "Compute", "Amazon Elastic Compute Cloud", "shop-production", "checkout", 5'812'331'207, 41},
    {"AWS", "Compute", "Amazon Elastic Compute Cloud", "search-production", "search", 3'204'118'431, -22},
    {"AWS", "Compute", "AWS Lambda", "shop-production", "checkout", 411'870'113, 205},
    {"AWS", "Databases", "Amazon Relational Database Service", "shop-production", "checkout", 2'911'402'877, 18},
    {"AWS", "Databases", "Amazon DynamoDB", "shop-production", "catalogue", 840'221'019, 64},
    {"AWS", "Storage", "Amazon Simple Storage Service", "data-lake", "data platform", 1'930'554'671, 37},
    {"AWS", "Networking", "Amazon CloudFront", "shop-production", "", 702'118'339, 11},
    {"AWS", "Networking", "AWS Data Transfer", "data-lake", "", 488'092'551, 312},
    {"AWS", "Management and Governance", "AWS Support (Business)", "payer", "", 620'000'000, 0},
    {"Microsoft", "Compute", "Virtual Machines", "erp", "finance systems", 1'822'450'903, -180},
    {"Microsoft", "Databases", "Azure SQL Database", "erp", "finance systems", 944'300'127, 9},
    {"Microsoft", "Storage", "Azure Blob Storage", "backup", "platform", 301'556'423, 25},
    {"Microsoft", "Security", "Microsoft Defender for Cloud", "erp", "platform", 118'420'077, 0},
    {"Google Cloud", "Analytics", "BigQuery", "insight", "data platform", 1'504'882'909, 148},
    {"Google Cloud", "AI and Machine Learning", "Vertex AI", "insight", "recommendations", 1'220'731'771, 530},
    {"Google Cloud", "Storage", "Cloud Storage", "insight", "data platform", 204'115'333, 12},
    {"Token vendor", "AI and Machine Learning", "Model inference <script>alert(1)</script>", "assistant",
     "recommendations", 655'412'007, 890},
    {"AWS", "Compute", "Amazon Elastic Kubernetes Service", "search-production", "search", 510'007'213, 5},
    {"AWS", "Storage", "Amazon Elastic Block Store", "shop-production", "checkout", 377'119'547, 14},
    {"AWS", "Other", "Refund & credit", "payer", "", -211'000'333, 0},
};

constexpr Line kEuroLines[] = {
    {"Data centre", "Compute", "Rack space and power", "Frankfurt hall 2", "platform", 402'118'999, 0},
    {"Data centre", "Networking", "Cross connects", "Frankfurt hall 2", "platform", 38'450'127, 0},
    {"Software vendor", "Developer Tools", "Source hosting, seats", "engineering", "platform", 91'220'001, 44},
};

/// The effective cost of a line on a day, 10 places: grows by month, quieter at weekends.
Decimal cost_on(const Line& line, Day when) {
    const auto rhythm = [&]() -> std::int64_t {
        const unsigned weekday = std::chrono::weekday(when).c_encoding();
        const std::int64_t wave = (when.time_since_epoch().count() * 37) % 61;
        return (weekday == 0 || weekday == 6 ? 780 : 1000) + wave * 2;
    }();
    const bool is_september = when >= kStart;
    const std::int64_t growth = is_september ? 1000 + line.growth_per_mille : 1000;
    return Decimal::from_integer(line.daily_millionths)
        .times_ratio(base::int128(rhythm) * growth, base::int128(1'000'000) * 1'000'000, Rounding::kHalfEven)
        .value()
        .rounded(10, Rounding::kHalfEven)
        .value();
}

Decimal part_of(Decimal amount, std::int64_t per_mille) {
    return amount.times_ratio(per_mille, 1000, Rounding::kHalfEven).value().rounded(12, Rounding::kHalfEven).value();
}

Decimal billed_from(Decimal amount) {
    return part_of(amount, 1037);
}

Decimal plus(const Amount& a, Decimal b) {
    return a.value_or(Decimal()).plus(b).value();
}

struct Totals {
    Amount amount = Decimal();
    Amount billed = Decimal();
    Amount previous = Decimal();
    void add(const Line& line) {
        for (Day when = kPreviousStart; when < kEnd; when += days(1)) {
            const Decimal cost = cost_on(line, when);
            if (when >= kStart) {
                amount = plus(amount, cost);
                billed = plus(billed, billed_from(cost));
            } else {
                previous = plus(previous, cost);
            }
        }
    }
    void add(const BreakdownRow& row) {
        amount = plus(amount, *row.amount);
        billed = plus(billed, *row.billed);
        previous = plus(previous, *row.previous);
    }
};

Totals totals_of(std::span<const Line> lines) {
    Totals totals;
    for (const Line& line : lines) {
        totals.add(line);
    }
    return totals;
}

Breakdown breakdown_by(std::span<const Line> lines, const char* dimension, const char* plural,
                       const char* Line::* field, std::size_t row_count_max) {
    std::map<std::string, Totals> groups;
    for (const Line& line : lines) {
        groups[line.*field].add(line);
    }
    const Totals all = totals_of(lines);
    Breakdown breakdown{dimension, plural, {}, all.amount, all.billed, all.previous};
    for (const auto& [name, totals] : groups) {
        const auto kind = name.empty() ? BreakdownRow::Kind::kMissing : BreakdownRow::Kind::kNamed;
        breakdown.rows.push_back({name, kind, 1, totals.amount, totals.billed, totals.previous});
    }
    std::stable_sort(breakdown.rows.begin(), breakdown.rows.end(),
                     [](const BreakdownRow& a, const BreakdownRow& b) { return *a.amount > *b.amount; });
    if (breakdown.rows.size() > row_count_max) {
        BreakdownRow rest{"", BreakdownRow::Kind::kRest, breakdown.rows.size() - row_count_max, {}, {}, {}};
        Totals sum;
        for (std::size_t index = row_count_max; index < breakdown.rows.size(); ++index) {
            sum.add(breakdown.rows[index]);
        }
        rest.amount = sum.amount;
        rest.billed = sum.billed;
        rest.previous = sum.previous;
        breakdown.rows.resize(row_count_max);
        breakdown.rows.push_back(rest);
    }
    return breakdown;
}

std::vector<Amount> trend_to(const Amount& amount, const Amount& previous) {
    std::vector<Amount> trend;
    for (std::int64_t month = 0; month < 11; ++month) {
        trend.emplace_back(part_of(*previous, 720 + month * 26 + (month * 53) % 40));
    }
    trend.push_back(previous);
    trend.push_back(amount);
    return trend;
}

void add_movers(CurrencyBlock& block, const Breakdown& services) {
    std::vector<Mover> movers;
    for (const BreakdownRow& row : services.rows) {
        if (row.kind == BreakdownRow::Kind::kNamed && row.amount != row.previous) {
            movers.push_back(
                {services.dimension, row.name, row.amount, row.previous, trend_to(row.amount, row.previous)});
        }
    }
    std::stable_sort(movers.begin(), movers.end(), [](const Mover& a, const Mover& b) {
        return *change_between(a.amount, a.previous).difference > *change_between(b.amount, b.previous).difference;
    });
    for (const Mover& mover : movers) {
        if (*mover.amount > *mover.previous && block.increases.size() < 5) {
            block.increases.push_back(mover);
        }
    }
    for (auto mover = movers.rbegin(); mover != movers.rend(); ++mover) {
        if (*mover->amount < *mover->previous && block.decreases.size() < 5) {
            block.decreases.push_back(*mover);
        }
    }
}

CurrencyBlock block_of(const char* currency, std::span<const Line> lines) {
    const Totals all = totals_of(lines);
    CurrencyBlock block{money::Currency::parse(currency).value(),
                        all.amount,
                        all.billed,
                        all.previous,
                        billed_from(*all.previous),
                        {},
                        {},
                        {},
                        {},
                        {},
                        {},
                        {},
                        {},
                        {}};
    for (Day when = kPreviousStart; when < kEnd; when += days(1)) {
        Decimal cost;
        for (const Line& line : lines) {
            cost = plus(cost, cost_on(line, when));
        }
        block.daily.push_back({{when, when + days(1)}, cost, billed_from(cost), when < day(2024, 9, 29)});
    }
    const std::vector<Amount> months = trend_to(all.amount, all.previous);
    for (int month = 0; month < 13; ++month) {
        const Day first = period::add_months(day(2023, 9, 1), month);
        const Amount& cost = months[static_cast<std::size_t>(month)];
        block.monthly.push_back({period::month_of(first), cost, billed_from(*cost), month < 12});
    }
    block.breakdowns = {breakdown_by(lines, "Provider", "providers", &Line::provider, 10),
                        breakdown_by(lines, "Service category", "service categories", &Line::category, 10),
                        breakdown_by(lines, "Service", "services", &Line::service, 10),
                        breakdown_by(lines, "Account", "accounts", &Line::account, 10),
                        breakdown_by(lines, "Team", "teams", &Line::team, 10)};
    add_movers(block, breakdown_by(lines, "Service", "services", &Line::service, 100));
    const BreakdownRow untagged = [&] {
        for (const BreakdownRow& row : block.breakdowns.back().rows) {
            if (row.kind == BreakdownRow::Kind::kMissing) {
                return row;
            }
        }
        return BreakdownRow{"", BreakdownRow::Kind::kMissing, 0, Decimal(), Decimal(), Decimal()};
    }();
    block.tags = {{"team", all.amount->minus(*untagged.amount).value(), untagged.amount},
                  {"environment", part_of(*all.amount, 713), part_of(*all.amount, 287)},
                  {"cost-centre", part_of(*all.amount, 402), part_of(*all.amount, 598)}};
    const Decimal list = part_of(*all.amount, 1281);
    const Decimal savings = list.minus(*all.amount).value();
    block.savings = {
        list,
        part_of(*all.amount, 1122),
        all.amount,
        savings,
        money::Rate(money::divide(savings, list, Rounding::kHalfEven).value()),
        part_of(*all.amount, 331),
        part_of(*all.amount, 29),
        money::Rate(
            money::divide(Decimal::from_integer(331), Decimal::from_integer(360), Rounding::kHalfEven).value())};
    return block;
}

/// Three commitments, of which one ends soon and one has no end that bills know.
Commitments commitments_of(const Savings& savings) {
    const auto rate = [](std::int64_t per_mille) {
        return money::Rate(Decimal::from_integer(per_mille).times_ratio(1, 1000, Rounding::kHalfEven).value());
    };
    const Amount plans = part_of(*savings.commitment_used, 644);
    const Amount unused_plans = part_of(*savings.commitment_unused, 800);
    Commitments commitments;
    commitments.used = savings.commitment_used;
    commitments.unused = savings.commitment_unused;
    commitments.utilisation = savings.commitment_utilisation;
    commitments.coverage = rate(612);
    commitments.coverage_note = "Coverage is at list cost, of usage whose SKU a commitment covered at least once.";
    commitments.rows = {{"Savings Plan", "AWS", plans, unused_plans, rate(905), rate(583)},
                        {"Reservation <b>", "Microsoft", savings.commitment_used->minus(*plans).value(),
                         savings.commitment_unused->minus(*unused_plans).value(), rate(979), std::nullopt}};
    commitments.ends = {{"arn:aws:savingsplans::111122223333:savingsplan/4f1d0f5e-5b3e-4c39-8b8a-1a7d2f6c9e02",
                         "Savings Plan", "AWS", day(2024, 11, 15), 46, part_of(*savings.commitment_used, 310)},
                        {"erp-databases", "Reservation", "Microsoft", day(2027, 2, 1), 854, std::nullopt}};
    commitments.without_end_count = 1;
    return commitments;
}

} // namespace

Summary sample_summary() {
    using std::chrono::hours;
    using std::chrono::minutes;
    Summary summary{"Northwind Stores",
                    {kStart, kEnd},
                    {kPreviousStart, kStart},
                    PeriodKind::kCharge,
                    Basis::kEffective,
                    day(2024, 9, 30) + hours(6) + minutes(5),
                    std::nullopt,
                    {},
                    {},
                    {}};
    summary.blocks.push_back(block_of("USD", kDollarLines));
    summary.blocks.push_back(block_of("EUR", kEuroLines));
    CurrencyBlock& dollars = summary.blocks.front();
    dollars.commitments = commitments_of(dollars.savings);
    dollars.marks = {{Mark::Severity::kWarning,
                      "7 charges have no ContractedCost.",
                      {Part::kSavings},
                      Decimal::parse("1204.3300017").value()},
                     {Mark::Severity::kNote,
                      "Azure purchases of September are not delivered yet.",
                      {Part::kBilledSpend},
                      std::nullopt}};
    CurrencyBlock& euros = summary.blocks.back();
    euros.savings = {};
    euros.savings.effective = euros.spend;
    euros.marks = {{Mark::Severity::kNote, "These providers deliver no list cost.", {Part::kSavings}, std::nullopt}};
    const auto at = [](unsigned number, int hour, int minute) {
        return period::Instant(day(2024, 9, number) + hours(hour) + minutes(minute));
    };
    using State = Freshness::State;
    summary.freshness = {
        {"aws-focus", "AWS", "payer 111122223333", day(2024, 9, 28), at(29, 4, 12), 812'431, 0, State::kOpen, ""},
        {"azure-focus", "Microsoft", "enrolment 7612", day(2024, 9, 27), at(28, 9, 40), 201'118, 1, State::kOpen, ""},
        {"google-export", "Google Cloud", "01A2B3-C4D5E6", day(2024, 9, 28), at(29, 2, 3), 97'002, 0, State::kGaps,
         "no charges from 2024-09-11 to 2024-09-12"},
        {"tokens", "Token vendor", "assistant", day(2024, 9, 28), at(29, 1, 0), 30'112, 0, State::kOpen, ""},
        {"colocation", "Data centre", "contract 88", day(2024, 9, 1), at(3, 11, 25), 14, 0, State::kComplete, ""}};
    return summary;
}

} // namespace florin::report
