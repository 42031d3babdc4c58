#include "demo/native/aws_report.hpp"

#include "base/csv_cell.hpp"
#include "demo/native/aws_cur2_parquet.hpp"
#include "demo/random.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace florin::demo {

namespace {

constexpr std::uint64_t kPartRowsMax = 1'000'000;
constexpr std::string_view kPrefix = "cur";
constexpr std::string_view kReportName = "halden";
constexpr std::string_view kBucket = "halden-billing";

std::string compact(period::Day day) {
    std::string text = period::to_string(day);
    std::erase(text, '-');
    return text;
}

std::string json_object(const AwsColumn& column, const AwsRow& row) {
    nlohmann::ordered_json object = nlohmann::ordered_json::object();
    for (const AwsColumn::Entry& entry : column.entries) {
        if (!row[entry.field].empty()) {
            object[entry.key] = row[entry.field];
        }
    }
    return object.dump();
}

} // namespace

std::vector<AwsColumn> legacy_columns() {
    std::vector<AwsColumn> columns;
    for (std::size_t i = 0; i < kAwsLegacyCount; ++i) {
        columns.push_back({std::string(kAwsLegacyNames[i]), static_cast<AwsField>(i), {}, false});
    }
    return columns;
}

AwsReport::AwsReport(AwsReportOptions options)
    : options_(std::move(options)), columns_(options_.cur2 ? cur2_columns() : legacy_columns()),
      run_id_(hash_uuid(mix(options_.seed, options_.cur2 ? 22 : 21))),
      rows_per_part_(std::min(kPartRowsMax, std::max<std::uint64_t>(1, (options_.rows + 1) / 2))) {
    const std::string month = period::to_string(options_.month.start).substr(0, 7);
    data_folder_ = options_.cur2
                       ? base::Path(kPrefix) / kReportName / "data" / ("BILLING_PERIOD=" + month)
                       : base::Path(kPrefix) / kReportName /
                             fmt::format("{}-{}", compact(options_.month.start), compact(options_.month.end)) / run_id_;
}

std::string AwsReport::cell(const AwsColumn& column, const AwsRow& row) const {
    std::string text;
    if (column.is_map) {
        text += base::csv_cell(json_object(column, row));
    } else if (column.field) {
        text += base::csv_cell(row[*column.field]);
    }
    return text;
}

AwsImage AwsReport::image(const AwsRow& row, std::span<const AwsField> variable) const {
    std::string text;
    std::vector<std::uint8_t> order;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        text += i == 0 ? "" : ",";
        const auto found = columns_[i].field ? std::ranges::find(variable, *columns_[i].field) : variable.end();
        if (found != variable.end()) {
            text += RowImage::kSlot;
            order.push_back(static_cast<std::uint8_t>(found - variable.begin()));
        } else {
            text += cell(columns_[i], row);
        }
    }
    FLORIN_CHECK(order.size() == variable.size(), "a variable field has no column");
    return {RowImage(text + '\n'), std::move(order)};
}

void AwsReport::write(const AwsImage& image, std::span<const std::string_view> values) {
    if (!part_ || parts_.back().rows == rows_per_part_) {
        if (!failure_) {
            const auto opened = open_part();
            if (!opened.ok()) {
                failure_ = opened.error();
            }
        }
        if (failure_) {
            return;
        }
    }
    std::array<std::string_view, 16> slots;
    FLORIN_CHECK(values.size() <= slots.size(), "too many variable cells");
    for (std::size_t i = 0; i < values.size(); ++i) {
        slots[i] = values[image.order[i]];
    }
    image.image.write(*part_, {slots.data(), values.size()});
    ++parts_.back().rows;
}

void AwsReport::write(const AwsRow& row) {
    write(image(row, {}), {});
}

base::Result<void> AwsReport::open_part() {
    FLORIN_TRY(close_part());
    const base::Path file =
        options_.folder / data_folder_ /
        fmt::format("{}-{:05}.csv{}", kReportName, parts_.size() + 1, options_.gzip && !options_.parquet ? ".gz" : "");
    FLORIN_TRY(base::make_folders((options_.root / file).parent_path()));
    FLORIN_TRY_ASSIGN(BillWriter writer, BillWriter::open(options_.root / file, options_.gzip && !options_.parquet));
    part_.emplace(std::move(writer));
    parts_.push_back({file, 0});
    std::string header;
    for (const AwsColumn& column : columns_) {
        header += header.empty() ? "" : ",";
        header += column.name;
    }
    part_->write(header + '\n');
    return {};
}

base::Result<void> AwsReport::close_part() {
    if (!part_) {
        return {};
    }
    FLORIN_TRY(part_->finish());
    part_.reset();
    if (options_.parquet) {
        base::Path& path = parts_.back().path;
        const base::Path csv = options_.root / path;
        path.replace_extension(".snappy.parquet");
        FLORIN_TRY(cur2_to_parquet(csv, options_.root / path));
    }
    return {};
}

base::Result<std::vector<NativeFile>> AwsReport::finish() {
    if (failure_) {
        return *failure_;
    }
    FLORIN_TRY(close_part());
    FLORIN_TRY(options_.cur2 ? write_cur2_manifest() : write_legacy_manifest());
    return parts_;
}

base::Result<void> AwsReport::write_legacy_manifest() const {
    nlohmann::ordered_json json = {{"assemblyId", run_id_}, {"account", options_.account}};
    for (const AwsColumn& column : columns_) {
        const std::size_t slash = column.name.find('/');
        json["columns"].push_back(
            {{"category", column.name.substr(0, slash)}, {"name", column.name.substr(slash + 1)}});
    }
    json["charset"] = "UTF-8";
    json["compression"] = options_.gzip ? "GZIP" : "NONE";
    json["contentType"] = "text/csv";
    json["reportId"] = hash_id(mix(options_.seed, 23), 32);
    json["reportName"] = kReportName;
    json["billingPeriod"] = {{"start", compact(options_.month.start) + "T000000.000Z"},
                             {"end", compact(options_.month.end) + "T000000.000Z"}};
    json["bucket"] = kBucket;
    json["reportKeys"] = nlohmann::ordered_json::array();
    for (const NativeFile& part : parts_) {
        json["reportKeys"].push_back((data_folder_ / part.path.filename()).generic_string());
    }
    json["additionalArtifactKeys"] = nlohmann::ordered_json::array();
    const std::string text = json.dump(2) + '\n';
    const base::Path folder = options_.root / options_.folder / data_folder_;
    const std::string file = fmt::format("{}-Manifest.json", kReportName);
    FLORIN_TRY(base::write_file_atomically(folder / file, text));
    return base::write_file_atomically(folder.parent_path() / file, text);
}

base::Result<void> AwsReport::write_cur2_manifest() const {
    nlohmann::ordered_json json = {
        {"executionId", run_id_},
        {"account", options_.account},
        {"exportName", kReportName},
        {"exportArn", fmt::format("arn:aws:bcm-data-exports:us-east-1:{}:export/{}-{}", options_.account, kReportName,
                                  hash_uuid(mix(options_.seed, 24)))}};
    for (const AwsColumn& column : columns_) {
        json["columns"].push_back({{"name", column.name}, {"type", cur2_type(column.name)}});
    }
    json["contentType"] = options_.parquet ? "Parquet" : "text/csv";
    json["compression"] = options_.parquet ? "Parquet" : options_.gzip ? "GZIP" : "NONE";
    json["bucket"] = kBucket;
    json["dataFiles"] = nlohmann::ordered_json::array();
    for (const NativeFile& part : parts_) {
        json["dataFiles"].push_back(
            fmt::format("s3://{}/{}", kBucket, (data_folder_ / part.path.filename()).generic_string()));
    }
    const base::Path folder =
        options_.root / options_.folder / kPrefix / kReportName / "metadata" / data_folder_.filename();
    FLORIN_TRY(base::make_folders(folder));
    return base::write_file_atomically(folder / fmt::format("{}-Manifest.json", kReportName), json.dump(2) + '\n');
}

} // namespace florin::demo
