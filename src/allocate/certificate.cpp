#include "allocate/certificate.hpp"

#include "base/sha256.hpp"

#include <fmt/format.h>
#include <map>
#include <utility>

namespace florin::allocate {
namespace {

using DaySums = std::pair<Sums, std::array<Sums, kReasonCount>>; ///< allocated, unallocated

base::Error not_conserved(const Balance& balance, const std::string& currency, std::size_t basis) {
    base::Error error{.code = "allocation.not_conserved",
                      .blame = base::Blame::kBug,
                      .message = fmt::format("the allocation of {} cost of {} in {} took in {} and gave {}",
                                             name(static_cast<Basis>(basis)), period::to_string(balance.day), currency,
                                             balance.in[basis].to_string(), balance.out[basis].to_string())};
    return error;
}

base::Result<void> check(const Balance& balance, const DayTotal& total, const std::string& currency) {
    Sums out;
    add(out, total.allocated);
    for (const Amounts& amounts : total.unallocated) {
        add(out, amounts);
    }
    for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
        FLORIN_TRY_ASSIGN(const money::Decimal sum, out[basis].total());
        if (sum != balance.in[basis] || balance.out[basis] != balance.in[basis]) {
            return not_conserved({.day = balance.day, .in = balance.in, .out = {sum, sum, sum, sum}}, currency, basis);
        }
    }
    return {};
}

} // namespace

std::string hash_of(std::span<const Sum> sums) {
    base::Sha256 hash;
    for (const Sum& sum : sums) {
        hash.add(fmt::format("{} {} {} {}", sum.day.time_since_epoch().count(), sum.currency, sum.via, sum.sink));
        for (const money::Decimal amount : sum.amounts) {
            hash.add(" " + amount.to_string());
        }
        hash.add("\n");
    }
    return hash.finish();
}

Certificate begin_certificate(const Run& run, const Owners& owners, std::string rules_hash, std::vector<Input> inputs) {
    Certificate certificate{.dimension = owners.dimension,
                            .rules_hash = std::move(rules_hash),
                            .inputs = std::move(inputs),
                            .reference = run.rules().benefit.reference,
                            .assignments_hash = hash_of(run.assignments())};
    for (const Pool& pool : run.stages().pools()) {
        certificate.pools.push_back(pool.name);
    }
    return certificate;
}

base::Result<void> certify(Certificate& certificate, const MonthResult& result, const Run& run, const Owners& owners,
                           const Tuples& tuples) {
    MonthCertificate month{.period = result.period,
                           .provisional = result.provisional,
                           .cell_count = result.cell_count,
                           .cells_hash = result.cells_hash,
                           .ratios_hash = hash_of(result.ratios.sets()),
                           .sums_hash = hash_of(result.sums)};
    const Sinks& sinks = run.stages().sinks();
    std::map<std::pair<std::uint16_t, period::Day>, DaySums> days;
    std::map<std::pair<Sink, std::uint16_t>, std::pair<Sums, Sums>> values; // own, shared
    for (const Sum& sum : result.sums) {
        DaySums& day = days[{sum.currency, sum.day}];
        if (sinks.is_unallocated(sum.sink)) {
            add(day.second[static_cast<std::size_t>(sinks.reason(sum.sink))], sum.amounts);
        } else {
            add(day.first, sum.amounts);
            auto& [own, shared] = values[{sum.sink, sum.currency}];
            add(sum.via == kDirect ? own : shared, sum.amounts);
        }
    }
    for (const Balance& balance : result.balances) {
        const std::string& currency = tuples.currencies[balance.currency];
        DayTotal total{.day = balance.day, .currency = currency, .in = balance.in};
        const DaySums& sums = days[{balance.currency, balance.day}];
        FLORIN_TRY_ASSIGN(total.allocated, totals(sums.first));
        for (std::size_t reason = 0; reason < kReasonCount; ++reason) {
            FLORIN_TRY_ASSIGN(total.unallocated[reason], totals(sums.second[reason]));
        }
        FLORIN_TRY(check(balance, total, currency));
        month.days.push_back(std::move(total));
    }
    for (const auto& [key, sums] : values) {
        OwnerTotal total{.value = owners.values[key.first], .currency = tuples.currencies[key.second]};
        FLORIN_TRY_ASSIGN(total.own, totals(sums.first));
        FLORIN_TRY_ASSIGN(total.shared, totals(sums.second));
        month.owners.push_back(std::move(total));
    }
    certificate.months.push_back(std::move(month));
    return {};
}

} // namespace florin::allocate
