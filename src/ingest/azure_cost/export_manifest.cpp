#include "ingest/azure_cost/export_manifest.hpp"

#include "period/period.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>

namespace florin::ingest::azure_cost {
namespace {

using nlohmann::json;

base::Error manifest_error(std::string code, const Manifest& manifest, std::string message) {
    base::Error error = base::data_error(std::move(code), std::move(message));
    error.place.file = manifest.path.string();
    return std::move(error).with_remedy("fetch all files of the export run again, and its manifest with them");
}

std::string text_in(const json& object, const char* name) {
    const auto at = object.find(name);
    return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

/// What a blob's entry states must be what the file has.
base::Result<void> check_blob(const Manifest& manifest, const json& blob, const SourceFile& file) {
    const std::string name = file.head.path.filename().string();
    const auto check = [&](const char* member, std::uint64_t found, std::string_view of_what,
                           const char* code) -> base::Result<void> {
        const auto stated = blob.find(member);
        if (stated == blob.end() || !stated->is_number_unsigned() || stated->get<std::uint64_t>() == found) {
            return {};
        }
        return manifest_error(code, manifest,
                              fmt::format("the manifest states {} {} of {}, and the file has {}",
                                          stated->get<std::uint64_t>(), of_what, name, found));
    };
    FLORIN_TRY(check("byteCount", file.survey.file_bytes, "bytes", "manifest.wrong_size"));
    return check("dataRowCount", file.survey.rows, "rows", "manifest.wrong_rows");
}

base::Result<void> apply(const Manifest& manifest, const std::vector<SourceFile>& files, FileGroup& group) {
    const json stated = json::parse(manifest.json, nullptr, false);
    if (!stated.is_object() || !stated.contains("exportConfig") || !stated.contains("blobs") ||
        !stated["blobs"].is_array()) {
        return {};
    }
    for (const json& blob : stated["blobs"]) {
        const std::string path = blob.is_object() ? text_in(blob, "blobName") : std::string();
        const std::string name = path.substr(path.rfind('/') + 1);
        const auto at = std::ranges::find(files, manifest.path.parent_path() / name,
                                          [](const SourceFile& file) { return file.head.path; });
        if (at == files.end()) {
            return manifest_error("manifest.missing_part", manifest,
                                  fmt::format("the manifest lists {}, which is not there", name));
        }
        FLORIN_TRY(check_blob(manifest, blob, *at));
    }
    if (const auto run = stated.find("runInfo"); run != stated.end() && run->is_object()) {
        if (const auto submitted = period::parse_instant(text_in(*run, "submittedTime")); submitted.ok()) {
            group.ordered_at = submitted->instant;
        }
    }
    return {};
}

} // namespace

base::Result<void> apply_manifests(const std::vector<Manifest>& manifests, const std::vector<SourceFile>& files,
                                   FileGroup& group) {
    const base::Path folder = files[group.files.front()].head.path.parent_path();
    for (const Manifest& manifest : manifests) {
        if (manifest.path.parent_path() == folder) {
            FLORIN_TRY(apply(manifest, files, group));
        }
    }
    return {};
}

} // namespace florin::ingest::azure_cost
