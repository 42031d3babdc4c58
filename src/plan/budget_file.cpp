#include "plan/budget_file.hpp"

#include "plan/budget_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace florin::embedded {
extern const std::string_view budget_file_schema;
} // namespace florin::embedded

namespace florin::plan {
namespace {

using base::Result;

// In the order of its members, where the list of error codes finds them.
constexpr base::YamlCodes kBudgetCodes{"a budget's file",   "budget.syntax",      "budget.too_large",
                                       "budget.not_a_map",  "budget.unknown_key", "budget.missing_key",
                                       "budget.wrong_type", "budget.twice"};

constexpr std::array<std::string_view, 18> kBudgetKeys = {
    "budget", "description", "owner",   "parent",  "where",  "basis",      "currency",  "rate_type",  "period",
    "by",     "amount",      "amounts", "roll_up", "spread", "thresholds", "approvals", "amendments", "baseline"};

constexpr std::array<period::Grain, 6> kGrains = {period::Grain::kMonth,         period::Grain::kQuarter,
                                                  period::Grain::kYear,          period::Grain::kFiscalMonth,
                                                  period::Grain::kFiscalQuarter, period::Grain::kFiscalYear};
constexpr std::array<std::string_view, 6> kGrainNames = {"month",        "quarter",        "year",
                                                         "fiscal-month", "fiscal-quarter", "fiscal-year"};

bool is_budget_name(std::string_view name) {
    const auto is_good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    };
    return name.size() <= 64 && std::ranges::all_of(name, is_good) && name.front() != '-';
}

/// One file on its way to a budget.
class BudgetFile {
public:
    BudgetFile(const base::YamlText& file, const period::FiscalCalendar& calendar)
        : file_(file), root_(file.root()), read_(file, calendar), calendar_(calendar) {}

    Result<Budget> read() {
        FLORIN_TRY(file_.only_keys(root_, kBudgetKeys, "a budget"));
        budget_.file = file_.file();
        FLORIN_TRY(read_names());
        FLORIN_TRY(read_question());
        FLORIN_TRY(read_period());
        FLORIN_TRY(read_amount());
        FLORIN_TRY_ASSIGN(budget_.approvals, read_.approvals(root_["approvals"]));
        FLORIN_TRY_ASSIGN(budget_.amendments, read_.amendments(root_["amendments"], budget_));
        FLORIN_TRY_ASSIGN(budget_.thresholds, read_.thresholds(root_["thresholds"]));
        if (const YAML::Node baseline = root_["baseline"]) {
            FLORIN_TRY_ASSIGN(budget_.baseline, read_.baseline(baseline, budget_));
        }
        return std::move(budget_);
    }

private:
    Result<void> read_names() {
        FLORIN_TRY_ASSIGN(budget_.name, file_.required_text(root_, "budget", "a budget"));
        budget_.row = static_cast<std::uint64_t>(root_["budget"].Mark().line) + 1;
        if (!is_budget_name(budget_.name)) {
            return file_
                .error("budget.bad_name", fmt::format("`{}` is no name of a budget", budget_.name),
                       root_["budget"].Mark())
                .with_remedy("At most 64 small letters, digits, `-` and `_`, as in storefront-2026.");
        }
        for (const auto& [key, target] : {std::pair{"description", &budget_.description},
                                          std::pair{"owner", &budget_.owner}, std::pair{"parent", &budget_.parent}}) {
            FLORIN_TRY_ASSIGN(const std::optional<std::string> found, file_.text(root_, key));
            *target = found.value_or("");
        }
        return {};
    }

    Result<void> read_question() {
        FLORIN_TRY_ASSIGN(budget_.filter, read_.filter(root_, "where"));
        static constexpr std::array<std::string_view, 4> kBases = {"billed", "effective", "list", "contracted"};
        FLORIN_TRY_ASSIGN(const std::optional<std::size_t> basis, file_.choice(root_, "basis", kBases));
        if (basis) {
            budget_.basis = static_cast<query::Basis>(*basis);
        }
        FLORIN_TRY_ASSIGN(budget_.currency, file_.required_text(root_, "currency", "a budget"));
        if (!query::parse_currency(budget_.currency).ok()) {
            return file_
                .error("budget.unknown_currency", fmt::format("there is no currency `{}`", budget_.currency),
                       root_["currency"].Mark())
                .with_remedy("Write its code of ISO 4217: three capital letters, such as EUR.");
        }
        FLORIN_TRY_ASSIGN(const std::optional<std::string> rate, file_.text(root_, "rate_type"));
        if (rate) {
            const auto parsed = fx::parse_rate_type(*rate);
            if (!parsed.ok()) {
                return file_
                    .error("budget.wrong_type", fmt::format("there is no rate type `{}`", *rate),
                           root_["rate_type"].Mark())
                    .with_remedy(parsed.error().remedy);
            }
            budget_.rate_type = *parsed;
        }
        return {};
    }

    Result<void> read_period() {
        FLORIN_TRY_ASSIGN(budget_.period_text, file_.required_text(root_, "period", "a budget"));
        FLORIN_TRY_ASSIGN(budget_.period, read_.fixed_period(root_["period"]));
        FLORIN_TRY_ASSIGN(const std::optional<std::size_t> grain, file_.choice(root_, "by", kGrainNames));
        const bool is_fiscal = budget_.period_text.starts_with('F') || budget_.period_text.starts_with('f');
        budget_.grain = grain ? kGrains.at(*grain) : is_fiscal ? period::Grain::kFiscalMonth : period::Grain::kMonth;
        budget_.steps = period::steps(budget_.period, budget_.grain, calendar_);
        if (budget_.steps.front().start != budget_.period.start || budget_.steps.back().end != budget_.period.end) {
            return file_
                .error("budget.bad_period",
                       fmt::format("`{}` is not made of whole {}s", budget_.period_text, period::name(budget_.grain)),
                       root_["period"].Mark())
                .with_remedy("Name another period, or say with `by` what its steps are: month, quarter, year, "
                             "fiscal-month, fiscal-quarter or fiscal-year.");
        }
        return {};
    }

    Result<void> read_amount() {
        const int kinds = (root_["amount"] ? 1 : 0) + (root_["amounts"] ? 1 : 0) + (root_["roll_up"] ? 1 : 0);
        if (kinds != 1) {
            return file_.error("budget.missing_key",
                               "a budget has one of: `amount` (of the whole period), `amounts` (of each step), "
                               "`roll_up: true` (the sum of the budgets below it)",
                               root_.Mark());
        }
        FLORIN_TRY_ASSIGN(const std::optional<Spread> spread, read_.spread(root_));
        if (spread && !root_["amount"]) {
            return file_.error("budget.spread", "only an `amount` is spread", root_["spread"].Mark());
        }
        budget_.spread = spread.value_or(Spread::kDays);
        if (root_["roll_up"]) {
            return read_roll_up();
        }
        if (root_["amounts"]) {
            return read_amounts();
        }
        FLORIN_TRY_ASSIGN(budget_.amount, read_.amount(root_["amount"]));
        if (budget_.amount.is_negative()) {
            return file_.error("budget.negative", "a budget has no negative amounts", root_["amount"].Mark());
        }
        return {};
    }

    Result<void> read_roll_up() {
        const YAML::Node node = root_["roll_up"];
        if (!node.IsScalar() || node.Scalar() != "true") {
            return file_.error("budget.wrong_type", "`roll_up` is true or left out", node.Mark());
        }
        for (const char* key : {"where", "amendments", "approvals", "baseline"}) {
            if (root_[key]) {
                return file_.error("budget.roll_up",
                                   fmt::format("a budget that rolls up is what the budgets below it are: it has no "
                                               "`{}` of its own",
                                               key),
                                   root_[key].Mark());
            }
        }
        budget_.rolls_up = true;
        return {};
    }

    Result<void> read_amounts() {
        FLORIN_TRY_ASSIGN(budget_.amounts, read_.step_amounts(root_["amounts"], budget_));
        if (budget_.amounts.size() != budget_.steps.size()) {
            const auto has = [this](std::size_t step) {
                return std::ranges::find(budget_.amounts, step, &StepAmount::step) != budget_.amounts.end();
            };
            std::size_t missing = 0;
            while (has(missing)) {
                ++missing;
            }
            return file_.error("budget.missing_step",
                               fmt::format("there is no amount for {}",
                                           period::step_label(budget_.steps[missing].start, budget_.grain, calendar_)),
                               root_["amounts"].Mark());
        }
        budget_.spread = Spread::kAmounts;
        money::DecimalSum sum;
        for (const StepAmount& one : budget_.amounts) {
            sum.add(one.amount);
        }
        FLORIN_TRY_ASSIGN(budget_.amount, sum.total());
        return {};
    }

    const base::YamlText& file_;
    const YAML::Node& root_;
    BudgetReader read_;
    const period::FiscalCalendar& calendar_;
    Budget budget_;
};

} // namespace

Result<Budget> read_budget(std::string text, std::string file, const period::FiscalCalendar& calendar) {
    FLORIN_TRY_ASSIGN(const base::YamlText yaml, base::YamlText::open(std::move(text), std::move(file), kBudgetCodes));
    return BudgetFile(yaml, calendar).read();
}

std::string_view budget_file_schema() {
    return embedded::budget_file_schema;
}

} // namespace florin::plan
