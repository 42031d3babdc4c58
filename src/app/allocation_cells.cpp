#include "app/allocation_cells.hpp"

#include "allocate/lookup.hpp"
#include "query/catalogue.hpp"
#include "query/filter_sql.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace florin::app {
namespace {

/// The files of one billing month, by how they are read.
struct MonthFiles {
    std::vector<std::string> cells;
    std::vector<const lake::FileSet*> charges;
};

MonthFiles files_of_month(const lake::CurrentFiles& current, period::Day month, bool from_charges) {
    const auto is_of_month = [month](const lake::FileSet& set) {
        return period::month_start(set.billing_period_start) == month;
    };
    MonthFiles files;
    std::vector<bool> is_compacted(current.files.size(), false);
    for (const lake::CompactedGroup& group : current.compacted) {
        if (from_charges || !is_of_month(group.files)) {
            continue;
        }
        files.cells.push_back(group.files.cells);
        for (const std::size_t member : group.members) {
            is_compacted[member] = true;
        }
    }
    for (std::size_t i = 0; i < current.files.size(); ++i) {
        const lake::FileSet& set = current.files[i];
        if (is_compacted[i] || !is_of_month(set)) {
            continue;
        }
        if (from_charges || set.cells.empty()) {
            files.charges.push_back(&set);
        } else {
            files.cells.push_back(set.cells);
        }
    }
    return files;
}

/// `split_0`, … of the charges in `relation`.
std::string split_columns(const LedgerTuples& tuples, std::string_view relation) {
    std::string columns;
    for (std::size_t i = 0; i < tuples.split_by.size(); ++i) {
        columns += fmt::format(", CAST({} AS VARCHAR) AS split_{}",
                               query::field_sql(tuples.split_by[i], relation, query::catalogue()), i);
    }
    return columns;
}

std::string file_list(const std::vector<const lake::FileSet*>& sets, std::string lake::FileSet::* file) {
    std::vector<std::string> paths;
    for (const lake::FileSet* set : sets) {
        paths.push_back(set->*file);
    }
    return engine::sql_parquet(paths);
}

/// Charges on their first day, and what moves their costs to the days they span.
std::vector<std::string> charge_statements(const std::vector<const lake::FileSet*>& sets, const LedgerTuples& tuples) {
    std::vector<std::string> statements = {
        fmt::format("SELECT charge.TupleKey{}, ChargeDay AS Day, BilledCost, EffectiveCost, ListCost, ContractedCost "
                    "FROM {} AS charge",
                    split_columns(tuples, "charge"), file_list(sets, &lake::FileSet::charges))};
    std::vector<const lake::FileSet*> spread;
    std::ranges::copy_if(sets, std::back_inserter(spread),
                         [](const lake::FileSet* set) { return !set->spread.empty(); });
    if (!spread.empty()) {
        const std::string charges =
            tuples.split_by.empty()
                ? std::string()
                : fmt::format(" JOIN {} AS charge ON charge.file_index = spread.file_index AND charge.file_row_number "
                              "= spread.ChargeRow",
                              file_list(spread, &lake::FileSet::charges));
        statements.push_back(
            fmt::format("SELECT spread.TupleKey{}, spread.Day, CAST(NULL AS DECIMAL(38,18)) AS BilledCost, "
                        "spread.EffectiveCost, spread.ListCost, spread.ContractedCost FROM {} AS spread{}",
                        split_columns(tuples, "charge"), file_list(spread, &lake::FileSet::spread), charges));
    }
    return statements;
}

std::string cells_sql(const MonthFiles& files, const LedgerTuples& tuples) {
    std::vector<std::string> parts;
    if (!files.cells.empty()) {
        parts.push_back(fmt::format("SELECT TupleKey, Day, BilledCost, EffectiveCost, ListCost, ContractedCost FROM "
                                    "{}",
                                    engine::sql_parquet(files.cells)));
    }
    if (!files.charges.empty()) {
        std::ranges::move(charge_statements(files.charges, tuples), std::back_inserter(parts));
    }
    std::string same = "tuple.TupleKey = cell.TupleKey";
    for (std::size_t i = 0; i < tuples.split_by.size(); ++i) {
        same += fmt::format(" AND tuple.split_{0} IS NOT DISTINCT FROM cell.split_{0}", i);
    }
    std::string sums;
    for (const std::string_view cost : lake::kCosts) {
        sums += fmt::format(", CAST(sum({0}) AS DECIMAL(38,18)) AS {0}", cost);
    }
    return fmt::format("SELECT tuple.Number, cell.Day{} FROM ({}) AS cell JOIN {} AS tuple ON {} "
                       "GROUP BY tuple.Number, cell.Day ORDER BY tuple.Number, cell.Day",
                       sums, fmt::join(parts, " UNION ALL BY NAME "), kTupleTable, same);
}

} // namespace

bool MonthStates::is_open(period::Day month) const {
    if (closed.contains(month)) {
        return false;
    }
    if (provider_open.contains(month)) {
        return true;
    }
    return !provider_closed.contains(month) && today < period::add_months(month, 1);
}

period::Day MonthStates::first_open() const {
    return closed.empty() ? allocate::kAlways.start : period::add_months(*closed.rbegin(), 1);
}

base::Result<MonthStates> month_states(Workspace& workspace, period::Instant at) {
    MonthStates states{.today = period::day_of(at)};
    FLORIN_TRY_ASSIGN(const std::vector<lake::PeriodClose> closes, workspace.lake().closes());
    for (const lake::PeriodClose& close : closes) {
        if (close.closed_at <= at && (!close.reopened_at || *close.reopened_at > at)) {
            states.closed.insert(close.month);
        }
    }
    FLORIN_TRY_ASSIGN(std::vector<lake::ProviderPeriod> statements, workspace.lake().catalog().provider_periods());
    std::erase_if(statements, [at](const lake::ProviderPeriod& one) { return one.stated_at > at; });
    for (const lake::ProviderState& state : lake::provider_states(statements)) {
        const period::Day month = period::month_start(period::day_of(state.latest.start));
        (state.state == lake::PeriodState::kClosed ? states.provider_closed : states.provider_open).insert(month);
    }
    return states;
}

std::vector<period::Day> billing_months(const lake::CurrentFiles& current) {
    std::set<period::Day> months;
    for (const lake::FileSet& set : current.files) {
        months.insert(period::month_start(set.billing_period_start));
    }
    return {months.begin(), months.end()};
}

period::Period days_of(const lake::CurrentFiles& current) {
    if (current.files.empty()) {
        return {};
    }
    period::Period days = current.files.front().days;
    for (const lake::FileSet& set : current.files) {
        days = {std::min(days.start, set.days.start), std::max(days.end, set.days.end)};
    }
    return days;
}

base::Result<allocate::Cells> read_cells(const lake::CurrentFiles& current, period::Day month,
                                         const LedgerTuples& tuples, engine::Engine& engine) {
    const MonthFiles files = files_of_month(current, month, !tuples.split_by.empty());
    allocate::Cells cells;
    if (files.cells.empty() && files.charges.empty()) {
        return cells;
    }
    const auto take = [&cells](const std::vector<engine::Value>& row) -> base::Result<void> {
        allocate::Amounts amounts;
        for (std::size_t basis = 0; basis < allocate::kBasisCount; ++basis) {
            const auto* amount = std::get_if<money::Decimal>(&row[basis + 2]);
            amounts[basis] = amount == nullptr ? money::Decimal() : *amount;
        }
        cells.add(static_cast<std::uint32_t>(std::get<std::int64_t>(row[0])), std::get<period::Day>(row[1]), amounts);
        return {};
    };
    FLORIN_TRY_ASSIGN(const std::vector<engine::Column> columns, engine.stream(cells_sql(files, tuples), take));
    FLORIN_TRY(engine::check_money_columns(columns, {lake::kCosts.begin(), lake::kCosts.end()}));
    return cells;
}

} // namespace florin::app
