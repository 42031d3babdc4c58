// expect: use of deleted function|call to deleted (member )?function
#include "money/decimal.hpp"

florin::money::Decimal mix(double value) {
    return florin::money::Decimal::from_units(value * 1e18);
}
