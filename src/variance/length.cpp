#include "variance/length.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <array>

namespace florin::variance {
namespace {

constexpr std::int64_t kStepsPerMonth = 377'580;
static_assert(kStepsPerMonth % 28 == 0 && kStepsPerMonth % 29 == 0 && kStepsPerMonth % 30 == 0 &&
              kStepsPerMonth % 31 == 0);

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_month(std::string_view word) {
    static constexpr std::array<std::string_view, 5> kMonths = {"month", "months", "mo", "mon", "mos"};
    return std::any_of(kMonths.begin(), kMonths.end(), [&](std::string_view month) {
        return std::equal(word.begin(), word.end(), month.begin(), month.end(),
                          [](char a, char b) { return (a | 0x20) == b; });
    });
}

} // namespace

Flow flow_of_unit(const std::optional<std::string>& pricing_unit) {
    const std::string_view unit = pricing_unit ? std::string_view(*pricing_unit) : std::string_view();
    for (std::size_t start = 0; start < unit.size();) {
        std::size_t end = start;
        while (end < unit.size() && is_letter(unit[end])) {
            ++end;
        }
        if (is_month(unit.substr(start, end - start))) {
            return Flow::kMonths;
        }
        start = end + 1;
    }
    return Flow::kDays;
}

std::int64_t steps_in(const period::Period& period, Flow flow) {
    FLORIN_CHECK(period.start < period.end, "a period without a day");
    switch (flow) {
    case Flow::kDays: return period.days();
    case Flow::kNone: return 1;
    case Flow::kMonths: break;
    }
    std::int64_t steps = 0;
    for (period::Day day = period.start; day < period.end;) {
        const period::Period month = period::month_of(day);
        const period::Day end = std::min(month.end, period.end);
        steps += kStepsPerMonth / month.days() * (end - day).count();
        day = end;
    }
    return steps;
}

} // namespace florin::variance
