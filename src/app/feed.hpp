// feeds/NAME.yaml: where bills come from, as a command that brings them into a folder.
#pragma once

#include "base/files.hpp"
#include "base/result.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace florin::app {

inline constexpr std::string_view kFeedsFolder = "feeds";

/// One feed. Nothing here is a secret: the command finds its credentials in its environment or its own files.
struct Feed {
    std::string name;                          ///< of the file, without `.yaml`
    std::vector<std::string> command;          ///< the program and its arguments; no shell reads them
    base::Path into;                           ///< the folder it fills; below the workspace unless absolute
    std::optional<std::chrono::seconds> every; ///< how often it is due; without it, at every call
    std::chrono::seconds timeout{std::chrono::hours(1)};
    std::string source; ///< as IngestRequest::source
};

/// Reads one feed. Errors `config.*` with the line and a caret.
base::Result<Feed> parse_feed(const std::string& text, const std::string& file_name);

/// The feeds of the workspace in `folder`, by name. No folder `feeds` is no feed. Errors: of a file.
base::Result<std::vector<Feed>> read_feeds(const base::Path& folder);

/// Those of `names`, or all without one. Errors: as above, `feed.none` (there is no feed at all),
/// `feed.unknown` with the nearest name.
base::Result<std::vector<Feed>> choose_feeds(const base::Path& folder, const std::vector<std::string>& names);

} // namespace florin::app
