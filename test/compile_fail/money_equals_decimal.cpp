// expect: no match for .operator==.|invalid operands to binary expression
#include "money/money.hpp"

using namespace florin::money;

bool mix(const Money& money, Decimal decimal) {
    return money == decimal;
}
