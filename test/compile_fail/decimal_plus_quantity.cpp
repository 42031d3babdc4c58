// expect: (could not|cannot) convert .*Quantity.* to .*Decimal|no viable conversion from .*Quantity.* to .*Decimal
#include "money/decimal.hpp"

using namespace florin::money;

bool mix(Decimal decimal, Quantity quantity) {
    return decimal.plus(quantity).ok();
}
