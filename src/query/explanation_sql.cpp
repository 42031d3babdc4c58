#include "query/explanation_sql.hpp"

#include "engine/engine.hpp"
#include "query/filter_sql.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>

namespace florin::query {
namespace {

using engine::sql_name;

std::string_view stored_type(const Input& input) {
    return is_quantity(input) ? "DECIMAL(38,12)" : is_money(input) ? "DECIMAL(38,18)" : "BIGINT";
}

std::string read_files(const std::vector<const lake::FileSet*>& sets, std::string lake::FileSet::* file) {
    std::vector<std::string> paths;
    for (const lake::FileSet* set : sets) {
        paths.push_back(set->*file);
    }
    return engine::sql_parquet(paths);
}

/// Statements over single charges, which are the relation `t`, and what is spread of them, `s`.
class ChargeStatements {
public:
    ChargeStatements(const Resolved& resolved, const std::optional<period::Period>& period)
        : resolved_(resolved), period_(period) {}

    /// The sums of one charge, `name0`, `name1`, …, each by the value of its input.
    std::string sums(std::string_view name, const std::function<std::string(const Input&)>& value) const {
        std::string columns;
        for (std::size_t i = 0; i < resolved_.sums.size(); ++i) {
            const Sum& sum = resolved_.sums[i];
            std::string one = value(resolved_.inputs[sum.input]);
            if (sum.condition) {
                one = fmt::format("CASE WHEN {} THEN {} END",
                                  filter_sql(resolved_.conditions[*sum.condition], "t", *resolved_.catalogue), one);
            }
            columns += fmt::format(", CAST({} AS {}) AS {}{}", one, stored_type(resolved_.inputs[sum.input]), name, i);
        }
        return columns;
    }

    static std::string own_value(const Input& input) {
        const std::string of = input.of == lake::column::kChargeRows ? std::string("1")
                               : input.of == lake::column::kCappedSavings
                                   ? "greatest(t.\"ListCost\" - t.\"EffectiveCost\", CAST(0 AS DECIMAL(38,18)))"
                                   : fmt::format("t.{}", sql_name(input.of));
        return input.known.empty() ? of
                                   : fmt::format("CASE WHEN t.{} IS NOT NULL THEN {} END", sql_name(input.known), of);
    }

    static std::string spread_value(const Input& input) {
        const bool is_spread = input.of == "EffectiveCost" || input.of == "ListCost" || input.of == "ContractedCost";
        if (!is_spread) {
            return input.of == lake::column::kChargeRows ? "0" : "NULL";
        }
        const std::string of = fmt::format("s.{}", sql_name(input.of));
        return input.known.empty() ? of
                                   : fmt::format("CASE WHEN s.{} IS NOT NULL THEN {} END", sql_name(input.known), of);
    }

    static std::string nothing(const Input&) { return "NULL"; }

    /// Conditions on the charge, and that `day` lies in the period.
    std::string where(std::string_view day, const std::string& currency) const {
        std::vector<std::string> conditions;
        if (resolved_.filter) {
            conditions.push_back(filter_sql(*resolved_.filter, "t", *resolved_.catalogue));
        }
        if (!currency.empty()) {
            conditions.push_back(fmt::format("t.\"BillingCurrency\" = {}", engine::sql_text(currency)));
        }
        if (period_ && resolved_.question.period_kind == PeriodKind::kCharge) {
            conditions.push_back(fmt::format("{0} >= DATE '{1}' AND {0} < DATE '{2}'", day,
                                             period::to_string(period_->start), period::to_string(period_->end)));
        }
        return conditions.empty() ? "" : fmt::format(" WHERE {}", fmt::join(conditions, " AND "));
    }

    /// First days and what is spread of the charges that span days, one row each.
    std::string spanning(const std::vector<const lake::FileSet*>& sets, const std::string& currency) const {
        const std::string charges = read_files(sets, &lake::FileSet::charges);
        const std::string spread = read_files(sets, &lake::FileSet::spread);
        const std::string keys = "SELECT t.\"BillingCurrency\" AS currency, t.file_index AS f, t.file_row_number AS r";
        return fmt::format("{0}{1}{2} FROM {3} AS t SEMI JOIN {4} AS s ON s.file_index = t.file_index AND "
                           "s.\"ChargeRow\" = t.file_row_number{5}\nUNION ALL\n{0}{6}{7} FROM {4} AS s JOIN {3} AS t "
                           "ON s.file_index = t.file_index AND s.\"ChargeRow\" = t.file_row_number{8}",
                           keys, sums("s", own_value), sums("f", own_value), charges, spread,
                           where("t.\"ChargeDay\"", currency), sums("s", spread_value), sums("f", nothing),
                           where("s.\"Day\"", currency));
    }

    /// `name0`, `name1`, … added up.
    std::string added(std::string_view name) const {
        std::string columns;
        for (std::size_t i = 0; i < resolved_.sums.size(); ++i) {
            columns += fmt::format(", CAST(sum({0}{1}) AS {2}) AS {0}{1}", name, i,
                                   stored_type(resolved_.inputs[resolved_.sums[i].input]));
        }
        return columns;
    }

private:
    const Resolved& resolved_;
    const std::optional<period::Period>& period_;
};

} // namespace

ChargeFiles choose_charge_files(const std::vector<const lake::FileSet*>& files, bool with_spread) {
    ChargeFiles chosen;
    for (const lake::FileSet* file : files) {
        (with_spread && !file->spread.empty() ? chosen.spread : chosen.plain).push_back(file);
    }
    return chosen;
}

std::string value_sql(const Resolved& resolved) {
    std::string value;
    for (const SignedSum& term : resolved.measures.front().sum) {
        value += fmt::format("{}coalesce(s{}, 0)", term.minus ? " - " : value.empty() ? "" : " + ", term.sum);
    }
    return value;
}

std::string largest_charges_sql(const Resolved& resolved, const ChargeFiles& files,
                                const std::optional<period::Period>& period, const std::string& currency,
                                std::size_t count) {
    const ChargeStatements statements(resolved, period);
    const auto plain = [&](const std::vector<const lake::FileSet*>& sets, std::size_t offset, const std::string& but) {
        return fmt::format("SELECT t.file_index + {} AS f, t.file_row_number AS r, false AS spans{} FROM {} AS t{}{}",
                           offset, statements.sums("s", ChargeStatements::own_value),
                           read_files(sets, &lake::FileSet::charges), but,
                           statements.where("t.\"ChargeDay\"", currency));
    };
    std::vector<std::string> parts;
    if (!files.plain.empty()) {
        parts.push_back(plain(files.plain, 0, ""));
    }
    if (!files.spread.empty()) {
        parts.push_back(plain(files.spread, files.plain.size(),
                              fmt::format(" ANTI JOIN {} AS s ON s.file_index = t.file_index AND s.\"ChargeRow\" = "
                                          "t.file_row_number",
                                          read_files(files.spread, &lake::FileSet::spread))));
        parts.push_back(fmt::format("SELECT f + {} AS f, r, true AS spans{} FROM (\n{}\n) GROUP BY f, r",
                                    files.plain.size(), statements.added("s"),
                                    statements.spanning(files.spread, currency)));
    }
    return fmt::format("SELECT * FROM (\n{}\n) ORDER BY abs({}) DESC, f, r LIMIT {}",
                       fmt::join(parts, "\nUNION ALL BY NAME\n"), value_sql(resolved), count);
}

std::string spread_sql(const Resolved& resolved, const std::vector<const lake::FileSet*>& files,
                       const std::optional<period::Period>& period) {
    const ChargeStatements statements(resolved, period);
    return fmt::format("SELECT currency, count(DISTINCT (f, r)) AS charges{}{} FROM (\n{}\n) GROUP BY currency",
                       statements.added("f"), statements.added("s"), statements.spanning(files, ""));
}

} // namespace florin::query
