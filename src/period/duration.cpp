#include "period/duration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace florin::period {
namespace {

struct DurationUnit {
    char letter;
    std::string_view word;
    std::int64_t seconds;
};
constexpr std::array<DurationUnit, 5> kDurationUnits = {
    {{'w', "week", 604'800}, {'d', "day", 86'400}, {'h', "hour", 3'600}, {'m', "minute", 60}, {'s', "second", 1}}};
constexpr std::int64_t kSecondsMax = std::int64_t{3'653} * 86'400;

} // namespace

base::Result<std::chrono::seconds> parse_duration(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
    const auto* unit = rest.size() == 1 ? std::ranges::find(kDurationUnits, rest.front(), &DurationUnit::letter)
                                        : kDurationUnits.end();
    if (error != std::errc() || number < 0 || unit == kDurationUnits.end() || number > kSecondsMax / unit->seconds) {
        return base::user_error("period.duration", fmt::format("not a length of time: {}", text))
            .with_remedy("write a number and s, m, h, d or w, such as 30s, 15m, 6h");
    }
    return std::chrono::seconds(number * unit->seconds);
}

std::string describe_duration(std::chrono::seconds length) {
    std::string text;
    int parts = 0;
    std::int64_t left = length.count();
    for (const DurationUnit& unit : kDurationUnits) {
        if (unit.letter == 'w') {
            continue; // days read better: 8 days, not 1 week 1 day
        }
        const std::int64_t count = left / unit.seconds;
        left -= count * unit.seconds;
        if (count > 0 && parts < 2) {
            text += fmt::format("{}{} {}{}", text.empty() ? "" : " ", count, unit.word, count == 1 ? "" : "s");
        }
        parts += count > 0 || parts > 0 ? 1 : 0;
    }
    return text.empty() ? "0 seconds" : text;
}

} // namespace florin::period
