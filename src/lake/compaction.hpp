// Compacted files: the tuples and daily sums of many small scopes in one file a billing period, so
// that a question opens a few files instead of thousands. Derived and never the record: each is named
// after exactly the parts it was made from, counts only while these are what is current, and can be
// deleted at any time.
#pragma once

#include "engine/engine.hpp"
#include "lake/lake.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace florin::lake {

struct CompactionReport {
    std::uint64_t written = 0; ///< billing periods whose file was made now
    std::uint64_t kept = 0;    ///< that had theirs already
    std::uint64_t removed = 0; ///< files that no longer stand for what is current
    std::uint64_t scopes = 0;  ///< covered by all of them
};

/// Makes what is missing, and removes what is stale unless somebody reads. Errors of the lake and the
/// engine.
base::Result<CompactionReport> compact(Lake& lake, engine::Engine& engine, const std::vector<std::string>& precedence);

/// How many current scopes with daily sums no compacted file covers. Errors of the lake.
base::Result<std::uint64_t> scopes_not_compacted(Lake& lake, const std::vector<std::string>& precedence);

} // namespace florin::lake
