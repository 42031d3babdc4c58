#include "ingest/focus_datasets/dataset_file.hpp"

#include "ingest/disjoint_sets.hpp"
#include "ingest/exact_text.hpp"
#include "ingest/file_error.hpp"
#include "ingest/focus_datasets/dataset_rows.hpp"
#include "ingest/inspection_counter.hpp"
#include "ingest/inspection_csv.hpp"
#include "ingest/json_lines.hpp"
#include "ingest/part_writer.hpp"
#include "lake/file_hashes.hpp"
#include "lake/storage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace florin::ingest::focus_datasets {
namespace {

using engine::sql_name;
using engine::sql_text;
using focus::Dataset;

struct Mark {
    Dataset dataset;
    std::string_view column; ///< that no other dataset has
    std::string_view table;
};
constexpr std::array<Mark, 3> kMarks = {
    {{Dataset::kBillingPeriod, "BillingPeriodStatus", "billing_periods"},
     {Dataset::kInvoiceDetail, "InvoiceIssueStatus", "invoice_details"},
     {Dataset::kContractCommitment, "ContractCommitmentId", "contract_commitments"}}};

bool has_column(std::span<const std::string> columns, Dataset dataset, std::string_view name) {
    return std::ranges::any_of(columns, [&](const std::string& column) {
        const focus::ColumnMatch match = focus::match_column(dataset, column);
        return match.column != nullptr && match.column->name == name;
    });
}

/// Reads CSV into rows; one thread, so that they come in order.
class CsvDatasetReader final : public CsvRowReader {
public:
    CsvDatasetReader(const std::vector<std::string>& names, char delimiter, std::uint64_t cell_bytes_max,
                     DatasetRows& rows)
        : CsvRowReader(names, delimiter, false), cell_bytes_max_(cell_bytes_max), rows_(rows), cells_(names.size()) {}

protected:
    std::optional<base::Error> take(const CsvRow& row) override {
        if (row.check_bytes || row.end - row.begin > cell_bytes_max_) {
            if (auto bad = find_bad_cell(row, names(), cell_bytes_max_)) {
                return bad;
            }
        }
        null_words_.clear();
        for (std::size_t i = 0; i < cells_.size(); ++i) {
            const Cell cell = cell_of(row, i);
            cells_[i].reset();
            if (cell.is_null()) {
                continue;
            }
            const bool is_null_word =
                cell.state == Cell::State::kPlain && (cell.raw() == "NULL" || cell.raw() == "null");
            if (is_null_word) {
                null_words_.push_back(i);
            } else {
                cells_[i] = unescaped(cell);
            }
        }
        auto error = rows_.take(cells_);
        for (const std::size_t column : null_words_) {
            rows_.touch(column, Rule::kNullLiteral, "NULL");
        }
        return error;
    }
    void count_set_aside(bool) override {}

private:
    std::uint64_t cell_bytes_max_;
    DatasetRows& rows_;
    std::vector<std::optional<std::string>> cells_;
    std::vector<std::size_t> null_words_;
};

base::Result<void> read_csv(const base::Path& path, const DatasetOptions& options, DatasetFile& out) {
    FLORIN_TRY_ASSIGN(ByteSource source, ByteSource::open(path));
    out.file_bytes = source.raw_bytes_all();
    CsvBlocks blocks(std::move(source), kBlockBytes, kRowBytesMax);
    CsvBlock first;
    FLORIN_TRY_ASSIGN(const CsvHeader header, read_header(blocks, first));
    FLORIN_TRY_ASSIGN(DatasetRows rows, DatasetRows::open(header.names, true, out));
    CsvDatasetReader reader(header.names, header.delimiter, options.cell_bytes_max, rows);
    CsvRowReader* const readers[] = {&reader};
    RowCounter counter;
    FLORIN_TRY(read_blocks(blocks, first, readers, {}, counter));
    ByteSource::Hashes hashes = blocks.source().hashes();
    out.sha256 = std::move(hashes.file);
    out.content_sha256 = std::move(hashes.content);
    return rows.finish();
}

base::Result<void> read_parquet(engine::Engine& engine, const base::Path& path, DatasetFile& out) {
    FLORIN_TRY_ASSIGN(out.sha256, lake::hash_of_file(path));
    out.content_sha256 = out.sha256;
    FLORIN_TRY_ASSIGN(out.file_bytes, base::file_size(path));
    FLORIN_TRY_ASSIGN(const std::vector<TextColumn> columns, parquet_text_columns(engine, path));
    std::vector<std::string> names;
    std::string list;
    for (const auto& [name, sql] : columns) {
        names.push_back(name);
        list += (list.empty() ? "" : ", ") + sql;
    }
    FLORIN_TRY_ASSIGN(DatasetRows rows, DatasetRows::open(names, false, out));
    std::vector<std::optional<std::string>> cells(names.size());
    const auto read = engine.stream(fmt::format("SELECT {} FROM {}", list, parquet_relation(path)),
                                    [&](const std::vector<engine::Value>& values) -> base::Result<void> {
                                        for (std::size_t i = 0; i < values.size(); ++i) {
                                            const auto* text = std::get_if<std::string>(&values[i]);
                                            cells[i] =
                                                text == nullptr || text->empty() ? std::nullopt : std::optional(*text);
                                        }
                                        auto error = rows.take(cells);
                                        if (error) {
                                            error->place.row = out.rows;
                                            return std::move(*error);
                                        }
                                        return {};
                                    });
    if (!read.ok()) {
        return read.error();
    }
    return rows.finish();
}

base::Result<void> read_json(const base::Path& path, const DatasetOptions& options, DatasetFile& out) {
    FLORIN_TRY_ASSIGN(const base::Path csv, staged_path(options.staging_folder, path, ".lines.csv"));
    FLORIN_TRY_ASSIGN(JsonLines lines, convert_json_lines(path, csv, false));
    FLORIN_TRY(read_csv(csv, options, out));
    out.sha256 = std::move(lines.sha256);
    out.content_sha256 = std::move(lines.content_sha256);
    out.file_bytes = lines.file_bytes;
    return base::remove_all(csv);
}

std::string value_sql(const focus::Column& column) {
    const std::string name = sql_name(column.name);
    switch (column.type) {
    case focus::ColumnType::kDecimal:
        return fmt::format("{}({})", column.is_quantity ? "florin_quantity" : "florin_decimal", name);
    case focus::ColumnType::kInstant: return fmt::format("florin_instant({})", name);
    case focus::ColumnType::kString:
    case focus::ColumnType::kJson: break;
    }
    return name;
}

std::string select_of(const DatasetFile& file) {
    std::vector<std::string> names;
    std::string list;
    for (const focus::Column& column : focus::columns(file.dataset)) {
        names.push_back(column.name);
        list += fmt::format("{} AS {}, ", value_sql(column), sql_name(column.name));
    }
    std::string custom;
    std::string texts;
    for (const std::string& name : file.custom_columns) {
        names.push_back(name);
        custom += (custom.empty() ? "" : "\x1F") + name;
        texts += ", " + sql_name(name);
    }
    names.emplace_back(kScopeColumn);
    return fmt::format(
        "SELECT {}{} AS {}, {} FROM {}", list,
        custom.empty() ? std::string("CAST(NULL AS MAP(VARCHAR, VARCHAR))")
                       : fmt::format("florin_text_map({}{})", sql_text(custom), texts),
        lake::column::kCustom, sql_name(kScopeColumn),
        csv_relation(file.canonical, names, ',', file.longest_row_bytes, {""}, false, CsvReading::kTolerant));
}

base::Error not_reconciled(std::string message) {
    base::Error error;
    error.code = "ingest.reconciliation";
    error.message = std::move(message);
    return error;
}

/// Rows of every scope and sums of every currency, as they were written.
base::Result<void> check_written(engine::Engine& engine, const std::vector<const DatasetFile*>& files,
                                 const base::Path& target) {
    const std::string relation = parquet_relation(target);
    std::map<std::string, std::uint64_t> scopes;
    std::map<std::string, std::string> billed;
    for (const DatasetFile* file : files) {
        for (const auto& [scope, rows] : file->scopes) {
            scopes[scope] += rows;
        }
        for (const auto& [currency, sum] : file->billed_cost) {
            const std::string away = file->rounded_away.at(currency);
            const std::string kept = exact_plus(sum, away.starts_with('-') ? away.substr(1)
                                                     : away == "0"         ? away
                                                                           : "-" + away);
            billed[currency] = exact_plus(billed.try_emplace(currency, "0").first->second, kept);
        }
    }
    FLORIN_TRY_ASSIGN(const engine::Table rows,
                      engine.query(fmt::format("SELECT Scope, count(*) FROM {} GROUP BY ALL", relation)));
    std::map<std::string, std::uint64_t> written;
    for (const auto& row : rows.rows) {
        written[std::get<std::string>(row[0])] = static_cast<std::uint64_t>(std::get<std::int64_t>(row[1]));
    }
    if (written != scopes) {
        return not_reconciled("the rows of a dataset were not written as they were read");
    }
    if (billed.empty()) {
        return {};
    }
    FLORIN_TRY_ASSIGN(
        const engine::Table sums,
        engine.query(fmt::format("SELECT BillingCurrency, sum(BilledCost) FROM {} GROUP BY ALL", relation)));
    for (const auto& row : sums.rows) {
        const std::string& currency = std::get<std::string>(row[0]);
        const std::string lake = std::get<money::Decimal>(row[1]).to_string();
        if (lake != billed[currency]) {
            return not_reconciled(
                fmt::format("invoices of {} {} were read, {} written", billed[currency], currency, lake));
        }
    }
    return {};
}

/// Each file was held against itself when it was read.
base::Result<void> check_said_once(const std::vector<DatasetFile>& files) {
    std::map<std::string_view, std::pair<const DatasetFile*, std::uint64_t>> first_with;
    for (const DatasetFile& file : files) {
        for (const auto& [key, row] : file.keys) {
            const auto [at, added] = first_with.try_emplace(key, &file, row);
            if (!added) {
                const auto& [first, first_row] = at->second;
                base::Error error =
                    duplicate_row(file.dataset, fmt::format("row {} of {}", first_row, first->path.string()));
                error.place.row = row;
                return in_file(std::move(error), file.path);
            }
        }
    }
    return {};
}

} // namespace

std::optional<Dataset> recognise(std::span<const std::string> columns) {
    if (has_column(columns, Dataset::kCostAndUsage, "ChargePeriodStart")) {
        return std::nullopt;
    }
    for (const Mark& mark : kMarks) {
        if (has_column(columns, mark.dataset, mark.column)) {
            return mark.dataset;
        }
    }
    return std::nullopt;
}

std::string_view table_name(Dataset dataset) {
    return std::ranges::find(kMarks, dataset, &Mark::dataset)->table;
}

std::vector<std::pair<std::string, std::string>> parquet_columns(Dataset dataset) {
    std::vector<std::pair<std::string, std::string>> all;
    for (const focus::Column& column : focus::columns(dataset)) {
        const std::string_view type = column.type == focus::ColumnType::kInstant   ? "TIMESTAMP"
                                      : column.type != focus::ColumnType::kDecimal ? "VARCHAR"
                                      : column.is_quantity                         ? "DECIMAL(38,12)"
                                                                                   : "DECIMAL(38,18)";
        all.emplace_back(column.name, type);
    }
    all.emplace_back(lake::column::kCustom, "MAP(VARCHAR, VARCHAR)");
    all.emplace_back(kScopeColumn, "VARCHAR");
    return all;
}

base::Result<DatasetFile> read(engine::Engine& engine, const FileHead& head, Dataset dataset,
                               const DatasetOptions& options) {
    DatasetFile out;
    out.path = head.path;
    out.dataset = dataset;
    out.format = head.format;
    FLORIN_TRY_ASSIGN(out.canonical, staged_path(options.staging_folder, head.path, ".dataset.csv"));
    base::Result<void> done;
    switch (head.format) {
    case FileFormat::kParquet: done = read_parquet(engine, head.path, out); break;
    case FileFormat::kJsonLines: done = read_json(head.path, options, out); break;
    case FileFormat::kCsv: done = read_csv(head.path, options, out); break;
    }
    if (!done.ok()) {
        return in_file(std::move(done).error(), head.path);
    }
    return out;
}

base::Result<void> write(engine::Engine& engine, const std::vector<const DatasetFile*>& files,
                         const base::Path& target) {
    std::string all;
    for (const DatasetFile* file : files) {
        all += (all.empty() ? "" : " UNION ALL ") + select_of(*file);
    }
    FLORIN_TRY(engine.execute(fmt::format("COPY ({}) TO {} {}", all, sql_text(target.string()), kParquet)));
    return check_written(engine, files, target);
}

base::Result<std::vector<std::vector<DatasetFile>>> group(std::vector<DatasetFile> files) {
    DisjointSets sets(files.size());
    std::map<std::pair<Dataset, std::string>, std::size_t> first_with;
    for (std::size_t i = 0; i < files.size(); ++i) {
        for (const auto& [scope, rows] : files[i].scopes) {
            const auto [at, added] = first_with.try_emplace({files[i].dataset, scope}, i);
            const base::Path& first = files[at->second].path;
            if (!added && first.parent_path() != files[i].path.parent_path()) {
                return base::conflict_error("ingest.two_versions",
                                            fmt::format("{} and {} are of the same scope of {}, {}", first.string(),
                                                        files[i].path.string(), focus::name(files[i].dataset), scope))
                    .with_remedy("take the older one in first, by itself and with --received DATE; the newer one then "
                                 "replaces it");
            }
            sets.join(at->second, i);
        }
    }
    std::vector<std::vector<DatasetFile>> groups;
    for (const std::vector<std::size_t>& members : sets.sets()) {
        std::vector<DatasetFile>& one = groups.emplace_back();
        for (const std::size_t member : members) {
            one.push_back(std::move(files[member]));
        }
        FLORIN_TRY(check_said_once(one));
    }
    return groups;
}

} // namespace florin::ingest::focus_datasets
