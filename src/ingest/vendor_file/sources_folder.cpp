#include "ingest/vendor_file/sources_folder.hpp"

#include "ingest/vendor_file/mapping_file.hpp"
#include "ingest/vendor_file/vendor_file.hpp"

#include <fmt/format.h>
#include <fnmatch.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>

namespace florin::ingest::vendor_file {
namespace {

constexpr std::size_t kFilesMax = 500;

bool is_good_name(std::string_view name) {
    return !name.empty() && name.front() != '-' && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

base::Result<void> check_name(const base::Path& file, const std::string& name) {
    const bool is_taken = name == "focus" || std::ranges::any_of(built_in_sources(), [&](const Source* known) {
                              return known->name() == name;
                          });
    if (is_taken) {
        return base::user_error("mapping.name_taken", fmt::format("the program has a source `{}` of its own", name))
            .at({.file = file.string()})
            .with_remedy("call the file differently");
    }
    if (!is_good_name(name)) {
        return base::user_error("mapping.name_taken",
                                "a source is called by small letters, digits and hyphens, and so is its file")
            .at({.file = file.string()})
            .with_remedy("call the file differently");
    }
    return {};
}

base::Result<void> read_one(const base::Path& file, SourcesFolder& found) {
    const std::string name = file.stem().string();
    FLORIN_TRY(check_name(file, name));
    FLORIN_TRY_ASSIGN(std::string bytes, base::read_file(file, kMappingBytesMax));
    FLORIN_TRY_ASSIGN(const MappingText text, MappingText::read(std::move(bytes), file.string()));
    FLORIN_TRY_ASSIGN(const std::string kind, text.scalar(text.root(), "kind"));
    if (kind == "focus") {
        FLORIN_TRY_ASSIGN(FocusConstants constants, parse_focus_constants(name, text));
        found.constants.push_back(std::move(constants));
        return {};
    }
    if (!kind.empty() && kind != "vendor") {
        return text.error("mapping.unknown_value",
                          with_suggestion("`kind` is vendor or focus", kind, {"vendor", "focus"}), text.root()["kind"]);
    }
    FLORIN_TRY_ASSIGN(VendorMapping mapping, parse_mapping(name, text, file.parent_path()));
    found.vendors.push_back(make_source(std::move(mapping)));
    return {};
}

} // namespace

std::vector<const Source*> SourcesFolder::all() const {
    const std::span<const Source* const> own = built_in_sources();
    std::vector<const Source*> sources(own.begin(), own.end());
    std::ranges::transform(vendors, std::back_inserter(sources), [](const auto& source) { return source.get(); });
    return sources;
}

const FocusConstants* SourcesFolder::constants_for(const base::Path& file, const std::string& named) const {
    const auto found = std::ranges::find_if(constants, [&](const FocusConstants& one) {
        return named.empty() ? !one.files.empty() && ::fnmatch(one.files.c_str(), file.filename().c_str(), 0) == 0
                             : one.name == named;
    });
    return found == constants.end() ? nullptr : &*found;
}

base::Result<SourcesFolder> read_sources_folder(const base::Path& folder) {
    SourcesFolder found;
    std::error_code code;
    if (!std::filesystem::is_directory(folder, code)) {
        return found;
    }
    FLORIN_TRY_ASSIGN(std::vector<base::Path> files, base::list_files(folder));
    std::erase_if(files,
                  [&](const base::Path& file) { return file.extension() != ".yaml" || file.parent_path() != folder; });
    if (files.size() > kFilesMax) {
        return base::user_error("mapping.too_large", fmt::format("more than {} mappings", kFilesMax))
            .at({.file = folder.string()});
    }
    for (const base::Path& file : files) {
        FLORIN_TRY(read_one(file, found));
    }
    return found;
}

} // namespace florin::ingest::vendor_file
