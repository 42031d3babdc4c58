#include "ingest/aws_manifest.hpp"

#include "period/period.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>

namespace florin::ingest {
namespace {

/// What a manifest says of one part.
struct ManifestPart {
    std::string key; ///< path in the bucket
    std::string file_name;
    std::optional<std::uint64_t> bytes;
    std::optional<std::uint64_t> rows;
};

struct ManifestRun {
    base::Path path; ///< of the manifest
    std::string id;  ///< assembly or execution
    std::vector<ManifestPart> parts;
    std::optional<std::uint64_t> rows; ///< of all parts
    std::optional<period::Day> billing_period_start;
    std::optional<period::Instant> at;
};

std::string text_of(const nlohmann::json& object, std::initializer_list<const char*> names) {
    for (const char* name : names) {
        if (const auto at = object.find(name); at != object.end() && at->is_string()) {
            return at->get<std::string>();
        }
    }
    return {};
}

std::optional<std::uint64_t> count_of(const nlohmann::json& object, std::initializer_list<const char*> names) {
    for (const char* name : names) {
        if (const auto at = object.find(name); at != object.end() && at->is_number_unsigned()) {
            return at->get<std::uint64_t>();
        }
    }
    return std::nullopt;
}

std::optional<std::uint64_t> rows_of(const nlohmann::json& object) {
    return count_of(object, {"rowCount", "rows", "recordCount", "numRows", "totalRows"});
}

std::optional<ManifestPart> read_part(const nlohmann::json& entry) {
    ManifestPart part;
    if (entry.is_string()) {
        part.key = entry.get<std::string>();
    } else if (entry.is_object()) {
        part.key = text_of(entry, {"key", "path", "uri", "url", "name", "fileName"});
        part.bytes = count_of(entry, {"size", "bytes", "sizeBytes", "sizeInBytes", "fileSize", "contentLength"});
        part.rows = rows_of(entry);
    }
    part.file_name = part.key.substr(part.key.rfind('/') + 1);
    return part.file_name.empty() ? std::nullopt : std::optional(part);
}

/// `20161101T000000.000Z`, `20161101T000000Z` and what period::parse_instant reads.
std::optional<period::Instant> read_instant(const std::string& text) {
    if (const auto instant = period::parse_instant(text); instant.ok()) {
        return instant->instant;
    }
    if (text.size() < 15 || text[8] != 'T') {
        return std::nullopt;
    }
    const auto spread = fmt::format("{}-{}-{}T{}:{}:{}Z", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2),
                                    text.substr(9, 2), text.substr(11, 2), text.substr(13, 2));
    const auto instant = period::parse_instant(spread);
    return instant.ok() ? std::optional(instant->instant) : std::nullopt;
}

/// The manifest, where it is one.
std::optional<ManifestRun> read_run(const Manifest& manifest) {
    const nlohmann::json root = nlohmann::json::parse(manifest.json, nullptr, false);
    if (!root.is_object()) {
        return std::nullopt;
    }
    ManifestRun run{.path = manifest.path, .id = text_of(root, {"assemblyId", "executionId"})};
    const char* list = root.contains("reportKeys") ? "reportKeys" : "dataFiles";
    if (run.id.empty() || !root.contains(list) || !root[list].is_array()) {
        return std::nullopt;
    }
    for (const nlohmann::json& entry : root[list]) {
        if (auto part = read_part(entry)) {
            run.parts.push_back(std::move(*part));
        }
    }
    run.rows = rows_of(root);
    if (root.contains("billingPeriod") && root["billingPeriod"].is_object()) {
        if (const auto start = read_instant(text_of(root["billingPeriod"], {"start", "begin"}))) {
            run.billing_period_start = period::day_of(*start);
        }
    }
    for (const nlohmann::json* object : {&root, root.contains("executionStatus") ? &root["executionStatus"] : &root}) {
        if (object->is_object() && !run.at) {
            run.at = read_instant(text_of(*object, {"completedAt", "lastUpdatedAt", "createdAt"}));
        }
    }
    return run;
}

/// Whether all rows of a file are of the run's billing period.
bool of_period(const DeliveredFile& file, const ManifestRun& run) {
    return !run.billing_period_start ||
           (file.billing_periods.size() == 1 && file.billing_periods.contains(*run.billing_period_start));
}

/// How many components at the end of a file's folder are those of the key's folder.
std::size_t shared_folders(const base::Path& folder, const std::string& key) {
    const base::Path key_folder = base::Path(key).parent_path();
    std::vector<std::string> here(folder.begin(), folder.end());
    std::vector<std::string> there(key_folder.begin(), key_folder.end());
    const auto [at, other] = std::mismatch(here.rbegin(), here.rend(), there.rbegin(), there.rend());
    return static_cast<std::size_t>(at - here.rbegin());
}

base::Error fault(const ManifestRun& run, std::string code, std::string message, std::string remedy) {
    base::Error error = base::data_error(std::move(code), std::move(message)).with_remedy(std::move(remedy));
    error.place.file = run.path.string();
    return error;
}

/// The folder where the parts are, with the files in it by name: the one most like the manifest's keys, then
/// the one that has most of them, then the manifest's own.
using PartsByName = std::map<std::string, std::size_t>;
std::optional<std::pair<base::Path, PartsByName>> find_folder(const std::vector<DeliveredFile>& files,
                                                              const ManifestRun& run) {
    std::set<std::string> wanted;
    for (const ManifestPart& part : run.parts) {
        wanted.insert(part.file_name);
    }
    std::map<base::Path, PartsByName> folders;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const base::Path& path = files[i].path;
        if (wanted.contains(path.filename().string()) && of_period(files[i], run)) {
            folders[path.parent_path()][path.filename().string()] = i;
        }
    }
    const auto rank = [&run](const std::pair<const base::Path, PartsByName>& folder) {
        return std::tuple(shared_folders(folder.first, run.parts.front().key), folder.second.size(),
                          folder.first == run.path.parent_path());
    };
    const auto best = std::ranges::max_element(folders, {}, rank);
    return best == folders.end() ? std::nullopt : std::optional(std::pair(best->first, best->second));
}

base::Result<std::optional<FileGroup>> group_of(const std::vector<DeliveredFile>& files, const ManifestRun& run) {
    const auto found = run.parts.empty() ? std::nullopt : find_folder(files, run);
    if (!found) {
        return std::optional<FileGroup>();
    }
    const auto& [folder, by_name] = *found;
    FileGroup group{.files = {}, .ordered_at = run.at};
    std::uint64_t rows = 0;
    for (const ManifestPart& part : run.parts) {
        const auto at = by_name.find(part.file_name);
        std::error_code code;
        if (at == by_name.end() && std::filesystem::exists(folder / part.file_name, code)) {
            return fault(run, "manifest.missing_part",
                         fmt::format("of the {} parts of {}, {} was not named", run.parts.size(), run.id,
                                     (folder / part.file_name).string()),
                         "Name the folder, or all parts of the run; nothing of it was kept.");
        }
        if (at == by_name.end()) {
            return fault(run, "manifest.missing_part",
                         fmt::format("of the {} parts of {}, {} is not in {}", run.parts.size(), run.id, part.file_name,
                                     folder.string()),
                         "Fetch all parts of one run; nothing of it was kept.");
        }
        const DeliveredFile& file = files[at->second];
        if (part.bytes && *part.bytes != file.bytes) {
            return fault(
                run, "manifest.wrong_size",
                fmt::format("{} has {} bytes, and the manifest says {}", part.file_name, file.bytes, *part.bytes),
                "Fetch the file again.");
        }
        if (part.rows && *part.rows != file.rows) {
            return fault(run, "manifest.wrong_rows",
                         fmt::format("{} has {} rows, and the manifest says {}", part.file_name, file.rows, *part.rows),
                         "Fetch the file again.");
        }
        rows += file.rows;
        group.files.push_back(at->second);
    }
    if (run.rows && *run.rows != rows) {
        return fault(run, "manifest.wrong_rows",
                     fmt::format("the parts have {} rows, and the manifest says {}", rows, *run.rows),
                     "Fetch the files again.");
    }
    return std::optional(std::move(group));
}

} // namespace

base::Result<std::vector<FileGroup>> group_by_aws_manifests(const std::vector<DeliveredFile>& files,
                                                            const std::vector<Manifest>& manifests) {
    struct Found {
        FileGroup group;
        bool is_latest = false; ///< its manifest has a copy in the folder above, as AWS keeps for the latest
        base::Path folder;
    };
    std::map<std::string, Found> by_id;
    for (const Manifest& manifest : manifests) {
        const std::optional<ManifestRun> run = read_run(manifest);
        if (!run) {
            continue;
        }
        FLORIN_TRY_ASSIGN(const std::optional<FileGroup> group, group_of(files, *run));
        if (group) {
            Found& found = by_id[run->id];
            found.group = *group;
            found.folder = files[group->files.front()].path.parent_path();
            found.is_latest = found.is_latest || run->path.parent_path() == found.folder.parent_path();
        }
    }
    std::vector<Found> all;
    for (auto& [id, found] : by_id) {
        all.push_back(std::move(found));
    }
    std::ranges::stable_sort(all, {},
                             [](const Found& found) { return std::pair(found.is_latest, found.group.ordered_at); });
    std::vector<FileGroup> groups;
    std::set<std::size_t> taken;
    for (Found& found : all) {
        const bool is_new = std::ranges::none_of(found.group.files, [&](std::size_t i) { return taken.contains(i); });
        if (is_new) {
            taken.insert(found.group.files.begin(), found.group.files.end());
            groups.push_back(std::move(found.group));
        }
    }
    return groups;
}

} // namespace florin::ingest
