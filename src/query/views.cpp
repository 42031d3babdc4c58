#include "query/views.hpp"

#include "engine/engine.hpp"
#include "focus/focus.hpp"

#include <fmt/format.h>

namespace florin::query {
namespace {

constexpr std::string_view kSums =
    "BilledCost, EffectiveCost, ListCost, ContractedCost, ConsumedQuantity, PricingQuantity";

std::string read(const std::vector<std::string>& files) {
    return engine::sql_parquet(files);
}

/// Views of the right columns without a row, for a lake that holds nothing yet.
std::vector<std::string> empty_views() {
    std::string charges;
    for (const focus::Column& column : focus::columns(focus::Dataset::kCostAndUsage)) {
        const std::string_view type = column.type == focus::ColumnType::kInstant   ? "TIMESTAMP"
                                      : column.type != focus::ColumnType::kDecimal ? "VARCHAR"
                                      : column.is_quantity                         ? "DECIMAL(38,12)"
                                                                                   : "DECIMAL(38,18)";
        charges += fmt::format("CAST(NULL AS {}) AS {}, ", type, column.name);
    }
    charges += fmt::format("CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS {}, CAST(NULL AS DATE) AS {}", lake::column::kCustom,
                           lake::column::kChargeDay);
    std::string dimensions;
    for (const std::string& column : lake::tuple_columns()) {
        dimensions += ", " + column;
    }
    return {fmt::format("CREATE VIEW charges AS SELECT {} WHERE false", charges),
            fmt::format("CREATE VIEW daily AS SELECT {0} AS Day, CAST(0 AS BIGINT) AS ChargeRows, {1}{2} FROM charges",
                        lake::column::kChargeDay, kSums, dimensions)};
}

} // namespace

std::vector<std::string> view_statements(std::span<const lake::FileSet> files) {
    if (files.empty()) {
        return empty_views();
    }
    std::vector<std::string> charges;
    std::vector<std::string> tuples;
    std::vector<std::string> cells;
    std::vector<std::string> charges_without_cells;
    std::vector<std::string> spread_without_cells;
    for (const lake::FileSet& set : files) {
        charges.push_back(set.charges);
        tuples.push_back(set.tuples);
        if (!set.cells.empty()) {
            cells.push_back(set.cells);
            continue;
        }
        charges_without_cells.push_back(set.charges);
        if (!set.spread.empty()) {
            spread_without_cells.push_back(set.spread);
        }
    }
    std::string sums;
    const auto append = [&sums](const std::string& select) { sums += (sums.empty() ? "" : " UNION ALL ") + select; };
    if (!cells.empty()) {
        append(fmt::format("SELECT TupleKey, Day, ChargeRows, {} FROM {}", kSums, read(cells)));
    }
    if (!charges_without_cells.empty()) {
        append(fmt::format("SELECT TupleKey, {} AS Day, 1 AS ChargeRows, {} FROM {}", lake::column::kChargeDay, kSums,
                           read(charges_without_cells)));
    }
    if (!spread_without_cells.empty()) {
        append(fmt::format("SELECT TupleKey, Day, 0, NULL, EffectiveCost, ListCost, ContractedCost, NULL, NULL FROM {}",
                           read(spread_without_cells)));
    }
    std::string dimensions;
    std::string any_dimensions;
    for (const std::string& column : lake::tuple_columns()) {
        dimensions += ", t." + column;
        any_dimensions += fmt::format(", any_value({0}) AS {0}", column);
    }
    // The same tuple is in the files of several billing periods; its dimensions are the same in all.
    return {fmt::format("CREATE VIEW charges AS SELECT * EXCLUDE ({}) FROM {}", lake::column::kTupleKey, read(charges)),
            fmt::format("CREATE VIEW daily AS SELECT s.Day, s.ChargeRows, s.BilledCost, s.EffectiveCost, s.ListCost, "
                        "s.ContractedCost, s.ConsumedQuantity, s.PricingQuantity{} FROM ({}) AS s JOIN "
                        "(SELECT TupleKey{} FROM {} GROUP BY TupleKey) AS t USING (TupleKey)",
                        dimensions, sums, any_dimensions, read(tuples))};
}

std::vector<std::string> view_files(std::span<const lake::FileSet> files) {
    std::vector<std::string> all;
    for (const lake::FileSet& set : files) {
        for (const std::string& file : {set.charges, set.tuples, set.cells, set.spread}) {
            if (!file.empty()) {
                all.push_back(file);
            }
        }
    }
    return all;
}

} // namespace florin::query
