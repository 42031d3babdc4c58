// What the generator knows about a month in a provider's format, as FOCUS has it: covered usage is
// billed 0, what covers it has effective cost 0, what was not used is a charge of its own. Computed from
// the model, never from the file that was written.
#pragma once

#include "demo/charge.hpp"

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json_fwd.hpp>

namespace florin::demo {

/// What charges are summed by; an empty text is null.
struct NativeDimensions {
    std::string currency;
    std::string billing_account;
    std::string billing_period; ///< YYYY-MM
    std::string sub_account;
    std::string service;         ///< as the provider names it
    std::string charge_category; ///< of FOCUS
    std::string line_type;       ///< as the provider names it
    std::string team;            ///< value of the tag `team`
};

/// 10^-16 of a currency.
struct NativeCost {
    Cost billed = 0;
    Cost effective = 0;
};

/// What became of one commitment in the month, 10^-16 of its currency.
struct NativeCommitment {
    std::string currency;
    std::string kind;
    Cost purchased = 0; ///< billed for it in the month
    Cost used = 0;      ///< effective cost of what it covered
    Cost unused = 0;    ///< effective cost of what nobody used
};

class NativeTruth {
public:
    void add(const NativeDimensions& dimensions, const NativeCost& cost);
    /// The commitment of that id; made when it is not there yet.
    NativeCommitment& commitment(const std::string& id) { return commitments_[id]; }
    /// `totals`, one `by_...` list per dimension, `commitments`.
    void write_to(nlohmann::ordered_json& json) const;

private:
    static constexpr std::size_t kDimensionCount = 7;
    using Key = std::pair<std::string, std::string>; ///< currency, value
    std::map<std::string, NativeCost> totals_;
    std::array<std::map<Key, NativeCost>, kDimensionCount> by_dimension_;
    std::map<std::string, NativeCommitment> commitments_;
};

} // namespace florin::demo
