// expect: no match for .operator==.|invalid operands to binary expression
#include "money/decimal.hpp"

using namespace florin::money;

bool mix(Decimal decimal, Quantity quantity) {
    return decimal == quantity;
}
