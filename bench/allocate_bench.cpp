// Times a full allocation of an invented estate, month by month, and verifies it.
//
//   allocate_bench TUPLES CELLS [MONTHS 12] [WORKERS 2] [CHECKED 12]
//
// 60 teams, 20 pools in three stages, savings of commitments shared pro rata. Of the tuples 6 % go into pools by what
// they are, 5 % have no owner, 8 % belong to teams whose cost is shared, 10 % are covered by commitments; the pools
// give to all teams that their stage allows. Cells are made before the clock starts and freed after each month. Timed:
// the assignments of tuples, the months, the certificate. Not timed: making cells, and the check of the certificate,
// whose time is shown beside it. Prints a line of JSON; exit code 1 unless the certificates of the first CHECKED months
// are verified.
#include "allocate/certificate.hpp"
#include "allocate/verify.hpp"

#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <ctime>
#include <iostream>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace florin; // NOLINT(google-build-using-namespace): a program of one file
using allocate::Amounts;
using allocate::Method;
using allocate::Pool;
using base::Result;
using money::Decimal;
using std::chrono::days;

constexpr std::uint32_t kTeams = 60;
constexpr std::uint32_t kShared = 5; ///< the last teams, whose cost is shared
constexpr std::uint32_t kChosenPools = 12;
constexpr period::Day kStart = period::Day{std::chrono::year{2025} / 1 / 1};

struct Estate {
    allocate::Owners owners;
    allocate::Tuples tuples;
    allocate::Rules rules;
};

std::uint32_t draw(std::mt19937_64& engine, std::uint32_t below) {
    return static_cast<std::uint32_t>(engine() % below);
}

Pool pool(std::string name, Method method, int stage) {
    Pool out{.name = std::move(name), .stage = stage};
    out.method = method;
    out.negative = allocate::NegativeDriver::kAsZero;
    return out;
}

void add_pools(Estate& estate, const std::vector<std::uint32_t>& chosen) {
    allocate::Rules& rules = estate.rules;
    rules.pools.push_back(pool("bill", Method::kBill, 1));
    rules.pools.back().takes.kinds = {allocate::ChargeKind::kCredit, allocate::ChargeKind::kTax};
    constexpr std::array<Method, 4> kMethods = {Method::kEven, Method::kFixed, Method::kCost, Method::kMetric};
    for (std::uint32_t number = 0; number < kChosenPools; ++number) {
        Pool one = pool("chosen " + std::to_string(number), kMethods[number % 4], 1);
        for (const std::uint32_t tuple : chosen) {
            one.takes.tuples.push_back(tuple == number);
        }
        if (one.method == Method::kFixed) { // 40 targets of 2.5 %
            for (std::uint32_t value = 1; value <= 40; ++value) {
                one.targets.push_back({.value = value, .ratio = Decimal::parse("0.025").value()});
            }
        } else {
            one.to_all = true;
        }
        rules.pools.push_back(std::move(one));
    }
    for (std::uint32_t number = 0; number < kShared; ++number) {
        rules.pools.push_back(pool("shared " + std::to_string(number), Method::kCost, 2));
        rules.pools.back().takes.owners = {kTeams - number};
        rules.pools.back().to_all = true;
    }
    rules.pools.push_back(pool("untagged", Method::kCost, 3));
    rules.pools.back().takes.owners = {allocate::kUnallocated};
    rules.pools.back().to_all = true;
    rules.pools.push_back(pool("unused", Method::kCost, 3));
    rules.pools.back().takes.unused_commitments = true;
    rules.pools.back().to_all = true;
}

Estate estate(std::uint32_t tuple_count, int months) {
    std::mt19937_64 engine(1);
    Estate out;
    out.owners.dimension = "team";
    out.owners.days = {kStart, period::add_months(kStart, months)};
    out.owners.values = {""};
    for (std::uint32_t team = 1; team <= kTeams; ++team) {
        out.owners.values.push_back("team " + std::to_string(100 + team));
    }
    out.tuples.currencies = {"USD"};
    std::vector<std::uint32_t> chosen;
    for (std::uint32_t tuple = 0; tuple < tuple_count; ++tuple) {
        const std::uint32_t kind = draw(engine, 100);
        allocate::Tuple facts{.bill_line = 1 + draw(engine, 3000), .sku = 1 + draw(engine, 500)};
        chosen.push_back(draw(engine, 400)); // below kChosenPools: a quarter per cent for each
        if (chosen.back() < kChosenPools) {
            facts.sku = 1000; // fees are not what commitments cover
        } else if (kind < 2) {
            facts.kind = kind == 0 ? allocate::ChargeKind::kTax : allocate::ChargeKind::kCredit;
        } else if (kind < 12) {
            facts.commitment = allocate::CommitmentUse::kUsed;
            facts.programme = 1 + facts.sku % 20;
        } else if (kind == 12) {
            facts.commitment = allocate::CommitmentUse::kUnused;
            facts.programme = 1 + facts.sku % 20;
        }
        out.tuples.all.push_back(facts);
        out.owners.starts.push_back(out.owners.intervals.size());
        const std::uint32_t owner = draw(engine, 20) == 0 ? 0 : 1 + draw(engine, kTeams);
        out.owners.intervals.push_back({kStart, owner, 0});
        if (draw(engine, 10) == 0) {
            out.owners.intervals.push_back({kStart + days(1 + draw(engine, 300)), 1 + draw(engine, kTeams), 1});
        }
    }
    out.owners.starts.push_back(out.owners.intervals.size());
    add_pools(out, chosen);
    allocate::Metric metric{.name = "requests"};
    for (period::Day day = kStart; day < out.owners.days.end; day += days(1)) {
        for (std::uint32_t team = 1; team <= kTeams; ++team) {
            metric.days[day].emplace_back(team, money::Quantity::from_integer(draw(engine, 1'000'000)));
        }
    }
    out.rules.metrics = {std::move(metric)};
    out.rules.benefit.rule = allocate::BenefitRule::kProRata;
    return out;
}

Amounts amounts_of(const allocate::Tuple& tuple, std::mt19937_64& engine) {
    // Up to 100 with ten decimal places, as bills have them.
    const auto units = [&](std::uint64_t below) {
        return Decimal::from_units(base::int128{static_cast<std::int64_t>(engine() % below)} * 100'000'000);
    };
    const Decimal list = units(1'000'000'000'000);
    const Decimal cost = list.times_ratio(8, 10, money::Rounding::kHalfEven).value();
    if (tuple.commitment == allocate::CommitmentUse::kUsed) {
        return {Decimal(), list.times_ratio(6, 10, money::Rounding::kHalfEven).value(), list, cost};
    }
    if (tuple.commitment == allocate::CommitmentUse::kUnused) {
        return {Decimal(), cost, Decimal(), Decimal()};
    }
    if (tuple.kind == allocate::ChargeKind::kCredit) {
        return {cost.negated(), cost.negated(), Decimal(), Decimal()};
    }
    return {cost, cost, list, cost};
}

/// A tuple's cells are on days in a row, so that about `cell_count` come together.
allocate::Month month(const Estate& estate, int number, std::uint64_t cell_count) {
    const period::Day start = period::add_months(kStart, number);
    allocate::Month out{.period = period::month_of(start), .complete_until = period::add_months(start, 1)};
    const auto day_count = static_cast<std::uint64_t>(out.period.days());
    const std::uint64_t tuple_count = estate.tuples.all.size();
    std::mt19937_64 engine(static_cast<std::uint64_t>(number) + 2);
    for (std::uint32_t tuple = 0; tuple < tuple_count; ++tuple) {
        std::uint64_t count = cell_count / tuple_count;
        count += engine() % tuple_count < cell_count % tuple_count ? 1U : 0U;
        const std::uint64_t length = std::min(count, day_count);
        const std::uint64_t first = engine() % (day_count - length + 1);
        for (std::uint64_t day = first; day < first + length; ++day) {
            out.cells.add(tuple, start + days(static_cast<int>(day)), amounts_of(estate.tuples.all[tuple], engine));
        }
    }
    return out;
}

std::int64_t milliseconds_of_processor() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return std::int64_t{time.tv_sec} * 1'000 + time.tv_nsec / 1'000'000;
}

/// Adds up what passes between start() and stop().
class Stopwatch {
public:
    void start() {
        wall_start_ = std::chrono::steady_clock::now();
        processor_start_ = milliseconds_of_processor();
    }
    void stop() {
        wall_ += std::chrono::steady_clock::now() - wall_start_;
        processor_ms_ += milliseconds_of_processor() - processor_start_;
    }
    nlohmann::json figures() const {
        return {{"wall_ms", std::chrono::duration_cast<std::chrono::milliseconds>(wall_).count()},
                {"processor_ms", processor_ms_}};
    }

private:
    std::chrono::steady_clock::time_point wall_start_;
    std::chrono::steady_clock::duration wall_{};
    std::int64_t processor_start_ = 0;
    std::int64_t processor_ms_ = 0;
};

std::int64_t peak_mebibytes() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
}

Result<nlohmann::json> measure(std::uint32_t tuple_count, std::uint64_t cell_count, int months, int workers,
                               int checked) {
    Estate all = estate(tuple_count, months);
    const std::size_t pool_count = all.rules.pools.size();
    Stopwatch allocation;
    Stopwatch verification;
    allocation.start();
    FLORIN_TRY_ASSIGN(allocate::Run run, allocate::Run::start(all.owners, all.tuples, std::move(all.rules), workers));
    allocate::Certificate certificate = allocate::begin_certificate(run, all.owners, "none", {});
    allocation.stop();
    std::int64_t peak = 0;
    std::uint64_t cells = 0;
    std::uint64_t sums = 0;
    for (int number = 0; number < months; ++number) {
        const allocate::Month one = month(all, number, cell_count / static_cast<std::uint64_t>(months));
        allocation.start();
        FLORIN_TRY_ASSIGN(const allocate::MonthResult result, run.add(one));
        FLORIN_TRY(allocate::certify(certificate, result, run, all.owners, all.tuples));
        allocation.stop();
        peak = std::max(peak, number == 0 ? peak_mebibytes() : peak);
        cells += result.cell_count;
        sums += result.sums.size();
        if (number >= checked) {
            continue;
        }
        verification.start();
        // A certificate of this month alone: the months are checked as they come, and freed.
        allocate::Certificate of_month = certificate;
        of_month.months = {certificate.months.back()};
        FLORIN_TRY_ASSIGN(allocate::Verifier verifier,
                          allocate::Verifier::start(of_month, all.tuples, run.assignments(), all.owners.values));
        FLORIN_TRY(verifier.check(one.cells, result.ratios.sets(), result.sums));
        FLORIN_TRY(verifier.finish());
        verification.stop();
    }
    return nlohmann::json{{"tuples", tuple_count},
                          {"cells", cells},
                          {"months", months},
                          {"pools", pool_count},
                          {"sums", sums},
                          {"workers", workers},
                          {"allocation", allocation.figures()},
                          {"peak_mib_before_verification", peak},
                          {"peak_mib", peak_mebibytes()},
                          {"verification", verification.figures()},
                          {"verified_months", std::min(months, checked)}};
}

} // namespace

int main(int count, char** arguments) {
    std::array<std::uint64_t, 5> numbers = {0, 0, 12, 2, 12};
    for (std::size_t i = 1; i < static_cast<std::size_t>(count) && i <= numbers.size(); ++i) {
        const std::string_view text = std::span(arguments, static_cast<std::size_t>(count))[i];
        std::from_chars(text.data(), text.data() + text.size(), numbers[i - 1]);
    }
    if (numbers[0] == 0 || numbers[1] == 0 || numbers[2] == 0) {
        std::cerr << "allocate_bench TUPLES CELLS [MONTHS 12] [WORKERS 2] [CHECKED 12]\n";
        return 2;
    }
    const auto line = measure(static_cast<std::uint32_t>(numbers[0]), numbers[1], static_cast<int>(numbers[2]),
                              static_cast<int>(numbers[3]), static_cast<int>(numbers[4]));
    if (!line.ok()) {
        std::cerr << line.error().describe() << "\n";
        return 1;
    }
    std::cout << line->dump() << "\n";
    return 0;
}
