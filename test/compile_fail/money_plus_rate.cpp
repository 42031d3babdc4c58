// expect: (could not|cannot) convert .*Rate.* to .*Money|no viable conversion from .*Rate.* to .*Money
#include "money/money.hpp"

using namespace florin::money;

bool mix(const Money& money, Rate rate) {
    return money.plus(rate).ok();
}
