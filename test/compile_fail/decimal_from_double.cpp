// expect: is private within this context|calling a private constructor
#include "money/decimal.hpp"

florin::money::Decimal mix(double value) {
    return florin::money::Decimal(value);
}
