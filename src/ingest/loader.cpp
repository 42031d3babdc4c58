#include "ingest/loader.hpp"

#include "ingest/exact_text.hpp"
#include "ingest/focus_files/mapping.hpp"
#include "ingest/spread.hpp"
#include "lake/storage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace florin::ingest {
namespace {

using engine::sql_text;

/// zstd at level 1: Parquet encoding dominates the load, and level 3 saves under 2 % of the bytes.
constexpr std::string_view kParquet = "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)";
/// Up to so many charges cells are kept whatever their number: they can be compacted, and reading them
/// is hardly slower.
constexpr std::uint64_t kFewCharges = 50'000;

std::string sql_instant(period::Instant instant) {
    return fmt::format("make_timestamp({}::BIGINT)", instant.time_since_epoch().count());
}

base::Error not_reconciled(std::string message) {
    base::Error error;
    error.code = "ingest.reconciliation";
    error.message = std::move(message);
    return error;
}

/// Everything one load needs at hand.
class Load {
public:
    Load(engine::Engine& engine, const std::vector<Inspection>& files, const base::Path& folder,
         const LoadOptions& options, focus_files::CsvReading reading)
        : engine_(engine), files_(files), folder_(folder), options_(options), reading_(reading) {}

    base::Result<Loaded> run();

private:
    std::string path(const lake::Part& part, std::string_view kind) const {
        return (folder_ / fmt::format("{}.{}.parquet", part.stem, kind)).string();
    }
    std::string read(const lake::Part& part, std::string_view kind) const {
        return fmt::format("read_parquet({})", sql_text(path(part, kind)));
    }

    base::Result<void> write_charges(std::vector<lake::Part>& parts);
    base::Result<void> write_tuples(lake::Part& part);
    base::Result<void> write_cells(lake::Part& part);
    base::Result<void> profile(lake::Part& part, std::map<GroupKey, ReconciledGroup>& groups);
    base::Result<std::vector<ReconciledGroup>> reconcile(std::map<GroupKey, ReconciledGroup> groups) const;

    engine::Engine& engine_;
    const std::vector<Inspection>& files_;
    const base::Path& folder_;
    const LoadOptions& options_;
    focus_files::CsvReading reading_;
};

base::Result<Loaded> Load::run() {
    std::map<ScopeKey, std::uint64_t> scopes;
    for (const Inspection& file : files_) {
        for (const auto& [scope, rows] : file.scopes) {
            scopes[scope] += rows;
        }
    }
    const std::map<ScopeKey, bool> strays = find_strays(scopes);
    Loaded loaded;
    for (const auto& [scope, rows] : scopes) {
        lake::Part part;
        part.scope = scope_key(scope);
        part.billing_account_id = scope.billing_account_id;
        part.billing_period_start = scope.billing_period_start;
        part.billing_period_end = scope.billing_period_end;
        part.stray = strays.at(scope);
        part.rows = rows;
        part.stem = fmt::format("{:05}", loaded.parts.size() + 1);
        loaded.parts.push_back(std::move(part));
    }
    FLORIN_TRY(write_charges(loaded.parts));
    std::map<GroupKey, ReconciledGroup> groups;
    for (lake::Part& part : loaded.parts) {
        FLORIN_TRY_ASSIGN(part.spread_charges,
                          write_spread(engine_, path(part, "charges"), path(part, "spread"), folder_));
        part.has_spread = part.spread_charges > 0;
        FLORIN_TRY(write_tuples(part));
        FLORIN_TRY(write_cells(part));
        FLORIN_TRY(profile(part, groups));
    }
    FLORIN_TRY_ASSIGN(loaded.reconciliation, reconcile(std::move(groups)));
    return loaded;
}

base::Result<void> Load::write_charges(std::vector<lake::Part>& parts) {
    std::string select;
    for (const Inspection& file : files_) {
        FLORIN_TRY_ASSIGN(const std::string one, focus_files::select_statement(engine_, file, reading_));
        select += select.empty() ? one : " UNION ALL " + one;
    }
    if (parts.size() == 1) {
        FLORIN_TRY(engine_.execute(
            fmt::format("COPY ({}) TO {} {}", select, sql_text(path(parts.front(), "charges")), kParquet)));
        return {};
    }
    // Several scopes in one delivery: load once, in order, then cut it into a file a scope.
    const std::string all = sql_text((folder_ / "all.tmp.parquet").string());
    FLORIN_TRY(engine_.execute(fmt::format("COPY ({}) TO {} (FORMAT parquet, COMPRESSION lz4)", select, all)));
    for (const lake::Part& part : parts) {
        FLORIN_TRY(engine_.execute(fmt::format(
            "COPY (SELECT * FROM read_parquet({}) WHERE BillingAccountId = {} AND BillingPeriodStart = {} AND "
            "BillingPeriodEnd = {}) TO {} {}",
            all, sql_text(part.billing_account_id), sql_instant(part.billing_period_start),
            sql_instant(part.billing_period_end), sql_text(path(part, "charges")), kParquet)));
    }
    return base::remove_all(folder_ / "all.tmp.parquet");
}

base::Result<void> Load::write_tuples(lake::Part& part) {
    std::string columns;
    for (const std::string& column : lake::tuple_columns()) {
        columns += column + ", ";
    }
    // The first row of each tuple tells its values: one narrow pass for the rows, then only those.
    FLORIN_TRY(engine_.execute(fmt::format(
        "COPY (SELECT {0}, {1}BillingPeriodStart, BillingPeriodEnd FROM read_parquet({2}, file_row_number = true) "
        "WHERE file_row_number IN (SELECT min(file_row_number) FROM read_parquet({2}, file_row_number = true) GROUP BY "
        "{0}) "
        "ORDER BY {0}) TO {3} {4}",
        lake::column::kTupleKey, columns, sql_text(path(part, "charges")), sql_text(path(part, "tuples")), kParquet)));
    FLORIN_TRY_ASSIGN(const engine::Table count, engine_.query("SELECT count(*) FROM " + read(part, "tuples")));
    part.tuple_rows = static_cast<std::uint64_t>(std::get<std::int64_t>(count.rows[0][0]));
    return {};
}

base::Result<void> Load::write_cells(lake::Part& part) {
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
        lake::column::kTupleKey, rows, sql_text(path(part, "cells")), kParquet)));
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

base::Result<void> Load::profile(lake::Part& part, std::map<GroupKey, ReconciledGroup>& groups) {
    FLORIN_TRY_ASSIGN(
        const engine::Table sums,
        engine_.query(fmt::format(
            "SELECT BillingCurrency, coalesce(ServiceProviderName, ''), BillingPeriodStart, count(*), "
            "coalesce(sum(BilledCost), 0), coalesce(sum(EffectiveCost), 0), coalesce(sum(ListCost), 0), "
            "coalesce(sum(ContractedCost), 0), count(*) - count(BilledCost), count(*) - count(EffectiveCost), "
            "count(*) - count(ListCost), count(*) - count(ContractedCost), coalesce(sum(greatest(BilledCost, 0)), 0) "
            "FROM {} GROUP BY ALL ORDER BY ALL",
            read(part, "charges"))));
    std::uint64_t rows = 0;
    for (const auto& row : sums.rows) {
        const GroupKey key{.currency = std::get<std::string>(row[0]),
                           .provider = std::get<std::string>(row[1]),
                           .billing_period_start = std::get<period::Instant>(row[2])};
        const auto count = static_cast<std::uint64_t>(std::get<std::int64_t>(row[3]));
        lake::CostSums& part_sums = part.sums[key.currency];
        ReconciledGroup& group = groups[key];
        group.key = key;
        rows += count;
        group.rows += count;
        part_sums.rows += count;
        for (std::size_t i = 0; i < 4; ++i) {
            const auto amount = std::get<money::Decimal>(row[4 + i]);
            FLORIN_TRY_ASSIGN(part_sums.costs[i], part_sums.costs[i].plus(amount));
            FLORIN_TRY_ASSIGN(group.lake[i], group.lake[i].plus(amount));
            part_sums.null_costs[i] += static_cast<std::uint64_t>(std::get<std::int64_t>(row[8 + i]));
        }
        FLORIN_TRY_ASSIGN(part_sums.positive_billed, part_sums.positive_billed.plus(std::get<money::Decimal>(row[12])));
    }
    if (rows != part.rows) {
        return not_reconciled(
            fmt::format("{} rows were loaded of {} that were read in {}", rows, part.rows, part.scope));
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

base::Result<std::vector<ReconciledGroup>> Load::reconcile(std::map<GroupKey, ReconciledGroup> groups) const {
    std::map<GroupKey, ReconciledGroup> expected;
    for (const Inspection& file : files_) {
        for (const auto& [key, sums] : file.groups) {
            ReconciledGroup& group = expected[key];
            group.rows += sums.rows;
            for (std::size_t i = 0; i < 4; ++i) {
                group.source[i] = exact_plus(group.source[i], sums.sum[i]);
                group.rounded_away[i] = exact_plus(group.rounded_away[i], sums.rounded_away[i]);
            }
        }
    }
    std::vector<ReconciledGroup> reconciled;
    for (auto& [key, group] : groups) {
        const ReconciledGroup& source = expected[key];
        group.source = source.source;
        group.rounded_away = source.rounded_away;
        for (std::size_t i = 0; i < 4; ++i) {
            const std::string lake_and_rest = exact_plus(group.lake[i].to_string(), source.rounded_away[i]);
            if (group.rows != source.rows || lake_and_rest != source.source[i]) {
                return not_reconciled(fmt::format(
                    "source and lake differ for {} {} from {}: {} rows and {} {} in the "
                    "source, {} rows and {} in the lake, "
                    "{} rounded away",
                    key.provider, key.currency, period::to_string(key.billing_period_start), source.rows,
                    lake::kCosts[i], source.source[i], group.rows, group.lake[i].to_string(), source.rounded_away[i]));
            }
        }
        reconciled.push_back(std::move(group));
    }
    FLORIN_CHECK(expected.size() == groups.size(), "the two readers found different currencies, providers or periods");
    return reconciled;
}

} // namespace

std::string scope_key(const ScopeKey& scope) {
    const period::Period billing{period::day_of(scope.billing_period_start), period::day_of(scope.billing_period_end)};
    return fmt::format("{} {}", scope.billing_account_id, period::to_string(billing));
}

std::map<ScopeKey, bool> find_strays(const std::map<ScopeKey, std::uint64_t>& scopes) {
    std::uint64_t all = 0;
    std::map<std::string, std::uint64_t> largest;
    for (const auto& [scope, rows] : scopes) {
        all += rows;
        largest[scope.billing_account_id] = std::max(largest[scope.billing_account_id], rows);
    }
    std::map<ScopeKey, bool> strays;
    for (const auto& [scope, rows] : scopes) {
        strays[scope] = rows * 100 < all && rows * 2 < largest[scope.billing_account_id];
    }
    return strays;
}

base::Result<Loaded> load_focus(engine::Engine& engine, const std::vector<Inspection>& files, const base::Path& folder,
                                const LoadOptions& options) {
    auto loaded = Load(engine, files, folder, options, focus_files::CsvReading::kParallel).run();
    // DuckDB's parallel reader refuses some sound files (line ends of several kinds, some long quoted
    // cells). Its one-threaded reader takes them, and the reconciliation holds for both.
    if (!loaded.ok() && (loaded.error().code == "engine.sql" || loaded.error().code == "ingest.reconciliation")) {
        return Load(engine, files, folder, options, focus_files::CsvReading::kTolerant).run();
    }
    return loaded;
}

} // namespace florin::ingest
