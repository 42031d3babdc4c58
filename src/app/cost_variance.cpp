#include "app/cost_variance.hpp"

#include "app/commitments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace florin::app {
namespace {

using query::Answer;
using variance::Charges;

/// What tells apart, besides the rows asked for, what must not be mixed; and what the method has to know.
constexpr std::array kPlace = {"provider", "billing_account_id", "sub_account_id", "region", "service", "sku_meter"};
constexpr std::array kTraits = {"sku_id",
                                "charge_category",
                                "charge_class",
                                "charge_frequency",
                                "commitment_discount_category",
                                "commitment_discount_status"};

variance::Cost cost_of(query::Basis basis) {
    switch (basis) {
    case query::Basis::kBilled: return variance::Cost::kBilled;
    case query::Basis::kList: return variance::Cost::kList;
    case query::Basis::kContracted: return variance::Cost::kContracted;
    case query::Basis::kEffective: break;
    }
    return variance::Cost::kEffective;
}

/// A row of an answer by the names of its columns.
class Cells {
public:
    explicit Cells(const Answer& answer) {
        for (std::size_t i = 0; i < answer.columns.size(); ++i) {
            columns_.emplace(answer.columns[i].name, i);
        }
    }

    variance::Text text(const query::AnswerRow& row, const std::string& column) const {
        return of<std::string>(row, column);
    }
    template <class T>
    std::optional<T> of(const query::AnswerRow& row, const std::string& column) const {
        const T* found = std::get_if<T>(&row.values[columns_.at(column)]);
        return found == nullptr ? std::nullopt : std::optional(*found);
    }

private:
    std::map<std::string, std::size_t> columns_;
};

class Explainer {
public:
    Explainer(Asker& asker, const VarianceRequest& request, const period::Period& base, const period::Period& actual)
        : asker_(asker), request_(request), periods_{base, actual} {}

    base::Result<CostVariance> explain() {
        CostVariance found{.base = periods_[0], .actual = periods_[1], .basis = request_.basis};
        found.base_name = request_.plan ? request_.plan->name : period::to_string(periods_[0]);
        FLORIN_TRY(name_dimensions(found));
        dimensions_ = found.dimensions;
        if (has_rates()) {
            found.dimensions = {"planned_rate"};
            found.labels = {"Planned rate"};
        }
        found.notes = own_notes();
        FLORIN_TRY_ASSIGN(const auto sides, read_sides());
        for (const auto& [currency, side] : sides) {
            FLORIN_TRY_ASSIGN(variance::Comparison comparison,
                              variance::compare(side[0], side[1], cost_of(request_.basis)));
            if (is_converted_at_other_rates()) {
                FLORIN_TRY_ASSIGN(const auto measured, read_measured());
                FLORIN_TRY_ASSIGN(comparison,
                                  variance::measure_again(std::move(comparison), variance::Effect::kFx, measured));
            }
            if (request_.plan) {
                FLORIN_TRY_ASSIGN(comparison, against_plan(std::move(comparison)));
            }
            FLORIN_TRY_ASSIGN(comparison, variance::keep_largest(std::move(comparison), request_.rows_max));
            found.blocks.push_back({currency, std::move(comparison)});
        }
        return found;
    }

private:
    using Sides = std::map<std::string, std::array<variance::Side, 2>>; ///< by currency

    bool is_converted_at_other_rates() const {
        return !request_.currency.empty() && request_.rate_type != fx::RateType::kBudget;
    }

    /// The dimensions by the names that answers have for them.
    base::Result<void> name_dimensions(CostVariance& found) {
        query::Question question = question_of({"charge_count"}, request_.dimensions, period::Period());
        FLORIN_TRY_ASSIGN(const Answer nothing, asker_.ask(question));
        for (std::size_t i = 0; i < request_.dimensions.size(); ++i) {
            found.dimensions.push_back(nothing.columns[i].name);
            found.labels.push_back(nothing.columns[i].label);
        }
        return {};
    }

    query::Question question_of(std::vector<std::string> measures, std::vector<std::string> dimensions,
                                const period::Period& period) const {
        query::Question question;
        question.measures = std::move(measures);
        question.basis = request_.basis;
        question.dimensions = std::move(dimensions);
        question.filter = request_.filter;
        question.period = period;
        return question;
    }

    bool has_rates() const { return request_.plan && !request_.plan->rates.empty(); }

    std::vector<std::string> fine_dimensions() const {
        std::vector<std::string> dimensions = dimensions_;
        const auto add = [&](const char* name) {
            if (std::ranges::find(dimensions, name) == dimensions.end()) {
                dimensions.emplace_back(name);
            }
        };
        std::ranges::for_each(kPlace, add);
        std::ranges::for_each(kTraits, add);
        if (!request_.currency.empty()) {
            add("billing_currency");
        }
        return dimensions;
    }

    /// Both sides as finely as they are compared, at budget rates where amounts are converted.
    base::Result<Sides> read_sides() {
        Sides sides;
        if (has_rates()) {
            FLORIN_TRY(read_planned(sides));
        } else {
            for (std::size_t side = 0; side < 2; ++side) {
                FLORIN_TRY(read_side(sides, side, request_.filter, [](Charges&) {}));
            }
        }
        for (auto& [currency, both] : sides) {
            both[0].period = periods_[0];
            both[1].period = periods_[1];
        }
        return sides;
    }

    /// Charges of one side that pass `filter`, each changed by `change`.
    template <class Change>
    base::Result<void> read_side(Sides& sides, std::size_t side, const std::string& filter, const Change& change) {
        std::vector<std::string> measures = {"cost", "pricing_quantity"};
        if (request_.basis != query::Basis::kList) {
            measures.emplace_back("list_cost");
        }
        if (request_.basis != query::Basis::kContracted) {
            measures.emplace_back("contracted_cost");
        }
        query::Question question = question_of(measures, fine_dimensions(), periods_[side]);
        question.filter = filter;
        question.currency = request_.currency;
        question.rate_type = fx::RateType::kBudget;
        auto answer = asker_.ask(question);
        if (!answer.ok()) {
            return with_budget_remedy(std::move(answer).error());
        }
        const Cells cells(*answer);
        for (const query::CurrencyBlock& block : answer->blocks) {
            std::vector<Charges>& charges = sides[block.currency][side].charges;
            for (const query::AnswerRow& row : block.rows) {
                charges.push_back(charges_of(row, cells));
                change(charges.back());
            }
        }
        return {};
    }

    /// What a rate's row is called.
    static variance::Key planned_key(const plan::BaselineRate& rate) {
        return {rate.where.empty() ? rate.unit : fmt::format("{}: {}", rate.unit, rate.where)};
    }

    /// The charges each rate is for, the first that they pass, and those that none is for: filters that split the
    /// spend.
    std::vector<std::pair<variance::Key, std::string>> planned_filters() const {
        std::vector<std::pair<variance::Key, std::string>> filters;
        std::string left = request_.filter.empty() ? "" : fmt::format("({})", request_.filter);
        const auto both = [](const std::string& a, const std::string& b) { return a.empty() ? b : a + " and " + b; };
        for (const plan::BaselineRate& rate : request_.plan->rates) {
            std::string unit = rate.unit;
            for (std::size_t at = 0; (at = unit.find('\'', at)) != std::string::npos; at += 2) {
                unit.insert(at, 1, '\'');
            }
            const std::string own = fmt::format("pricing_unit = '{}'{}", unit,
                                                rate.where.empty() ? "" : fmt::format(" and ({})", rate.where));
            filters.emplace_back(planned_key(rate), both(left, own));
            left = both(left, fmt::format("not ({})", own));
        }
        filters.emplace_back(variance::Key{std::string(kNotPlanned)}, left);
        return filters;
    }

    /// The plan's quantities and prices as base, and the charges each is for as actual side.
    base::Result<void> read_planned(Sides& sides) {
        for (const plan::BaselineRate& rate : request_.plan->rates) {
            FLORIN_TRY_ASSIGN(const money::Decimal cost,
                              money::multiply(rate.price, rate.quantity, money::Rounding::kHalfEven));
            sides[request_.currency][0].charges.push_back({.row = planned_key(rate),
                                                           .label = rate.unit,
                                                           .pricing_unit = rate.unit,
                                                           .charge_category = "Usage",
                                                           .quantity = rate.quantity,
                                                           .cost = cost});
        }
        for (const auto& [key, filter] : planned_filters()) {
            const bool is_planned = key != variance::Key{std::string(kNotPlanned)};
            FLORIN_TRY(read_side(sides, 1, filter, [&key = key, is_planned](Charges& charges) {
                charges.row = key;
                if (is_planned && variance::kind_of(charges) == variance::Kind::kPriced &&
                    !variance::is_commitment_itself(charges)) {
                    // A rate is of a unit, wherever and as whatever it was sold.
                    charges.place.clear();
                    charges.item.reset();
                    charges.charge_category = "Usage";
                }
            }));
        }
        return {};
    }

    /// The part of the plan's amount that its rates or its baseline do not explain, as a row and an effect.
    base::Result<variance::Comparison> against_plan(variance::Comparison comparison) const {
        FLORIN_TRY_ASSIGN(const money::Decimal rest, request_.plan->amount.minus(comparison.total.base));
        std::vector<variance::Measured> measured;
        for (const variance::Row& row : comparison.rows) {
            measured.push_back({row.key, row.base, row.actual});
        }
        if (dimensions_.empty() && !has_rates()) {
            const money::Decimal actual = comparison.total.actual;
            measured = {{{}, request_.plan->amount, actual}};
        } else if (!rest.is_zero()) {
            variance::Key key(has_rates() ? 1 : dimensions_.size());
            key.front() = std::string(kPlanAssumption);
            measured.push_back({std::move(key), rest, money::Decimal()});
        }
        return variance::measure_again(std::move(comparison), variance::Effect::kPlanAssumption, measured);
    }

    static base::Error with_budget_remedy(base::Error error) {
        if (error.code == "fx.no_rate") {
            error.remedy = "The effects are told at budget rates: put them into fx/ as rates of type budget, or leave "
                           "--currency out. " +
                           error.remedy;
        }
        return error;
    }

    variance::Key row_key(const query::AnswerRow& row) const {
        variance::Key key;
        for (std::size_t i = 0; i < dimensions_.size(); ++i) {
            const auto* text = std::get_if<std::string>(&row.values[i]);
            key.push_back(text == nullptr ? variance::Text() : variance::Text(*text));
        }
        return key;
    }

    Charges charges_of(const query::AnswerRow& row, const Cells& cells) const {
        Charges charges{.row = row_key(row)};
        for (const char* name : kPlace) {
            charges.place.push_back(cells.text(row, name));
        }
        charges.place.push_back(cells.text(row, "charge_category"));
        if (!request_.currency.empty()) {
            charges.place.push_back(cells.text(row, "billing_currency"));
        }
        charges.item = cells.text(row, "sku_id");
        charges.label = cells.text(row, "service");
        charges.pricing_unit = cells.text(row, "pricing_unit");
        charges.charge_category = cells.text(row, "charge_category");
        charges.charge_class = cells.text(row, "charge_class");
        charges.charge_frequency = cells.text(row, "charge_frequency");
        charges.commitment_discount_category = cells.text(row, "commitment_discount_category");
        charges.commitment_discount_status = cells.text(row, "commitment_discount_status");
        charges.quantity = cells.of<money::Quantity>(row, "pricing_quantity");
        charges.cost = cells.of<money::Decimal>(row, "cost");
        const auto known = [&](query::Basis basis, const char* measure) {
            return cells.of<money::Decimal>(row, request_.basis == basis ? "cost" : measure);
        };
        charges.list_cost = known(query::Basis::kList, "list_cost");
        charges.contracted_cost = known(query::Basis::kContracted, "contracted_cost");
        return charges;
    }

    /// The rows as questions say them at the rates asked for.
    base::Result<std::vector<variance::Measured>> read_measured() {
        std::map<variance::Key, std::array<money::Decimal, 2>> rows;
        if (has_rates()) {
            for (const plan::BaselineRate& rate : request_.plan->rates) {
                FLORIN_TRY_ASSIGN(const money::Decimal cost,
                                  money::multiply(rate.price, rate.quantity, money::Rounding::kHalfEven));
                money::Decimal& base = rows[planned_key(rate)][0];
                FLORIN_TRY_ASSIGN(base, base.plus(cost));
            }
            for (const auto& [key, filter] : planned_filters()) {
                FLORIN_TRY(measure_side(rows, 1, filter, &key));
            }
        } else {
            FLORIN_TRY(measure_side(rows, 0, request_.filter, nullptr));
            FLORIN_TRY(measure_side(rows, 1, request_.filter, nullptr));
        }
        std::vector<variance::Measured> measured;
        for (const auto& [key, amounts] : rows) {
            measured.push_back({key, amounts[0], amounts[1]});
        }
        return measured;
    }

    /// Cost by row, all of it in the row `key` where there is one.
    base::Result<void> measure_side(std::map<variance::Key, std::array<money::Decimal, 2>>& rows, std::size_t side,
                                    const std::string& filter, const variance::Key* key) {
        query::Question question = question_of({"cost"}, dimensions_, periods_[side]);
        question.filter = filter;
        question.currency = request_.currency;
        question.rate_type = request_.rate_type;
        FLORIN_TRY_ASSIGN(const Answer answer, asker_.ask(question));
        const Cells cells(answer);
        for (const query::CurrencyBlock& block : answer.blocks) {
            for (const query::AnswerRow& row : block.rows) {
                money::Decimal& sum = rows[key == nullptr ? row_key(row) : *key][side];
                FLORIN_TRY_ASSIGN(sum, sum.plus(cells.of<money::Decimal>(row, "cost").value_or(money::Decimal())));
            }
        }
        return {};
    }

    std::vector<std::string> own_notes() const {
        std::vector<std::string> notes;
        const auto is_whole = [](const period::Period& one) {
            return one.start == period::month_start(one.start) && one.end == period::month_start(one.end);
        };
        if (!is_whole(periods_[0]) || !is_whole(periods_[1])) {
            notes.emplace_back("Quantities of charges that span days fall on their first day: in parts of months that "
                               "can look like other usage and prices.");
        }
        if (is_converted_at_other_rates()) {
            notes.push_back(fmt::format("Effects are told at budget rates; what rates by {} make of it is the effect "
                                        "of exchange rates.",
                                        fx::name(request_.rate_type)));
        }
        return notes;
    }

    Asker& asker_;
    const VarianceRequest& request_;
    std::array<period::Period, 2> periods_;
    std::vector<std::string> dimensions_;
};

/// The latest month with charges that is over.
base::Result<period::Period> last_month_that_is_over(Asker& asker, period::Day today) {
    FLORIN_TRY_ASSIGN(const std::optional<period::Day> latest, last_month_with_charges(asker));
    if (!latest) {
        return base::user_error("variance.no_month", "there is no month with charges to compare")
            .with_remedy("Ingest bills first, or name the periods.");
    }
    const period::Period month = period::month_of(*latest);
    return month.end <= today ? month : period::previous(month);
}

} // namespace

base::Result<CostVariance> explain_variance(Workspace& workspace, const VarianceRequest& request) {
    FLORIN_TRY_ASSIGN(Asker asker, Asker::open(workspace, request.as_of));
    if (request.running) {
        request.running(&asker.engine());
    }
    const auto explain = [&]() -> base::Result<CostVariance> {
        std::optional<period::Period> actual = request.actual;
        if (!actual) {
            FLORIN_TRY_ASSIGN(actual, last_month_that_is_over(asker, workspace.today()));
        }
        const period::Period base = request.base.value_or(period::previous(*actual));
        for (const period::Period& one : {base, *actual}) {
            if (one.start >= one.end) {
                return base::user_error("variance.period",
                                        "a period without a day cannot be compared: " + period::to_string(one));
            }
        }
        return Explainer(asker, request, base, *actual).explain();
    };
    auto found = explain();
    if (request.running) {
        request.running(nullptr);
    }
    if (found.ok()) {
        for (const period::Period& side : {found->base, found->actual}) {
            for (std::string& note : asker.notes(true, query::Question{.period = side})) {
                if (std::ranges::find(found->notes, note) == found->notes.end()) {
                    found->notes.push_back(std::move(note));
                }
            }
        }
    }
    return found;
}

base::Result<VarianceRequest> compare_with_budget(const plan::Budget& budget, const plan::Allotment& allotment,
                                                  const period::Period& actual, fx::RateType rate_type) {
    if (!budget.baseline) {
        return base::user_error("variance.no_baseline", fmt::format("the budget `{}` has no baseline", budget.name))
            .with_remedy("Say in its file what it was made from: `baseline: {period: 2025-10}`, or rates.");
    }
    VariancePlan plan{.name = "the budget " + budget.name, .amount = {}, .rates = budget.baseline->rates};
    int days = 0;
    for (std::size_t i = 0; i < budget.steps.size(); ++i) {
        const period::Period& step = budget.steps[i];
        if (actual.start <= step.start && step.end <= actual.end) {
            FLORIN_TRY_ASSIGN(plan.amount, plan.amount.plus(allotment.steps[i]));
            days += step.days();
        }
    }
    if (days == 0 || days != actual.days()) {
        return base::user_error("variance.steps", fmt::format("{} is not made of whole steps of the budget `{}`",
                                                              period::to_string(actual), budget.name))
            .with_remedy(fmt::format("Its steps are those by {} within {}.", period::name(budget.grain),
                                     period::to_string(budget.period)));
    }
    for (plan::BaselineRate& rate : plan.rates) {
        FLORIN_TRY_ASSIGN(rate.quantity,
                          rate.quantity.times_ratio(days, budget.period.days(), money::Rounding::kHalfEven));
    }
    return VarianceRequest{.base = budget.baseline->period.value_or(actual),
                           .actual = actual,
                           .filter = budget.filter,
                           .basis = budget.basis,
                           .currency = budget.currency,
                           .rate_type = budget.rate_type.value_or(rate_type),
                           .plan = std::move(plan)};
}

} // namespace florin::app
