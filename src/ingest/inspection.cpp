#include "ingest/inspection.hpp"

#include "ingest/inspection_csv.hpp"

namespace florin::ingest {
namespace {

base::Result<Inspection> inspect_source(ByteSource source, const base::Path& path, const InspectionOptions& options) {
    FLORIN_TRY_ASSIGN(CsvInspection inspected, inspect_csv(std::move(source), path, options));
    return std::move(inspected.inspection);
}

} // namespace

base::Result<Inspection> inspect(const base::Path& path, const InspectionOptions& options) {
    FLORIN_TRY_ASSIGN(ByteSource source, ByteSource::open(path));
    return inspect_source(std::move(source), path, options);
}

} // namespace florin::ingest
