#include "ingest/vendor_file/focus_constants.hpp"

#include "base/sha256.hpp"
#include "engine/engine.hpp"
#include "ingest/csv_rows.hpp"
#include "ingest/exact_sum.hpp"
#include "ingest/exact_text.hpp"
#include "ingest/file_error.hpp"
#include "ingest/inspection_counter.hpp"
#include "ingest/inspection_csv.hpp"
#include "ingest/inspection_repairs.hpp"
#include "ingest/json_lines.hpp"
#include "lake/file_hashes.hpp"
#include "money/decimal.hpp"
#include "money/money.hpp"
#include "period/period.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <optional>

namespace florin::ingest::vendor_file {
namespace {

using engine::sql_text;
using focus::Dataset;

constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
constexpr std::size_t kTextBytesMax = 4096;

std::vector<std::string_view> focus_names() {
    std::vector<std::string_view> names;
    for (const focus::Column& column : focus::columns(Dataset::kCostAndUsage)) {
        names.push_back(column.name);
    }
    return names;
}

/// Where a header has the column, under whatever name the reader takes for it.
std::size_t place_of(const std::vector<std::string>& header, const std::string& column) {
    for (std::size_t i = 0; i < header.size(); ++i) {
        const focus::ColumnMatch match = focus::match_column(Dataset::kCostAndUsage, header[i]);
        if (match.column != nullptr ? match.column->name == column : header[i] == column) {
            return i;
        }
    }
    return kNowhere;
}

/// What became of a file on its way to the staged copy.
struct Corrected {
    std::uint64_t rows = 0;
    std::uint64_t first_row = 0;
    std::string example;
    std::map<std::string, ExactSum> billed_cost; ///< by currency
};

/// What the copy has that the file has not.
struct Additions {
    std::vector<std::string> header; ///< of the file
    std::vector<std::pair<std::string, std::string>> constants;
    std::map<std::size_t, const std::map<std::string, std::string>*> corrections; ///< by place
    bool is_nothing() const { return constants.empty() && corrections.empty(); }
};

Additions additions_for(std::vector<std::string> header, const FocusConstants& side_car) {
    Additions additions;
    for (const auto& constant : side_car.constants) {
        if (place_of(header, constant.first) == kNowhere) {
            additions.constants.push_back(constant);
        }
    }
    for (const auto& [column, cells] : side_car.corrections) {
        if (const std::size_t place = place_of(header, column); place != kNowhere) {
            additions.corrections.emplace(place, &cells);
        }
    }
    additions.header = std::move(header);
    return additions;
}

/// Copies the rows of a CSV with the cells of the constants behind them. One thread.
class CopyingReader final : public CsvRowReader {
public:
    CopyingReader(const Additions& additions, char delimiter, bool set_bad_rows_aside, std::ofstream& out)
        : CsvRowReader(additions.header, delimiter, set_bad_rows_aside), additions_(additions), delimiter_(delimiter),
          out_(out), billed_cost_(place_of(additions.header, "BilledCost")),
          currency_(place_of(additions.header, "BillingCurrency")) {
        for (const auto& [column, text] : additions.constants) {
            behind_ += delimiter;
            append_quoted(behind_, text);
            constant_currency_ = column == "BillingCurrency" ? text : constant_currency_;
        }
        behind_ += '\n';
    }

    std::string header() const {
        std::string line;
        for (const std::string& name : additions_.header) {
            line += line.empty() ? "" : std::string(1, delimiter_);
            append_quoted(line, name);
        }
        for (const auto& [column, text] : additions_.constants) {
            line += delimiter_;
            append_quoted(line, column);
        }
        return line + '\n';
    }
    std::map<std::size_t, Corrected> take_corrected() { return std::move(corrected_); }

protected:
    std::optional<base::Error> take(const CsvRow& row) override {
        ++rows_;
        std::size_t copied = row.begin;
        for (const auto& [place, cells] : additions_.corrections) {
            const Cell cell = cell_of(row, place);
            const auto meant = cells->find(cell.is_null() ? std::string() : unescaped(cell));
            if (meant == cells->end()) {
                continue;
            }
            const std::size_t begin = place == 0 ? row.begin : row.ends[place - 1] + 1;
            std::string text;
            append_quoted(text, meant->second);
            write({row.text + copied, begin - copied});
            write(text);
            copied = row.ends[place] - (ends_with_return(row, place) ? 1 : 0);
            count(row, place, meant->first);
        }
        const std::size_t end = row.end - (ends_with_return(row, row.ends.size() - 1) ? 1 : 0);
        write({row.text + copied, end - copied});
        write(behind_);
        return std::nullopt;
    }
    void count_set_aside(bool) override { ++rows_; } // one that has too few or too many cells, which take() never sees

private:
    static bool ends_with_return(const CsvRow& row, std::size_t place) {
        const std::size_t end = row.ends[place];
        return place + 1 == row.ends.size() && end > row.begin && row.text[end - 1] == '\r';
    }
    void write(std::string_view bytes) { out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size())); }
    std::string text_at(const CsvRow& row, std::size_t place) const {
        const Cell cell = place == kNowhere ? Cell{} : cell_of(row, place);
        return cell.is_null() ? std::string() : unescaped(cell);
    }

    void count(const CsvRow& row, std::size_t place, const std::string& cell) {
        Corrected& corrected = corrected_[place];
        if (corrected.rows++ == 0) {
            corrected.first_row = rows_;
            corrected.example = cell;
        }
        const std::string currency = currency_ == kNowhere ? constant_currency_ : text_at(row, currency_);
        std::string cost = text_at(row, billed_cost_);
        std::string plain;
        if (read_displayed_amount(cost, plain)) {
            cost = plain;
        }
        Amount amount;
        if (read_amount(cost, 18, amount) == AmountFault::kNone) { // else inspect() refuses the row
            corrected.billed_cost[currency].add(amount, cost);
        }
    }

    const Additions& additions_;
    char delimiter_;
    std::ofstream& out_;
    std::size_t billed_cost_;
    std::size_t currency_;
    std::string constant_currency_;
    std::string behind_;
    std::uint64_t rows_ = 0;
    std::map<std::size_t, Corrected> corrected_;
};

/// A copy to be read in a file's stead, and what is true of the file itself.
struct StagedCopy {
    base::Path path;
    std::string sha256;
    std::string content_sha256;
    std::uint64_t file_bytes = 0;
    Compression compression = Compression::kNone;
    std::vector<std::uint64_t> row_offsets;
    QuarantinedRows set_aside; ///< rows that are not in the copy
    bool has_rows = true;
    Additions additions;
    std::map<std::size_t, Corrected> corrected;
};

base::Result<StagedCopy> stage_csv(const base::Path& path, const base::Path& target, const FocusConstants& side_car,
                                   bool set_bad_rows_aside) {
    FLORIN_TRY_ASSIGN(ByteSource source, ByteSource::open(path));
    StagedCopy copy{.path = target, .file_bytes = source.raw_bytes_all(), .compression = source.compression()};
    CsvBlocks blocks(std::move(source), kBlockBytes, kRowBytesMax);
    CsvBlock first;
    FLORIN_TRY_ASSIGN(CsvHeader header, read_header(blocks, first));
    copy.additions = additions_for(std::move(header.names), side_car);
    std::ofstream out(target, std::ios::binary | std::ios::trunc);
    CopyingReader reader(copy.additions, header.delimiter, set_bad_rows_aside, out);
    out << reader.header();
    std::vector<CsvRowReader*> readers = {&reader};
    RowCounter counter;
    FLORIN_TRY(read_blocks(blocks, first, readers, {}, counter));
    if (!out.flush()) {
        return base::system_error("system.write", fmt::format("cannot write {}", target.string()));
    }
    ByteSource::Hashes hashes = blocks.source().hashes();
    copy.sha256 = std::move(hashes.file);
    copy.content_sha256 = std::move(hashes.content);
    copy.row_offsets = std::move(counter.offsets);
    copy.has_rows = counter.rows == 0 || counter.rows > counter.quarantined.rows; // of none, inspect() says what it is
    copy.set_aside = std::move(counter.quarantined);
    copy.set_aside.unreadable_cost_rows = copy.set_aside.rows;
    copy.corrected = reader.take_corrected();
    return copy;
}

base::Result<StagedCopy> stage_json_lines(const base::Path& path, const base::Path& target,
                                          const FocusConstants& side_car, bool set_bad_lines_aside) {
    const base::Path lines = base::Path(target).replace_extension(".lines.csv");
    FLORIN_TRY_ASSIGN(JsonLines converted, convert_json_lines(path, lines, set_bad_lines_aside));
    FLORIN_TRY_ASSIGN(StagedCopy copy, stage_csv(lines, target, side_car, false));
    FLORIN_TRY(base::remove_all(lines));
    copy.set_aside = set_aside(converted.bad_lines);
    copy.sha256 = std::move(converted.sha256);
    copy.content_sha256 = std::move(converted.content_sha256);
    copy.file_bytes = converted.file_bytes;
    copy.compression = converted.compression;
    copy.row_offsets = std::move(converted.row_offsets);
    return copy;
}

base::Result<StagedCopy> stage_parquet(const base::Path& path, const base::Path& target, Additions additions,
                                       const InspectionOptions& options) {
    if (!additions.corrections.empty()) {
        return base::user_error("mapping.wrong_type", "cells of a Parquet file have a type and cannot be corrected")
            .with_remedy("convert it to CSV, or leave `corrections` out");
    }
    StagedCopy copy{.path = target};
    FLORIN_TRY_ASSIGN(copy.sha256, lake::hash_of_file(path));
    copy.content_sha256 = copy.sha256;
    FLORIN_TRY_ASSIGN(copy.file_bytes, base::file_size(path));
    FLORIN_TRY_ASSIGN(const auto engine, engine::open_duckdb({.threads = std::max(options.threads, 1),
                                                              .temporary_folder = options.staging_folder}));
    std::string list;
    for (const auto& [column, text] : additions.constants) {
        list += fmt::format(", {} AS {}", sql_text(text), engine::sql_name(column));
    }
    FLORIN_TRY(engine->execute(fmt::format("COPY (SELECT *{} FROM {}) TO {} (FORMAT parquet)", list,
                                           parquet_relation(path), sql_text(target.string()))));
    copy.additions = std::move(additions);
    return copy;
}

/// The rows set aside are kept as they are in the file, not as they are in the copy.
base::Result<void> keep_quarantined(const FileHead& head, const StagedCopy& copy, const InspectionOptions& options,
                                    Inspection& inspection) {
    join_set_aside(copy.set_aside, inspection);
    QuarantinedRows& aside = inspection.quarantined;
    if (aside.rows == 0) {
        return {};
    }
    aside.first->place.file = head.path.string();
    if (head.format == FileFormat::kJsonLines) {
        return copy_lines(head.path, aside.row_numbers, *options.quarantine);
    }
    return head.format == FileFormat::kCsv ? copy_csv_rows(head.path, aside.row_numbers, *options.quarantine)
                                           : base::Result<void>();
}

void add_findings(const StagedCopy& copy, Inspection& inspection) {
    const Additions& additions = copy.additions;
    std::map<std::string, std::string> billed;
    for (const auto& [key, sums] : inspection.groups) {
        std::string& sum = billed.try_emplace(key.currency, "0").first->second;
        sum = exact_plus(sum, sums.sum[0]);
    }
    for (const auto& [column, text] : additions.constants) {
        inspection.findings.push_back({.rule = std::string(id(Rule::kConstantColumn)),
                                       .column = column,
                                       .rows = inspection.rows,
                                       .billed_cost = billed,
                                       .first_row = 0,
                                       .example = text});
    }
    for (const auto& [place, corrected] : copy.corrected) {
        Finding finding{.rule = std::string(id(Rule::kCorrectedCell)),
                        .column = additions.header[place],
                        .rows = corrected.rows,
                        .billed_cost = {},
                        .first_row = corrected.first_row,
                        .example = corrected.example.substr(0, 200)};
        for (const auto& [currency, sum] : corrected.billed_cost) {
            finding.billed_cost[currency] = sum.to_string();
        }
        inspection.findings.push_back(std::move(finding));
    }
    std::ranges::stable_sort(inspection.findings, [](const Finding& a, const Finding& b) {
        return std::tie(a.rule, a.column) < std::tie(b.rule, b.column);
    });
}

base::Result<std::string> read_text(const MappingText& text, const YAML::Node& node) {
    if (!node.IsScalar() || node.as<std::string>().empty() || node.as<std::string>().size() > kTextBytesMax) {
        return text.error("mapping.wrong_type", "a constant is a text", node);
    }
    return node.as<std::string>();
}

} // namespace

base::Result<const focus::Column*> focus_column(const MappingText& text, const YAML::Node& key) {
    const auto name = key.as<std::string>("");
    const focus::Column* column = focus::find_column(Dataset::kCostAndUsage, name);
    if (column == nullptr) {
        return text
            .error("mapping.unknown_name",
                   with_suggestion(fmt::format("FOCUS has no column `{}`", name), name, focus_names()), key)
            .with_remedy("columns of your own begin with x_");
    }
    return column;
}

base::Result<void> check_custom_name(const MappingText& text, const YAML::Node& key) {
    const auto name = key.as<std::string>("");
    const bool is_good =
        name.size() > 2 && std::ranges::all_of(name, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        });
    if (!is_good) {
        return text.error("mapping.syntax", "a column of your own is x_ and letters, digits or _", key);
    }
    return {};
}

base::Result<Constant> read_constant(const MappingText& text, const YAML::Node& key, const YAML::Node& value) {
    FLORIN_TRY_ASSIGN(const std::string cell, read_text(text, value));
    if (key.as<std::string>("").starts_with("x_")) {
        FLORIN_TRY(check_custom_name(text, key));
        return Constant{cell, sql_text(cell)};
    }
    FLORIN_TRY_ASSIGN(const focus::Column* column, focus_column(text, key));
    const auto wrong = [&](std::string_view expected) {
        return text.error("mapping.wrong_type", fmt::format("{} must be {}", column->name, expected), value);
    };
    switch (column->type) {
    case focus::ColumnType::kDecimal:
        if (!money::Decimal::parse(cell).ok()) {
            return wrong("a number");
        }
        return Constant{cell,
                        fmt::format("florin_{}({})", column->is_quantity ? "quantity" : "decimal", sql_text(cell))};
    case focus::ColumnType::kInstant:
        if (!period::parse_instant(cell).ok()) {
            return wrong("a time such as 2024-09-18T22:00:00Z");
        }
        return Constant{cell, fmt::format("florin_instant({})", sql_text(cell))};
    case focus::ColumnType::kJson:
        if (!nlohmann::json::accept(cell) || cell.front() != '{') {
            return wrong("a JSON object");
        }
        break;
    case focus::ColumnType::kString: break;
    }
    if (column->format == focus::ValueFormat::kCurrency && !money::Currency::parse(cell).ok()) {
        return wrong("a currency code of ISO 4217 in capitals, such as EUR");
    }
    if (auto fault = not_allowed(*column, cell)) {
        return text.error("mapping.unknown_value", std::move(*fault), value);
    }
    return Constant{cell, sql_text(cell)};
}

base::Result<FocusConstants> parse_focus_constants(const std::string& name, const MappingText& text) {
    FocusConstants side_car{.name = name};
    const YAML::Node& root = text.root();
    FLORIN_TRY(text.check_keys(root, {"kind", "files", "constants", "corrections"}));
    FLORIN_TRY_ASSIGN(side_car.files, text.scalar(root, "files"));
    FLORIN_TRY_ASSIGN(const auto constants, text.entries(root, "constants"));
    const auto no_money = [&](const YAML::Node& key) -> base::Result<void> {
        const focus::Column* column = focus::find_column(Dataset::kCostAndUsage, key.as<std::string>(""));
        if (column != nullptr && column->type == focus::ColumnType::kDecimal) {
            return text.error("mapping.wrong_type", "what a bill says of money and quantities is never replaced", key);
        }
        return {};
    };
    for (const auto& [key, value] : constants) {
        FLORIN_TRY(no_money(key));
        FLORIN_TRY_ASSIGN(Constant constant, read_constant(text, key, value));
        side_car.constants.emplace_back(key.as<std::string>(), std::move(constant.text));
    }
    const YAML::Node corrected = root["corrections"];
    FLORIN_TRY_ASSIGN(const auto corrections, text.entries(root, "corrections"));
    for (const auto& [key, cells] : corrections) {
        FLORIN_TRY(no_money(key));
        if (!cells.IsMap()) {
            return text.error("mapping.syntax", "corrections are `cell: what is meant` lines", cells);
        }
        FLORIN_TRY_ASSIGN(const auto lines, text.entries(corrected, key.as<std::string>()));
        for (const auto& [cell, value] : lines) {
            FLORIN_TRY_ASSIGN(Constant meant, read_constant(text, key, value));
            side_car.corrections[key.as<std::string>()][cell.as<std::string>()] = std::move(meant.text);
        }
    }
    if (side_car.constants.empty() && side_car.corrections.empty()) {
        return text.error("mapping.missing", "a side-car has `constants`: columns of FOCUS and what they hold", root);
    }
    side_car.digest = base::sha256(text.text()).substr(0, 16);
    return side_car;
}

base::Result<Inspection> inspect_with_constants(const FileHead& head, const FocusConstants& constants,
                                                const InspectionOptions& options) {
    const base::Path& path = head.path;
    Additions additions = additions_for(head.columns, constants);
    // Of JSON lines the first one does not tell the columns of all.
    if (head.format != FileFormat::kJsonLines && additions.is_nothing()) {
        return inspect(path, options);
    }
    const bool is_parquet = head.format == FileFormat::kParquet;
    const bool sets_aside = options.quarantine.has_value();
    FLORIN_TRY_ASSIGN(const base::Path target,
                      staged_path(options.staging_folder, path, is_parquet ? ".constants.parquet" : ".constants.csv"));
    auto copy = is_parquet                              ? stage_parquet(path, target, std::move(additions), options)
                : head.format == FileFormat::kJsonLines ? stage_json_lines(path, target, constants, sets_aside)
                                                        : stage_csv(path, target, constants, sets_aside);
    if (!copy.ok()) {
        return in_file(std::move(copy).error(), path);
    }
    if (!copy->has_rows) {
        return all_set_aside(copy->set_aside, path);
    }
    auto inspection = inspect(copy->path, options);
    if (!inspection.ok()) {
        return in_file(std::move(inspection).error(), path);
    }
    inspection->path = path;
    inspection->format = head.format;
    inspection->compression = copy->compression;
    inspection->sha256 = copy->sha256;
    inspection->content_sha256 = copy->content_sha256;
    inspection->file_bytes = copy->file_bytes;
    inspection->row_offsets.offsets = std::move(copy->row_offsets);
    inspection->constants = constants.digest;
    FLORIN_TRY(keep_quarantined(head, *copy, options, *inspection));
    add_findings(*copy, *inspection);
    return inspection;
}

} // namespace florin::ingest::vendor_file
