// Shared cost of one dimension as a file states it, by names: what is pooled, who gets it, by what. rule_file.hpp reads
// it from texts; resolve() makes the numbers of a run from it once owners and tuples are known.
#pragma once

#include "allocate/owners.hpp"
#include "allocate/rules.hpp"
#include "allocate/run.hpp"
#include "allocate/tuple_facts.hpp"
#include "allocate/tuple_texts.hpp"
#include "base/result.hpp"
#include "period/period.hpp"
#include "query/filter.hpp"

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace florin::allocate {

/// Where a part of a pool goes, by name.
struct NamedTarget {
    std::string name;
    bool is_pool = false; ///< else a value of the dimension
    money::Decimal ratio; ///< of Method::kFixed, else not read
    base::Place place;
};

/// What a pool takes: charges for which everything that is given holds.
struct NamedSelection {
    std::optional<query::Filter> where; ///< over the dimensions of charges
    std::vector<ChargeKind> kinds;      ///< empty: any
    bool unused_commitments = false;
    std::vector<std::string> owners; ///< values; an empty one: what has no owner
    base::Place place;
};

struct NamedPool {
    std::string name;
    std::string description;
    base::Place place;
    period::Period months = kAlways; ///< billing months in which it is in force: half-open, each end the 1st of a month
    int stage = 1;
    bool reciprocal = false;
    NamedSelection takes;
    Method method = Method::kEven;
    bool to_all = false;
    std::vector<NamedTarget> targets;
    Basis driver_basis = Basis::kEffective;
    std::optional<query::Filter> driver_where;
    std::string metric;
    Window window;
    NegativeDriver negative = NegativeDriver::kRefuse;
    MissingDay missing = MissingDay::kRefuse;
    MixedCurrencies currencies = MixedCurrencies::kRefuse;
};

struct NamedMetric {
    std::string name;
    std::string table;
    base::Place place;
    /// By day, then by value of the dimension.
    std::map<period::Day, std::vector<std::pair<std::string, money::Quantity>>> days;
};

/// Who gets what commitments save.
struct NamedBenefit {
    BenefitRule rule = BenefitRule::kWhereItLanded;
    Basis reference = Basis::kList;
    std::string central; ///< of BenefitRule::kCentral
    UnusedRule unused = UnusedRule::kByOwner;
    std::map<std::string, std::string> buyers; ///< of a commitment (its CommitmentDiscountId), the value that bought it
    base::Place place;
};

struct SharedCost {
    std::string dimension;
    std::string description;
    std::string file;
    std::vector<NamedPool> pools; ///< in the order of the file
    std::vector<NamedMetric> metrics;
    NamedBenefit benefit;
};

/// Every field that filters of pools read, each once, sorted. Beside these a run needs tuple_fact_fields().
std::vector<query::Field> fields_read(const SharedCost& shared);

/// Every value that pools, metrics and the benefit name, each once, sorted.
std::vector<std::string> values_named(const SharedCost& shared);

/// The owners with these values among Owners::values, whether a tuple has them or not; numbers are new, the sorting
/// stays. Pools can give to an owner that has no charge of its own only where this was called before resolve().
Owners with_values(Owners owners, std::span<const std::string> values);

/// Shared cost that holds from a billing month on, until the next one does.
struct SharedCostInForce {
    period::Day from;                         ///< first day of a month
    std::shared_ptr<const SharedCost> shared; ///< null: there is none from then on
};

/// Billing months in which the same pools are in force: one Run is for one such stretch.
struct Stretch {
    period::Period months;                    ///< whole calendar months, half-open
    std::shared_ptr<const SharedCost> shared; ///< null: nothing is shared
};

/// Cuts whole months where a set of pools, or a pool of one, begins or ends. `history` is sorted by day; before its
/// first day nothing is shared. The stretches are in order and cover `months`.
std::vector<Stretch> stretches_of(std::span<const SharedCostInForce> history, const period::Period& months);

/// The rules of a run over a stretch: of the pools those in force in the billing month that begins on `month`.
/// `owners` have the values that `shared` names (with_values). Null `shared` gives no pools. Errors with the place in
/// the file, as of Stages::of; `allocation.unknown_name` where a value is none of the owners'.
base::Result<Rules> resolve(const SharedCost* shared, period::Day month, const Owners& owners, const TupleTexts& texts,
                            const TupleFacts& facts);

/// What can be wrong with shared cost before any charge is known, in every month: check() and Stages::of with places.
base::Result<void> check(const SharedCost& shared);

} // namespace florin::allocate
