#include "demo/native/native.hpp"

#include "demo/native/aws_month.hpp"
#include "demo/native/azure_month.hpp"
#include "demo/native/gcp_month.hpp"
#include "demo/native/native_truth.hpp"
#include "demo/native/oci_month.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace florin::demo {

namespace {

using Write = base::Result<std::vector<NativeFile>> (*)(const NativeOptions&, NativeTruth&,
                                                        const std::function<void(std::uint64_t)>&);

struct FormatInfo {
    NativeFormat format;
    std::string_view name;
    Write write;
};

constexpr std::array kFormats = {
    FormatInfo{
        NativeFormat::kAwsCur, "aws-cur",
        [](const NativeOptions& options, NativeTruth& truth, const std::function<void(std::uint64_t)>& progress) {
            return write_aws(options, false, truth, progress);
        }},
    FormatInfo{
        NativeFormat::kAwsCur2, "aws-cur2",
        [](const NativeOptions& options, NativeTruth& truth, const std::function<void(std::uint64_t)>& progress) {
            return write_aws(options, true, truth, progress);
        }},
    FormatInfo{
        NativeFormat::kAzureEa, "azure-ea",
        [](const NativeOptions& options, NativeTruth& truth, const std::function<void(std::uint64_t)>& progress) {
            return write_azure(options, false, truth, progress);
        }},
    FormatInfo{
        NativeFormat::kAzureMca, "azure-mca",
        [](const NativeOptions& options, NativeTruth& truth, const std::function<void(std::uint64_t)>& progress) {
            return write_azure(options, true, truth, progress);
        }},
    FormatInfo{NativeFormat::kGcp, "gcp", write_gcp},
    FormatInfo{NativeFormat::kOci, "oci", write_oci},
};

constexpr std::array kFormatList = [] {
    std::array<NativeFormat, kFormats.size()> list{};
    for (std::size_t i = 0; i < list.size(); ++i) {
        list[i] = kFormats[i].format;
    }
    return list;
}();

const FormatInfo& info(NativeFormat format) {
    return *std::ranges::find(kFormats, format, &FormatInfo::format);
}

base::Result<void> check_options(const NativeOptions& options) {
    if (options.formats.empty()) {
        return base::user_error("demo.bad_options", "no format is named");
    }
    if (options.month_start != period::month_start(options.month_start)) {
        return base::user_error("demo.bad_options", "the month must be given by its first day, not " +
                                                        period::to_string(options.month_start));
    }
    std::error_code code;
    if (std::filesystem::exists(options.folder, code) && !std::filesystem::is_empty(options.folder, code)) {
        return base::conflict_error("demo.folder_not_empty", "the folder is not empty: " + options.folder.string())
            .with_remedy("name a new folder, or empty this one");
    }
    return base::make_folders(options.folder);
}

nlohmann::ordered_json files_json(const std::vector<NativeFile>& files) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const NativeFile& file : files) {
        list.push_back({{"path", file.path.generic_string()}, {"rows", file.rows}});
    }
    return list;
}

} // namespace

std::span<const NativeFormat> native_formats() {
    return kFormatList;
}

std::string_view name(NativeFormat format) {
    return info(format).name;
}

std::optional<NativeFormat> find_native_format(std::string_view text) {
    const auto found = std::ranges::find(kFormats, text, &FormatInfo::name);
    return found == kFormats.end() ? std::nullopt : std::optional(found->format);
}

base::Result<NativeSummary> generate_native(const NativeOptions& options) {
    FLORIN_TRY(check_options(options));
    NativeSummary summary;
    nlohmann::ordered_json json;
    json["about"] = "What the bills in each folder add up to as FOCUS has them, exactly. Not a bill.";
    json["seed"] = options.seed;
    json["month"] = period::to_string(options.month_start).substr(0, 7);
    const std::uint64_t all = options.rows * options.formats.size();
    std::uint64_t before = 0;
    for (const NativeFormat format : options.formats) {
        NativeTruth truth;
        const auto progress = [&](std::uint64_t rows) {
            if (options.progress) {
                options.progress(before + rows, all);
            }
        };
        FLORIN_TRY_ASSIGN(const std::vector<NativeFile> files, info(format).write(options, truth, progress));
        before += options.rows;
        nlohmann::ordered_json& entry = json["formats"][std::string(name(format))];
        truth.write_to(entry);
        entry["files"] = files_json(files);
        for (const NativeFile& file : files) {
            summary.rows += file.rows;
        }
        summary.files.insert(summary.files.end(), files.begin(), files.end());
    }
    summary.truth = "truth.json";
    FLORIN_TRY(base::write_file_atomically(options.folder / summary.truth, json.dump(1) + '\n'));
    return summary;
}

} // namespace florin::demo
