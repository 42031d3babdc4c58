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
        FLORIN_TRY(name_dimensions(found));
        dimensions_ = found.dimensions;
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

    /// Both sides as finely as they are compared, at budget rates where amounts are converted.
    base::Result<Sides> read_sides() {
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
        std::vector<std::string> measures = {"cost", "pricing_quantity"};
        if (request_.basis != query::Basis::kList) {
            measures.emplace_back("list_cost");
        }
        if (request_.basis != query::Basis::kContracted) {
            measures.emplace_back("contracted_cost");
        }
        Sides sides;
        for (std::size_t side = 0; side < 2; ++side) {
            query::Question question = question_of(measures, dimensions, periods_[side]);
            question.currency = request_.currency;
            question.rate_type = fx::RateType::kBudget;
            auto answer = asker_.ask(question);
            if (!answer.ok()) {
                return with_budget_remedy(std::move(answer).error());
            }
            const Cells cells(*answer);
            for (const query::CurrencyBlock& block : answer->blocks) {
                auto& both = sides[block.currency];
                both[0].period = periods_[0];
                both[1].period = periods_[1];
                for (const query::AnswerRow& row : block.rows) {
                    both[side].charges.push_back(charges_of(row, cells));
                }
            }
        }
        return sides;
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

    /// The rows as a question says them at the rates asked for.
    base::Result<std::vector<variance::Measured>> read_measured() {
        std::map<variance::Key, std::array<money::Decimal, 2>> rows;
        for (std::size_t side = 0; side < 2; ++side) {
            query::Question question = question_of({"cost"}, dimensions_, periods_[side]);
            question.currency = request_.currency;
            question.rate_type = request_.rate_type;
            FLORIN_TRY_ASSIGN(const Answer answer, asker_.ask(question));
            const Cells cells(answer);
            for (const query::CurrencyBlock& block : answer.blocks) {
                for (const query::AnswerRow& row : block.rows) {
                    rows[row_key(row)][side] = cells.of<money::Decimal>(row, "cost").value_or(money::Decimal());
                }
            }
        }
        std::vector<variance::Measured> measured;
        for (const auto& [key, amounts] : rows) {
            measured.push_back({key, amounts[0], amounts[1]});
        }
        return measured;
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

} // namespace florin::app
