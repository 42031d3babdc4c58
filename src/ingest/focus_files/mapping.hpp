// How a FOCUS file becomes rows of the lake: one SELECT over the file as the engine reads it. What
// has to be mended is known from the inspection, so a clean file pays for nothing.
#pragma once

#include "engine/engine.hpp"
#include "ingest/inspection.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace florin::ingest::focus_files {

/// Raised whenever the same file would give other rows than before.
inline constexpr int kMappingVersion = 1;

/// How the engine is to read CSV. The inspection has read the file already and vouches for it.
enum class CsvReading : std::uint8_t {
    kParallel, ///< strictly, on all threads: fast, but some sound files are refused
    kTolerant, ///< on one thread, line ends of several kinds and all
};

/// A SELECT over one file that gives the columns of a charges file in the file's row order. The
/// engine is asked for the types of a Parquet file's columns.
base::Result<std::string> select_statement(engine::Engine& engine, const Inspection& inspection, CsvReading reading);

/// Names of the columns of a charges file, in order.
const std::vector<std::string>& charge_columns();

} // namespace florin::ingest::focus_files
