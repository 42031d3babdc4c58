// Files of one command that hold the same: of them the first counts.
#pragma once

#include "base/files.hpp"

#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

namespace florin::app {

/// Knows files by what is packed in them. One thread's.
class Copies {
public:
    /// Tells of copies in `passed_over`, which lives longer.
    explicit Copies(std::vector<std::string>& passed_over) : passed_over_(passed_over) {}

    /// Whether a file with that content was there before. A copy beside a bill is no second part of it.
    bool is_copy(const std::string& content_sha256, const base::Path& path) {
        const auto [at, added] = first_.try_emplace(content_sha256, path.string());
        if (!added) {
            passed_over_.push_back(fmt::format("{}: the same bill as {}", path.string(), at->second));
        }
        return !added;
    }

private:
    std::vector<std::string>& passed_over_;
    std::map<std::string, std::string> first_; ///< by content
};

} // namespace florin::app
