#include "ingest/part_writer.hpp"

#include "ingest/spread.hpp"
#include "lake/storage.hpp"

#include <fmt/format.h>

#include <utility>

namespace florin::ingest {
namespace {

using engine::sql_text;

/// Up to so many charges cells are kept whatever their number: they can be compacted, and reading them
/// is hardly slower.
constexpr std::uint64_t kFewCharges = 50'000;

} // namespace

std::string sql_instant(period::Instant instant) {
    return fmt::format("make_timestamp({}::BIGINT)", instant.time_since_epoch().count());
}

std::string PartWriter::path(const lake::Part& part, std::string_view kind) const {
    return (folder_ / fmt::format("{}.{}.parquet", part.stem, kind)).string();
}

std::string PartWriter::read(const lake::Part& part, std::string_view kind) const {
    return engine::sql_parquet({path(part, kind)});
}

base::Result<void> PartWriter::complete(lake::Part& part, LakeGroups& groups) {
    FLORIN_TRY_ASSIGN(part.spread_charges, write_spread(engine_, path(part, "charges"), path(part, "spread"), folder_));
    part.has_spread = part.spread_charges > 0;
    FLORIN_TRY(write_tuples(part));
    FLORIN_TRY(write_cells(part));
    return profile(part, groups);
}

base::Result<void> PartWriter::write_tuples(lake::Part& part) {
    std::string columns;
    for (const std::string& column : lake::tuple_columns()) {
        columns += column + ", ";
    }
    // The first row of each tuple tells its values: one narrow pass for the rows, then only those.
    FLORIN_TRY(engine_.execute(fmt::format("COPY (SELECT {0}, {1}BillingPeriodStart, BillingPeriodEnd FROM {2} "
                                           "WHERE file_row_number IN (SELECT min(file_row_number) FROM {2} GROUP BY "
                                           "{0}) "
                                           "ORDER BY {0}) TO {3} {4}",
                                           lake::column::kTupleKey, columns, read(part, "charges"),
                                           sql_text(path(part, "tuples")), lake::kSumsParquet)));
    FLORIN_TRY_ASSIGN(const engine::Table count, engine_.query("SELECT count(*) FROM " + read(part, "tuples")));
    part.tuple_rows = static_cast<std::uint64_t>(std::get<std::int64_t>(count.rows[0][0]));
    return {};
}

base::Result<void> PartWriter::write_cells(lake::Part& part) {
    std::string rows = fmt::format(
        "SELECT {}, {} AS Day, 1 AS ChargeRows, BilledCost, EffectiveCost, ListCost, ContractedCost, ConsumedQuantity, "
        "PricingQuantity, greatest(ListCost - EffectiveCost, 0) AS CappedSavings FROM {}",
        lake::column::kTupleKey, lake::column::kChargeDay, read(part, "charges"));
    if (part.has_spread) {
        rows += fmt::format(
            " UNION ALL SELECT {}, Day, 0, NULL, EffectiveCost, ListCost, ContractedCost, NULL, NULL, NULL FROM {}",
            lake::column::kTupleKey, read(part, "spread"));
    }
    FLORIN_TRY(engine_.execute(fmt::format(
        "COPY (SELECT {0}, Day, sum(ChargeRows)::BIGINT AS ChargeRows, sum(BilledCost) AS BilledCost, "
        "sum(EffectiveCost) AS EffectiveCost, sum(ListCost) AS ListCost, sum(ContractedCost) AS ContractedCost, "
        "sum(ConsumedQuantity) AS ConsumedQuantity, sum(PricingQuantity) AS PricingQuantity, "
        "sum(CappedSavings) AS CappedSavings FROM ({1}) GROUP BY {0}, Day ORDER BY {0}, Day) TO {2} {3}",
        lake::column::kTupleKey, rows, sql_text(path(part, "cells")), lake::kSumsParquet)));
    FLORIN_TRY_ASSIGN(const engine::Table count,
                      engine_.query(fmt::format("SELECT count(*), min(Day), max(Day) FROM {}", read(part, "cells"))));
    part.cell_rows = static_cast<std::uint64_t>(std::get<std::int64_t>(count.rows[0][0]));
    part.days = {std::get<period::Day>(count.rows[0][1]),
                 std::get<period::Day>(count.rows[0][2]) + std::chrono::days(1)};
    part.has_cells = part.rows <= kFewCharges ||
                     part.cell_rows * 100 <= part.rows * static_cast<std::uint64_t>(options_.cells_percent_max);
    if (!part.has_cells) {
        part.cell_rows = 0;
        return base::remove_all(path(part, "cells"));
    }
    return {};
}

base::Result<void> PartWriter::profile(lake::Part& part, LakeGroups& groups) {
    FLORIN_TRY_ASSIGN(
        const engine::Table sums,
        engine_.query(fmt::format(
            "SELECT BillingCurrency, coalesce(ServiceProviderName, ''), BillingPeriodStart, coalesce(SubAccountId, "
            "BillingAccountId), coalesce(ServiceName, ''), coalesce(ChargeCategory, ''), count(*), "
            "coalesce(sum(BilledCost), 0), coalesce(sum(EffectiveCost), 0), coalesce(sum(ListCost), 0), "
            "coalesce(sum(ContractedCost), 0), count(*) - count(BilledCost), count(*) - count(EffectiveCost), "
            "count(*) - count(ListCost), count(*) - count(ContractedCost), coalesce(sum(greatest(BilledCost, 0)), 0) "
            "FROM {} GROUP BY ALL ORDER BY ALL",
            read(part, "charges"))));
    std::uint64_t rows = 0;
    for (const auto& row : sums.rows) {
        const GroupKey key{.currency = std::get<std::string>(row[0]),
                           .provider = std::get<std::string>(row[1]),
                           .billing_period_start = std::get<period::Instant>(row[2]),
                           .account = std::get<std::string>(row[3]),
                           .service = std::get<std::string>(row[4]),
                           .line_type = std::get<std::string>(row[5])};
        const auto count = static_cast<std::uint64_t>(std::get<std::int64_t>(row[6]));
        lake::CostSums& part_sums = part.sums[key.currency];
        LakeSums& group = groups[key];
        rows += count;
        group.rows += count;
        part_sums.rows += count;
        for (std::size_t i = 0; i < 4; ++i) {
            const auto amount = std::get<money::Decimal>(row[7 + i]);
            FLORIN_TRY_ASSIGN(part_sums.costs[i], part_sums.costs[i].plus(amount));
            FLORIN_TRY_ASSIGN(group.costs[i], group.costs[i].plus(amount));
            part_sums.null_costs[i] += static_cast<std::uint64_t>(std::get<std::int64_t>(row[11 + i]));
        }
        FLORIN_TRY_ASSIGN(part_sums.positive_billed, part_sums.positive_billed.plus(std::get<money::Decimal>(row[15])));
    }
    if (rows != part.rows) {
        base::Error error;
        error.code = "ingest.reconciliation";
        error.message = fmt::format("{} rows were loaded of {} that were read in {}", rows, part.rows, part.scope);
        return error;
    }

    FLORIN_TRY_ASSIGN(
        const engine::Table days,
        engine_.query(fmt::format("SELECT DISTINCT {} FROM {}", lake::column::kChargeDay, read(part, "charges"))));
    for (const auto& row : days.rows) {
        part.charge_days.insert(period::to_string(std::get<period::Day>(row[0])));
    }
    FLORIN_TRY_ASSIGN(const engine::Table accounts,
                      engine_.query(fmt::format("SELECT DISTINCT SubAccountId FROM {} WHERE SubAccountId IS NOT NULL",
                                                read(part, "tuples"))));
    for (const auto& row : accounts.rows) {
        part.sub_accounts.insert(std::get<std::string>(row[0]));
    }
    return {};
}

} // namespace florin::ingest
