// A workspace: a folder with florin.yaml and the lake beside it.
#pragma once

#include "app/configuration.hpp"
#include "base/clock.hpp"
#include "engine/engine.hpp"
#include "lake/lake.hpp"

#include <memory>
#include <optional>
#include <string>

namespace florin::app {

inline constexpr std::string_view kConfigurationFile = "florin.yaml";

/// An open workspace. One thread at a time.
class Workspace {
public:
    /// Opens the workspace in `folder`. Errors: `workspace.none`, those of the configuration and the lake.
    static base::Result<Workspace> open(const base::Path& folder, const base::Clock& clock);

    const Configuration& configuration() const { return configuration_; }
    const base::Path& folder() const { return folder_; }
    /// Where mappings of vendors' files and side-cars of constants are; may not exist.
    base::Path sources_folder() const { return folder_ / "sources"; }
    lake::Lake& lake() { return *lake_; }
    period::Instant now() const { return clock_->now(); }
    period::Day today() const { return std::chrono::floor<std::chrono::days>(clock_->now()); }

    /// An engine within the workspace's limits. `scratch` is where it may spill; empty: nowhere.
    base::Result<std::unique_ptr<engine::Engine>> open_engine(const base::Path& scratch) const;
    engine::Limits limits(const base::Path& scratch) const;

private:
    Workspace(base::Path folder, const base::Clock& clock) : folder_(std::move(folder)), clock_(&clock) {}
    base::Path folder_;
    const base::Clock* clock_;
    Configuration configuration_;
    std::unique_ptr<lake::Lake> lake_;
};

/// Makes a workspace: the folder and its florin.yaml. Error `workspace.exists`.
base::Result<void> initialise_workspace(const base::Path& folder, const std::string& name);

/// The workspace a command means: `named` where it is not empty, else the nearest folder from
/// `start` upward that holds florin.yaml. Error `workspace.none`.
base::Result<base::Path> find_workspace(const std::string& named, const base::Path& start);

} // namespace florin::app
