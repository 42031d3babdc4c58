// expect: (could not|cannot) convert .*Decimal.* to .*Rate|no viable conversion from .*Decimal.* to .*Rate
#include "money/money.hpp"

using namespace florin::money;

bool mix(const Money& money, Decimal decimal) {
    return money.scaled_by(decimal, Rounding::kHalfEven).ok();
}
