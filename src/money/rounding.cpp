#include "money/rounding.hpp"

namespace florin::money {

bool goes_up(Rounding rounding, bool negative, bool odd, std::strong_ordering cut_to_half) noexcept {
    switch (rounding) {
    case Rounding::kHalfEven: return cut_to_half > 0 || (cut_to_half == 0 && odd);
    case Rounding::kHalfAwayFromZero: return cut_to_half >= 0;
    case Rounding::kTowardZero: return false;
    case Rounding::kFloor: return negative;
    case Rounding::kCeiling: return !negative;
    }
    return false;
}

} // namespace florin::money
