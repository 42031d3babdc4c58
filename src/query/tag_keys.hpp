// Which tag keys and custom columns the charges carry.
#pragma once

#include "base/result.hpp"
#include "engine/engine.hpp"
#include "lake/storage.hpp"
#include "query/answer.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace florin::query {

/// The tag keys of the files, the one on most distinct tuples first, at most `limit`. Tags that are
/// no JSON object have none.
base::Result<std::vector<std::string>> tag_keys(std::span<const lake::FileSet> files, engine::Engine& engine,
                                                std::uint64_t limit);

/// Sentences about tags and custom columns that the question names and no charge of the files has, with the
/// most similar one that there is. Looked for only where the answer has nothing of them: a dimension without
/// a value, or a filter that no charge passed. Custom columns are then looked up in all charges.
base::Result<std::vector<std::string>> unknown_key_notes(const Answer& answer, std::span<const lake::FileSet> files,
                                                         engine::Engine& engine);

} // namespace florin::query
