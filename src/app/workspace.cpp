#include "app/workspace.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <thread>

namespace florin::app {
namespace fs = std::filesystem;
namespace {

base::Error no_workspace(const std::string& where) {
    return base::user_error("workspace.none", fmt::format("there is no workspace in {}", where))
        .with_remedy("make one with `florin init DIR`, or name one with --workspace DIR or FLORIN_WORKSPACE");
}

} // namespace

base::Result<Workspace> Workspace::open(const base::Path& folder, const base::Clock& clock) {
    const base::Path file = folder / kConfigurationFile;
    std::error_code code;
    if (!fs::is_regular_file(file, code)) {
        return no_workspace(folder.string());
    }
    FLORIN_TRY_ASSIGN(const std::string text, base::read_file(file, 1U << 20U));
    Workspace workspace(folder, clock);
    FLORIN_TRY_ASSIGN(workspace.configuration_, parse_configuration(text, file.string()));
    if (workspace.configuration_.name.empty()) {
        workspace.configuration_.name = fs::absolute(folder).lexically_normal().filename().string();
    }
    FLORIN_TRY_ASSIGN(workspace.lake_, lake::Lake::open(folder / "lake"));
    return workspace;
}

engine::Limits Workspace::limits(const base::Path& scratch) const {
    const int processors = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    return {.threads = configuration_.threads > 0 ? configuration_.threads : processors,
            .memory_bytes = static_cast<std::uint64_t>(configuration_.memory_mb) << 20U,
            .temporary_folder = scratch};
}

base::Result<std::unique_ptr<engine::Engine>> Workspace::open_engine(const base::Path& scratch) const {
    return engine::open_duckdb(limits(scratch));
}

base::Result<void> initialise_workspace(const base::Path& folder, const std::string& name) {
    FLORIN_TRY(base::make_folders(folder));
    const base::Path file = folder / kConfigurationFile;
    std::error_code code;
    if (fs::exists(file, code)) {
        return base::conflict_error("workspace.exists", fmt::format("{} is a workspace already", folder.string()));
    }
    const std::string title = name.empty() ? fs::absolute(folder).lexically_normal().filename().string() : name;
    FLORIN_TRY(base::write_file_atomically(folder / ".gitignore", "/lake/\n"));
    return base::write_file_atomically(file, configuration_template(nlohmann::json(title).dump()));
}

base::Result<base::Path> find_workspace(const std::string& named, const base::Path& start) {
    if (!named.empty()) {
        return base::Path(named);
    }
    for (base::Path folder = fs::absolute(start).lexically_normal();; folder = folder.parent_path()) {
        std::error_code code;
        if (fs::is_regular_file(folder / kConfigurationFile, code)) {
            return folder;
        }
        if (folder == folder.parent_path()) {
            return no_workspace(start.string() + " or above it");
        }
    }
}

} // namespace florin::app
