#include "ingest/json_lines.hpp"

#include "base/terminal_text.hpp"

#include "ingest/byte_source.hpp"
#include "ingest/inspection_cells.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <unordered_map>

namespace florin::ingest {
namespace {

constexpr std::size_t kLineBytesMax = std::size_t{32} << 20U;
constexpr std::size_t kReadBytes = std::size_t{1} << 20U;
constexpr int kDepthMax = 64;
constexpr std::size_t kKeysMax = 10'000;

/// The non-empty lines of a file, one after the other.
class Lines {
public:
    explicit Lines(ByteSource source) : source_(std::move(source)) {}

    struct Line {
        std::string_view text;    ///< without its line end; valid until the next call
        std::uint64_t offset = 0; ///< in the decompressed file
    };
    /// Nothing at the end of the file.
    base::Result<std::optional<Line>> next() {
        while (true) {
            const std::size_t found = buffer_.find('\n', scanned_);
            if (found == std::string::npos && !ended_) {
                scanned_ = buffer_.size();
                if (buffer_.size() - begin_ > kLineBytesMax) {
                    return base::data_error("json.line_too_large",
                                            fmt::format("a line of more than {} bytes", kLineBytesMax))
                        .with_remedy("Expected one object on each line.");
                }
                FLORIN_TRY(refill());
                continue;
            }
            const std::size_t end = std::min(found, buffer_.size());
            if (end == buffer_.size() && begin_ == end && found == std::string::npos) {
                return std::optional<Line>();
            }
            std::string_view text(buffer_.data() + begin_, end - begin_);
            const std::uint64_t offset = offset_ + begin_;
            begin_ = std::min(end + 1, buffer_.size());
            scanned_ = begin_;
            while (!text.empty() && (text.back() == '\r' || text.back() == ' ' || text.back() == '\t')) {
                text.remove_suffix(1);
            }
            if (!text.empty()) {
                return std::optional<Line>({text, offset});
            }
        }
    }
    ByteSource& source() { return source_; }

private:
    base::Result<void> refill() {
        offset_ += begin_;
        buffer_.erase(0, begin_);
        scanned_ -= begin_;
        begin_ = 0;
        const std::size_t held = buffer_.size();
        buffer_.resize(held + kReadBytes);
        FLORIN_TRY_ASSIGN(const std::size_t got, source_.read(buffer_.data() + held, kReadBytes));
        buffer_.resize(held + got);
        ended_ = got < kReadBytes;
        return {};
    }

    ByteSource source_;
    std::string buffer_;
    std::size_t begin_ = 0;    // of the line to come
    std::size_t scanned_ = 0;  // no line end before
    std::uint64_t offset_ = 0; // of buffer_[0]
    bool ended_ = false;
};

/// The columns met so far.
struct Keys {
    std::vector<std::string> names;
    std::unordered_map<std::string, std::size_t> places;
    std::size_t place(const std::string& name) {
        const auto [entry, fresh] = places.emplace(name, names.size());
        if (fresh) {
            names.push_back(name);
        }
        return entry->second;
    }
};

/// Turns the events of one line into the cells of its row.
class RowReader final : public nlohmann::json_sax<nlohmann::json> {
public:
    RowReader(Keys& keys, JsonObjects objects) : keys_(keys), objects_(objects) {}

    /// The cells by column, in CSV form.
    std::vector<std::string> cells;
    base::Error error;

    void start() {
        for (std::string& cell : cells) {
            cell.clear();
        }
        seen_.assign(keys_.names.size(), false);
        depth_ = 0;
        cell_depth_ = 1;
        prefix_.clear();
        prefix_sizes_.clear();
        nested_.clear();
        error = {};
    }

    bool null() override { return depth_ == cell_depth_ || nested_value("null"); }
    bool boolean(bool value) override { return plain(value ? "true" : "false"); }
    bool number_integer(number_integer_t value) override { return plain(std::to_string(value)); }
    bool number_unsigned(number_unsigned_t value) override { return plain(std::to_string(value)); }
    bool number_float(number_float_t, const string_t& text) override { return plain(text); }
    bool string(string_t& value) override {
        if (depth_ == cell_depth_) {
            append_quoted(cells[column_], value);
            return true;
        }
        return nested_value(nlohmann::json(value).dump());
    }
    bool binary(binary_t&) override { return fail("json.bad_line", "binary data"); }
    bool start_object(std::size_t) override { return open('{'); }
    bool end_object() override { return close('}'); }
    bool start_array(std::size_t) override { return open('['); }
    bool end_array() override { return close(']'); }
    bool key(string_t& name) override {
        if (depth_ == cell_depth_) {
            name_ = name;
            column_ = keys_.place(prefix_ + name);
            if (column_ >= kKeysMax) {
                return fail("json.bad_line", fmt::format("more than {} different keys in the file", kKeysMax));
            }
            if (column_ >= cells.size()) {
                cells.resize(column_ + 1);
            }
            if (column_ >= seen_.size()) {
                seen_.resize(column_ + 1);
            }
            if (seen_[column_]) {
                return fail("json.duplicate_key",
                            fmt::format("the key {} stands twice in one object", base::terminal_text(name, 100)));
            }
            seen_[column_] = true;
            return true;
        }
        comma();
        nested_ += nlohmann::json(name).dump();
        nested_ += ':';
        after_key_ = true;
        return true;
    }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& problem) override {
        const std::string_view text = problem.what();
        const std::size_t colon = text.find(": ");
        return fail("json.bad_line",
                    fmt::format("no JSON at byte {}: {}", position,
                                base::terminal_text(text.substr(colon == text.npos ? 0 : colon + 2), 200)));
    }

private:
    bool fail(std::string code, std::string message) {
        error =
            base::data_error(std::move(code), std::move(message)).with_remedy("Expected one JSON object on each line.");
        return false;
    }
    bool plain(const std::string& text) {
        if (depth_ == 0) {
            return fail("json.bad_line", "the line is no object");
        }
        if (depth_ == cell_depth_) {
            cells[column_] = text;
            return true;
        }
        return nested_value(text);
    }
    void comma() {
        if (!after_key_ && !nested_.empty() && nested_.back() != '{' && nested_.back() != '[') {
            nested_ += ',';
        }
    }
    bool nested_value(std::string_view text) {
        if (depth_ == 0) {
            return fail("json.bad_line", "the line is no object");
        }
        comma();
        nested_ += text;
        after_key_ = false;
        return true;
    }
    bool open(char bracket) {
        if (depth_ == 0 && bracket != '{') {
            return fail("json.not_lines", "the line is an array");
        }
        if (++depth_ > kDepthMax) {
            return fail("json.too_deep",
                        fmt::format("objects and arrays within each other, more than {} deep", kDepthMax));
        }
        if (objects_ == JsonObjects::kFlat && bracket == '{' && depth_ == cell_depth_ + 1 && depth_ > 1) {
            ++cell_depth_;
            prefix_sizes_.push_back(prefix_.size());
            prefix_ += name_ + '.';
            return true;
        }
        if (depth_ > 1) {
            comma();
            nested_ += bracket;
            after_key_ = false;
        }
        return true;
    }
    bool close(char bracket) {
        --depth_;
        if (depth_ >= 1 && depth_ + 1 == cell_depth_) {
            --cell_depth_;
            prefix_.resize(prefix_sizes_.back());
            prefix_sizes_.pop_back();
            return true;
        }
        if (depth_ >= 1) {
            nested_ += bracket;
        }
        if (depth_ == cell_depth_) {
            append_quoted(cells[column_], nested_);
            nested_.clear();
        }
        return true;
    }

    Keys& keys_;
    JsonObjects objects_;
    int cell_depth_ = 1; // the depth whose members are cells
    std::string prefix_; // of their names
    std::vector<std::size_t> prefix_sizes_;
    std::string name_; // of the member that is being read
    std::vector<bool> seen_;
    std::size_t column_ = 0;
    int depth_ = 0;
    std::string nested_;
    bool after_key_ = false;
};

bool read_row(RowReader& reader, std::string_view line) {
    reader.start();
    return nlohmann::json::sax_parse(line.begin(), line.end(), &reader);
}

base::Error located(base::Error error, const base::Path& path, std::uint64_t row, std::string_view cell) {
    error.place.file = path.string();
    error.place.row = row;
    error.place.cell = cell.substr(0, 1024);
    return error;
}

/// First reading: the keys, the hash, the lines that are no rows.
base::Result<void> find_keys(const base::Path& path, bool set_bad_lines_aside, JsonObjects objects, Keys& keys,
                             JsonLines& out) {
    FLORIN_TRY_ASSIGN(ByteSource source, ByteSource::open(path));
    out.file_bytes = source.raw_bytes_all();
    out.compression = source.compression();
    Lines lines(std::move(source));
    RowReader reader(keys, objects);
    for (std::uint64_t row = 1;; ++row) {
        auto line = lines.next();
        if (!line.ok()) {
            const bool is_long = line.error().code == "json.line_too_large";
            return located(std::move(line).error(), path, is_long ? row : 0, {});
        }
        if (!*line) {
            break;
        }
        if ((row - 1) % RowOffsets::kStride == 0) {
            out.row_offsets.push_back((*line)->offset);
        }
        if (read_row(reader, (*line)->text)) {
            ++out.rows;
            continue;
        }
        base::Error error = located(reader.error, path, row, (*line)->text);
        if (!set_bad_lines_aside) {
            return error;
        }
        out.bad_lines.push_back({row, std::move(error)});
    }
    ByteSource::Hashes hashes = lines.source().hashes();
    out.sha256 = std::move(hashes.file);
    out.content_sha256 = std::move(hashes.content);
    return {};
}

} // namespace

void append_quoted(std::string& csv, std::string_view text) {
    csv += '"';
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t quote = std::min(text.find('"', at), text.size());
        csv.append(text, at, quote - at);
        if (quote < text.size()) {
            csv += "\"\"";
        }
        at = quote + 1;
    }
    csv += '"';
}

QuarantinedRows set_aside(const std::vector<BadLine>& lines) {
    QuarantinedRows rows;
    rows.rows = lines.size();
    rows.unreadable_cost_rows = lines.size();
    for (const BadLine& line : lines) {
        ++rows.reasons[line.error.code];
        rows.row_numbers.push_back(line.row);
    }
    if (!lines.empty()) {
        rows.first = lines.front().error;
    }
    return rows;
}

base::Result<std::vector<std::string>> first_line_columns(const base::Path& path) {
    FLORIN_TRY_ASSIGN(ByteSource source, ByteSource::open(path, ByteSource::Hashing::kNone));
    Lines lines(std::move(source));
    FLORIN_TRY_ASSIGN(const auto line, lines.next());
    Keys keys;
    RowReader reader(keys, JsonObjects::kFlat);
    if (line && !read_row(reader, line->text)) {
        return located(reader.error, path, 1, line->text);
    }
    return std::move(keys.names);
}

base::Result<std::vector<std::pair<std::string, std::string>>> cells_of_line(std::string_view line) {
    Keys keys;
    RowReader reader(keys, JsonObjects::kAsText);
    if (!read_row(reader, line)) {
        return std::move(reader.error);
    }
    std::vector<std::pair<std::string, std::string>> cells;
    for (std::size_t i = 0; i < reader.cells.size(); ++i) {
        std::string& text = reader.cells[i];
        if (text.starts_with('"')) {
            text = unescaped({text.data() + 1, static_cast<std::uint32_t>(text.size() - 2), Cell::State::kQuoted});
        } else if (text.empty()) {
            continue;
        }
        cells.emplace_back(std::move(keys.names[i]), std::move(text));
    }
    return cells;
}

base::Result<JsonLines> convert_json_lines(const base::Path& path, const base::Path& csv, bool set_bad_lines_aside,
                                           JsonObjects objects) {
    JsonLines out;
    Keys keys;
    FLORIN_TRY(find_keys(path, set_bad_lines_aside, objects, keys, out));
    if (keys.names.empty() || out.rows == 0) {
        return located(base::data_error("json.no_rows", "no line holds an object with keys")
                           .with_remedy("Expected one JSON object on each line."),
                       path, 0, {});
    }
    std::ofstream file(csv, std::ios::binary | std::ios::trunc);
    std::string text;
    const auto end_row = [&] {
        text.back() = '\n'; // instead of the last comma
        file << text;
        text.clear();
    };
    for (const std::string& name : keys.names) {
        append_quoted(text, name);
        text += ',';
    }
    end_row();
    FLORIN_TRY_ASSIGN(ByteSource source, ByteSource::open(path, ByteSource::Hashing::kNone));
    Lines lines(std::move(source));
    RowReader reader(keys, objects);
    reader.cells.resize(keys.names.size());
    while (true) {
        FLORIN_TRY_ASSIGN(const auto line, lines.next());
        if (!line) {
            break;
        }
        if (!read_row(reader, line->text)) {
            continue;
        }
        for (const std::string& cell : reader.cells) {
            text += cell;
            text += ',';
        }
        end_row();
    }
    if (!file.flush()) {
        return base::system_error("system.write", fmt::format("cannot write {}", csv.string()));
    }
    return out;
}

base::Result<void> copy_lines(const base::Path& path, const std::vector<std::uint64_t>& rows, const base::Path& out) {
    std::ofstream file(out, std::ios::binary | std::ios::trunc);
    FLORIN_TRY_ASSIGN(ByteSource source, ByteSource::open(path, ByteSource::Hashing::kNone));
    Lines lines(std::move(source));
    auto next = rows.begin();
    for (std::uint64_t row = 1; next != rows.end(); ++row) {
        FLORIN_TRY_ASSIGN(const auto line, lines.next());
        if (!line) {
            break;
        }
        if (*next == row) {
            file << line->text << '\n';
            ++next;
        }
    }
    if (!file.flush()) {
        return base::system_error("system.write", fmt::format("cannot write {}", out.string()));
    }
    return {};
}

} // namespace florin::ingest
