// Who gets what a commitment saves, and who pays for what of it nobody used. Only effective cost is moved: billed cost
// lies with the purchase, and list and contracted cost know no commitment.
#pragma once

#include "allocate/cells.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace florin::allocate {

enum class BenefitRule : std::uint8_t {
    kWhereItLanded, ///< as the bill has it
    /// Covered usage costs its owner the reference cost; the saving, effective less reference cost, is shared in
    /// proportion to the reference cost of eligible usage.
    kProRata,
    /// As kProRata, but the buyer's own eligible usage counts as covered first: of the saving the buyer gets
    /// min(own eligible, all covered) / all covered, the others the rest in proportion to theirs.
    kBuyerFirst,
    kCentral, ///< covered usage costs its owner the reference cost; the saving goes to one value
};
std::string_view name(BenefitRule rule); ///< `where-it-landed`, `pro-rata`, `buyer-first`, `central`

enum class UnusedRule : std::uint8_t {
    kByOwner, ///< to the owner of its tuple, or the pool that takes it
    kToBuyer, ///< the buyer of the programme counts as its owner, where known
};

/// Usage is eligible if its SKU was covered by the programme at least once in the billing month, covered itself or
/// not. Covered usage without a reference cost stays where it landed, and is reported. So do corrections, and, unless
/// the rule is kCentral, usage whose programme or SKU is not known.
struct Benefit {
    BenefitRule rule = BenefitRule::kWhereItLanded;
    Basis reference = Basis::kList; ///< kList or kContracted
    std::uint32_t central = 0;      ///< of kCentral: a value of the dimension
    UnusedRule unused = UnusedRule::kByOwner;
    std::vector<std::uint32_t> buyers; ///< by programme; 0, or beyond the end: not known
    base::Place place;

    bool moves_savings() const { return rule != BenefitRule::kWhereItLanded; }
    /// 0 where it is not known.
    std::uint32_t buyer_of(std::uint32_t programme) const;
};

} // namespace florin::allocate
