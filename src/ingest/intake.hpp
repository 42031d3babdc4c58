// Which files a person meant, and which of them belong together.
#pragma once

#include "base/files.hpp"
#include "ingest/inspection.hpp"

#include <string>
#include <vector>

namespace florin::ingest {

/// The files to ingest, in byte order of their paths, and those that were passed over and why.
struct Intake {
    std::vector<base::Path> bills;
    std::vector<base::Path> metadata;     ///< FOCUS metadata side-cars and manifests (*.json)
    std::vector<std::string> passed_over; ///< "PATH: not a bill"
};

/// Whether a file is a bill by its name: *.csv, *.parquet, *.jsonl and *.ndjson, each also with .gz or .zst, *.zip.
bool is_bill_name(const base::Path& path);

/// Expands files, folders (with what is below them) and patterns with * and ? in the last component.
/// A file that is named is taken whatever it is called; in folders and patterns only those of
/// is_bill_name(), and *.json as metadata; a workspace below a folder (its florin.yaml) is passed over. The *.json
/// beside a bill are metadata, too. Errors: `ingest.no_files`, `system.io`.
base::Result<Intake> find_files(const std::vector<std::string>& paths);

/// Files that share a billing account and period by more than stray rows are parts of one delivery.
/// Gives the groups in order of their first file.
std::vector<std::vector<Inspection>> group_into_deliveries(std::vector<Inspection> inspections);

/// Parts of one delivery lie in one folder. Files of different folders with one scope in common are
/// two versions of a bill, and taken together they would count it twice: conflict `ingest.two_versions`.
base::Result<void> check_no_two_versions(const std::vector<Inspection>& inspections);

/// What makes a delivery the same: SHA-256 over its source, the mapping version and the hashes of
/// its files in their order of value.
std::string delivery_identity(const std::string& source, int mapping_version, std::vector<std::string> hashes);

} // namespace florin::ingest
