#include "ingest/azure_cost/units_of_measure.hpp"

#include "base/check.hpp"
#include "engine/engine.hpp"
#include "ingest/azure_cost/columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

namespace florin::embedded {
extern const std::string_view azure_cost_unit_exceptions;
} // namespace florin::embedded

namespace florin::ingest::azure_cost {
namespace {

using engine::sql_text;

constexpr std::array<std::string_view, 7> kPeriods = {"Second", "Minute", "Hour", "Day", "Week", "Month", "Year"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kRates = {
    {{"hourly", "Hour"}, {"daily", "Day"}, {"weekly", "Week"}, {"monthly", "Month"}, {"annual", "Year"}}};
constexpr std::array<std::pair<char, std::int64_t>, 3> kScales = {
    {{'K', 1'000}, {'M', 1'000'000}, {'B', 1'000'000'000}}};

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) {
        text.remove_prefix(1);
    }
    while (text.ends_with(' ')) {
        text.remove_suffix(1);
    }
    return text;
}

/// A whole number at the front of `text`, taken off; nothing where there is none or it is too long.
std::optional<std::int64_t> take_count(std::string_view& text) {
    std::int64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc() || value <= 0 || !is_digit(text.front())) {
        return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

/// `hour`, `Hours`, `Hrs` -> `Hour`.
std::optional<std::string_view> period_of(std::string_view word) {
    std::string name = lower_case(word);
    if (name == "hr" || name == "hrs") {
        return "Hour";
    }
    if (name.ends_with('s')) {
        name.pop_back();
    }
    const auto at = std::ranges::find_if(kPeriods, [&](std::string_view period) { return lower_case(period) == name; });
    return at == kPeriods.end() ? std::nullopt : std::optional(*at);
}

/// Bytes, rates and abbreviations have no plural: `GB`, `Mbps`, `DBU`.
bool is_symbol(std::string_view word) {
    return word.size() > 1 && word.size() <= 5 &&
           std::ranges::count_if(word, [](char c) { return c >= 'A' && c <= 'Z'; }) > 1;
}

std::string capitalised(std::string_view word) {
    std::string out(word);
    if (out[0] >= 'a' && out[0] <= 'z') {
        out[0] = static_cast<char>(out[0] - 32);
    }
    return out;
}

std::string plural(std::string_view word) {
    if (const auto period = period_of(word)) {
        return std::string(*period) + "s";
    }
    return capitalised(word) + (is_symbol(word) || word.ends_with('s') ? "" : "s");
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    for (text = trimmed(text); !text.empty(); text = trimmed(text)) {
        const std::size_t end = std::min(text.find(' '), text.size());
        words.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return words;
}

/// `/Month`, `/3 Months` behind the noun; nothing where it is no period.
std::optional<std::string> read_divisor(std::string_view text) {
    text = trimmed(text);
    std::int64_t count = 1;
    if (!text.empty() && is_digit(text.front())) {
        const auto taken = take_count(text);
        if (!taken) {
            return std::nullopt;
        }
        count = *taken;
    }
    const auto period = period_of(trimmed(text));
    if (!period) {
        return std::nullopt;
    }
    return count == 1 ? fmt::format("/{}", *period) : fmt::format("/{} {}s", count, *period);
}

/// The noun as FOCUS writes units: in the plural, time joined by a hyphen.
std::optional<std::string> read_noun(std::vector<std::string_view> words, std::string& divisor) {
    for (const std::string_view word : words) {
        if (!std::ranges::all_of(word, is_letter)) {
            return std::nullopt;
        }
    }
    if (!words.empty() && divisor.empty()) {
        const auto rate =
            std::ranges::find(kRates, lower_case(words.front()), &std::pair<std::string_view, std::string_view>::first);
        if (rate != kRates.end()) {
            divisor = fmt::format("/{}", rate->second);
            words.erase(words.begin());
        }
    }
    if (words.empty()) {
        return "Units";
    }
    std::string noun;
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        noun += capitalised(words[i]) + (i + 2 == words.size() && period_of(words.back()) ? "-" : " ");
    }
    return noun + plural(words.back());
}

/// Without a count only units that mean themselves are read: `Hours`, `GB/Month`; of other words it is not known
/// whether they are units at all.
bool stands_alone(std::string_view text) {
    const std::string_view noun = trimmed(text.substr(0, text.find('/')));
    return noun == "Units" || is_symbol(noun) || period_of(noun).has_value();
}

std::optional<UnitOfMeasure> read_by_grammar(std::string_view text) {
    text = trimmed(text);
    UnitOfMeasure unit;
    if (!text.empty() && is_digit(text.front())) {
        const auto count = take_count(text);
        if (!count) {
            return std::nullopt;
        }
        unit.block = *count;
        const bool is_scaled = !text.empty() && (text.size() == 1 || !is_letter(text[1]));
        const auto scale =
            std::ranges::find(kScales, is_scaled ? text.front() : ' ', &std::pair<char, std::int64_t>::first);
        if (scale != kScales.end()) {
            if (__builtin_mul_overflow(unit.block, scale->second, &unit.block)) {
                return std::nullopt;
            }
            text.remove_prefix(1);
        } else if (!text.empty() && text.front() != ' ' && text.front() != '/') {
            return std::nullopt;
        }
    } else if (!stands_alone(text)) {
        return std::nullopt;
    }
    std::string divisor;
    if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
        const auto read = read_divisor(text.substr(slash + 1));
        if (!read) {
            return std::nullopt;
        }
        divisor = *read;
        text = text.substr(0, slash);
    }
    const auto noun = read_noun(words_of(text), divisor);
    if (!noun) {
        return std::nullopt;
    }
    unit.unit = *noun + divisor;
    unit.is_read = true;
    return unit;
}

struct Exception {
    std::string text;
    std::string meter_category;
    UnitOfMeasure unit;
};

std::vector<Exception> read_exceptions() {
    std::vector<Exception> exceptions;
    std::string_view table = embedded::azure_cost_unit_exceptions;
    while (!table.empty()) {
        const std::size_t end = std::min(table.find('\n'), table.size());
        std::string_view line = table.substr(0, end);
        table.remove_prefix(std::min(end + 1, table.size()));
        if (line.empty() || line.starts_with('#') || line.starts_with("unit_of_measure\t")) {
            continue;
        }
        std::vector<std::string> cells;
        for (std::size_t begin = 0; begin <= line.size();) {
            const std::size_t tab = std::min(line.find('\t', begin), line.size());
            cells.emplace_back(line.substr(begin, tab - begin));
            begin = tab + 1;
        }
        FLORIN_CHECK(cells.size() == 5, "an exception has a unit, a category, a block, a unit and a source");
        std::string_view digits = cells[2];
        const auto block = take_count(digits);
        FLORIN_CHECK(block && digits.empty(), "a block is a whole number");
        exceptions.push_back({.text = std::move(cells[0]),
                              .meter_category = std::move(cells[1]),
                              .unit = {.block = *block, .unit = std::move(cells[3]), .is_read = true}});
    }
    return exceptions;
}

} // namespace

std::string UnitOfMeasure::priced() const {
    return block == 1 ? unit : fmt::format("{} {}", block, unit);
}

UnitOfMeasure read_unit_of_measure(std::string_view text, std::string_view meter_category) {
    static const std::vector<Exception> exceptions = read_exceptions();
    for (const Exception& exception : exceptions) {
        if (exception.text == trimmed(text) &&
            (exception.meter_category == "*" || exception.meter_category == meter_category)) {
            return exception.unit;
        }
    }
    return read_by_grammar(text).value_or(UnitOfMeasure{.block = 1, .unit = std::string(text), .is_read = false});
}

UnitSql unit_sql(const std::set<UnitUse>& uses) {
    std::string block;
    std::string consumed;
    std::string priced;
    std::string unread;
    for (const auto& [text, category] : uses) {
        const UnitOfMeasure unit = read_unit_of_measure(text, category);
        if (!unit.is_read) {
            unread += (unread.empty() ? "" : ", ") + sql_text(text);
            continue;
        }
        const std::string when = fmt::format(" WHEN UnitOfMeasure = {} AND coalesce(MeterCategory, '') = {} THEN ",
                                             sql_text(text), sql_text(category));
        block += fmt::format("{}{}", when, unit.block);
        consumed += when + sql_text(unit.unit);
        priced += when + sql_text(unit.priced());
    }
    const auto either = [](const std::string& whens, std::string_view otherwise) {
        return whens.empty() ? std::string(otherwise) : fmt::format("(CASE{} ELSE {} END)", whens, otherwise);
    };
    return {.block = fmt::format("CAST({} AS DECIMAL(38,12))", either(block, "1")),
            .consumed_unit = either(consumed, "UnitOfMeasure"),
            .pricing_unit = either(priced, "UnitOfMeasure"),
            .is_read =
                unread.empty() ? "true" : fmt::format("(UnitOfMeasure IS NULL OR UnitOfMeasure NOT IN ({}))", unread)};
}

} // namespace florin::ingest::azure_cost
