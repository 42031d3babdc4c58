#include "app/check_lake.hpp"

#include "lake/file_hashes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace florin::app {
namespace {

using Sums = std::map<std::string, std::array<money::Decimal, 4>>;

/// Sums by currency; one column of text, then the four costs.
base::Result<Sums> sums(engine::Engine& engine, const std::string& statement) {
    FLORIN_TRY_ASSIGN(const engine::Table table, engine.query(statement));
    Sums found;
    for (const auto& row : table.rows) {
        for (std::size_t i = 0; i < 4; ++i) {
            found[std::get<std::string>(row[0])][i] = std::get<money::Decimal>(row[1 + i]);
        }
    }
    return found;
}

constexpr std::string_view kFourSums = "coalesce(sum(BilledCost), 0), coalesce(sum(EffectiveCost), 0), "
                                       "coalesce(sum(ListCost), 0), coalesce(sum(ContractedCost), 0)";

std::string daily_sums(const lake::FileSet& files) {
    return fmt::format("SELECT BillingCurrency, {} FROM {} JOIN {} USING (TupleKey) GROUP BY 1", kFourSums,
                       engine::sql_parquet({files.cells}), engine::sql_parquet({files.tuples}));
}

/// One line: the engine adds its statement below.
std::string unreadable(const base::Error& error) {
    return "its charges cannot be read: " + error.message.substr(0, error.message.find('\n'));
}

base::Result<void> check_part(engine::Engine& engine, const lake::FileSet& files, const lake::Part& part,
                              lake::DeliveryId id, std::vector<lake::Problem>& problems) {
    Sums stated;
    for (const auto& [currency, costs] : part.sums) {
        stated[currency] = costs.costs;
    }
    if (!std::filesystem::exists(files.charges)) {
        return {}; // the lake's own check says so
    }
    const auto charges = sums(engine, fmt::format("SELECT BillingCurrency, {} FROM {} GROUP BY 1", kFourSums,
                                                  engine::sql_parquet({files.charges})));
    if (!charges.ok() && charges.error().code == "engine.interrupted") {
        return charges.error();
    }
    if (!charges.ok() || *charges != stated) {
        problems.push_back({"lake.sums",
                            fmt::format("delivery {}, {}: {}", id.value(), part.name(),
                                        charges.ok() ? "its charges do not sum to what the catalog says"
                                                     : unreadable(charges.error())),
                            false, false, files.charges});
        return {};
    }
    if (!part.has_cells) {
        return {};
    }
    const auto cells = sums(engine, daily_sums(files));
    if (!cells.ok() || *cells != stated) {
        problems.push_back(
            {"lake.daily_sums",
             fmt::format("delivery {}, {}: its daily sums differ from its charges", id.value(), part.name()), false,
             false, files.cells});
    }
    return {};
}

/// Compacted files must say what the files of their members say.
base::Result<void> check_compacted(Workspace& workspace, engine::Engine& engine, std::vector<lake::Problem>& problems) {
    const auto current = workspace.lake().current(std::nullopt, workspace.configuration().precedence);
    if (!current.ok()) {
        return current.error();
    }
    for (const lake::CompactedGroup& group : current->compacted) {
        Sums stated;
        for (const std::size_t member : group.members) {
            const lake::PartReference& reference = current->parts[member];
            for (const auto& [currency, costs] : current->deliveries[reference.delivery].parts[reference.part].sums) {
                for (std::size_t i = 0; i < 4; ++i) {
                    FLORIN_TRY_ASSIGN(stated[currency][i], stated[currency][i].plus(costs.costs[i]));
                }
            }
        }
        const auto cells = sums(engine, daily_sums(group.files));
        if (!cells.ok() || *cells != stated) {
            problems.push_back(
                {"lake.compacted",
                 fmt::format("{} differs from the daily sums it was made from; delete it", group.files.cells), false,
                 false});
        }
    }
    return {};
}

void check_raw_files(const base::Path& lake, const lake::Delivery& delivery, std::vector<lake::Problem>& problems) {
    for (const lake::RawFile& raw : delivery.raw_files) {
        if (!raw.kept) {
            continue;
        }
        // One that cannot be read is missing, which the lake's own check says.
        const auto hash = lake::hash_of_file(lake / raw.path);
        if (hash.ok() && *hash != raw.sha256) {
            problems.push_back(
                {"lake.raw_file",
                 fmt::format("delivery {}: {} is not the file that was taken in", delivery.id.value(), raw.path), false,
                 false});
        }
    }
}

} // namespace

base::Result<std::vector<lake::Problem>> check_lake(Workspace& workspace, bool repair,
                                                    const std::function<void(engine::Engine*)>& running) {
    FLORIN_TRY_ASSIGN(std::vector<lake::Problem> problems, workspace.lake().doctor(repair));
    FLORIN_TRY_ASSIGN(const base::FileLock lock, workspace.lake().read_lock());
    FLORIN_TRY_ASSIGN(const std::vector<lake::Delivery> all, workspace.lake().deliveries());
    FLORIN_TRY_ASSIGN(const auto engine, workspace.open_engine({}));
    if (running) {
        running(engine.get());
    }
    base::Result<void> checked;
    for (const lake::Delivery& delivery : all) {
        if (!delivery.pruned_at.has_value()) {
            check_raw_files(workspace.lake().folder(), delivery, problems);
        }
        for (const lake::Part& part : delivery.parts) {
            if (checked.ok() && !delivery.pruned_at.has_value() && part.has_files()) {
                checked = check_part(*engine, workspace.lake().files_of(part), part, delivery.id, problems);
            }
        }
    }
    if (checked.ok()) {
        checked = check_compacted(workspace, *engine, problems);
    }
    if (running) {
        running(nullptr);
    }
    if (!checked.ok()) {
        return std::move(checked).error();
    }
    // What has no hash yet gets that of a file whose sums are right.
    const bool is_sound = std::ranges::all_of(problems, [](const lake::Problem& problem) { return problem.repaired; });
    FLORIN_TRY_ASSIGN(std::vector<lake::Problem> changed, workspace.lake().check_hashes(repair && is_sound));
    std::erase_if(changed, [&](const lake::Problem& problem) { // whose sums say so already
        return !problem.file.empty() && std::ranges::count(problems, problem.file, &lake::Problem::file) > 0;
    });
    problems.insert(problems.end(), changed.begin(), changed.end());
    return problems;
}

} // namespace florin::app
