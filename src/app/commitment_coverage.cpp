#include "app/commitment_coverage.hpp"

#include "base/check.hpp"

#include <algorithm>

namespace florin::app {

std::string_view name(Eligibility eligibility) {
    switch (eligibility) {
    case Eligibility::kUnknown: return "unknown";
    case Eligibility::kStated: return "stated";
    case Eligibility::kObserved: return "observed";
    }
    return "";
}

std::string coverage_sentence(Eligibility eligibility) {
    switch (eligibility) {
    case Eligibility::kUnknown:
        return "Coverage is not available where nothing was covered, or what was has no list cost, or neither SKU nor "
               "meter.";
    case Eligibility::kStated: return "Coverage is at list cost, of usage that the provider states to be eligible.";
    case Eligibility::kObserved:
        return "Coverage is at list cost, of usage whose SKU a commitment covered at least once in the period: what "
               "could be covered and never was is not in it.";
    }
    return "";
}

std::string sku_key(const std::optional<std::string>& sku, const std::optional<std::string>& service,
                    const std::optional<std::string>& region, const std::optional<std::string>& meter) {
    constexpr char kBetween = '\x1F';
    if (sku) {
        return kBetween + *sku;
    }
    return meter ? service.value_or("") + kBetween + region.value_or("") + kBetween + *meter : std::string();
}

void CoverageData::Sum::add(const Amount& amount) {
    known = known && amount.has_value();
    sum.add(amount.value_or(money::Decimal()));
}

base::Result<Amount> CoverageData::Sum::total() const {
    if (!known) {
        return Amount();
    }
    FLORIN_TRY_ASSIGN(const money::Decimal total, sum.total());
    return Amount(total);
}

void CoverageData::add_covered(const CommitmentKey& commitment, const std::string& sku, const Amount& list) {
    covered_[commitment][sku].add(list);
}

void CoverageData::add_uncovered(const std::string& provider, const std::string& sku, const Amount& list) {
    uncovered_[provider][sku].add(list);
}

void CoverageData::add_covered_stated(const std::string& provider, const Amount& list) {
    covered_stated_[provider].add(list);
}

void CoverageData::add_uncovered_stated(const std::string& provider, std::set<std::string> programs,
                                        const Amount& list) {
    statements_[provider].push_back({std::move(programs), list});
}

base::Result<bool> CoverageData::states_programs(const std::string& provider) const {
    const auto stated = covered_stated_.find(provider);
    if (stated == covered_stated_.end() && !statements_.contains(provider)) {
        return false;
    }
    Sum covered;
    for (const auto& [key, skus] : covered_) {
        for (const auto& [sku, sum] : skus) {
            covered.known = covered.known && (key.provider != provider || sum.known);
            covered.sum.add(key.provider == provider ? sum.sum : money::DecimalSum());
        }
    }
    FLORIN_TRY_ASSIGN(const Amount all, covered.total());
    FLORIN_TRY_ASSIGN(const Amount with, (stated == covered_stated_.end() ? Sum() : stated->second).total());
    return all.has_value() && all == with;
}

base::Result<Amount> CoverageData::uncovered_stated(const std::string& provider,
                                                    const std::set<std::string>& types) const {
    Sum sum;
    if (const auto found = statements_.find(provider); found != statements_.end()) {
        for (const Statement& statement : found->second) {
            if (std::ranges::any_of(statement.programs, [&](const std::string& one) { return types.contains(one); })) {
                sum.add(statement.list);
            }
        }
    }
    return sum.total();
}

base::Result<Amount> CoverageData::uncovered_observed(const std::string& provider,
                                                      const std::set<std::string>& skus) const {
    Sum sum;
    const auto found = uncovered_.find(provider);
    for (const std::string& sku : skus) {
        if (sku.empty()) {
            return Amount();
        }
        if (found != uncovered_.end()) {
            if (const auto at = found->second.find(sku); at != found->second.end()) {
                FLORIN_TRY_ASSIGN(const Amount list, at->second.total());
                sum.add(list);
            }
        }
    }
    return sum.total();
}

base::Result<CoverageData::Coverage> CoverageData::coverage_of(
    std::span<const std::pair<CommitmentKey, std::string>> commitments) const {
    struct Group {
        std::set<std::string> types;
        std::set<std::string> skus;
    };
    std::map<std::string, Group> providers;
    Sum covered;
    for (const auto& [key, type] : commitments) {
        Group& group = providers[key.provider];
        group.types.insert(type);
        if (const auto found = covered_.find(key); found != covered_.end()) {
            for (const auto& [sku, sum] : found->second) {
                group.skus.insert(sku);
                FLORIN_TRY_ASSIGN(const Amount list, sum.total());
                covered.add(list);
            }
        }
    }
    Coverage coverage;
    FLORIN_TRY_ASSIGN(coverage.covered, covered.total());
    Sum eligible = covered;
    bool all_stated = true;
    bool any_known = false;
    for (const auto& [provider, group] : providers) {
        FLORIN_TRY_ASSIGN(const bool stated, states_programs(provider));
        FLORIN_TRY_ASSIGN(const Amount uncovered,
                          stated ? uncovered_stated(provider, group.types) : uncovered_observed(provider, group.skus));
        eligible.add(uncovered);
        all_stated = all_stated && stated;
        any_known = any_known || stated || !group.skus.empty();
    }
    if (any_known) {
        FLORIN_TRY_ASSIGN(coverage.eligible, eligible.total());
    }
    if (!coverage.eligible) {
        return coverage;
    }
    coverage.eligibility = all_stated ? Eligibility::kStated : Eligibility::kObserved;
    if (*coverage.eligible > money::Decimal()) {
        const auto ratio = money::divide(*coverage.covered, *coverage.eligible, money::Rounding::kHalfEven);
        coverage.ratio = ratio.ok() ? Amount(*ratio) : Amount();
    }
    return coverage;
}

} // namespace florin::app
