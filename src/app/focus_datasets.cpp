#include "app/focus_datasets.hpp"

#include "app/quality_report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <map>

namespace florin::app {
namespace {

using focus::Dataset;
using ingest::focus_datasets::DatasetFile;

constexpr std::array<Dataset, 3> kDatasets = {Dataset::kBillingPeriod, Dataset::kContractCommitment,
                                              Dataset::kInvoiceDetail};

std::string empty_select(Dataset dataset) {
    std::string list;
    for (const auto& [name, type] : ingest::focus_datasets::parquet_columns(dataset)) {
        if (name != ingest::focus_datasets::kScopeColumn) {
            list += fmt::format("{}CAST(NULL AS {}) AS {}", list.empty() ? "" : ", ", type, engine::sql_name(name));
        }
    }
    return fmt::format("SELECT {} WHERE false", list);
}

} // namespace

std::string dataset_quality_json(const std::vector<DatasetFile>& files) {
    nlohmann::json quality = {{"files", nlohmann::json::array()},
                              {"findings", nlohmann::json::array()},
                              {"reconciliation", nlohmann::json::array()}};
    for (const DatasetFile& file : files) {
        quality["files"].push_back({{"name", file.path.filename().string()},
                                    {"format", format_name(file.format)},
                                    {"focus_version", focus::name(file.version)},
                                    {"rows", file.rows},
                                    {"billed_cost", file.billed_cost},
                                    {"rounded_away", file.rounded_away}});
        for (const ingest::Finding& finding : file.findings) {
            quality["findings"].push_back(finding_json(finding, file.path));
        }
    }
    return quality.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

base::Result<void> load_datasets(engine::Engine& engine, const std::vector<DatasetFile>& files,
                                 const base::Path& folder, lake::Delivery& draft) {
    const Dataset dataset = files.front().dataset;
    const std::string name = fmt::format("{}.parquet", ingest::focus_datasets::table_name(dataset));
    std::vector<const DatasetFile*> all;
    std::map<std::string, std::uint64_t> scopes;
    for (const DatasetFile& file : files) {
        all.push_back(&file);
        for (const auto& [scope, rows] : file.scopes) {
            scopes[scope] += rows;
        }
        for (lake::ProviderPeriod statement : file.period_states) {
            statement.source = draft.source;
            draft.period_states.push_back(std::move(statement));
        }
    }
    FLORIN_TRY(ingest::focus_datasets::write(engine, all, folder / name));
    for (const auto& [scope, rows] : scopes) {
        draft.datasets.push_back({std::string(focus::name(dataset)), scope, rows, name});
    }
    return {};
}

std::vector<DatasetTable> dataset_tables(const lake::Lake& lake, std::span<const lake::Delivery> deliveries,
                                         std::optional<period::Instant> as_of) {
    std::map<std::string, std::map<std::string, std::vector<std::string>>> scopes; // dataset, file -> scopes
    for (const lake::PartReference& reference : lake::select_datasets(deliveries, as_of)) {
        const lake::DatasetPart& part = deliveries[reference.delivery].datasets[reference.part];
        scopes[part.dataset][(lake.folder() / part.path).string()].push_back(part.scope);
    }
    std::vector<DatasetTable> tables;
    for (const Dataset dataset : kDatasets) {
        DatasetTable table{dataset, std::string(ingest::focus_datasets::table_name(dataset)), {}, {}};
        for (const auto& [file, of_file] : scopes[std::string(focus::name(dataset))]) {
            table.files.push_back(file);
            table.sql += fmt::format("{}SELECT * EXCLUDE ({}) FROM {} WHERE list_contains({}, {})",
                                     table.sql.empty() ? "" : " UNION ALL ", ingest::focus_datasets::kScopeColumn,
                                     engine::sql_parquet({file}), engine::sql_list(of_file),
                                     ingest::focus_datasets::kScopeColumn);
        }
        table.sql = table.sql.empty() ? empty_select(dataset) : table.sql;
        tables.push_back(std::move(table));
    }
    return tables;
}

} // namespace florin::app
