// expect: (could not|cannot) convert .*Decimal.* to .*Money|no viable conversion from .*Decimal.* to .*Money
#include "money/money.hpp"

using namespace florin::money;

bool mix(const Money& money, Decimal decimal) {
    return money.plus(decimal).ok();
}
