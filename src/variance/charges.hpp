// One side of a comparison: sums of charges that are alike in everything that the decomposition looks at.
#pragma once

#include "money/decimal.hpp"
#include "variance/length.hpp"

#include <optional>
#include <string>
#include <vector>

namespace florin::variance {

using Text = std::optional<std::string>; ///< null: the charges do not say
using Key = std::vector<Text>;

/// Which cost of a charge is compared. Commitments act on effective and billed cost.
enum class Cost : std::uint8_t { kBilled, kEffective, kList, kContracted };

/// Sums of alike charges. Amounts are of one currency, the same on both sides.
struct Charges {
    Key row;    ///< what the reader asked for: one line of the result
    Key place;  ///< what else tells things apart that are not to be mixed: provider, account, region, service, meter
    Text item;  ///< within a place: what was sold (the SKU)
    Text label; ///< what a person calls it: the service
    Text pricing_unit;
    Text charge_category;                    ///< as FOCUS: Usage, Purchase, Tax, Credit, Adjustment
    Text charge_class;                       ///< Correction or null
    Text charge_frequency;                   ///< Recurring, One-Time, Usage-Based
    Text commitment_discount_category;       ///< null: no commitment
    Text commitment_discount_status;         ///< Used or Unused; null: not covered
    std::optional<money::Quantity> quantity; ///< priced
    std::optional<money::Decimal> cost;      ///< the one compared
    std::optional<money::Decimal> list_cost;
    std::optional<money::Decimal> contracted_cost;
};

/// How charges enter the decomposition.
enum class Kind : std::uint8_t { kPriced, kCredit, kTax, kAdjustment };
Kind kind_of(const Charges& charges);

/// What was not used of a commitment, and the purchase of one: neither is use of something.
bool is_commitment_itself(const Charges& charges);

/// What the quantity of charges of kind kPriced follows: usage its unit, recurring purchases months, other purchases
/// nothing.
Flow flow_of(const Charges& charges);

/// The cost that the same use would have had without commitment discounts; cost minus this is what commitments did.
/// Covered usage: contracted cost, where that is not known list cost, where neither is the cost itself; for list cost
/// that itself. What is_commitment_itself: 0. Everything else: the cost itself.
money::Decimal cost_on_demand(const Charges& charges, Cost cost);

} // namespace florin::variance
