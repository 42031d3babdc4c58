#include "app/compare_charges.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace florin::app {
namespace {

/// One side: value, currency, rows and four sums.
std::string side(const ComparedDimension& dimension, const std::vector<std::string>& files,
                 const std::string& condition) {
    if (files.empty()) {
        return "SELECT '' AS value, '' AS currency, CAST(0 AS BIGINT) AS row_count, CAST(0 AS DECIMAL(38,18)) AS "
               "cost0, "
               "CAST(0 AS DECIMAL(38,18)) AS cost1, CAST(0 AS DECIMAL(38,18)) AS cost2, "
               "CAST(0 AS DECIMAL(38,18)) AS cost3 WHERE false";
    }
    std::string sums;
    std::string costs;
    for (std::size_t i = 0; i < lake::kCosts.size(); ++i) {
        sums += fmt::format(", coalesce(sum({}), 0) AS cost{}", lake::kCosts[i], i);
        costs += fmt::format(", {}", lake::kCosts[i]);
    }
    // The value is worked out below the grouping: DuckDB fails on a TRY that is grouped by.
    return fmt::format("SELECT value, currency, count(*) AS row_count{} FROM (SELECT {} AS value, BillingCurrency AS "
                       "currency{} FROM {} AS charge {}{}) GROUP BY ALL",
                       sums,
                       dimension.name.empty() ? std::string("''")
                                              : fmt::format("coalesce(CAST({} AS VARCHAR), '')", dimension.sql),
                       costs, engine::sql_parquet(files), condition.empty() ? "" : "WHERE ", condition);
}

std::string statement(const ComparedDimension& dimension, const std::vector<std::string>& before,
                      const std::vector<std::string>& after, const std::string& condition) {
    std::string columns;
    for (const char* side_name : {"b", "a"}) {
        columns += fmt::format(", coalesce({}.row_count, 0)", side_name);
        for (std::size_t i = 0; i < lake::kCosts.size(); ++i) {
            columns += fmt::format(", coalesce({}.cost{}, 0)", side_name, i);
        }
    }
    return fmt::format("SELECT coalesce(b.value, a.value), coalesce(b.currency, a.currency){} FROM ({}) AS b FULL JOIN "
                       "({}) AS a ON b.value = a.value AND b.currency = a.currency",
                       columns, side(dimension, before, condition), side(dimension, after, condition));
}

ChargeChange change_in(const std::vector<engine::Value>& row, const std::string& dimension) {
    ChargeChange change{.dimension = dimension,
                        .value = std::get<std::string>(row[0]),
                        .currency = std::get<std::string>(row[1]),
                        .rows_before = std::get<std::int64_t>(row[2]),
                        .rows_after = std::get<std::int64_t>(row[7])};
    for (std::size_t i = 0; i < change.before.size(); ++i) {
        change.before[i] = std::get<money::Decimal>(row[3 + i]);
        change.after[i] = std::get<money::Decimal>(row[8 + i]);
    }
    return change;
}

money::Decimal size_of(const ChargeChange& change) {
    const auto difference = change_of(change, 0);
    return difference.ok() ? difference->absolute() : money::Decimal();
}

} // namespace

base::Result<std::vector<ChargeChange>> compare_charges(engine::Engine& engine, const std::vector<std::string>& before,
                                                        const std::vector<std::string>& after,
                                                        std::span<const ComparedDimension> dimensions,
                                                        const std::string& condition) {
    std::vector<ChargeChange> changes;
    const auto compare = [&](const ComparedDimension& dimension) -> base::Result<void> {
        FLORIN_TRY_ASSIGN(const engine::Table table, engine.query(statement(dimension, before, after, condition)));
        std::vector<ChargeChange> of_dimension;
        for (const auto& row : table.rows) {
            ChargeChange change = change_in(row, dimension.name);
            if (change.differs() || dimension.name.empty()) {
                of_dimension.push_back(std::move(change));
            }
        }
        std::ranges::sort(of_dimension, [](const ChargeChange& a, const ChargeChange& b) {
            const auto larger = size_of(b) <=> size_of(a);
            return larger != 0 ? larger < 0 : std::tie(a.value, a.currency) < std::tie(b.value, b.currency);
        });
        std::ranges::move(of_dimension, std::back_inserter(changes));
        return {};
    };
    FLORIN_TRY(compare({}));
    for (const ComparedDimension& dimension : dimensions) {
        FLORIN_TRY(compare(dimension));
    }
    return changes;
}

base::Result<money::Decimal> change_of(const ChargeChange& change, std::size_t cost) {
    return change.after.at(cost).minus(change.before.at(cost));
}

} // namespace florin::app
