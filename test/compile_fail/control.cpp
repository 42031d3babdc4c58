// expect success
#include "base/strong_id.hpp"
#include "money/money.hpp"

using namespace florin;

struct DeliveryTag;

// Everything that the other files here do wrongly, done rightly.
bool control(const money::Money& money, money::Rate rate, money::Decimal decimal, money::Quantity quantity) {
    const base::StrongId<DeliveryTag, int> delivery(1);
    return money.plus(money).ok() && money.scaled_by(rate, money::Rounding::kHalfEven).ok() &&
           decimal.plus(decimal).ok() && money == money &&
           money::multiply(decimal, quantity, money::Rounding::kHalfEven).ok() &&
           decimal == money::Decimal::from_integer(1) && decimal == money::Decimal::from_units(1) &&
           delivery == base::StrongId<DeliveryTag, int>(2);
}
