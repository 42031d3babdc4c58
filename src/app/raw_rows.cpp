#include "app/raw_rows.hpp"

#include "focus/focus.hpp"
#include "ingest/byte_source.hpp"
#include "ingest/csv_blocks.hpp"
#include "ingest/csv_rows.hpp"
#include "ingest/inspection.hpp"
#include "ingest/inspection_cells.hpp"
#include "ingest/json_lines.hpp"
#include "ingest/text_file.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <utility>

namespace florin::app {
namespace {

using nlohmann::json;

constexpr std::uint64_t kRowStride = ingest::RowOffsets::kStride;
constexpr std::size_t kScanBytes = std::size_t{1} << 20U;
/// Of the rows from one known place to the next, which are read at once.
constexpr std::uint64_t kStretchBytesMax = std::uint64_t{256} << 20U;

constexpr auto kNoHashes = ingest::ByteSource::Hashing::kNone;

/// One file of a delivery as it came in.
struct KnownFile {
    lake::RawFile raw;
    base::Path path;
    std::uint64_t rows = 0; ///< that were loaded
    std::vector<std::uint64_t> set_aside;
    bool has_unknown_rows_aside = false; ///< some were set aside, and which is not known
    std::vector<std::uint64_t> offsets;
};

std::uint64_t number_at(const json& object, const char* name) {
    const auto found = object.find(name);
    return found == object.end() || !found->is_number_unsigned() ? 0 : found->get<std::uint64_t>();
}

std::vector<std::uint64_t> numbers_at(const json& object, const char* name) {
    const auto found = object.find(name);
    return found == object.end() || !found->is_array() ? std::vector<std::uint64_t>()
                                                       : found->get<std::vector<std::uint64_t>>();
}

std::vector<KnownFile> known_files(const base::Path& lake_folder, const lake::Delivery& delivery, const json& quality) {
    const json files = quality.is_object() ? quality.value("files", json::array()) : json::array();
    std::vector<KnownFile> known;
    for (std::size_t i = 0; i < delivery.raw_files.size(); ++i) {
        KnownFile file{.raw = delivery.raw_files[i], .path = {}, .set_aside = {}, .offsets = {}};
        file.path = file.raw.kept ? lake_folder / file.raw.path : base::Path(file.raw.path);
        file.rows = file.raw.rows;
        if (i < files.size()) {
            file.offsets = numbers_at(files[i], "row_offsets");
            file.set_aside = numbers_at(files[i], "quarantined_row_numbers");
            file.has_unknown_rows_aside = number_at(files[i], "quarantined_rows") != file.set_aside.size();
        }
        known.push_back(std::move(file));
    }
    return known;
}

/// The data row, from 1, of the row that was loaded as number `loaded`, from 1.
std::uint64_t row_in_file(std::uint64_t loaded, const std::vector<std::uint64_t>& set_aside) {
    for (const std::uint64_t aside : set_aside) { // ascending
        loaded += aside <= loaded ? 1 : 0;
    }
    return loaded;
}

/// Whether cells name the scope of a part. Bills repeat their cells, so each text is read once.
class ScopeMatch {
public:
    ScopeMatch(const lake::Part& part, const std::vector<std::string>& names) : part_(part) {
        for (std::size_t i = 0; i < names.size(); ++i) {
            const auto match = focus::match_column(focus::Dataset::kCostAndUsage, names[i]);
            if (match.column != nullptr) {
                places_.emplace(match.column->name, i);
            }
        }
    }
    bool is_possible() const {
        return places_.contains("BillingAccountId") && places_.contains("BillingPeriodStart") &&
               places_.contains("BillingPeriodEnd");
    }
    bool operator()(const ingest::CsvRow& row) {
        return holds(row, "BillingAccountId", account_,
                     [this](const std::string& text) { return text == part_.billing_account_id; }) &&
               holds(row, "BillingPeriodStart", start_,
                     [this](const std::string& text) { return is(text, part_.billing_period_start); }) &&
               holds(row, "BillingPeriodEnd", end_,
                     [this](const std::string& text) { return is(text, part_.billing_period_end); });
    }

private:
    static bool is(const std::string& text, period::Instant instant) {
        const auto parsed = period::parse_instant(text);
        return parsed.ok() && parsed->instant == instant;
    }
    bool holds(const ingest::CsvRow& row, const char* column, std::map<std::string, bool, std::less<>>& seen,
               const std::function<bool(const std::string&)>& test) {
        const ingest::Cell cell = ingest::cell_of(row, places_.at(column));
        const auto found = seen.find(cell.raw());
        return found != seen.end() ? found->second
                                   : seen.emplace(std::string(cell.raw()), test(ingest::unescaped(cell))).first->second;
    }

    const lake::Part& part_;
    std::map<std::string, std::size_t> places_;
    std::map<std::string, bool, std::less<>> account_;
    std::map<std::string, bool, std::less<>> start_;
    std::map<std::string, bool, std::less<>> end_;
};

/// Takes the wanted rows of blocks that come one after the other.
class RowTaker : public ingest::CsvRowReader {
public:
    /// `wanted` says of each row, by its number, whether it is; rows of another number of cells are never asked about.
    RowTaker(const ingest::CsvHeader& header,
             std::function<const ChargePlace*(std::uint64_t number, const ingest::CsvRow&)> wanted,
             std::function<void(const ChargePlace&, RawRow)> found)
        : CsvRowReader(header.names, header.delimiter, true), wanted_(std::move(wanted)), found_(std::move(found)) {}

    void read_block(const ingest::CsvBlock& block, std::uint64_t rows_before) {
        rows_before_ = rows_before;
        offset_ = block.offset + block.begin;
        read(block, outcome_);
    }
    std::uint64_t rows_of_block() const { return outcome_.row_starts.size(); }

protected:
    std::optional<base::Error> take(const ingest::CsvRow& row) override {
        const std::uint64_t number = rows_before_ + row.key.row;
        if (const ChargePlace* charge = wanted_(number, row)) {
            RawRow raw{.row = number, .byte_offset = offset_ + row.begin};
            raw.text.assign(row.text + row.begin, row.end - row.begin);
            if (raw.text.ends_with('\r')) {
                raw.text.pop_back();
            }
            for (std::size_t i = 0; i < names().size(); ++i) {
                if (const ingest::Cell cell = ingest::cell_of(row, i); !cell.is_null()) {
                    raw.cells.emplace_back(names()[i], ingest::unescaped(cell));
                }
            }
            found_(*charge, std::move(raw));
        }
        return std::nullopt;
    }
    void count_set_aside(bool) override {}

private:
    std::function<const ChargePlace*(std::uint64_t, const ingest::CsvRow&)> wanted_;
    std::function<void(const ChargePlace&, RawRow)> found_;
    ingest::BlockOutcome outcome_;
    std::uint64_t rows_before_ = 0;
    std::uint64_t offset_ = 0;
};

/// Hands out stretches of a file's content in ascending order, without reading what lies between where it can.
class Stretches {
public:
    static base::Result<Stretches> open(const base::Path& path, ingest::Compression compression) {
        Stretches out;
        if (compression == ingest::Compression::kNone) {
            out.file_.open(path, std::ios::binary);
            FLORIN_TRY_ASSIGN(out.size_, base::file_size(path));
        } else {
            FLORIN_TRY_ASSIGN(ingest::ByteSource source, ingest::ByteSource::open(path, kNoHashes));
            out.packed_.emplace(std::move(source));
        }
        return out;
    }

    /// Bytes [begin, end); `end` 0: to the end of the file. Nothing where they are more than kStretchBytesMax. There is
    /// room for what a CsvBlock has behind them.
    base::Result<std::optional<std::vector<char>>> read(std::uint64_t begin, std::uint64_t end) {
        std::vector<char> bytes;
        const std::uint64_t known_end = end == 0 ? size_ : end; // 0: of what is packed, it is not known
        if (known_end > begin + kStretchBytesMax) {
            return std::optional<std::vector<char>>();
        }
        bytes.reserve((known_end == 0 ? 0 : known_end - begin) + 1 + ingest::kScanSlack);
        if (!packed_) {
            bytes.resize(known_end - begin);
            file_.seekg(static_cast<std::streamoff>(begin));
            file_.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
            if (!file_) {
                return base::system_error("system.io", fmt::format("cannot read: {}", std::strerror(errno)));
            }
            return std::optional(std::move(bytes));
        }
        std::vector<char> buffer(kScanBytes);
        while (end == 0 || done_ < end) {
            const std::uint64_t wanted = end == 0 ? kScanBytes : end - done_;
            FLORIN_TRY_ASSIGN(const std::size_t got,
                              packed_->read(buffer.data(), std::min<std::size_t>(buffer.size(), wanted)));
            if (got == 0) {
                break;
            }
            if (done_ + got > begin) {
                const std::size_t skip = begin > done_ ? static_cast<std::size_t>(begin - done_) : 0;
                bytes.insert(bytes.end(), buffer.data() + skip, buffer.data() + got);
            }
            done_ += got;
            if (bytes.size() > kStretchBytesMax) {
                return std::optional<std::vector<char>>();
            }
        }
        return std::optional(std::move(bytes));
    }

private:
    std::ifstream file_;
    std::uint64_t size_ = 0;
    std::optional<ingest::ByteSource> packed_;
    std::uint64_t done_ = 0;
};

using Found = std::function<void(const ChargePlace&, RawRow)>;

base::Result<ingest::CsvHeader> header_of(const base::Path& path) {
    FLORIN_TRY_ASSIGN(ingest::ByteSource source, ingest::ByteSource::open(path, kNoHashes));
    ingest::CsvBlocks blocks(std::move(source), kScanBytes, ingest::kRowBytesMax);
    ingest::CsvBlock first;
    return ingest::read_header(blocks, first);
}

/// Rows by their number in the file, for each the charge.
using WantedRows = std::map<std::uint64_t, ChargePlace>;

/// Hands each stretch of rows with wanted ones in it to `look`, with the number of rows before it and its first byte.
/// The rows of one that is too large are `found` with a note.
base::Result<void> each_stretch(
    const KnownFile& file, ingest::Compression compression, const WantedRows& wanted, const Found& found,
    const std::function<void(std::vector<char> bytes, std::uint64_t rows_before, std::uint64_t offset)>& look) {
    FLORIN_TRY_ASSIGN(Stretches stretches, Stretches::open(file.path, compression));
    std::map<std::uint64_t, WantedRows> places;
    for (const auto& [row, charge] : wanted) {
        places[(row - 1) / kRowStride].emplace(row, charge);
    }
    for (const auto& [place, rows] : places) {
        if (place >= file.offsets.size()) {
            continue;
        }
        const std::uint64_t end = place + 1 < file.offsets.size() ? file.offsets[place + 1] : 0;
        FLORIN_TRY_ASSIGN(auto bytes, stretches.read(file.offsets[place], end));
        if (bytes) {
            look(std::move(*bytes), place * kRowStride, file.offsets[place]);
            continue;
        }
        for (const auto& [row, charge] : rows) {
            found(charge, {.row = row,
                           .note = fmt::format("The rows around it are more than {} MiB, which are not read for one.",
                                               kStretchBytesMax >> 20U)});
        }
    }
    return {};
}

base::Result<void> read_csv_rows(const KnownFile& file, ingest::Compression compression, const WantedRows& wanted,
                                 const Found& found) {
    FLORIN_TRY_ASSIGN(const ingest::CsvHeader header, header_of(file.path));
    RowTaker taker(
        header,
        [&wanted](std::uint64_t number, const ingest::CsvRow&) {
            const auto at = wanted.find(number);
            return at == wanted.end() ? nullptr : &at->second;
        },
        found);
    return each_stretch(file, compression, wanted, found,
                        [&taker](std::vector<char> bytes, std::uint64_t rows_before, std::uint64_t offset) {
                            ingest::CsvBlock block{.bytes = std::move(bytes), .offset = offset};
                            if (block.bytes.empty() || block.bytes.back() != '\n') {
                                block.bytes.push_back('\n');
                            }
                            block.size = block.bytes.size();
                            block.bytes.resize(block.size + ingest::kScanSlack);
                            taker.read_block(block, rows_before);
                        });
}

base::Result<void> read_json_rows(const KnownFile& file, ingest::Compression compression, const WantedRows& wanted,
                                  const Found& found) {
    const auto look = [&](const std::vector<char>& read, std::uint64_t rows_before, std::uint64_t offset) {
        const std::string_view bytes(read.data(), read.size());
        std::uint64_t number = rows_before;
        for (std::size_t begin = 0; begin < bytes.size();) {
            const std::size_t end = std::min(bytes.find('\n', begin), bytes.size());
            std::string_view line = bytes.substr(begin, end - begin);
            const std::size_t first = line.find_first_not_of(" \t\r");
            number += first == std::string::npos ? 0 : 1;
            const auto at = first == std::string::npos ? wanted.end() : wanted.find(number);
            if (at != wanted.end()) {
                line.remove_suffix(line.ends_with('\r') ? 1 : 0);
                RawRow raw{.row = number, .byte_offset = offset + begin, .text = std::string(line)};
                if (auto cells = ingest::cells_of_line(line); cells.ok()) {
                    raw.cells = std::move(cells).value();
                } else {
                    raw.note = fmt::format("The line cannot be read: {}.", cells.error().message);
                }
                found(at->second, std::move(raw));
            }
            begin = end + 1;
        }
    };
    return each_stretch(file, compression, wanted, found, look);
}

base::Result<void> read_parquet_rows(engine::Engine& engine, const KnownFile& file, const WantedRows& wanted,
                                     const Found& found) {
    FLORIN_TRY_ASSIGN(const std::vector<ingest::TextColumn> columns, ingest::parquet_text_columns(engine, file.path));
    std::string list;
    for (const auto& [name, sql] : columns) {
        list += fmt::format(", {}", sql);
    }
    for (const auto& [row, charge] : wanted) {
        FLORIN_TRY_ASSIGN(const engine::Table table,
                          engine.query(fmt::format("SELECT file_row_number{} FROM {} WHERE "
                                                   "file_row_number = {}",
                                                   list, ingest::parquet_relation(file.path), row - 1)));
        if (table.rows.empty()) {
            continue;
        }
        RawRow raw{.row = row};
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (std::string text = engine::exact_text(table.rows[0][i + 1]); !text.empty()) {
                raw.cells.emplace_back(columns[i].first, std::move(text));
            }
        }
        found(charge, std::move(raw));
    }
    return {};
}

/// Of a delivery with several scopes: counts the rows of this one from the first file on.
base::Result<void> scan_csv_rows(const KnownFile& file, const lake::Part& part,
                                 const std::map<std::int64_t, ChargePlace>& wanted, std::int64_t& seen,
                                 const Found& found) {
    FLORIN_TRY_ASSIGN(ingest::ByteSource source, ingest::ByteSource::open(file.path, kNoHashes));
    ingest::CsvBlocks blocks(std::move(source), kScanBytes, ingest::kRowBytesMax);
    ingest::CsvBlock block;
    FLORIN_TRY_ASSIGN(const ingest::CsvHeader header, ingest::read_header(blocks, block));
    ScopeMatch is_ours(part, header.names);
    if (!is_ours.is_possible()) {
        return {};
    }
    const std::set<std::uint64_t> aside(file.set_aside.begin(), file.set_aside.end());
    RowTaker taker(
        header,
        [&](std::uint64_t number, const ingest::CsvRow& row) -> const ChargePlace* {
            if (aside.contains(number) || !is_ours(row)) {
                return nullptr;
            }
            const auto at = wanted.find(seen++);
            return at == wanted.end() ? nullptr : &at->second;
        },
        found);
    std::uint64_t rows = 0;
    for (bool more = true; more && seen <= wanted.rbegin()->first;) {
        taker.read_block(block, rows);
        rows += taker.rows_of_block();
        FLORIN_TRY_ASSIGN(more, blocks.next(block));
    }
    return {};
}

/// Says so where the row and the ledger disagree.
void hold_against(const ChargePlace& charge, RawRow& raw) {
    for (const auto& [name, text] : raw.cells) {
        const auto match = focus::match_column(focus::Dataset::kCostAndUsage, name);
        if (match.column == nullptr || match.column->name != "BilledCost" || !charge.billed_cost) {
            continue;
        }
        const auto amount = money::Decimal::parse_rounded(text, money::Rounding::kHalfEven);
        if (amount.ok() && amount->value != *charge.billed_cost) {
            raw.note =
                fmt::format("The file says {} where the ledger has {} billed.", text, charge.billed_cost->to_string());
        }
    }
}

class RawRowFinder {
public:
    RawRowFinder(Workspace& workspace, engine::Engine& engine, const lake::Delivery& delivery, const lake::Part& part,
                 std::span<const ChargePlace> charges)
        : engine_(engine), delivery_(delivery), part_(part), charges_(charges),
          quality_(json::parse(delivery.quality, nullptr, false)),
          files_(known_files(workspace.lake().folder(), delivery, quality_)), rows_(charges.size()) {}

    base::Result<std::vector<RawRow>> run() {
        if (files_.size() == 1) {
            name_all(files_.front());
        }
        const bool by_mapping = quality_.is_object() && quality_.contains("source");
        const bool aside = std::ranges::any_of(files_, &KnownFile::has_unknown_rows_aside);
        if (by_mapping || aside) {
            note_all(by_mapping ? "The source's mapping made the charge of the bill's rows; which of them is not kept."
                                : "Rows of the file were set aside when it came in, and not which ones.");
            return std::move(rows_);
        }
        const auto with_rows =
            std::ranges::count_if(delivery_.parts, [](const lake::Part& part) { return part.has_files(); });
        FLORIN_TRY(with_rows == 1 ? find_by_number() : find_by_scope());
        for (RawRow& row : rows_) {
            if (row.row == 0 && row.note.empty()) {
                row.note = "The row was not found in the file.";
            }
        }
        return std::move(rows_);
    }

private:
    void name_all(const KnownFile& file) {
        for (RawRow& row : rows_) {
            row.file = file.raw.name;
            row.path = file.path;
        }
    }
    void note_all(const std::string& note) {
        for (RawRow& row : rows_) {
            row.note = note;
        }
    }
    Found put_into(const KnownFile& file) {
        return [this, &file](const ChargePlace& charge, RawRow raw) {
            raw.file = file.raw.name;
            raw.path = file.path;
            hold_against(charge, raw);
            for (std::size_t i = 0; i < charges_.size(); ++i) {
                if (charges_[i].row == charge.row) {
                    rows_[i] = raw;
                }
            }
        };
    }
    /// Whether the file is still there as it came in.
    bool is_there(const KnownFile& file, std::string& why) const {
        const auto bytes = base::file_size(file.path);
        why = !bytes.ok()                ? "The file is not there any more."
              : *bytes != file.raw.bytes ? "The file is another than the one that came in."
                                         : "";
        return why.empty();
    }

    base::Result<void> find_by_number() {
        std::uint64_t before = 0;
        for (const KnownFile& file : files_) {
            WantedRows wanted;
            for (std::size_t i = 0; i < charges_.size(); ++i) {
                const auto at = static_cast<std::uint64_t>(charges_[i].row);
                if (at >= before && at < before + file.rows) {
                    const std::uint64_t row = row_in_file(at - before + 1, file.set_aside);
                    wanted.emplace(row, charges_[i]);
                    rows_[i] = {.file = file.raw.name, .path = file.path, .row = row};
                    is_there(file, rows_[i].note);
                }
            }
            before += file.rows;
            std::string why;
            if (!wanted.empty() && is_there(file, why)) {
                FLORIN_TRY(read_rows(file, wanted));
            }
        }
        return {};
    }

    base::Result<void> read_rows(const KnownFile& file, const WantedRows& wanted) {
        FLORIN_TRY_ASSIGN(const ingest::FileKind kind, ingest::read_file_kind(file.path));
        switch (kind.format) {
        case ingest::FileFormat::kCsv: return read_csv_rows(file, kind.compression, wanted, put_into(file));
        case ingest::FileFormat::kJsonLines: return read_json_rows(file, kind.compression, wanted, put_into(file));
        case ingest::FileFormat::kParquet: return read_parquet_rows(engine_, file, wanted, put_into(file));
        }
        return {};
    }

    base::Result<void> find_by_scope() {
        std::map<std::int64_t, ChargePlace> wanted;
        for (const ChargePlace& charge : charges_) {
            wanted.emplace(charge.row, charge);
        }
        std::int64_t seen = 0;
        for (const KnownFile& file : files_) {
            std::string why;
            if (!is_there(file, why)) {
                note_all(why);
                return {};
            }
            FLORIN_TRY_ASSIGN(const ingest::FileKind kind, ingest::read_file_kind(file.path));
            if (kind.format != ingest::FileFormat::kCsv) {
                note_all("The delivery has several scopes, whose rows are told apart in CSV files only.");
                return {};
            }
            FLORIN_TRY(scan_csv_rows(file, part_, wanted, seen, put_into(file)));
        }
        return {};
    }

    engine::Engine& engine_;
    const lake::Delivery& delivery_;
    const lake::Part& part_;
    std::span<const ChargePlace> charges_;
    json quality_;
    std::vector<KnownFile> files_;
    std::vector<RawRow> rows_;
};

} // namespace

base::Result<std::vector<RawRow>> find_raw_rows(Workspace& workspace, engine::Engine& engine,
                                                const lake::Delivery& delivery, const lake::Part& part,
                                                std::span<const ChargePlace> charges) {
    return RawRowFinder(workspace, engine, delivery, part, charges).run();
}

} // namespace florin::app
