#include "validate/row_evaluation.hpp"

#include "engine/engine.hpp"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <set>

namespace florin::validate {
namespace {

using engine::sql_name;

/// Expressions of one SELECT, each of them once.
class SelectList {
public:
    std::size_t place_of(const std::string& sql) {
        const auto [at, added] = places_.try_emplace(sql, places_.size());
        if (added) {
            list_ += (list_.empty() ? "" : ", ") + sql;
        }
        return at->second;
    }
    const std::string& text() const { return list_; }

private:
    std::map<std::string, std::size_t> places_;
    std::string list_;
};

std::string count_where(const std::string& condition) {
    return fmt::format("count_if({})", condition);
}

/// A list of integers as the engine writes it: "[1, 2]".
std::vector<std::int64_t> integers(std::string_view text) {
    std::vector<std::int64_t> numbers;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        std::int64_t number = 0;
        const auto read = std::from_chars(at, end, number);
        if (read.ec == std::errc()) {
            numbers.push_back(number);
        }
        at = read.ec == std::errc() ? read.ptr : at + 1;
    }
    return numbers;
}

bool is_staged(const Bill& bill, const std::string& column) {
    return bill.has(column) || column.starts_with(kWrittenPrefix);
}

std::string shown(const std::string& column) {
    return column.starts_with(kWrittenPrefix) ? column.substr(kWrittenPrefix.size()) : column;
}

void set_counts(Finding& finding, const RowCheck& check, SelectList& list, const std::vector<engine::Value>& row) {
    finding.rows_in_scope = count_at(row, list.place_of(count_where(check.scope)));
    finding.rows = count_at(row, list.place_of(count_where(check.violation)));
    if (!check.rounding.empty()) {
        finding.rounding_rows = count_at(row, list.place_of(count_where(check.rounding)));
    }
    finding.outcome = finding.rows > 0            ? Outcome::kFail
                      : finding.rows_in_scope > 0 ? Outcome::kPass
                                                  : Outcome::kSkipped;
    if (finding.outcome == Outcome::kSkipped) {
        finding.reason = "the file has no row that the rule is about";
    }
}

/// The sums of BilledCost of each failing task, by currency.
base::Result<void> add_billed_cost(engine::Engine& engine, const std::string& rows,
                                   const std::vector<const RowTask*>& failing, std::vector<Finding>& findings) {
    SelectList sums;
    std::vector<std::size_t> places;
    for (const RowTask* task : failing) {
        places.push_back(sums.place_of(fmt::format("sum(florin_billed) FILTER (WHERE {})", task->check.violation)));
    }
    auto table = engine.query(fmt::format("SELECT {}, coalesce(BillingCurrency, '') AS florin_currency FROM "
                                          "(SELECT *, florin_decimal_or_null(BilledCost) AS florin_billed FROM {}) "
                                          "GROUP BY florin_currency ORDER BY florin_currency",
                                          sums.text(), rows));
    if (!table.ok()) {
        if (!is_overflow(table.error())) {
            return std::move(table).error();
        }
        for (const RowTask* task : failing) {
            findings[task->finding].reason = "BilledCost adds up to more than an amount can be";
        }
        return {};
    }
    for (const auto& row : table->rows) {
        for (std::size_t i = 0; i < failing.size(); ++i) {
            if (const auto* sum = std::get_if<money::Decimal>(&row[places[i]])) {
                findings[failing[i]->finding].billed_cost[std::get<std::string>(row.back())] = sum->to_string();
            }
        }
    }
    return {};
}

} // namespace

std::uint64_t count_at(const std::vector<engine::Value>& row, std::size_t i) {
    const auto* number = std::get_if<std::int64_t>(&row[i]);
    return number == nullptr ? 0 : static_cast<std::uint64_t>(*number);
}

base::Result<void> evaluate_rows(engine::Engine& engine, const Bill& bill, const Derived& derived,
                                 const std::vector<RowTask>& tasks, std::size_t samples_max,
                                 std::vector<Finding>& findings) {
    if (tasks.empty()) {
        return {};
    }
    const std::string rows = with_derived(bill, derived);
    SelectList counts;
    for (const RowTask& task : tasks) {
        for (const std::string& condition : {task.check.scope, task.check.violation, task.check.rounding}) {
            if (!condition.empty()) {
                counts.place_of(count_where(condition));
            }
        }
    }
    FLORIN_TRY_ASSIGN(const engine::Table counted, engine.query(fmt::format("SELECT {} FROM {}", counts.text(), rows)));
    std::vector<const RowTask*> failing;
    for (const RowTask& task : tasks) {
        set_counts(findings[task.finding], task.check, counts, counted.rows[0]);
        if (findings[task.finding].outcome == Outcome::kFail) {
            failing.push_back(&task);
        }
    }
    if (failing.empty()) {
        return {};
    }
    if (bill.has("BilledCost")) {
        FLORIN_TRY(add_billed_cost(engine, rows, failing, findings));
    }
    if (samples_max == 0) {
        return {};
    }
    SelectList first;
    for (const RowTask* task : failing) {
        first.place_of(fmt::format("min({}, {}) FILTER (WHERE {})", kRowColumn, samples_max, task->check.violation));
    }
    FLORIN_TRY_ASSIGN(const engine::Table lists, engine.query(fmt::format("SELECT {} FROM {}", first.text(), rows)));
    std::vector<SampleTask> samples;
    for (const RowTask* task : failing) {
        const std::size_t place = first.place_of(
            fmt::format("min({}, {}) FILTER (WHERE {})", kRowColumn, samples_max, task->check.violation));
        samples.push_back({.finding = task->finding,
                           .rows = integers(std::get<std::string>(lists.rows[0][place])),
                           .columns = task->check.columns});
    }
    return add_samples(engine, bill, samples, findings);
}

base::Result<void> add_samples(engine::Engine& engine, const Bill& bill, const std::vector<SampleTask>& tasks,
                               std::vector<Finding>& findings) {
    std::set<std::int64_t> rows;
    std::map<std::string, std::size_t> places;
    std::string columns;
    for (const SampleTask& task : tasks) {
        rows.insert(task.rows.begin(), task.rows.end());
        for (const std::string& column : task.columns) {
            if (is_staged(bill, column) && places.try_emplace(column, places.size() + 1).second) {
                columns += ", " + sql_name(column);
            }
        }
    }
    if (rows.empty()) {
        return {};
    }
    std::string list;
    for (const std::int64_t row : rows) {
        list += fmt::format("{}{}", list.empty() ? "" : ", ", row);
    }
    FLORIN_TRY_ASSIGN(const engine::Table table, engine.query(fmt::format("SELECT {0}{1} FROM {2} WHERE {0} IN ({3})",
                                                                          kRowColumn, columns, bill.relation, list)));
    std::map<std::int64_t, const std::vector<engine::Value>*> found;
    for (const auto& row : table.rows) {
        found[std::get<std::int64_t>(row[0])] = &row;
    }
    for (const SampleTask& task : tasks) {
        for (const std::int64_t number : task.rows) {
            Sample sample{.file = bill.file_of(number).path.string(), .row = Bill::row_of(number), .cells = {}};
            for (const std::string& column : task.columns) {
                if (is_staged(bill, column)) {
                    const auto* text = std::get_if<std::string>(&(*found.at(number))[places.at(column)]);
                    sample.cells.emplace_back(shown(column), text == nullptr ? std::nullopt : std::optional(*text));
                }
            }
            findings[task.finding].samples.push_back(std::move(sample));
        }
    }
    return {};
}

} // namespace florin::validate
