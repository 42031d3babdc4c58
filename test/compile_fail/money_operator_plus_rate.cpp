// expect: no match for .operator\+.|invalid operands to binary expression
#include "money/money.hpp"

using namespace florin::money;

auto mix(const Money& money, Rate rate) {
    return money + rate;
}
