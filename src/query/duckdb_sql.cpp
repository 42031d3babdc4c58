#include "query/duckdb_sql.hpp"

#include "engine/engine.hpp"
#include "query/filter_sql.hpp"
#include "query/sums.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

namespace florin::query {
namespace {

using engine::sql_name;
using period::Grain;

constexpr std::string_view kMoneyType = "DECIMAL(38,18)";
constexpr std::string_view kQuantityType = "DECIMAL(38,12)";

std::string_view sql_type(const Input& input) {
    return is_quantity(input) ? kQuantityType : is_money(input) ? kMoneyType : "BIGINT";
}

bool is_spread_cost(std::string_view input) {
    return input == "EffectiveCost" || input == "ListCost" || input == "ContractedCost";
}

std::string read_parquet(const std::vector<const lake::FileSet*>& sets, std::string lake::FileSet::* file) {
    std::vector<std::string> paths;
    for (const lake::FileSet* set : sets) {
        paths.push_back(set->*file);
    }
    return engine::sql_parquet(paths);
}

std::string date(period::Day day) {
    return fmt::format("DATE '{}'", period::to_string(day));
}

/// The columns of a charge that a question looks at.
std::set<std::string> columns_read(const Resolved& resolved) {
    std::set<std::string> columns{"BillingCurrency"};
    const auto add = [&](const Field& field) {
        switch (field.kind) {
        case Field::Kind::kTag: columns.insert("Tags"); break;
        case Field::Kind::kCustom: columns.insert(std::string(lake::column::kCustom)); break;
        case Field::Kind::kChargeValue:
            columns.insert(resolved.catalogue->find_charge_value(field.name)->column);
            break;
        case Field::Kind::kDimension:
            for (const std::string& column : resolved.catalogue->find_dimension(field.name)->columns) {
                columns.insert(column);
            }
        }
    };
    for (const AskedDimension& dimension : resolved.dimensions) {
        add(dimension.field);
    }
    if (resolved.filter) {
        std::ranges::for_each(fields_of(*resolved.filter), add);
    }
    for (const Filter& condition : resolved.conditions) {
        std::ranges::for_each(fields_of(condition), add);
    }
    return columns;
}

class Compiler {
public:
    Compiler(const Resolved& resolved, const Sources& sources, const std::optional<period::Period>& period,
             std::span<const DatasetRows> datasets)
        : resolved_(resolved), sources_(sources), period_(period), datasets_(datasets) {}

    std::string run() const {
        std::vector<std::string> parts;
        std::vector<std::string> tables = joined_tables(resolved_, datasets_);
        if (!sources_.cells.empty()) {
            tables.push_back(fmt::format("cell AS ({})", cells()));
            tables.push_back(fmt::format("tuple AS ({})", tuples()));
            parts.push_back("SELECT tuple.* EXCLUDE (k), cell.* EXCLUDE (k) FROM cell JOIN tuple ON cell.k = tuple.k");
        }
        if (!sources_.charges.empty()) {
            parts.push_back(charges());
            if (const auto spread = sets_with_spread(); !spread.empty()) {
                parts.push_back(this->spread(spread));
            }
        }
        const std::string grouped = fmt::format("SELECT {}\nFROM (\n{}\n)\nGROUP BY {}", outer_columns(),
                                                fmt::join(parts, "\nUNION ALL BY NAME\n"), outer_keys());
        const std::string with = tables.empty() ? "" : fmt::format("WITH {}\n", fmt::join(tables, ", "));
        return with + (cuts_in_engine(resolved_) ? cut(grouped) : grouped);
    }

private:
    bool has_step() const { return resolved_.question.grain != Grain::kNone; }
    bool by_billing_period() const { return resolved_.question.period_kind == PeriodKind::kBilling; }

    std::string outer_keys() const {
        std::string keys;
        for (std::size_t i = 0; i < resolved_.dimensions.size(); ++i) {
            keys += fmt::format("d{}, ", i);
        }
        return keys + "currency" + (resolved_.by_tuple ? ", tuple_key" : "") + (has_step() ? ", step" : "") +
               (resolved_.target ? ", rate_day" : "");
    }

    std::string outer_columns() const {
        std::string columns = outer_keys();
        for (std::size_t i = 0; i < resolved_.sums.size(); ++i) {
            const Sum& sum = resolved_.sums[i];
            const std::string filter = sum.condition ? fmt::format(" FILTER (WHERE c{})", *sum.condition) : "";
            columns += fmt::format(", CAST(sum(i{}){} AS {}) AS s{}", sum.input, filter,
                                   sql_type(resolved_.inputs[sum.input]), i);
        }
        return columns;
    }

    /// Only the first groups of each currency and one row for the others. The order is that of the
    /// answer: what has no value last, ties by the dimensions.
    std::string cut(const std::string& grouped) const {
        const std::uint64_t limit = resolved_.question.limit;
        const bool descending = !resolved_.question.order || resolved_.question.order->descending;
        std::string keys;
        std::string ties;
        for (std::size_t i = 0; i < resolved_.dimensions.size(); ++i) {
            keys += fmt::format("CASE WHEN place <= {} THEN d{} END AS d{}, ", limit, i, i);
            ties += fmt::format(", d{} ASC NULLS LAST", i);
        }
        std::string sums;
        for (std::size_t i = 0; i < resolved_.sums.size(); ++i) {
            sums +=
                fmt::format(", CAST(sum(s{}) AS {}) AS s{}", i, sql_type(resolved_.inputs[resolved_.sums[i].input]), i);
        }
        return fmt::format("SELECT * EXCLUDE (slot) FROM (SELECT {}currency, place > {} AS rest, count(*) AS members, "
                           "least(place, {}) AS slot{}\n"
                           "FROM (SELECT *, row_number() OVER (PARTITION BY currency ORDER BY {} {} NULLS LAST{}) AS "
                           "place FROM (\n{}\n))\n"
                           "GROUP BY ALL)",
                           keys, limit, limit + 1, sums, order_value(), descending ? "DESC" : "ASC", ties, grouped);
    }

    std::string order_value() const {
        if (resolved_.order_dimension) {
            return fmt::format("d{}", *resolved_.order_dimension);
        }
        const std::size_t sum = resolved_.measures[*resolved_.order_measure].sum.front().sum;
        const bool unknown = absence_means_unknown(resolved_, sources_)[sum];
        return unknown ? fmt::format("s{}", sum) : fmt::format("coalesce(s{}, 0)", sum);
    }

    /// Dimensions, currency and conditions, read from relation `t`.
    std::string keys_and_conditions() const {
        std::string columns;
        for (std::size_t i = 0; i < resolved_.dimensions.size(); ++i) {
            columns +=
                fmt::format("{} AS d{}, ", field_sql(resolved_.dimensions[i].field, "t", *resolved_.catalogue), i);
        }
        columns += "t.\"BillingCurrency\" AS currency";
        if (resolved_.by_tuple) {
            columns += fmt::format(", t.{} AS tuple_key", sql_name(lake::column::kTupleKey));
        }
        for (std::size_t i = 0; i < resolved_.conditions.size(); ++i) {
            columns += fmt::format(", {} AS c{}", filter_sql(resolved_.conditions[i], "t", *resolved_.catalogue), i);
        }
        return columns;
    }

    /// Inputs as `i0`, …, each by `value`.
    std::string inputs(const std::function<std::string(const Input&)>& value) const {
        std::string columns;
        for (std::size_t i = 0; i < resolved_.inputs.size(); ++i) {
            columns += fmt::format(", {} AS i{}", value(resolved_.inputs[i]), i);
        }
        return columns;
    }

    std::string where(std::string_view day_column, bool with_filter,
                      const std::vector<const lake::FileSet*>& sets) const {
        std::vector<std::string> conditions;
        if (with_filter && resolved_.filter) {
            conditions.push_back(filter_sql(*resolved_.filter, "t", *resolved_.catalogue));
        }
        const bool whole = !period_ || std::ranges::all_of(sets, [&](const lake::FileSet* set) {
            return period_->start <= set->days.start && set->days.end <= period_->end;
        });
        if (!day_column.empty() && !by_billing_period() && !whole) {
            conditions.push_back(fmt::format("t.{0} >= {1} AND t.{0} < {2}", sql_name(day_column), date(period_->start),
                                             date(period_->end)));
        }
        return conditions.empty() ? "" : fmt::format("\nWHERE {}", fmt::join(conditions, " AND "));
    }

    /// The day whose exchange rate counts, where one does.
    std::string rate_day(std::string_view day_column) const {
        return resolved_.target ? fmt::format(", t.{} AS rate_day", sql_name(day_column)) : "";
    }

    /// `step` of the rows of `t` and the relation it needs beside it; both empty without a grain.
    struct Step {
        std::string column;
        std::string join;
    };
    Step step(std::string_view day_column, const std::vector<const lake::FileSet*>& sets) const {
        if (!has_step()) {
            return {};
        }
        if (by_billing_period()) {
            return step_of_file(sets);
        }
        const std::string day = fmt::format("t.{}", sql_name(day_column));
        // Days minus days are several times as fast as date_trunc, which goes through timestamps.
        const auto back = [&](std::string_view days) {
            return Step{fmt::format(", {} - CAST({} AS INTEGER) AS step", day, days), ""};
        };
        switch (resolved_.question.grain) {
        case Grain::kNone: return {};
        case Grain::kDay: return {fmt::format(", {} AS step", day), ""};
        case Grain::kWeek: return back(fmt::format("isodow({}) - 1", day));
        case Grain::kMonth: return back(fmt::format("day({}) - 1", day));
        case Grain::kQuarter: return {fmt::format(", make_date(year({0}), 3 * quarter({0}) - 2, 1) AS step", day), ""};
        case Grain::kYear: return back(fmt::format("dayofyear({}) - 1", day));
        case Grain::kFiscalMonth:
        case Grain::kFiscalQuarter:
        case Grain::kFiscalYear: break;
        }
        return step_of_day(day, sets);
    }

    period::Day step_start(period::Day day) const {
        return period::steps({day, day + std::chrono::days(1)}, resolved_.question.grain, resolved_.question.calendar)
            .front()
            .start;
    }

    Step step_of_file(const std::vector<const lake::FileSet*>& sets) const {
        std::string values;
        std::set<period::Day> steps;
        for (std::size_t i = 0; i < sets.size(); ++i) {
            const period::Day start = step_start(sets[i]->billing_period_start);
            steps.insert(start);
            values += fmt::format("{}({}, {})", values.empty() ? "" : ", ", i, date(start));
        }
        if (steps.size() == 1) {
            return {fmt::format(", {} AS step", date(*steps.begin())), ""};
        }
        return {", step_of.step AS step",
                fmt::format("\nJOIN (VALUES {}) AS step_of(file, step) ON t.file_index = step_of.file", values)};
    }

    /// Fiscal steps have no function in SQL: a table of days says which one each belongs to.
    Step step_of_day(const std::string& day, const std::vector<const lake::FileSet*>& sets) const {
        period::Period days = sets.front()->days;
        for (const lake::FileSet* set : sets) {
            days.start = std::min(days.start, set->days.start);
            days.end = std::max(days.end, set->days.end);
        }
        if (period_) {
            days = {std::max(days.start, period_->start), std::min(days.end, period_->end)};
        }
        std::string values;
        for (const period::Period& step : period::steps(days, resolved_.question.grain, resolved_.question.calendar)) {
            for (period::Day each = std::max(step.start, days.start); each < std::min(step.end, days.end);
                 each += std::chrono::days(1)) {
                values += fmt::format("{}({}, {})", values.empty() ? "" : ", ", date(each), date(step.start));
            }
        }
        return {", step_of.step AS step",
                fmt::format("\nJOIN (VALUES {}) AS step_of(day, step) ON {} = step_of.day", values, day)};
    }

    std::string cells() const {
        const Step step = this->step(lake::column::kDay, sources_.cells);
        const auto sum = [](const Input& input) { return fmt::format("sum(t.{})", sql_name(input.of)); };
        return fmt::format("SELECT t.\"TupleKey\" AS k{}{}{}\nFROM {} AS t{}{}\nGROUP BY ALL", step.column,
                           rate_day(lake::column::kDay), inputs(sum),
                           read_parquet(sources_.cells, &lake::FileSet::cells), step.join,
                           where(lake::column::kDay, false, sources_.cells));
    }

    std::string tuples() const {
        return fmt::format("SELECT {}t.\"TupleKey\" AS k, {}\nFROM {} AS t{}",
                           sources_.cells.size() > 1 ? "DISTINCT " : "", keys_and_conditions(),
                           read_parquet(sources_.cells, &lake::FileSet::tuples), where("", true, sources_.cells));
    }

    std::string charges() const {
        const Step step = this->step(lake::column::kChargeDay, sources_.charges);
        const auto value = [](const Input& input) {
            const std::string of =
                input.of == lake::column::kChargeRows ? std::string("1")
                : input.of == lake::column::kCappedSavings
                    ? fmt::format("greatest(t.\"ListCost\" - t.\"EffectiveCost\", CAST(0 AS {}))", kMoneyType)
                    : fmt::format("t.{}", sql_name(input.of));
            return input.known.empty()
                       ? of
                       : fmt::format("CASE WHEN t.{} IS NOT NULL THEN {} END", sql_name(input.known), of);
        };
        return fmt::format("SELECT {}{}{}{}\nFROM {} AS t{}{}", keys_and_conditions(), step.column,
                           rate_day(lake::column::kChargeDay), inputs(value),
                           read_parquet(sources_.charges, &lake::FileSet::charges), step.join,
                           where(lake::column::kChargeDay, true, sources_.charges));
    }

    /// Whatever is summed: a day that holds nothing but a part of a longer charge is there in the
    /// daily sums too.
    std::vector<const lake::FileSet*> sets_with_spread() const {
        std::vector<const lake::FileSet*> sets;
        if (sources_.with_spread) {
            std::ranges::copy_if(sources_.charges, std::back_inserter(sets),
                                 [](const lake::FileSet* set) { return !set->spread.empty(); });
        }
        return sets;
    }

    /// What spreading moves between days, with the columns of the charges it belongs to: from the
    /// tuples where they suffice, else from the charges themselves.
    std::string spread(const std::vector<const lake::FileSet*>& sets) const {
        const std::set<std::string> needed = columns_read(resolved_);
        const bool from_tuples = std::ranges::all_of(
            needed, [](const std::string& column) { return lake::is_tuple_column(column) || column == "ResourceId"; });
        std::string described = resolved_.by_tuple ? fmt::format("s.{}, ", sql_name(lake::column::kTupleKey)) : "";
        std::string of_tuple;
        for (const std::string& column : needed) {
            const bool own = from_tuples && column == "ResourceId";
            described += fmt::format("{}.{}, ", own ? "s" : "c", sql_name(column));
            of_tuple += own ? "" : fmt::format(", {}", sql_name(column));
        }
        const std::string charges =
            from_tuples
                ? fmt::format("(SELECT DISTINCT \"TupleKey\"{} FROM {}) AS c ON c.\"TupleKey\" = s.\"TupleKey\"",
                              of_tuple, read_parquet(sets, &lake::FileSet::tuples))
                : fmt::format("{} AS c ON c.file_index = s.file_index AND c.file_row_number = s.\"ChargeRow\"",
                              read_parquet(sets, &lake::FileSet::charges));
        const Step step = this->step(lake::column::kDay, sets);
        const auto value = [](const Input& input) {
            if (input.of == lake::column::kChargeRows) {
                return std::string("0");
            }
            if (!is_spread_cost(input.of)) {
                return fmt::format("CAST(NULL AS {})", sql_type(input));
            }
            const std::string of = fmt::format("t.\"Spread{}\"", input.of);
            return input.known.empty()
                       ? of
                       : fmt::format("CASE WHEN t.\"Spread{}\" IS NOT NULL THEN {} END", input.known, of);
        };
        return fmt::format("SELECT {}{}{}{}\nFROM (SELECT {}s.\"Day\", s.\"EffectiveCost\" AS \"SpreadEffectiveCost\", "
                           "s.\"ListCost\" AS \"SpreadListCost\", s.\"ContractedCost\" AS \"SpreadContractedCost\"\n"
                           "FROM {} AS s JOIN {}) AS t{}{}",
                           keys_and_conditions(), step.column, rate_day(lake::column::kDay), inputs(value), described,
                           read_parquet(sets, &lake::FileSet::spread), charges, step.join,
                           where(lake::column::kDay, true, sets));
    }

    const Resolved& resolved_;
    const Sources& sources_;
    const std::optional<period::Period>& period_;
    std::span<const DatasetRows> datasets_;
};

} // namespace

std::string duckdb_sql(const Resolved& resolved, const Sources& sources, const std::optional<period::Period>& period,
                       std::span<const DatasetRows> datasets) {
    return Compiler(resolved, sources, period, datasets).run();
}

} // namespace florin::query
