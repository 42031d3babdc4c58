#include "allocate/benefit.hpp"

#include <array>

namespace florin::allocate {

std::string_view name(BenefitRule rule) {
    constexpr std::array<std::string_view, 4> kNames = {"where-it-landed", "pro-rata", "buyer-first", "central"};
    return kNames[static_cast<std::size_t>(rule)];
}

std::uint32_t Benefit::buyer_of(std::uint32_t programme) const {
    return programme < buyers.size() ? buyers[programme] : 0;
}

} // namespace florin::allocate
