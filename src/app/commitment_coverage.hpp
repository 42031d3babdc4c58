// How much of the usage that commitments could cover they do cover. Values in, values out.
#pragma once

#include "base/result.hpp"
#include "money/decimal.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace florin::app {

/// An exact sum; null where it is not known.
using Amount = std::optional<money::Decimal>;

/// How it is known which usage commitments could have covered.
enum class Eligibility : std::uint8_t {
    kUnknown,  ///< nothing was covered, or what was has no list cost, or neither SKU nor meter
    kStated,   ///< the provider says so of each charge (FOCUS 1.4, CommitmentProgramEligibilityDetails)
    kObserved, ///< usage of a SKU that one of the commitments covered at least once in the period: the least it can be
};
std::string_view name(Eligibility eligibility); ///< `unknown`, `stated`, `observed`

/// What a coverage of that eligibility is coverage of, as a sentence.
std::string coverage_sentence(Eligibility eligibility);

/// A commitment, by what makes its id unique.
struct CommitmentKey {
    std::string provider;
    std::string id; ///< empty: charges that name none
    friend auto operator<=>(const CommitmentKey&, const CommitmentKey&) = default;
};

/// What is sold under one price list entry: the SKU, or where bills name none the meter of a service in a region.
/// Empty where they name neither.
std::string sku_key(const std::optional<std::string>& sku, const std::optional<std::string>& service,
                    const std::optional<std::string>& region, const std::optional<std::string>& meter);

/// List costs of usage in one currency and period.
class CoverageData {
public:
    /// Usage that the commitment covered; null: its list cost is not known.
    void add_covered(const CommitmentKey& commitment, const std::string& sku, const Amount& list);
    /// Usage that no commitment covered and that has no dynamic price, which no commitment is for.
    void add_uncovered(const std::string& provider, const std::string& sku, const Amount& list);
    /// Of the above what states its programs (`ProgramType`); of covered usage the commitment's type is enough.
    void add_covered_stated(const std::string& provider, const Amount& list);
    void add_uncovered_stated(const std::string& provider, std::set<std::string> programs, const Amount& list);

    struct Coverage {
        Amount covered;
        Amount eligible; ///< covered, and uncovered that could have been
        Amount ratio;    ///< covered over eligible; null where either is not known or nothing is eligible
        Eligibility eligibility = Eligibility::kUnknown;
    };
    /// Coverage by commitments, each with its type. Usage that other commitments cover is left out: it is not there
    /// to be covered. A provider's statements count where all of its covered usage has them, else what was observed.
    /// Error `money.overflow`.
    base::Result<Coverage> coverage_of(std::span<const std::pair<CommitmentKey, std::string>> commitments) const;

private:
    struct Sum {
        money::DecimalSum sum;
        bool known = true;
        void add(const Amount& amount);
        base::Result<Amount> total() const;
    };
    struct Statement {
        std::set<std::string> programs;
        Amount list;
    };
    using Skus = std::map<std::string, Sum>;
    base::Result<bool> states_programs(const std::string& provider) const;
    base::Result<Amount> uncovered_stated(const std::string& provider, const std::set<std::string>& types) const;
    base::Result<Amount> uncovered_observed(const std::string& provider, const std::set<std::string>& skus) const;

    std::map<CommitmentKey, Skus> covered_;
    std::map<std::string, Skus> uncovered_;                    ///< by provider
    std::map<std::string, Sum> covered_stated_;                ///< likewise
    std::map<std::string, std::vector<Statement>> statements_; ///< likewise
};

} // namespace florin::app
