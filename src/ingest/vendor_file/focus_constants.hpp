// Constants for columns of FOCUS, and the side-car that gives them to FOCUS files which lack such columns.
#pragma once

#include "focus/focus.hpp"
#include "ingest/inspection.hpp"
#include "ingest/text_file.hpp"
#include "ingest/vendor_file/mapping_text.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace florin::ingest::vendor_file {

struct Constant {
    std::string text;
    std::string sql; ///< of the column's type
};
/// The value of a constant, fit for the column `key` names: of FOCUS, or beginning with `x_`. Errors with line and
/// caret: `mapping.unknown_name`, `mapping.unknown_value`, `mapping.wrong_type`.
base::Result<Constant> read_constant(const MappingText& text, const YAML::Node& key, const YAML::Node& value);

/// The column of FOCUS that a key names. Error `mapping.unknown_name`, with the nearest.
base::Result<const focus::Column*> focus_column(const MappingText& text, const YAML::Node& key);

/// A key that begins with `x_` is a name that people can ask for. Error `mapping.syntax`.
base::Result<void> check_custom_name(const MappingText& text, const YAML::Node& key);

/// A side-car of constants, `kind: focus` in a workspace's `sources/NAME.yaml`.
struct FocusConstants {
    std::string name;
    std::string files; ///< pattern of file names; empty: only where the side-car is named
    std::vector<std::pair<std::string, std::string>> constants; ///< column of FOCUS, text
    /// Column -> cell as it stands in the file -> as it is meant. None is money.
    std::map<std::string, std::map<std::string, std::string>> corrections;
    std::string digest; ///< of its text, 16 letters of hexadecimal
};
/// Errors with line and caret: `mapping.*`.
base::Result<FocusConstants> parse_focus_constants(const std::string& name, const MappingText& text);

/// Reads a FOCUS file as inspect() does, as if the columns of the constants that it lacks were in it, and the
/// corrected cells were as they are meant. Both are findings: `constant-column`, `corrected-cell`. A copy with the
/// columns is staged and read; hash, size, row offsets and quarantined rows are those of the file. Errors: those of
/// inspect().
base::Result<Inspection> inspect_with_constants(const FileHead& head, const FocusConstants& constants,
                                                const InspectionOptions& options);

} // namespace florin::ingest::vendor_file
