// expect: (could not|cannot) convert .*double.* to .*Decimal|no viable conversion from .*double.* to .*Decimal
#include "money/decimal.hpp"

florin::money::Decimal mix(double value) {
    return value;
}
