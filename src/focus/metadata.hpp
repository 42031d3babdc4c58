// The JSON side-car of a FOCUS file: who made it, with which columns, and which of its hours or days
// are final. Source: the metadata chapter of FOCUS 1.0 to 1.4, https://focus.finops.org.
#pragma once

#include "base/files.hpp"
#include "base/result.hpp"
#include "focus/focus.hpp"
#include "period/period.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace florin::focus {

/// What a side-car says about one column; what it leaves out is empty.
struct ColumnDefinition {
    std::string data_type;                ///< as written: "DECIMAL", "String"
    std::optional<int> number_scale;      ///< most digits after the point
    std::optional<int> numeric_precision; ///< most digits in all
    std::optional<std::int64_t> string_length_max;
    std::string previous_name;                      ///< what the column was called before this schema
    std::vector<std::string> provider_tag_prefixes; ///< tags that start so are the provider's own
    bool deprecated = false;
};

/// One schema: the columns that files made with it have.
struct Schema {
    std::string id;
    std::string dataset_instance_id;      ///< since 1.3
    std::string focus_version_text;       ///< as written
    std::optional<Version> focus_version; ///< null where the text names no version known here
    std::string generator_version;
    std::optional<period::Instant> created;
    std::map<std::string, ColumnDefinition, std::less<>> columns;
};

/// One feed of files, such as a daily and an hourly Cost and Usage export. Since 1.3.
struct DatasetInstance {
    std::string id;
    std::string name;
    std::string dataset; ///< "CostAndUsage"; as written
};

/// A half-open stretch of charge time, [start, end), and whether its charges are all there.
struct TimeSector {
    period::Instant start;
    period::Instant end;
    bool complete = false;
    std::optional<period::Instant> last_updated;
};

/// How fresh one feed is. Cost and Usage has sectors, the other datasets `complete`. Since 1.3.
struct Recency {
    std::string dataset_instance_id;
    std::optional<period::Instant> last_updated;          ///< of this statement
    std::optional<period::Instant> instance_last_updated; ///< of the feed
    std::optional<bool> complete;
    std::vector<TimeSector> sectors; ///< in the order of the file
};

/// All that one side-car says. Providers write one file for everything or one for each part.
struct Metadata {
    std::string generator;
    std::vector<Schema> schemas;
    std::vector<DatasetInstance> instances;
    std::vector<Recency> recencies;
};

inline constexpr std::uint64_t kMetadataBytesMax = 4U << 20U;

/// Reads a side-car. The parts may be under their names (Schema, DatasetInstance, Recency,
/// DataGenerator), one or a list of them, or be the whole file. Keys that FOCUS does not know, and
/// nulls, are as if they were not there. Errors: `focus.metadata_unreadable` (not JSON, too large or too
/// deep), `focus.metadata_wrong` (names the JSON pointer of the value), `focus.metadata_unknown` (JSON, but
/// nothing of FOCUS in it: some other file).
base::Result<Metadata> parse_metadata(std::string_view json_text);
/// The same of a file; errors name it.
base::Result<Metadata> read_metadata(const base::Path& path);

} // namespace florin::focus
