#include "ingest/loader.hpp"

#include "ingest/exact_text.hpp"
#include "ingest/focus_files/mapping.hpp"
#include "ingest/part_writer.hpp"
#include "lake/storage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace florin::ingest {
namespace {

using engine::sql_text;

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
         const LoadOptions& options, CsvReading reading)
        : engine_(engine), files_(files), folder_(folder), reading_(reading), writer_(engine, folder, options) {}

    base::Result<Loaded> run();

private:
    base::Result<void> write_charges(std::vector<lake::Part>& parts);
    base::Result<std::vector<ReconciledGroup>> reconcile(const LakeGroups& groups) const;

    engine::Engine& engine_;
    const std::vector<Inspection>& files_;
    const base::Path& folder_;
    CsvReading reading_;
    PartWriter writer_;
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
    LakeGroups groups;
    for (lake::Part& part : loaded.parts) {
        FLORIN_TRY(writer_.complete(part, groups));
    }
    FLORIN_TRY_ASSIGN(loaded.reconciliation, reconcile(groups));
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
            fmt::format("COPY ({}) TO {} {}", select, sql_text(writer_.path(parts.front(), "charges")), kParquet)));
        return {};
    }
    // Several scopes in one delivery: load once, in order, then cut it into a file a scope.
    const std::string all = (folder_ / "all.tmp.parquet").string();
    FLORIN_TRY(
        engine_.execute(fmt::format("COPY ({}) TO {} (FORMAT parquet, COMPRESSION lz4)", select, sql_text(all))));
    for (const lake::Part& part : parts) {
        FLORIN_TRY(engine_.execute(fmt::format(
            "COPY (SELECT * FROM {} WHERE BillingAccountId = {} AND BillingPeriodStart = {} AND "
            "BillingPeriodEnd = {}) TO {} {}",
            engine::sql_parquet({all}), sql_text(part.billing_account_id), sql_instant(part.billing_period_start),
            sql_instant(part.billing_period_end), sql_text(writer_.path(part, "charges")), kParquet)));
    }
    return base::remove_all(folder_ / "all.tmp.parquet");
}

base::Result<std::vector<ReconciledGroup>> Load::reconcile(const LakeGroups& groups) const {
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
    for (const auto& [key, sums] : groups) {
        ReconciledGroup group = expected[key];
        group.key = key;
        group.lake = sums.costs;
        for (std::size_t i = 0; i < 4; ++i) {
            const std::string lake_and_rest = exact_plus(group.lake[i].to_string(), group.rounded_away[i]);
            if (group.rows != sums.rows || lake_and_rest != group.source[i]) {
                return not_reconciled(fmt::format(
                    "source and lake differ for {} {} from {}, account {}, service {}, {}: {} rows and {} {} in the "
                    "source, {} rows and {} in the lake, {} rounded away",
                    key.provider, key.currency, period::to_string(key.billing_period_start), key.account, key.service,
                    key.line_type.empty() ? "no charge category" : key.line_type, group.rows, lake::kCosts[i],
                    group.source[i], sums.rows, group.lake[i].to_string(), group.rounded_away[i]));
            }
        }
        reconciled.push_back(std::move(group));
    }
    FLORIN_CHECK(expected.size() == groups.size(), "the two readers found different groups of rows");
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
    auto loaded = Load(engine, files, folder, options, CsvReading::kParallel).run();
    // DuckDB's parallel reader refuses some sound files (line ends of several kinds, some long quoted
    // cells). Its one-threaded reader takes them, and the reconciliation holds for both.
    if (!loaded.ok() && (loaded.error().code == "engine.sql" || loaded.error().code == "ingest.reconciliation")) {
        return Load(engine, files, folder, options, CsvReading::kTolerant).run();
    }
    return loaded;
}

} // namespace florin::ingest
