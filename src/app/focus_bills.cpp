#include "app/focus_bills.hpp"

#include "app/source_bills.hpp"
#include "ingest/aws_manifest.hpp"
#include "ingest/intake.hpp"
#include "ingest/loader.hpp"

#include "lake/storage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace florin::app {
namespace {

using ingest::Inspection;

constexpr std::string_view kExportTime = "x_ExportTime";

/// By the columns that only Google's export has together (Google Cloud, FOCUS usage cost data schema,
/// docs.cloud.google.com/billing/docs/how-to/export-data-bigquery-tables/focus-export, read 2026-11-24).
bool is_of_google(const Inspection& file) {
    return std::ranges::all_of(std::array{kExportTime, std::string_view("x_CostType"), std::string_view("x_Credits")},
                               [&file](std::string_view name) {
                                   return std::ranges::find(file.columns, name, &ingest::ColumnUse::lake_name) !=
                                          file.columns.end();
                               });
}

/// First and last.
using ExportTimes = std::pair<period::Instant, period::Instant>;

std::optional<period::Instant> read_time(const engine::Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) {
        return std::nullopt;
    }
    const auto parsed = period::parse_instant(text->ends_with("+00") ? *text + ":00" : *text);
    return parsed.ok() ? std::optional(parsed->instant) : std::nullopt;
}

base::Result<std::optional<ExportTimes>> export_times(engine::Engine& engine, const std::vector<std::string>& files) {
    if (files.empty()) {
        return std::optional<ExportTimes>();
    }
    FLORIN_TRY_ASSIGN(
        const engine::Table table,
        engine.query(fmt::format("SELECT min(t), max(t) FROM (SELECT {}[{}] AS t FROM {})", lake::column::kCustom,
                                 engine::sql_text(kExportTime), engine::sql_parquet(files))));
    const auto first = read_time(table.rows[0][0]);
    const auto last = read_time(table.rows[0][1]);
    return first && last ? std::optional(ExportTimes(*first, *last)) : std::nullopt;
}

} // namespace

base::Result<std::vector<FocusDelivery>> group_focus(std::vector<Inspection> files,
                                                     const std::vector<base::Path>& manifests,
                                                     std::vector<std::string>& passed_over) {
    std::vector<FocusDelivery> deliveries;
    if (files.empty()) {
        return deliveries;
    }
    std::vector<ingest::DeliveredFile> delivered;
    for (const Inspection& file : files) {
        ingest::DeliveredFile& one = delivered.emplace_back();
        one.path = file.path;
        one.bytes = file.file_bytes;
        one.rows = file.rows + file.quarantined.rows;
        for (const auto& [scope, stray] : ingest::find_strays(file.scopes)) {
            if (!stray) {
                one.billing_periods.insert(period::day_of(scope.billing_period_start));
            }
        }
    }
    FLORIN_TRY_ASSIGN(const std::vector<ingest::Manifest> read, read_manifests(manifests, passed_over));
    FLORIN_TRY_ASSIGN(const auto groups, ingest::group_by_aws_manifests(delivered, read));
    std::vector<bool> taken(files.size());
    for (const ingest::FileGroup& group : groups) {
        FocusDelivery& delivery = deliveries.emplace_back();
        delivery.ordered_at = group.ordered_at;
        for (const std::size_t file : group.files) {
            taken[file] = true;
            delivery.files.push_back(std::move(files[file]));
        }
    }
    std::vector<Inspection> others;
    std::map<base::Path, std::vector<Inspection>> of_google; // by folder
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (taken[i]) {
            continue;
        }
        if (is_of_google(files[i])) {
            const base::Path folder = files[i].path.parent_path();
            of_google[folder].push_back(std::move(files[i]));
        } else {
            others.push_back(std::move(files[i]));
        }
    }
    for (auto& [folder, exported] : of_google) { // BigQuery writes one query's rows to several files of a folder
        for (std::vector<Inspection>& group : ingest::group_into_deliveries(std::move(exported))) {
            deliveries.push_back({.files = std::move(group), .ordered_at = {}, .has_export_times = true});
        }
    }
    FLORIN_TRY(ingest::check_no_two_versions(others));
    for (std::vector<Inspection>& group : ingest::group_into_deliveries(std::move(others))) {
        deliveries.push_back({.files = std::move(group), .ordered_at = {}, .has_export_times = false});
    }
    return deliveries;
}

base::Result<void> mode_by_export_times(Workspace& workspace, engine::Engine& engine, const base::Path& folder,
                                        lake::Delivery& draft) {
    std::set<std::string> scopes;
    std::vector<std::string> files;
    for (const lake::Part& part : draft.parts) {
        scopes.insert(part.scope);
        files.push_back((folder / (part.stem + ".charges.parquet")).string());
    }
    FLORIN_TRY_ASSIGN(const auto times, export_times(engine, files));
    if (!times) {
        return {};
    }
    FLORIN_TRY_ASSIGN(const lake::CurrentFiles current,
                      workspace.lake().current(std::nullopt, workspace.configuration().precedence));
    std::map<std::size_t, std::vector<std::string>> there; // by delivery
    for (const lake::PartReference& reference : current.parts) {
        const lake::Delivery& delivery = current.deliveries[reference.delivery];
        const lake::Part& part = delivery.parts[reference.part];
        if (delivery.source == draft.source && scopes.contains(part.scope) && part.has_files()) {
            there[reference.delivery].push_back(workspace.lake().files_of(part).charges);
        }
    }
    bool replaces = false;
    bool adds = false;
    for (const auto& [delivery, charges] : there) {
        FLORIN_TRY_ASSIGN(const auto before, export_times(engine, charges));
        const bool apart = !before || before->second < times->first || times->second < before->first;
        const bool within = before && times->first <= before->first && before->second <= times->second;
        if (!apart && !within) {
            return base::conflict_error(
                       "ingest.export_overlap",
                       fmt::format("the export times from {} to {} overlap those of delivery {}, from {} to {}",
                                   period::to_string(times->first), period::to_string(times->second),
                                   current.deliveries[delivery].id.value(), period::to_string(before->first),
                                   period::to_string(before->second)))
                .with_remedy("export what is later than the last one, or all of it again");
        }
        adds = adds || apart;
        replaces = replaces || within;
    }
    if (adds && replaces) {
        return base::conflict_error("ingest.export_overlap",
                                    fmt::format("the export times from {} to {} take in some deliveries that count and "
                                                "leave out others",
                                                period::to_string(times->first), period::to_string(times->second)))
            .with_remedy("export what is later than the last one, or all of it again");
    }
    draft.mode = replaces ? lake::Mode::kSnapshot : lake::Mode::kAppend;
    draft.ordered_at = times->second;
    return {};
}

} // namespace florin::app
