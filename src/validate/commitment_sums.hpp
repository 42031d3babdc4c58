// What the charges of one commitment add up to.
#pragma once

#include "money/decimal.hpp"
#include "money/money.hpp"
#include "period/period.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace florin::validate {

/// All charges of one commitment in one currency. Sums are nothing where no row has the amount.
struct CommitmentSums {
    std::string id;
    std::string currency;
    std::uint64_t rows = 0;
    std::int64_t first_row = 0;
    std::uint64_t purchases = 0;
    std::uint64_t unused = 0;
    std::uint64_t units = 0;              ///< different CommitmentDiscountUnits
    std::uint64_t missing_quantities = 0; ///< purchases and usages, no corrections, without a quantity
    int effective_places = 0;             ///< the most places of an EffectiveCost
    std::optional<money::Decimal> purchase_billed;
    std::optional<money::Decimal> usage_effective;
    std::optional<money::Decimal> status_effective; ///< of usage that is Used or Unused
    std::optional<money::Decimal> all_billed;
    std::optional<money::Decimal> all_effective;
    std::optional<money::Quantity> bought;
    std::optional<money::Quantity> used;
    std::optional<money::Quantity> left;
    std::optional<period::Instant> term_start; ///< of the purchases
    std::optional<period::Instant> term_end;
    std::optional<period::Instant> usage_start; ///< of the commitment's usage
    std::optional<period::Instant> usage_end;
    std::optional<period::Instant> seen_start; ///< of all usage in the files
    std::optional<period::Instant> seen_end;
};

} // namespace florin::validate
