#include "ingest/source_test_ledger.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <set>

namespace florin::ingest {
namespace {

std::string cell_text(const std::string& text) {
    std::string quoted;
    for (const char c : text) {
        quoted += c == '"' ? "\"\"" : std::string(1, c);
    }
    return text.find_first_of(",\"\n") == std::string::npos ? text : "\"" + quoted + "\"";
}

/// Money and quantities without the zeros that the type adds.
std::string plain(std::string text) {
    if (text.find('.') != std::string::npos) {
        text.erase(text.find_last_not_of('0') + 1);
        text.erase(text.find_last_not_of('.') + 1);
    }
    return text;
}

} // namespace

Cells with(Cells row, const Cells& changes) {
    for (const auto& [column, cell] : changes) {
        row[column] = cell;
    }
    return row;
}

std::string csv_text(const std::vector<Cells>& rows) {
    std::set<std::string> columns;
    for (const Cells& row : rows) {
        for (const auto& [column, cell] : row) {
            columns.insert(column);
        }
    }
    const auto line = [&](const auto& cell) {
        std::string text;
        for (const std::string& column : columns) {
            text += (column == *columns.begin() ? "" : ",") + cell_text(cell(column));
        }
        return text + "\n";
    };
    std::string text = line([](const std::string& column) { return column; });
    for (const Cells& row : rows) {
        text += line([&](const std::string& column) { return row.contains(column) ? row.at(column) : std::string(); });
    }
    return text;
}

SourceLedger::SourceLedger(const Source& source) : source_(source), engine_(engine::open_duckdb({}).value()) {}

base::Result<std::vector<std::vector<SourceFile>>> SourceLedger::deliveries(
    const std::vector<base::Path>& paths, const std::vector<Manifest>& manifests) const {
    std::vector<SourceFile> files;
    for (const base::Path& path : paths) {
        FLORIN_TRY_ASSIGN(FileHead head, read_file_head(path));
        const auto recognised = source_.recognise(head);
        FLORIN_CHECK(recognised.has_value(), "a file of the source");
        FLORIN_TRY_ASSIGN(Survey read,
                          survey(path, source_.survey_rules(head), {.staging_folder = folder_.path() / "staging"}));
        files.push_back({std::move(head), *recognised, std::move(read), {}});
    }
    FLORIN_TRY_ASSIGN(const std::vector<FileGroup> groups, source_.group(files, manifests));
    std::vector<std::vector<SourceFile>> deliveries;
    for (const FileGroup& group : groups) {
        std::vector<SourceFile>& delivery = deliveries.emplace_back();
        for (const std::size_t file : group.files) {
            delivery.push_back(files[file]);
            delivery.back().variant = group.variant;
        }
    }
    return deliveries;
}

base::Result<SourceLoaded> SourceLedger::load(const std::vector<base::Path>& paths,
                                              const std::vector<Manifest>& manifests) {
    FLORIN_TRY_ASSIGN(const auto found, deliveries(paths, manifests));
    FLORIN_CHECK(found.size() == 1, "the files are one delivery");
    const base::Path out = folder_.path() / fmt::format("load{}", ++loads_);
    std::filesystem::create_directories(out);
    FLORIN_TRY_ASSIGN(SourceLoaded loaded, load_source(*engine_, source_, found.front(), out, {}));
    parts_ = loaded.parts;
    return loaded;
}

base::Result<SourceLoaded> SourceLedger::load_rows(const std::string& name, const std::vector<Cells>& rows) {
    return load({folder_.write(name, csv_text(rows))});
}

std::string SourceLedger::relation() const {
    std::vector<std::string> files;
    for (const lake::Part& part : parts_) {
        files.push_back((folder_.path() / fmt::format("load{}", loads_) / (part.stem + ".charges.parquet")).string());
    }
    return fmt::format("read_parquet({})", engine::sql_list(files));
}

std::vector<Cells> SourceLedger::charges(std::string_view where) const {
    const std::string from = fmt::format("FROM {} WHERE {}", relation(), where);
    const std::vector<engine::Column> columns = engine_->describe("SELECT * " + from).value();
    std::string list;
    for (const engine::Column& column : columns) {
        list += fmt::format("{}CAST({} AS VARCHAR)", list.empty() ? "" : ", ",
                            column.name == "x_Custom" ? "to_json(x_Custom)" : engine::sql_name(column.name));
    }
    std::vector<Cells> rows;
    for (const auto& values : engine_->query(fmt::format("SELECT {} {}", list, from)).value().rows) {
        Cells& row = rows.emplace_back();
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const auto* text = std::get_if<std::string>(&values[i]);
            if (text != nullptr && columns[i].name == "x_Custom") {
                const nlohmann::json custom = nlohmann::json::parse(*text);
                for (const auto& [name, value] : custom.items()) {
                    row[name] = value.get<std::string>();
                }
            } else if (text != nullptr) {
                const bool is_number =
                    columns[i].type == engine::Type::kDecimal || columns[i].type == engine::Type::kQuantity;
                row[columns[i].name] = is_number ? plain(*text) : *text;
            }
        }
    }
    return rows;
}

std::string SourceLedger::sum(std::string_view column, std::string_view where) const {
    const engine::Table table =
        engine_->query(fmt::format("SELECT CAST(sum({}) AS VARCHAR) FROM {} WHERE {}", column, relation(), where))
            .value();
    const auto* text = std::get_if<std::string>(&table.rows[0][0]);
    return text == nullptr ? "null" : plain(*text);
}

} // namespace florin::ingest
