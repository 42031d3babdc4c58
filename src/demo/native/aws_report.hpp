// The files of an AWS Cost and Usage Report: columns, parts and manifest, legacy and 2.0.
#pragma once

#include "base/files.hpp"
#include "base/result.hpp"
#include "demo/native/aws_fields.hpp"
#include "demo/native/native.hpp"
#include "demo/native/native_text.hpp"
#include "period/period.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::demo {

/// A column of a report: a field, several fields as a JSON object, or nothing this estate has.
struct AwsColumn {
    struct Entry {
        std::string key;
        AwsField field;
    };
    std::string name;
    std::optional<AwsField> field;
    std::vector<Entry> entries; ///< of a map column
    bool is_map = false;
};

std::vector<AwsColumn> legacy_columns();
/// The fixed columns of CUR 2.0 with split cost allocation data, by name.
std::vector<AwsColumn> cur2_columns();

/// A line item of which all but a few cells are known.
struct AwsImage {
    RowImage image;
    std::vector<std::uint8_t> order; ///< of each slot, which of the values goes there
};

struct AwsReportOptions {
    bool cur2 = false;
    base::Path root;   ///< of all formats
    base::Path folder; ///< of this one, relative to the root: the bucket
    period::Period month;
    std::string account;
    std::uint64_t seed = 0;
    std::uint64_t rows = 0;
    bool gzip = false;
    bool parquet = false; ///< of CUR 2.0
};

/// Writes the parts of a report one after another; errors come at finish().
class AwsReport {
public:
    explicit AwsReport(AwsReportOptions options);

    AwsImage image(const AwsRow& row, std::span<const AwsField> variable) const;
    /// `values` in the order of `variable`, at most 16.
    void write(const AwsImage& image, std::span<const std::string_view> values);
    void write(const AwsRow& row);
    /// Closes the last part and writes the manifest; the parts.
    base::Result<std::vector<NativeFile>> finish();

private:
    base::Result<void> open_part();
    base::Result<void> close_part();
    base::Result<void> write_legacy_manifest() const;
    base::Result<void> write_cur2_manifest() const;
    std::string cell(const AwsColumn& column, const AwsRow& row) const;

    AwsReportOptions options_;
    std::vector<AwsColumn> columns_;
    base::Path data_folder_; ///< relative to the bucket
    std::string run_id_;     ///< assembly or execution
    std::uint64_t rows_per_part_;
    std::optional<BillWriter> part_;
    std::vector<NativeFile> parts_;
    std::optional<base::Error> failure_;
};

} // namespace florin::demo
