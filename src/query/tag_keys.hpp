// Which tag keys the charges carry.
#pragma once

#include "base/result.hpp"
#include "engine/engine.hpp"
#include "lake/storage.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace florin::query {

/// The tag keys of the files, the one on most distinct tuples first, at most `limit`. Tags that are
/// no JSON object have none.
base::Result<std::vector<std::string>> tag_keys(std::span<const lake::FileSet> files, engine::Engine& engine,
                                                std::uint64_t limit);

} // namespace florin::query
