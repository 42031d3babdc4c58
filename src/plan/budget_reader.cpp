#include "plan/budget_reader.hpp"

#include "plan/budget_file.hpp"
#include "query/catalogue.hpp"
#include "query/filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace florin::plan {

using base::Result;
using money::Decimal;

namespace {

/// Digits without what people set thousands apart by: `1,200,000` and `1 200 000` and `1_200_000`, in groups of three
/// only, so that a decimal comma is not taken for one. Empty where it is nothing of the kind.
std::string without_separators(std::string_view text) {
    const std::size_t point = std::min(text.find('.'), text.size());
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c != ',' && c != '_' && c != ' ' && c != '\'') {
            digits += c;
            continue;
        }
        const bool is_between = i > 0 && i < point && (point - i) % 4 == 0;
        if (!is_between) {
            return "";
        }
    }
    return digits;
}

} // namespace

std::optional<Decimal> parse_amount(std::string_view text) {
    const auto parsed = Decimal::parse(without_separators(text));
    return parsed.ok() ? std::optional(*parsed) : std::nullopt;
}

Result<Decimal> BudgetReader::amount(const YAML::Node& node) const {
    FLORIN_TRY_ASSIGN(const std::string text, file_.scalar(node, "an amount, as in 120000 or 120,000.50"));
    const auto parsed = parse_amount(text);
    if (!parsed) {
        return file_.error("budget.bad_amount", fmt::format("`{}` is no amount", text), node.Mark())
            .with_remedy("Write digits, a point before cents and no currency: 120000, 120,000.50. The currency is a "
                         "key of its own.");
    }
    return *parsed;
}

Result<Decimal> BudgetReader::share(const YAML::Node& node) const {
    FLORIN_TRY_ASSIGN(std::string text, file_.scalar(node, "a share, as in 80%"));
    const std::string written = text;
    const bool has_sign = text.ends_with('%');
    text.resize(text.size() - (has_sign ? 1 : 0));
    while (text.ends_with(' ')) {
        text.pop_back();
    }
    const auto parsed = Decimal::parse(text);
    if (!has_sign || !parsed.ok() || parsed->is_negative() || *parsed > Decimal::from_integer(1000)) {
        return file_.error("budget.bad_share", fmt::format("`{}` is no share", written), node.Mark())
            .with_remedy("Write percent, as in 80%.");
    }
    return parsed->times_ratio(1, 100, money::Rounding::kHalfEven);
}

Result<period::Day> BudgetReader::day(const YAML::Node& map, const char* key, std::string_view of) const {
    FLORIN_TRY_ASSIGN(const std::string text, file_.required_text(map, key, of));
    const auto parsed = period::parse_day(text);
    if (!parsed.ok()) {
        return file_.error("budget.bad_date", fmt::format("`{}` is a day, as in 2026-09-18", key), map[key].Mark());
    }
    return *parsed;
}

Result<period::Period> BudgetReader::fixed_period(const YAML::Node& node) const {
    using std::chrono::sys_days;
    FLORIN_TRY_ASSIGN(const std::string text,
                      file_.scalar(node, "a period, as in 2026, FY2026-Q3 or 2026-01..2026-06"));
    // Words such as `this-year` mean another period on another day.
    const auto one = period::parse_period(text, sys_days(std::chrono::year(2001) / 2 / 3), calendar_);
    const auto other = period::parse_period(text, sys_days(std::chrono::year(2032) / 8 / 9), calendar_);
    if (!one.ok() || !other.ok() || *one != *other || one->days() < 1) {
        return file_
            .error("budget.bad_period",
                   one.ok() ? fmt::format("`{}` is another period each day", text)
                            : fmt::format("`{}` is no period", text),
                   node.Mark())
            .with_remedy("Write 2026, 2026-Q3, 2026-09, FY2026, FY2026-Q3 or 2026-01..2026-06.");
    }
    return *one;
}

Result<std::string> BudgetReader::filter(const YAML::Node& map, const char* key) const {
    const YAML::Node node = map[key];
    if (!node) {
        return std::string();
    }
    if (!node.IsScalar()) {
        return file_.error("budget.wrong_type", fmt::format("`{}` is a filter, as in \"tag.team = 'storefront'\"", key),
                           node.Mark());
    }
    const auto parsed = query::parse_filter(node.Scalar(), query::catalogue());
    if (!parsed.ok()) {
        return file_.placed(parsed.error(), node);
    }
    return node.Scalar();
}

Result<void> BudgetReader::list(const YAML::Node& node, std::string_view what) const {
    if (!node.IsSequence()) {
        return file_.error("budget.wrong_type", fmt::format("expected a list of {}", what), node.Mark());
    }
    return {};
}

Result<std::vector<StepAmount>> BudgetReader::step_amounts(const YAML::Node& node, const Budget& budget) const {
    if (!node.IsMap() || node.size() == 0) {
        return file_.error("budget.not_a_map", "`amounts` are lines such as `2026-01: 120000`", node.Mark());
    }
    std::vector<StepAmount> amounts;
    std::set<std::size_t> seen;
    for (const auto& entry : node) {
        FLORIN_TRY_ASSIGN(const period::Period period, fixed_period(entry.first));
        const auto step = std::ranges::find(budget.steps, period);
        if (step == budget.steps.end()) {
            return file_.error("budget.unknown_step",
                               fmt::format("`{}` is no {} of the budget's period {}", entry.first.Scalar(),
                                           period::name(budget.grain), budget.period_text),
                               entry.first.Mark());
        }
        const auto index = static_cast<std::size_t>(step - budget.steps.begin());
        if (!seen.insert(index).second) {
            return file_.error("budget.twice", fmt::format("`{}` stands here a second time", entry.first.Scalar()),
                               entry.first.Mark());
        }
        FLORIN_TRY_ASSIGN(const Decimal money, amount(entry.second));
        if (money.is_negative()) {
            return file_.error("budget.negative", "a budget has no negative amounts", entry.second.Mark());
        }
        amounts.push_back({index, money});
    }
    std::ranges::sort(amounts, {}, &StepAmount::step);
    return amounts;
}

Result<std::optional<Spread>> BudgetReader::spread(const YAML::Node& map) const {
    static constexpr std::array<std::string_view, 3> kNames = {"even", "days", "last-year"};
    FLORIN_TRY_ASSIGN(const std::optional<std::size_t> chosen, file_.choice(map, "spread", kNames));
    return chosen ? std::optional(static_cast<Spread>(*chosen)) : std::nullopt;
}

Result<std::vector<Approval>> BudgetReader::approvals(const YAML::Node& node) const {
    static constexpr std::array<std::string_view, 2> kKeys = {"by", "on"};
    std::vector<Approval> approvals;
    if (!node) {
        return approvals;
    }
    FLORIN_TRY(list(node, "approvals, as in `- {by: NAME, on: 2026-01-15}`"));
    for (const YAML::Node& one : node) {
        FLORIN_TRY(file_.only_keys(one, kKeys, "an approval"));
        Approval& approval = approvals.emplace_back();
        FLORIN_TRY_ASSIGN(approval.by, file_.required_text(one, "by", "an approval"));
        FLORIN_TRY_ASSIGN(approval.on, day(one, "on", "an approval"));
    }
    return approvals;
}

Result<Amendment> BudgetReader::amendment(const YAML::Node& node, const Budget& budget) const {
    static constexpr std::array<std::string_view, 8> kKeys = {"date",   "amount", "add", "amounts",
                                                              "spread", "reason", "by",  "approvals"};
    static constexpr std::array<const char*, 3> kKinds = {"amount", "add", "amounts"};
    FLORIN_TRY(file_.only_keys(node, kKeys, "an amendment"));
    Amendment found;
    FLORIN_TRY_ASSIGN(found.date, day(node, "date", "an amendment"));
    FLORIN_TRY_ASSIGN(found.reason, file_.required_text(node, "reason", "an amendment"));
    FLORIN_TRY_ASSIGN(found.by, file_.required_text(node, "by", "an amendment"));
    FLORIN_TRY_ASSIGN(found.spread, spread(node));
    FLORIN_TRY_ASSIGN(found.approvals, approvals(node["approvals"]));
    std::size_t kinds = 0;
    for (std::size_t i = 0; i < kKinds.size(); ++i) {
        if (node[kKinds[i]]) {
            found.kind = static_cast<Amendment::Kind>(i);
            ++kinds;
        }
    }
    if (kinds != 1) {
        return file_.error("budget.missing_key",
                           "an amendment has one of: `amount` (the new whole), `add`, `amounts` (of single steps)",
                           node.Mark());
    }
    if (found.kind == Amendment::Kind::kSteps) {
        if (found.spread) {
            return file_.error("budget.spread", "amounts of steps are not spread", node["spread"].Mark());
        }
        FLORIN_TRY_ASSIGN(found.steps, step_amounts(node["amounts"], budget));
        return found;
    }
    const YAML::Node money = node[found.kind == Amendment::Kind::kTotal ? "amount" : "add"];
    FLORIN_TRY_ASSIGN(found.amount, amount(money));
    if (found.kind == Amendment::Kind::kTotal && found.amount.is_negative()) {
        return file_.error("budget.negative", "a budget has no negative amounts", money.Mark());
    }
    return found;
}

Result<std::vector<Amendment>> BudgetReader::amendments(const YAML::Node& node, const Budget& budget) const {
    std::vector<Amendment> found;
    if (!node) {
        return found;
    }
    FLORIN_TRY(list(node, "amendments"));
    for (const YAML::Node& one : node) {
        FLORIN_TRY_ASSIGN(Amendment next, amendment(one, budget));
        if (!found.empty() && next.date < found.back().date) {
            return file_.error("budget.dates_reversed", "amendments stand in the order of their dates",
                               one["date"].Mark());
        }
        found.push_back(std::move(next));
    }
    return found;
}

Result<Threshold> BudgetReader::threshold(const YAML::Node& node) const {
    static constexpr std::array<std::string_view, 4> kKeys = {"actual", "forecast", "probability", "of"};
    static constexpr std::array<std::string_view, 2> kSpans = {"period", "step"};
    FLORIN_TRY(file_.only_keys(node, kKeys, "a threshold"));
    FLORIN_TRY_ASSIGN(const std::optional<std::size_t> span, file_.choice(node, "of", kSpans));
    Threshold found{.of_step = span == 1U};
    std::size_t count = 0;
    for (const auto of : {Threshold::Of::kActual, Threshold::Of::kForecast, Threshold::Of::kProbability}) {
        if (const YAML::Node value = node[std::string(name(of))]) {
            found.of = of;
            FLORIN_TRY_ASSIGN(found.share, share(value));
            if (of == Threshold::Of::kProbability && found.share > Decimal::from_integer(1)) {
                return file_.error("budget.bad_share", "a probability is at most 100%", value.Mark());
            }
            ++count;
        }
    }
    if (count != 1) {
        return file_.error("budget.missing_key", "a threshold has one of: actual, forecast, probability", node.Mark());
    }
    return found;
}

Result<std::vector<Threshold>> BudgetReader::thresholds(const YAML::Node& node) const {
    if (!node) {
        const Decimal one = Decimal::from_integer(1);
        return std::vector<Threshold>{{.of = Threshold::Of::kActual, .share = one},
                                      {.of = Threshold::Of::kProbability,
                                       .share = Decimal::from_units(money::Decimal::from_integer(1).units() / 2)}};
    }
    FLORIN_TRY(list(node, "thresholds, as in `- probability: 50%`"));
    std::vector<Threshold> found;
    for (const YAML::Node& one : node) {
        FLORIN_TRY_ASSIGN(found.emplace_back(), threshold(one));
    }
    if (found.empty()) {
        return file_.error("budget.wrong_type", "expected a threshold at least, as in `- probability: 50%`",
                           node.Mark());
    }
    return found;
}

Result<BaselineRate> BudgetReader::rate(const YAML::Node& node) const {
    static constexpr std::array<std::string_view, 4> kKeys = {"where", "quantity", "unit", "price"};
    FLORIN_TRY(file_.only_keys(node, kKeys, "a rate"));
    BaselineRate found;
    FLORIN_TRY_ASSIGN(found.where, filter(node, "where"));
    FLORIN_TRY_ASSIGN(found.unit, file_.required_text(node, "unit", "a rate"));
    FLORIN_TRY(file_.required_text(node, "price", "a rate"));
    FLORIN_TRY_ASSIGN(found.price, amount(node["price"]));
    FLORIN_TRY_ASSIGN(const std::string quantity, file_.required_text(node, "quantity", "a rate"));
    const auto parsed = money::Quantity::parse(without_separators(quantity));
    if (!parsed.ok()) {
        return file_.error("budget.bad_amount", fmt::format("`{}` is no quantity", quantity), node["quantity"].Mark());
    }
    found.quantity = *parsed;
    return found;
}

Result<Baseline> BudgetReader::baseline(const YAML::Node& node, const Budget& budget) const {
    static constexpr std::array<std::string_view, 2> kKeys = {"period", "rates"};
    FLORIN_TRY(file_.only_keys(node, kKeys, "a baseline"));
    if (node["period"].IsDefined() == node["rates"].IsDefined()) {
        return file_.error("budget.missing_key", "a baseline has either a `period` or `rates`", node.Mark());
    }
    Baseline found;
    if (node["period"]) {
        FLORIN_TRY_ASSIGN(found.period, fixed_period(node["period"]));
        if (found.period->start >= budget.period.start) {
            return file_.error("budget.bad_period", "a baseline's period begins before the budget's",
                               node["period"].Mark());
        }
        return found;
    }
    FLORIN_TRY(list(node["rates"], "rates, as in `- {quantity: 1000, unit: Hours, price: 0.12}`"));
    for (const YAML::Node& one : node["rates"]) {
        FLORIN_TRY_ASSIGN(found.rates.emplace_back(), rate(one));
    }
    return found;
}

} // namespace florin::plan
