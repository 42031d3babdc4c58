// How a FOCUS file becomes rows of the lake: one SELECT over the file as the engine reads it. What
// has to be mended is known from the inspection, so a clean file pays for nothing.
#pragma once

#include "engine/engine.hpp"
#include "ingest/inspection.hpp"
#include "ingest/text_file.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace florin::ingest::focus_files {

/// Raised whenever the same file would give other rows than before.
inline constexpr int kMappingVersion = 3;

/// A SELECT over one file that gives the columns of a charges file in the file's row order. The
/// engine is asked for the types of a Parquet file's columns.
base::Result<std::string> select_statement(engine::Engine& engine, const Inspection& inspection, CsvReading reading);

/// A SELECT of the columns of a charges file over `relation`, a table expression that has those named in
/// `present`; the others are NULL. ChargeDay and TupleKey are made of them.
std::string charges_select(const std::set<std::string>& present, const std::string& relation);

/// Names of the columns of a charges file, in order.
const std::vector<std::string>& charge_columns();

} // namespace florin::ingest::focus_files
