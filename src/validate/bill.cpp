#include "validate/bill.hpp"

#include "ingest/byte_source.hpp"
#include "ingest/csv_blocks.hpp"
#include "ingest/csv_header.hpp"
#include "ingest/csv_rows.hpp"
#include "ingest/inspection_counter.hpp"
#include "ingest/inspection_csv.hpp"
#include "ingest/json_lines.hpp"
#include "ingest/text_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace florin::validate {
namespace {

using engine::sql_name;
using engine::sql_text;

constexpr std::int64_t kFileStride = std::int64_t{1} << 40U;
constexpr std::uint64_t kCellBytesMax = std::uint64_t{16} << 20U;

base::Error located(base::Error error, const base::Path& path) {
    error.place.file = path.string();
    return error;
}

/// Verifies rows without keeping anything of them.
class RowProof final : public ingest::CsvRowReader {
public:
    using CsvRowReader::CsvRowReader;
    std::uint64_t longest_row_bytes = 0;

protected:
    std::optional<base::Error> take(const ingest::CsvRow& row) override {
        longest_row_bytes = std::max<std::uint64_t>(longest_row_bytes, row.end - row.begin);
        return row.check_bytes ? ingest::find_bad_cell(row, names(), kCellBytesMax) : std::nullopt;
    }
    void count_set_aside(bool) override {}
};

/// A CSV that the engine may read, because somebody else has.
struct ProvenCsv {
    std::vector<std::string> columns;
    char delimiter = ',';
    std::uint64_t longest_row_bytes = 0;
    std::uint64_t rows = 0;
};

base::Result<ProvenCsv> prove_rows(ingest::CsvBlocks& blocks, int threads) {
    ingest::CsvBlock first;
    FLORIN_TRY_ASSIGN(const ingest::CsvHeader header, ingest::read_header(blocks, first));
    std::vector<std::unique_ptr<RowProof>> proofs;
    std::vector<ingest::CsvRowReader*> readers;
    for (int i = 0; i < std::max(threads, 1); ++i) {
        proofs.push_back(std::make_unique<RowProof>(header.names, header.delimiter, false));
        readers.push_back(proofs.back().get());
    }
    ingest::RowCounter counter;
    FLORIN_TRY(ingest::read_blocks(blocks, first, readers, {}, counter));
    if (counter.fault) {
        return *counter.fault;
    }
    ProvenCsv proven{.columns = header.names, .delimiter = header.delimiter, .rows = counter.rows};
    for (const auto& proof : proofs) {
        proven.longest_row_bytes = std::max(proven.longest_row_bytes, proof->longest_row_bytes);
    }
    return proven;
}

/// Errors are told of `path`, which `csv` was made from where it is another.
base::Result<ProvenCsv> prove_csv(const base::Path& csv, const base::Path& path, int threads) {
    FLORIN_TRY_ASSIGN(ingest::ByteSource source, ingest::ByteSource::open(csv, ingest::ByteSource::Hashing::kNone));
    ingest::CsvBlocks blocks(std::move(source), ingest::kBlockBytes, ingest::kRowBytesMax);
    auto proven = prove_rows(blocks, threads);
    return proven.ok() ? std::move(proven) : base::Result<ProvenCsv>(located(std::move(proven).error(), path));
}

/// One file as a table of texts: what to select of each of its columns.
struct Source {
    BillFile file;
    std::string relation;
    std::string tolerant_relation;                     ///< slower; empty where there is none
    std::map<std::string, std::string> texts;          ///< column -> SQL
    std::map<std::string, focus::ColumnType> physical; ///< Parquet: what the file keeps it as
};

Source csv_source(const ProvenCsv& proven, const base::Path& csv, const base::Path& path) {
    Source source;
    source.file = {.path = path, .columns = proven.columns, .rows = proven.rows};
    const auto relation = [&](ingest::CsvReading reading) {
        return ingest::csv_relation(csv, proven.columns, proven.delimiter, proven.longest_row_bytes,
                                    {"", "NULL", "null"}, false, reading);
    };
    source.relation = relation(ingest::CsvReading::kParallel);
    source.tolerant_relation = relation(ingest::CsvReading::kTolerant);
    for (const std::string& column : proven.columns) {
        source.texts[column] = sql_name(column);
    }
    return source;
}

/// A value of a typed column as FOCUS would write it.
std::pair<std::string, focus::ColumnType> text_of_typed(const std::string& type, const std::string& text,
                                                        const std::string& column) {
    if (type == "TIMESTAMP WITH TIME ZONE") { // in UTC, whatever zone the machine is in
        return {fmt::format("strftime(make_timestamp(epoch_us({})), '%Y-%m-%dT%H:%M:%SZ')", column),
                focus::ColumnType::kInstant};
    }
    if (type.starts_with("TIMESTAMP") || type == "DATE") {
        return {fmt::format("strftime(CAST({} AS TIMESTAMP), '%Y-%m-%dT%H:%M:%SZ')", column),
                focus::ColumnType::kInstant};
    }
    if (type == "DOUBLE" || type == "FLOAT") {
        return {fmt::format("replace({}, 'e+', 'E')", text), focus::ColumnType::kDecimal};
    }
    if (type.starts_with("DECIMAL") || type.ends_with("INT") || type.ends_with("INTEGER")) {
        return {text, focus::ColumnType::kDecimal};
    }
    if (type.starts_with("MAP") || type.starts_with("STRUCT") || type.ends_with("]") || type == "JSON") {
        return {fmt::format("CAST(to_json({}) AS VARCHAR)", column), focus::ColumnType::kJson};
    }
    return {text, focus::ColumnType::kString};
}

base::Result<Source> open_parquet(engine::Engine& engine, const base::Path& path) {
    Source source;
    source.file.path = path;
    source.relation = ingest::parquet_relation(path);
    auto types = engine.query("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM " + source.relation + ")");
    if (types.ok()) {
        const auto count = engine.query("SELECT count(*) FROM " + source.relation);
        if (count.ok()) {
            source.file.rows = static_cast<std::uint64_t>(std::get<std::int64_t>(count->rows[0][0]));
        } else {
            types = count.error();
        }
    }
    if (!types.ok()) {
        return located(
            base::data_error("file.corrupt", fmt::format("the Parquet data cannot be read: {}", types.error().message))
                .with_remedy("Fetch the file again."),
            path);
    }
    for (const auto& row : types->rows) {
        const std::string& column = std::get<std::string>(row[0]);
        const std::string name = sql_name(column);
        const auto [text, physical] =
            text_of_typed(std::get<std::string>(row[1]), fmt::format("CAST({} AS VARCHAR)", name), name);
        source.file.columns.push_back(column);
        source.texts[column] = text;
        source.physical[column] = physical;
    }
    return source;
}

base::Result<Source> open_file(engine::Engine& engine, const base::Path& path, const base::Path& folder,
                               std::size_t index, int threads) {
    FLORIN_TRY_ASSIGN(const ingest::FileKind kind, ingest::read_file_kind(path));
    if (kind.format == ingest::FileFormat::kParquet) {
        return open_parquet(engine, path);
    }
    const base::Path csv = folder / fmt::format("{}.csv", index);
    if (kind.format == ingest::FileFormat::kJsonLines) {
        auto lines = ingest::convert_json_lines(path, csv, false);
        if (!lines.ok()) {
            return located(std::move(lines).error(), path);
        }
        FLORIN_TRY_ASSIGN(const ProvenCsv proven, prove_csv(csv, path, threads));
        return csv_source(proven, csv, path);
    }
    FLORIN_TRY_ASSIGN(const ProvenCsv proven, prove_csv(path, path, threads));
    if (kind.compression != ingest::Compression::kZip) { // which the engine does not read
        return csv_source(proven, path, path);
    }
    FLORIN_TRY(ingest::unpack(path, csv));
    return csv_source(proven, csv, path);
}

/// Whether the engine found the rows that were read before. An empty line is a row to it where there is one column,
/// as that may be an empty cell, and none to the second reader.
bool has_all_rows(const Source& source, std::uint64_t staged) {
    return staged == source.file.rows || (source.file.columns.size() == 1 && staged > source.file.rows);
}

/// Copies the named columns of a file, in its order of rows; gives the number of rows.
base::Result<std::uint64_t> copy_file(engine::Engine& engine, const Source& source,
                                      const std::vector<std::string>& columns, const base::Path& target) {
    std::string list;
    for (const std::string& column : columns) {
        const auto text = source.texts.find(column);
        list += fmt::format("{}{} AS {}", list.empty() ? "" : ", ",
                            text == source.texts.end() ? "CAST(NULL AS VARCHAR)" : text->second, sql_name(column));
    }
    const auto copy = [&](const std::string& relation) -> base::Result<std::uint64_t> {
        FLORIN_TRY_ASSIGN(const std::int64_t rows,
                          engine.execute(fmt::format("COPY (SELECT {} FROM {}) TO {} (FORMAT parquet, COMPRESSION lz4)",
                                                     list.empty() ? "1 AS florin_nothing" : list, relation,
                                                     sql_text(target.string()))));
        return static_cast<std::uint64_t>(rows);
    };
    auto copied = copy(source.relation);
    const bool is_refused = copied.ok() ? !has_all_rows(source, *copied) : copied.error().code == "engine.sql";
    if (is_refused && !source.tolerant_relation.empty()) {
        copied = copy(source.tolerant_relation);
    }
    if (copied.ok() && !has_all_rows(source, *copied)) {
        base::Error error;
        error.code = "validate.reconciliation";
        error.message = fmt::format("{} rows were staged of {} that were read", *copied, source.file.rows);
        return located(std::move(error), source.file.path);
    }
    return copied;
}

/// Stages the files, and counts their rows as they are there.
base::Result<std::string> staged_relation(engine::Engine& engine, std::vector<Source>& sources,
                                          const std::vector<std::string>& columns, const base::Path& folder) {
    std::string relation;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const base::Path target = folder / fmt::format("{}.parquet", i);
        FLORIN_TRY_ASSIGN(sources[i].file.rows, copy_file(engine, sources[i], columns, target));
        relation += fmt::format("{}SELECT *, file_row_number + {} AS {} FROM {}", relation.empty() ? "" : " UNION ALL ",
                                static_cast<std::int64_t>(i) * kFileStride + 1, kRowColumn,
                                engine::sql_parquet({target.string()}));
    }
    return "(" + relation + ")";
}

/// An empty text is a missing value that was written wrongly: one rule says so, the others take it for null.
base::Result<void> put_empty_texts_aside(engine::Engine& engine, Bill& bill) {
    std::string list;
    for (const std::string& column : bill.columns) {
        list += fmt::format("{}coalesce(bool_or({} = ''), false)", list.empty() ? "" : ", ", sql_name(column));
    }
    if (list.empty()) {
        return {};
    }
    FLORIN_TRY_ASSIGN(const engine::Table table, engine.query(fmt::format("SELECT {} FROM {}", list, bill.relation)));
    std::string replaced;
    std::string written;
    std::size_t place = 0;
    for (const std::string& column : bill.columns) {
        const bool* any = std::get_if<bool>(&table.rows[0][place++]);
        if (any != nullptr && *any) {
            bill.with_empty_texts.insert(column);
            const std::string name = sql_name(column);
            replaced += fmt::format("{}nullif({}, '') AS {}", replaced.empty() ? "" : ", ", name, name);
            written += fmt::format(", {} AS {}", name, sql_name(bill.as_written(column)));
        }
    }
    if (!replaced.empty()) {
        bill.relation = fmt::format("(SELECT * REPLACE ({}){} FROM {})", replaced, written, bill.relation);
    }
    return {};
}

} // namespace

std::string Bill::as_written(const std::string& column) const {
    return with_empty_texts.contains(column) ? fmt::format("{}{}", kWrittenPrefix, column) : column;
}

const BillFile& Bill::file_of(std::int64_t row) const {
    return files[static_cast<std::size_t>((row - 1) / kFileStride)];
}

std::uint64_t Bill::row_of(std::int64_t row) {
    return static_cast<std::uint64_t>((row - 1) % kFileStride) + 1;
}

base::Result<Bill> stage_bill(engine::Engine& engine, const std::vector<base::Path>& files, const base::Path& folder,
                              int threads) {
    std::vector<Source> sources;
    for (const base::Path& path : files) {
        FLORIN_TRY_ASSIGN(Source source, open_file(engine, path, folder, sources.size(), threads));
        sources.push_back(std::move(source));
    }
    Bill bill;
    for (const focus::Column& column : focus::columns(focus::Dataset::kCostAndUsage)) {
        if (std::ranges::all_of(sources, [&](const Source& source) { return source.texts.contains(column.name); })) {
            bill.columns.insert(column.name);
        }
        for (const Source& source : sources) {
            const auto physical = source.physical.find(column.name);
            if (column.type == focus::ColumnType::kString && physical != source.physical.end() &&
                physical->second != focus::ColumnType::kString) {
                bill.typed_otherwise.insert(column.name);
            }
        }
    }
    FLORIN_TRY_ASSIGN(bill.relation,
                      staged_relation(engine, sources, {bill.columns.begin(), bill.columns.end()}, folder));
    FLORIN_TRY(put_empty_texts_aside(engine, bill));
    for (Source& source : sources) {
        bill.rows += source.file.rows;
        bill.files.push_back(std::move(source.file));
    }
    return bill;
}

base::Result<Bill> stage_tables(engine::Engine& engine, const std::vector<base::Path>& files, const base::Path& folder,
                                int threads) {
    std::vector<Source> sources;
    Bill bill;
    for (const base::Path& file : files) {
        FLORIN_TRY_ASSIGN(Source source, open_file(engine, file, folder, sources.size(), threads));
        bill.columns.insert(source.file.columns.begin(), source.file.columns.end());
        sources.push_back(std::move(source));
    }
    FLORIN_TRY_ASSIGN(bill.relation,
                      staged_relation(engine, sources, {bill.columns.begin(), bill.columns.end()}, folder));
    for (Source& source : sources) {
        bill.rows += source.file.rows;
        bill.files.push_back(std::move(source.file));
    }
    return bill;
}

focus::Version recognise(const Bill& bill) {
    focus::Version newest = focus::Version::k1_0;
    for (const BillFile& file : bill.files) {
        newest = std::max(newest, focus::recognise_version(file.columns));
    }
    return newest;
}

} // namespace florin::validate
