#include "ingest/inspection_parquet.hpp"

#include "base/check.hpp"
#include "engine/engine.hpp"
#include "ingest/file_error.hpp"
#include "ingest/inspection_counter.hpp"
#include "ingest/inspection_csv.hpp"
#include "ingest/json_lines.hpp"
#include "ingest/text_file.hpp"
#include "lake/file_hashes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>

namespace florin::ingest {
namespace {

using engine::Value;

/// How the values of a column are turned into cells.
struct ParquetColumn {
    std::string name;
    std::string sql;       // what is selected
    bool is_text = false;  // its cells stand in quotes
    bool is_float = false; // 32 bits: shorter decimals than a double's
};

ParquetColumn column_of(const std::string& name, const std::string& type) {
    ParquetColumn column;
    column.name = name;
    const std::string quoted = engine::sql_name(name);
    const auto is_one_of = [&](std::initializer_list<std::string_view> types) {
        return std::find(types.begin(), types.end(), type) != types.end();
    };
    if (is_one_of({"DOUBLE", "FLOAT", "DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"})) {
        column.sql = quoted;
        column.is_float = type == "FLOAT";
    } else if (type.starts_with("TIMESTAMP")) {
        column.sql = quoted + "::TIMESTAMP";
    } else if (type.starts_with("MAP") || type.starts_with("STRUCT") || type.ends_with("]")) {
        column.sql = "to_json(" + quoted + ")::VARCHAR";
        column.is_text = true;
    } else {
        column.sql = quoted + "::VARCHAR";
        // Numbers and booleans stay as they are, whatever is text stands in quotes.
        column.is_text = !type.starts_with("DECIMAL") &&
                         !is_one_of({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT",
                                     "UINTEGER", "UBIGINT", "UHUGEINT", "BOOLEAN"});
    }
    return column;
}

std::string shortest(double value, bool is_float) {
    std::array<char, 64> text{};
    const auto end = is_float ? std::to_chars(text.data(), text.data() + text.size(), static_cast<float>(value))
                              : std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), end.ptr};
}

void append_cell(std::string& csv, const Value& value, const ParquetColumn& column) {
    if (const auto* text = std::get_if<std::string>(&value)) {
        if (column.is_text) {
            append_quoted(csv, *text);
        } else {
            csv += *text;
        }
    } else if (const auto* number = std::get_if<double>(&value)) {
        csv += shortest(*number, column.is_float);
    } else if (const auto* instant = std::get_if<period::Instant>(&value)) {
        csv += period::to_string(*instant);
    } else if (const auto* day = std::get_if<period::Day>(&value)) {
        csv += period::to_string(*day);
    } else {
        FLORIN_CHECK(std::holds_alternative<std::monostate>(value), "a type that was not asked for");
    }
}

/// A Parquet file as rows of CSV text.
class ParquetRows {
public:
    static base::Result<ParquetRows> open(const base::Path& path, const InspectionOptions& options) {
        ParquetRows rows;
        rows.path_ = path;
        FLORIN_TRY_ASSIGN(rows.engine_, engine::open_duckdb({.threads = std::max(options.threads, 1),
                                                             .memory_bytes = std::uint64_t{1} << 30U,
                                                             .temporary_folder = options.staging_folder}));
        rows.from_ = " FROM " + parquet_relation(path);
        auto described =
            rows.engine_->query("SELECT column_name, column_type FROM (DESCRIBE SELECT *" + rows.from_ + ")");
        if (!described.ok()) {
            return rows.damaged(described.error());
        }
        for (const auto& row : described->rows) {
            rows.columns_.push_back(column_of(std::get<std::string>(row[0]), std::get<std::string>(row[1])));
        }
        return rows;
    }

    std::vector<std::string> names() const {
        std::vector<std::string> names;
        for (const ParquetColumn& column : columns_) {
            names.push_back(column.name);
        }
        return names;
    }

    /// Hands over each row as a line of CSV.
    base::Result<void> each(const std::function<base::Result<void>(std::string_view)>& take) {
        std::string sql = "SELECT ";
        for (const ParquetColumn& column : columns_) {
            sql += (sql.size() > 7 ? ", " : "") + column.sql;
        }
        std::string line;
        bool from_taker = false;
        const auto done = engine_->stream(sql + from_, [&](const std::vector<Value>& values) -> base::Result<void> {
            line.clear();
            for (std::size_t i = 0; i < values.size(); ++i) {
                append_cell(line, values[i], columns_[i]);
                line += ',';
            }
            line.back() = '\n';
            auto taken = take(line);
            from_taker = !taken.ok();
            return taken;
        });
        if (done.ok() || from_taker) {
            return done.ok() ? base::Result<void>() : base::Result<void>(done.error());
        }
        return damaged(done.error());
    }

private:
    base::Error damaged(const base::Error& error) const {
        if (error.blame == base::Blame::kSystem && error.code != "engine.io") {
            return error;
        }
        return in_file(
            base::data_error("file.corrupt", fmt::format("the Parquet data cannot be read: {}", error.message))
                .with_remedy("Fetch the file again."),
            path_);
    }

    base::Path path_;
    std::unique_ptr<engine::Engine> engine_;
    std::string from_;
    std::vector<ParquetColumn> columns_;
};

/// Reads the rows as blocks of text that are never on the disk.
base::Result<void> read_rows(ParquetRows& rows, const ColumnPlan& plan, const InspectionOptions& options,
                             Inspection& inspection) {
    std::vector<RowInspector> inspectors;
    inspectors.emplace_back(RowRules{
        .plan = &plan, .delimiter = ',', .cell_bytes_max = options.cell_bytes_max, .set_bad_rows_aside = false});
    RowCounter counter;
    CsvBlock block;
    BlockOutcome outcome;
    std::uint64_t index = 0;
    const auto read = [&]() -> base::Result<void> {
        block.size = block.bytes.size();
        block.bytes.resize(block.size + kScanSlack);
        block.index = index++;
        inspectors[0].reader().read(block, outcome);
        counter.add(outcome);
        block.offset += block.size;
        block.bytes.clear();
        return counter.fault ? base::Result<void>(*counter.fault) : base::Result<void>();
    };
    FLORIN_TRY(rows.each([&](std::string_view line) -> base::Result<void> {
        block.bytes.insert(block.bytes.end(), line.begin(), line.end());
        return block.bytes.size() < kBlockBytes ? base::Result<void>() : read();
    }));
    FLORIN_TRY(read());
    counter.offsets.clear();
    return finish_rows(counter, inspectors, plan, inspection);
}

/// With a quarantine the rows go through a CSV on the disk, which can then be split.
base::Result<Inspection> inspect_copy(ParquetRows& rows, const base::Path& path, const InspectionOptions& options) {
    FLORIN_TRY_ASSIGN(const base::Path csv, staged_path(options.staging_folder, path, ".csv"));
    std::ofstream file(csv, std::ios::binary | std::ios::trunc);
    std::string header;
    for (const std::string& name : rows.names()) {
        append_quoted(header, name);
        header += ',';
    }
    header.back() = '\n';
    file << header;
    FLORIN_TRY(rows.each([&](std::string_view line) -> base::Result<void> {
        file << line;
        return {};
    }));
    if (!file.flush()) {
        return base::system_error("system.write", fmt::format("cannot write {}", csv.string()));
    }
    FLORIN_TRY_ASSIGN(ByteSource source, ByteSource::open(csv, ByteSource::Hashing::kNone));
    FLORIN_TRY_ASSIGN(CsvInspection inspected, inspect_csv(std::move(source), csv, options));
    Inspection& inspection = inspected.inspection;
    inspection.load_path = path;
    if (!inspected.set_aside.empty()) {
        FLORIN_TRY_ASSIGN(inspection.load_path, staged_path(options.staging_folder, path, ".good.csv"));
        FLORIN_TRY(split_rows(csv, inspected, inspection.load_path, *options.quarantine));
        inspection.quarantined.first->place.file = path.string();
    }
    FLORIN_TRY(base::remove_all(csv));
    if (inspection.rows == 0) {
        return *inspection.quarantined.first;
    }
    return std::move(inspection);
}

} // namespace

base::Result<Inspection> inspect_parquet(const base::Path& path, const InspectionOptions& options) {
    FLORIN_TRY_ASSIGN(const std::string hash, lake::hash_of_file(path));
    FLORIN_TRY_ASSIGN(const std::uint64_t file_bytes, base::file_size(path));
    FLORIN_TRY_ASSIGN(ParquetRows rows, ParquetRows::open(path, options));
    Inspection inspection;
    const auto read = [&]() -> base::Result<void> {
        FLORIN_TRY_ASSIGN(const ColumnPlan plan, plan_columns(rows.names()));
        if (options.quarantine) {
            FLORIN_TRY_ASSIGN(inspection, inspect_copy(rows, path, options));
            return {};
        }
        inspection.load_path = path;
        return read_rows(rows, plan, options, inspection);
    };
    if (auto done = read(); !done.ok()) {
        return in_file(std::move(done).error(), path);
    }
    inspection.path = path;
    inspection.format = FileFormat::kParquet;
    inspection.compression = Compression::kNone;
    inspection.sha256 = hash;
    inspection.content_sha256 = hash;
    inspection.file_bytes = file_bytes;
    inspection.row_offsets.offsets.clear();
    if (options.progress) {
        options.progress(file_bytes, file_bytes);
    }
    return inspection;
}

} // namespace florin::ingest
