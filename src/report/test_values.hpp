// Amounts and days as tests write them, and a look for a piece of a page.
#pragma once

#include "money/decimal.hpp"
#include "money/money.hpp"
#include "period/period.hpp"

#include <gtest/gtest.h>

#include <string>

namespace florin::report {

inline money::Decimal amount(const char* text) {
    return money::Decimal::parse(text).value();
}
inline money::Currency currency(const char* code) {
    return money::Currency::parse(code).value();
}
inline period::Day day(const char* text) {
    return period::parse_day(text).value();
}

/// Whether the text has the piece; a failure names the piece and spares us the page.
inline testing::AssertionResult holds(const std::string& text, const std::string& piece) {
    return text.find(piece) != std::string::npos ? testing::AssertionSuccess() << "there is: " << piece
                                                 : testing::AssertionFailure() << "there is no: " << piece;
}

} // namespace florin::report
