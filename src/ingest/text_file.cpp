#include "ingest/text_file.hpp"

#include "base/check.hpp"
#include "base/sha256.hpp"
#include "ingest/byte_source.hpp"
#include "ingest/csv_rows.hpp"
#include "ingest/file_error.hpp"
#include "ingest/inspection_csv.hpp"
#include "ingest/json_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace florin::ingest {
namespace {

using engine::sql_name;
using engine::sql_text;

base::Result<std::vector<std::string>> read_csv_columns(const base::Path& path) {
    FLORIN_TRY_ASSIGN(ByteSource source, ByteSource::open(path, ByteSource::Hashing::kNone));
    CsvBlocks blocks(std::move(source), kBlockBytes, kRowBytesMax);
    CsvBlock first;
    FLORIN_TRY_ASSIGN(CsvHeader header, read_header(blocks, first));
    return std::move(header.names);
}

/// As the engine calls what a file is packed as by its first bytes: by itself it goes by the name.
std::string_view packed_as(const base::Path& path) {
    const auto source = ByteSource::open(path, ByteSource::Hashing::kNone);
    switch (source.ok() ? source->compression() : Compression::kNone) { // the engine says what it cannot open
    case Compression::kGzip: return "gzip";
    case Compression::kZstd: return "zstd";
    case Compression::kZip:
    case Compression::kNone: break;
    }
    return "none";
}

/// The parts of `STRUCT(a VARCHAR, b STRUCT(c DOUBLE))` between its brackets.
std::vector<std::string_view> members_of(std::string_view type) {
    std::string_view inside = type.substr(7, type.size() - 8);
    std::vector<std::string_view> members;
    int depth = 0;
    bool quoted = false;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= inside.size(); ++i) {
        const char c = i < inside.size() ? inside[i] : ',';
        quoted = c == '"' ? !quoted : quoted;
        depth += quoted ? 0 : (c == '(' ? 1 : (c == ')' ? -1 : 0));
        if (c == ',' && depth == 0 && !quoted) {
            members.push_back(inside.substr(begin, i - begin));
            begin = std::min(i + 2, inside.size());
        }
    }
    return members;
}

void add_text_columns(const std::string& name, const std::string& sql, std::string_view type,
                      std::vector<TextColumn>& columns) {
    if (type.starts_with("STRUCT(") && type.ends_with(")")) {
        for (const std::string_view member : members_of(type)) {
            const bool quoted = member.starts_with('"');
            const std::size_t end = quoted ? member.find('"', 1) + 1 : member.find(' ');
            const std::string part(quoted ? member.substr(1, end - 2) : member.substr(0, end));
            add_text_columns(name + "." + part, fmt::format("struct_extract({}, {})", sql, sql_text(part)),
                             member.substr(end + 1), columns);
        }
        return;
    }
    std::string value = sql;
    if (type.starts_with("MAP") || type.ends_with("]")) {
        value = fmt::format("to_json({})", sql);
    } else if (type == "TIMESTAMP WITH TIME ZONE") {
        value = fmt::format("make_timestamp(epoch_us({}))", sql); // in UTC, whatever zone the machine is in
    }
    columns.emplace_back(name, fmt::format("CAST({} AS VARCHAR)", value));
}

} // namespace

bool FileHead::has(std::string_view column) const {
    return std::ranges::find(columns, column) != columns.end();
}

base::Result<FileKind> read_file_kind(const base::Path& path) {
    FLORIN_TRY_ASSIGN(const ByteSource source, ByteSource::open(path, ByteSource::Hashing::kNone));
    FileKind kind{.compression = source.compression()};
    if (source.magic().starts_with("PAR1")) {
        kind.format = FileFormat::kParquet;
        return kind;
    }
    FLORIN_TRY_ASSIGN(const char letter, first_letter(path));
    kind.format = letter == '{' ? FileFormat::kJsonLines : FileFormat::kCsv;
    return kind;
}

base::Result<FileHead> read_file_head(const base::Path& path, engine::Engine* engine) {
    FLORIN_TRY_ASSIGN(const FileKind kind, read_file_kind(path));
    FileHead head;
    head.path = path;
    head.format = kind.format;
    head.compression = kind.compression;
    if (kind.format == FileFormat::kParquet) {
        std::unique_ptr<engine::Engine> opened;
        if (engine == nullptr) {
            FLORIN_TRY_ASSIGN(opened, engine::open_duckdb({.threads = 1}));
        }
        auto columns = parquet_text_columns(engine == nullptr ? *opened : *engine, path);
        if (!columns.ok()) {
            return in_file(std::move(columns).error(), path);
        }
        for (auto& [name, sql] : *columns) {
            head.columns.push_back(std::move(name));
        }
        return head;
    }
    auto columns = kind.format == FileFormat::kJsonLines ? first_line_columns(path) : read_csv_columns(path);
    if (!columns.ok()) {
        return in_file(std::move(columns).error(), path);
    }
    head.columns = std::move(*columns);
    return head;
}

base::Result<base::Path> staged_path(const base::Path& folder, const base::Path& path, std::string_view suffix) {
    FLORIN_CHECK(!folder.empty(), "a copy is to be made and there is no staging folder");
    FLORIN_TRY(base::make_folders(folder));
    return folder / (base::sha256(path.string()).substr(0, 16) + std::string(suffix));
}

std::string csv_relation(const base::Path& path, const std::vector<std::string>& columns, char delimiter,
                         std::uint64_t longest_row_bytes, const std::vector<std::string>& null_texts, bool quoted_nulls,
                         CsvReading reading) {
    std::string list;
    for (const std::string& column : columns) {
        list += fmt::format("{}{}: 'VARCHAR'", list.empty() ? "" : ", ", sql_text(column));
    }
    std::string nulls;
    for (const std::string& text : null_texts) {
        nulls += fmt::format("{}{}", nulls.empty() ? "" : ", ", sql_text(text));
    }
    // The dialect is stated in full: nothing is guessed, and a line may be as long as the second reader saw.
    const std::uint64_t line_bytes_max = std::max<std::uint64_t>(longest_row_bytes + 2, 2U << 20U);
    return fmt::format("read_csv({}, auto_detect = false, header = true, columns = {{{}}}, delim = {}, quote = '\"', "
                       "escape = '\"', nullstr = [{}], allow_quoted_nulls = {}, {}, hive_partitioning = false, "
                       "compression = '{}', max_line_size = {}, buffer_size = {})",
                       sql_text(path.string()), list, sql_text(std::string(1, delimiter)), nulls, quoted_nulls,
                       reading == CsvReading::kParallel ? "strict_mode = true"
                                                        : "strict_mode = false, parallel = false",
                       packed_as(path), line_bytes_max, std::max<std::uint64_t>(line_bytes_max, 32'000'000));
}

std::string parquet_relation(const base::Path& path) {
    return engine::sql_parquet({path.string()});
}

base::Result<std::vector<TextColumn>> parquet_text_columns(engine::Engine& engine, const base::Path& path) {
    auto types = engine.query(
        fmt::format("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {})", parquet_relation(path)));
    if (!types.ok()) {
        return base::data_error("file.corrupt",
                                fmt::format("the Parquet data cannot be read: {}", types.error().message))
            .with_remedy("Fetch the file again.");
    }
    std::vector<TextColumn> columns;
    for (const auto& row : types->rows) {
        const auto& name = std::get<std::string>(row[0]);
        add_text_columns(name, sql_name(name), std::get<std::string>(row[1]), columns);
    }
    return columns;
}

} // namespace florin::ingest
