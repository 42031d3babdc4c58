// What moves an amount between two sides of a comparison, in the order in which it is told apart.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace florin::variance {

/// The effects in their fixed order (docs/reference/variance-method.md). They add up to actual minus base.
enum class Effect : std::uint8_t {
    kDays,           ///< the other length of the period, at the base's use a day and price
    kUsage,          ///< more or less use a day, at the base's average price
    kMix,            ///< dearer or cheaper things of one pricing unit, at the base's prices
    kRate,           ///< other prices, at the actual quantity
    kFees,           ///< other amounts of what has no quantity
    kNew,            ///< what the base does not have
    kGone,           ///< what the actual side does not have
    kCommitment,     ///< what commitment discounts save, and what of them is not used
    kCredits,        ///< charges of category Credit
    kTax,            ///< charges of category Tax
    kAdjustments,    ///< charges of category Adjustment, and corrections of closed periods
    kFx,             ///< the difference between the rates asked for and the reference rates
    kPlanAssumption, ///< what a plan of money differs from the baseline that it was made from
};
inline constexpr std::size_t kEffectCount = 13;

/// All of them, in their order.
constexpr std::array<Effect, kEffectCount> all_effects() {
    std::array<Effect, kEffectCount> all{};
    for (std::size_t i = 0; i < kEffectCount; ++i) {
        all[i] = static_cast<Effect>(i);
    }
    return all;
}

/// `days`, `usage`, `mix`, `rate`, `fees`, `new`, `gone`, `commitment`, `credits`, `tax`, `adjustments`, `fx`,
/// `plan_assumption`: columns of CSV and keys of JSON.
std::string_view name(Effect effect);
/// What people read: `days in the period`, `usage`, …
std::string_view label(Effect effect);
/// The same in a word or two, above a column: `days`, `usage`, …
std::string_view heading(Effect effect);

} // namespace florin::variance
