#include "ingest/inspection.hpp"

#include "ingest/file_error.hpp"
#include "ingest/inspection_csv.hpp"
#include "ingest/inspection_parquet.hpp"
#include "ingest/json_lines.hpp"
#include "ingest/text_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace florin::ingest {
namespace {

base::Result<Inspection> inspect_csv_file(const base::Path& path, const InspectionOptions& options) {
    FLORIN_TRY_ASSIGN(ByteSource source, ByteSource::open(path));
    FLORIN_TRY_ASSIGN(CsvInspection inspected, inspect_csv(std::move(source), path, options));
    Inspection& inspection = inspected.inspection;
    inspection.load_path = path;
    if (inspected.set_aside.empty()) {
        if (inspection.compression == Compression::kZip) { // the engine does not read it
            FLORIN_TRY_ASSIGN(inspection.load_path, staged_path(options.staging_folder, path, ".csv"));
            FLORIN_TRY(unpack(path, inspection.load_path));
        }
        return std::move(inspection);
    }
    FLORIN_TRY_ASSIGN(inspection.load_path, staged_path(options.staging_folder, path, ".csv"));
    FLORIN_TRY(split_rows(path, inspected, inspection.load_path, *options.quarantine));
    inspection.quarantined.first->place.file = path.string();
    if (inspection.rows == 0) {
        return all_set_aside(inspection.quarantined, path);
    }
    return std::move(inspection);
}

base::Result<Inspection> inspect_json_lines(const base::Path& path, const InspectionOptions& options) {
    FLORIN_TRY_ASSIGN(const base::Path csv, staged_path(options.staging_folder, path, ".csv"));
    FLORIN_TRY_ASSIGN(const JsonLines lines, convert_json_lines(path, csv, options.quarantine.has_value()));
    FLORIN_TRY_ASSIGN(ByteSource source, ByteSource::open(csv, ByteSource::Hashing::kNone));
    auto inspected = inspect_csv(std::move(source), csv, options);
    if (!inspected.ok()) {
        return in_file(std::move(inspected).error(), path);
    }
    Inspection& inspection = inspected->inspection;
    inspection.path = path;
    inspection.format = FileFormat::kJsonLines;
    inspection.compression = lines.compression;
    inspection.file_bytes = lines.file_bytes;
    inspection.sha256 = lines.sha256;
    inspection.content_sha256 = lines.content_sha256;
    inspection.row_offsets.offsets = lines.row_offsets;
    inspection.load_path = csv;
    if (!inspected->set_aside.empty()) {
        FLORIN_TRY_ASSIGN(inspection.load_path, staged_path(options.staging_folder, path, ".good.csv"));
        FLORIN_TRY(split_rows(csv, *inspected, inspection.load_path, {}));
        FLORIN_TRY(base::remove_all(csv));
    }
    join_set_aside(set_aside(lines.bad_lines), inspection);
    if (inspection.quarantined.rows > 0) {
        inspection.quarantined.first->place.file = path.string();
        FLORIN_TRY(copy_lines(path, inspection.quarantined.row_numbers, *options.quarantine));
    }
    if (inspection.rows == 0) {
        return all_set_aside(inspection.quarantined, path);
    }
    return std::move(inspection);
}

} // namespace

base::Result<Inspection> inspect(const base::Path& path, const InspectionOptions& options) {
    FLORIN_TRY_ASSIGN(const ByteSource head, ByteSource::open(path, ByteSource::Hashing::kNone));
    if (head.magic().starts_with("PAR1")) {
        return inspect_parquet(path, options);
    }
    FLORIN_TRY_ASSIGN(const char letter, first_letter(path));
    if (letter == '{') {
        return inspect_json_lines(path, options);
    }
    if (letter == '[') {
        return in_file(
            base::data_error("json.not_lines", "the file is one JSON array, expected one object on each line")
                .with_remedy("Convert it: jq -c '.[]' file.json > file.jsonl"),
            path);
    }
    return inspect_csv_file(path, options);
}

} // namespace florin::ingest
