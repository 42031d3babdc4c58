#include "ingest/text_file.hpp"

#include "ingest/byte_source.hpp"
#include "ingest/csv_header.hpp"
#include "ingest/inspection_cells.hpp"
#include "ingest/inspection_csv.hpp"
#include "ingest/json_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace florin::ingest {
namespace {

using engine::sql_name;
using engine::sql_text;

base::Error located(base::Error error, const base::Path& path) {
    error.place.file = path.string();
    return error;
}

/// The cells of the first row of `text`, which starts behind the header. Nothing where it has none.
std::vector<std::string> first_row(std::string_view text, char delimiter, std::size_t columns) {
    std::vector<std::string> cells;
    std::string cell;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"') {
            const bool doubled = quoted && i + 1 < text.size() && text[i + 1] == '"';
            cell += doubled ? "\"" : "";
            i += doubled ? 1 : 0;
            quoted = doubled ? quoted : !quoted;
        } else if (!quoted && (c == delimiter || c == '\n')) {
            if (c == '\n' && !cell.empty() && cell.back() == '\r') {
                cell.pop_back();
            }
            cells.push_back(std::move(cell));
            cell.clear();
            if (c == '\n') {
                break;
            }
        } else {
            cell += c;
        }
    }
    return cells.size() == columns ? cells : std::vector<std::string>();
}

base::Result<void> read_csv_head(ByteSource source, FileHead& head) {
    CsvBlocks blocks(std::move(source), kBlockBytes, kRowBytesMax);
    CsvBlock block;
    FLORIN_TRY_ASSIGN(const bool any, blocks.next(block));
    if (!any) {
        return base::data_error("file.empty", "the file is empty").with_remedy("Fetch the file again.");
    }
    FLORIN_TRY_ASSIGN(CsvHeader header, read_csv_header(block.text()));
    head.first_row = first_row(block.text().substr(header.bytes), header.delimiter, header.names.size());
    head.columns = std::move(header.names);
    return {};
}

base::Result<void> read_json_head(ByteSource source, FileHead& head) {
    std::string line;
    std::array<char, 65536> buffer{};
    while (line.find('\n') == std::string::npos && line.size() < kRowBytesMax) {
        FLORIN_TRY_ASSIGN(const std::size_t size, source.read(buffer.data(), buffer.size()));
        if (size == 0) {
            break;
        }
        line.append(buffer.data(), size);
    }
    line.resize(std::min(line.find('\n'), line.size()));
    FLORIN_TRY_ASSIGN(JsonRow row, flat_json_row(line));
    head.columns = std::move(row.names);
    head.first_row = std::move(row.cells);
    return {};
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

base::Result<FileHead> read_file_head(const base::Path& path) {
    FileHead head;
    head.path = path;
    FLORIN_TRY_ASSIGN(ByteSource source, ByteSource::open(path));
    head.compression = source.compression();
    if (source.magic().starts_with("PAR1")) {
        head.format = FileFormat::kParquet;
        FLORIN_TRY_ASSIGN(const auto engine, engine::open_duckdb({.threads = 1}));
        auto columns = parquet_text_columns(*engine, path);
        if (!columns.ok()) {
            return located(std::move(columns).error(), path);
        }
        for (auto& [name, sql] : *columns) {
            head.columns.push_back(std::move(name));
        }
        return head;
    }
    FLORIN_TRY_ASSIGN(const char letter, first_letter(path));
    head.format = letter == '{' ? FileFormat::kJsonLines : FileFormat::kCsv;
    auto read = letter == '{' ? read_json_head(std::move(source), head) : read_csv_head(std::move(source), head);
    if (!read.ok()) {
        return located(std::move(read).error(), path);
    }
    return head;
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
                       "escape = '\"', nullstr = [{}], allow_quoted_nulls = {}, {}, max_line_size = {}, "
                       "buffer_size = {})",
                       sql_text(path.string()), list, sql_text(std::string(1, delimiter)), nulls, quoted_nulls,
                       reading == CsvReading::kParallel ? "strict_mode = true"
                                                        : "strict_mode = false, parallel = false",
                       line_bytes_max, std::max<std::uint64_t>(line_bytes_max, 32'000'000));
}

base::Result<std::vector<TextColumn>> parquet_text_columns(engine::Engine& engine, const base::Path& path) {
    auto types = engine.query(fmt::format("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM "
                                          "read_parquet({}))",
                                          sql_text(path.string())));
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
