#include "query/question.hpp"

#include "base/terminal_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <limits>

namespace florin::query {
namespace {

using Json = nlohmann::ordered_json;
using base::Result;

template <class Enum, std::size_t N>
Result<Enum> one_of(std::string_view text, const std::array<Enum, N>& all, std::string code, std::string_view what) {
    std::string names;
    for (const Enum each : all) {
        if (name(each) == text) {
            return each;
        }
        names += (names.empty() ? "" : ", ") + std::string(name(each));
    }
    return base::user_error(std::move(code), fmt::format("there is no {} `{}`", what, base::terminal_text(text, 80)))
        .with_remedy("There are " + names + ".");
}

constexpr std::array<std::string_view, 4> kPatterns = {"calendar", "445", "454", "544"};
constexpr std::array<std::string_view, 7> kWeekdays = {"sunday",   "monday", "tuesday", "wednesday",
                                                       "thursday", "friday", "saturday"};

base::Error bad_json(std::string message) {
    return base::user_error("question.json", std::move(message));
}

/// Error unless `json` is an object with known keys only.
Result<void> check_keys(const Json& json, std::string_view what, std::initializer_list<std::string_view> known) {
    if (!json.is_object()) {
        return bad_json(fmt::format("{} is no JSON object", what));
    }
    for (const auto& [key, value] : json.items()) {
        if (std::ranges::find(known, key) == known.end()) {
            return base::user_error("question.unknown_key",
                                    fmt::format("{} has no `{}`", what, base::terminal_text(key, 80)))
                .with_remedy(fmt::format("It has {}.", fmt::join(known, ", ")));
        }
    }
    return {};
}

Result<std::string> text(const Json& json, std::string_view what) {
    if (!json.is_string()) {
        return bad_json(fmt::format("`{}` is no text", what));
    }
    return json.get<std::string>();
}

Result<std::vector<std::string>> texts(const Json& json, std::string_view what) {
    if (!json.is_array()) {
        return bad_json(fmt::format("`{}` is no list", what));
    }
    std::vector<std::string> out;
    for (const Json& item : json) {
        FLORIN_TRY_ASSIGN(std::string value, text(item, what));
        out.push_back(std::move(value));
    }
    return out;
}

Result<period::Period> read_period(const Json& json) {
    FLORIN_TRY(check_keys(json, "`period`", {"start", "end"}));
    if (!json.contains("start") || !json.contains("end")) {
        return bad_json("`period` needs a start and an end");
    }
    FLORIN_TRY_ASSIGN(const std::string start, text(json["start"], "start"));
    FLORIN_TRY_ASSIGN(const std::string end, text(json["end"], "end"));
    FLORIN_TRY_ASSIGN(const period::Day first, period::parse_day(start));
    FLORIN_TRY_ASSIGN(const period::Day last, period::parse_day(end));
    if (last < first) {
        return base::user_error("question.period",
                                fmt::format("the period ends before it starts: {} to {}", start, end));
    }
    return period::Period{first, last};
}

Result<Order> read_order(const Json& json) {
    FLORIN_TRY(check_keys(json, "`order`", {"by", "direction"}));
    Order order;
    if (!json.contains("by")) {
        return bad_json("`order` needs `by`");
    }
    FLORIN_TRY_ASSIGN(order.by, text(json["by"], "by"));
    if (json.contains("direction")) {
        FLORIN_TRY_ASSIGN(const std::string direction, text(json["direction"], "direction"));
        if (direction != "ascending" && direction != "descending") {
            return bad_json("`direction` is ascending or descending");
        }
        order.descending = direction == "descending";
    }
    return order;
}

Result<period::FiscalCalendar> read_calendar(const Json& json) {
    FLORIN_TRY(check_keys(json, "`fiscal`", {"start_month", "pattern", "first_weekday"}));
    period::FiscalCalendar calendar;
    if (json.contains("start_month")) {
        const Json& month = json["start_month"];
        if (!month.is_number_unsigned() || month.get<std::uint64_t>() < 1 || month.get<std::uint64_t>() > 12) {
            return bad_json("`start_month` is a number from 1 to 12");
        }
        calendar.start_month = std::chrono::month(month.get<unsigned>());
    }
    if (json.contains("pattern")) {
        FLORIN_TRY_ASSIGN(const std::string pattern, text(json["pattern"], "pattern"));
        const auto found = std::ranges::find(kPatterns, pattern);
        if (found == kPatterns.end()) {
            return bad_json("`pattern` is calendar, 445, 454 or 544");
        }
        calendar.pattern = static_cast<period::FiscalPattern>(found - kPatterns.begin());
    }
    if (json.contains("first_weekday")) {
        FLORIN_TRY_ASSIGN(const std::string weekday, text(json["first_weekday"], "first_weekday"));
        const auto found = std::ranges::find(kWeekdays, weekday);
        if (found == kWeekdays.end()) {
            return bad_json("`first_weekday` is a weekday in small letters, as in monday");
        }
        calendar.first_weekday = std::chrono::weekday(static_cast<unsigned>(found - kWeekdays.begin()));
    }
    return calendar;
}

Result<Question> read_question(const Json& json) {
    FLORIN_TRY(check_keys(json, "a question",
                          {"measures", "basis", "dimensions", "filter", "period", "period_kind", "grain", "comparison",
                           "order", "limit", "fiscal", "currency", "rate_type"}));
    Question question;
    const auto word = [&](const char* key) { return text(json[key], key); };
    if (json.contains("measures")) {
        FLORIN_TRY_ASSIGN(question.measures, texts(json["measures"], "measures"));
    }
    if (json.contains("basis")) {
        FLORIN_TRY_ASSIGN(const std::string basis, word("basis"));
        FLORIN_TRY_ASSIGN(question.basis, parse_basis(basis));
    }
    if (json.contains("dimensions")) {
        FLORIN_TRY_ASSIGN(question.dimensions, texts(json["dimensions"], "dimensions"));
    }
    if (json.contains("filter")) {
        FLORIN_TRY_ASSIGN(question.filter, word("filter"));
    }
    if (json.contains("period")) {
        FLORIN_TRY_ASSIGN(question.period, read_period(json["period"]));
    }
    if (json.contains("period_kind")) {
        FLORIN_TRY_ASSIGN(const std::string kind, word("period_kind"));
        FLORIN_TRY_ASSIGN(question.period_kind, parse_period_kind(kind));
    }
    if (json.contains("grain")) {
        FLORIN_TRY_ASSIGN(const std::string grain, word("grain"));
        FLORIN_TRY_ASSIGN(question.grain, period::parse_grain(grain));
    }
    if (json.contains("comparison")) {
        FLORIN_TRY_ASSIGN(const std::string comparison, word("comparison"));
        FLORIN_TRY_ASSIGN(question.comparison, parse_comparison(comparison));
    }
    if (json.contains("order")) {
        FLORIN_TRY_ASSIGN(question.order, read_order(json["order"]));
    }
    if (json.contains("limit")) {
        if (!json["limit"].is_number_unsigned()) {
            return bad_json("`limit` is a whole number from 0");
        }
        question.limit = json["limit"].get<std::uint64_t>();
    }
    if (json.contains("fiscal")) {
        FLORIN_TRY_ASSIGN(question.calendar, read_calendar(json["fiscal"]));
    }
    if (json.contains("currency")) {
        FLORIN_TRY_ASSIGN(question.currency, word("currency"));
    }
    if (json.contains("rate_type")) {
        FLORIN_TRY_ASSIGN(const std::string type, word("rate_type"));
        FLORIN_TRY_ASSIGN(question.rate_type, fx::parse_rate_type(type));
    }
    return question;
}

} // namespace

std::string_view name(Basis basis) {
    switch (basis) {
    case Basis::kBilled: return "billed";
    case Basis::kEffective: return "effective";
    case Basis::kList: return "list";
    case Basis::kContracted: return "contracted";
    }
    return "";
}

std::string_view name(PeriodKind kind) {
    return kind == PeriodKind::kCharge ? "charge" : "billing";
}

std::string_view name(Comparison comparison) {
    switch (comparison) {
    case Comparison::kNone: return "none";
    case Comparison::kPrevious: return "previous";
    case Comparison::kYear: return "year";
    }
    return "";
}

Result<Basis> parse_basis(std::string_view text) {
    return one_of(text, std::array{Basis::kBilled, Basis::kEffective, Basis::kList, Basis::kContracted},
                  "question.unknown_basis", "basis");
}

Result<PeriodKind> parse_period_kind(std::string_view text) {
    return one_of(text, std::array{PeriodKind::kCharge, PeriodKind::kBilling}, "question.unknown_period_kind",
                  "period kind");
}

Result<Comparison> parse_comparison(std::string_view text) {
    return one_of(text, std::array{Comparison::kNone, Comparison::kPrevious, Comparison::kYear},
                  "question.unknown_comparison", "comparison");
}

Result<money::Currency> parse_currency(std::string_view text) {
    const auto parsed = money::Currency::parse(text);
    if (!parsed.ok()) {
        return base::user_error("question.unknown_currency",
                                fmt::format("there is no currency `{}`", base::terminal_text(text, 80)))
            .with_remedy("Write its code of ISO 4217: three capital letters, such as EUR.");
    }
    return *parsed;
}

Result<Question> question_from_json(std::string_view json) {
    constexpr std::size_t kBytesMax = std::size_t{1} << 20U;
    if (json.size() > kBytesMax) {
        return bad_json(fmt::format("a question has at most {} bytes", kBytesMax));
    }
    // No question is deeper than `{"period": {"start": …}}`; deeper text would only cost stack.
    constexpr int kDepthMax = 4;
    bool too_deep = false;
    const Json parsed = Json::parse(
        json,
        [&](int depth, Json::parse_event_t, Json&) {
            too_deep = too_deep || depth > kDepthMax;
            return !too_deep;
        },
        false);
    if (too_deep || parsed.is_discarded()) {
        return bad_json("the question is no JSON that a question can be");
    }
    return read_question(parsed);
}

std::string to_json(const Question& question) {
    const Question plain;
    Json json = Json::object();
    json["measures"] = question.measures;
    json["basis"] = name(question.basis);
    if (!question.dimensions.empty()) {
        json["dimensions"] = question.dimensions;
    }
    if (!question.filter.empty()) {
        json["filter"] = question.filter;
    }
    if (question.period) {
        json["period"] = {{"start", period::to_string(question.period->start)},
                          {"end", period::to_string(question.period->end)}};
    }
    if (question.period_kind != plain.period_kind) {
        json["period_kind"] = name(question.period_kind);
    }
    if (question.grain != plain.grain) {
        json["grain"] = period::name(question.grain);
    }
    if (question.comparison != plain.comparison) {
        json["comparison"] = name(question.comparison);
    }
    if (question.order) {
        json["order"] = {{"by", question.order->by},
                         {"direction", question.order->descending ? "descending" : "ascending"}};
    }
    if (question.limit != 0) {
        json["limit"] = question.limit;
    }
    if (!question.currency.empty()) {
        json["currency"] = question.currency;
    }
    if (!question.currency.empty() || question.rate_type != plain.rate_type) {
        json["rate_type"] = fx::name(question.rate_type);
    }
    if (question.calendar != plain.calendar) {
        json["fiscal"] = {{"start_month", static_cast<unsigned>(question.calendar.start_month)},
                          {"pattern", kPatterns.at(static_cast<std::size_t>(question.calendar.pattern))},
                          {"first_weekday", kWeekdays.at(question.calendar.first_weekday.c_encoding())}};
    }
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace florin::query
