// expect: ignoring returned value|ignoring return value
#include "money/money.hpp"

void drop(const florin::money::Money& money) {
    money.plus(money);
}
