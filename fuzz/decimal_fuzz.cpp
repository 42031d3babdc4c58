// Any bytes as a number, an instant and a period: nothing crashes, and what is read is what was written.
#include "money/money.hpp"
#include "period/period.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace {

using namespace florin;

template <class Number>
void read_number(std::string_view text) {
    const base::Result<Number> exact = Number::parse(text);
    const base::Result<typename Number::Rounded> floor = Number::parse_rounded(text, money::Rounding::kFloor);
    const base::Result<typename Number::Rounded> ceiling = Number::parse_rounded(text, money::Rounding::kCeiling);
    if (exact.ok()) {
        FLORIN_CHECK(Number::parse(exact->to_string()).value() == *exact, "the shortest text reads back");
        FLORIN_CHECK(Number::parse(exact->to_string(Number::kScale)).value() == *exact, "the longest text reads back");
        FLORIN_CHECK(floor.value() == ceiling.value() && floor->value == *exact && !floor->inexact, "nothing to round");
        FLORIN_CHECK(exact->negated().negated() == *exact, "the range is symmetric");
        return;
    }
    FLORIN_CHECK(!exact.error().describe().empty(), "an error says something");
    if (exact.error().code == "money.too_precise" && floor.ok() && ceiling.ok()) {
        FLORIN_CHECK(floor->inexact && ceiling->inexact, "something was rounded away");
        FLORIN_CHECK(ceiling->value.units() - floor->value.units() == 1, "the neighbours are one unit apart");
    }
}

void read_times(std::string_view text) {
    if (const auto parsed = period::parse_instant(text); parsed.ok()) {
        FLORIN_CHECK(period::parse_instant(period::to_string(parsed->instant)).value().instant == parsed->instant,
                     "the instant reads back");
    }
    const period::FiscalCalendar calendar{.start_month = std::chrono::February, .pattern = period::FiscalPattern::k454};
    const period::Day today = std::chrono::year{2024} / 9 / 18;
    if (const auto parsed = period::parse_period(text, today, calendar); parsed.ok()) {
        FLORIN_CHECK(parsed->start < parsed->end, "a period that people write is not empty");
        FLORIN_CHECK(period::parse_period(period::to_string(*parsed), today, calendar).value() == *parsed,
                     "the period reads back");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    read_number<money::Decimal>(text);
    read_number<money::Quantity>(text);
    read_times(text);
    (void)money::Currency::parse(text);
    return 0;
}
