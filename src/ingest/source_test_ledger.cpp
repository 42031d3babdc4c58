#include "ingest/source_test_ledger.hpp"

#include "base/csv_cell.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>

namespace florin::ingest {
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
            text += (column == *columns.begin() ? "" : ",") + base::csv_cell(cell(column));
        }
        return text + "\n";
    };
    std::string text = line([](const std::string& column) { return column; });
    for (const Cells& row : rows) {
        text += line([&](const std::string& column) { return row.contains(column) ? row.at(column) : std::string(); });
    }
    return text;
}

std::string plain(std::string text) {
    if (text.find('.') != std::string::npos) {
        text.erase(text.find_last_not_of('0') + 1);
        text.erase(text.find_last_not_of('.') + 1);
    }
    return text;
}

void expect(const Cells& row, const Cells& expected) {
    for (const auto& [column, cell] : expected) {
        const auto at = row.find(column);
        EXPECT_EQ(at == row.end() ? "(null)" : at->second, cell) << column;
    }
}

void expect_rules_named(const Source& source, const std::string& prefix, const std::string& sql) {
    std::set<std::string> named;
    const std::string begin = prefix + ".";
    for (std::size_t at = sql.find(begin); at != std::string::npos; at = sql.find(begin, at + 1)) {
        const std::size_t rest = at + begin.size();
        const std::size_t end = std::min(sql.find_first_not_of("abcdefghijklmnopqrstuvwxyz-", rest), sql.size());
        if (end > rest) {
            named.insert(sql.substr(at, end - at));
        }
    }
    std::set<std::string> known;
    for (const SourceRule& rule : source.rules()) {
        EXPECT_FALSE(rule.document.empty()) << rule.id;
        known.insert(rule.id);
    }
    EXPECT_EQ(named, known);
}

void expect_rules_on_page(const Source& source, const base::Path& page) {
    constexpr std::string_view kBegin = "<!-- rules -->\n";
    constexpr std::string_view kEnd = "<!-- end of rules -->";
    std::string text = read_all(page);
    const std::size_t begin = text.find(kBegin) + kBegin.size();
    const std::size_t end = text.find(kEnd);
    ASSERT_LT(begin, end);
    const std::string table = rules_table(source.rules());
    if (std::getenv("FLORIN_UPDATE") != nullptr) {
        text.replace(begin, end - begin, table);
        std::ofstream(page, std::ios::binary) << text;
        return;
    }
    EXPECT_EQ(text.substr(begin, end - begin), table) << "FLORIN_UPDATE=1 writes it";
}

void expect_numbers_checked(const Source& source, const std::string& sql) {
    FileHead head;
    head.columns = source.known_columns();
    const SurveyRules rules = source.survey_rules(head);
    std::vector<std::string> checked = rules.decimals;
    for (const SurveyedAmount& amount : rules.amounts) {
        checked.push_back(amount.column);
    }
    int count = 0;
    for (const std::string function : {"florin_decimal(", "florin_quantity("}) {
        for (std::size_t at = sql.find(function); at != std::string::npos; at = sql.find(function, at + 1)) {
            // A column and nothing else, in quotes or not.
            std::string argument = sql.substr(at + function.size(), sql.find(')', at) - at - function.size());
            std::erase(argument, '"');
            if (argument.find_first_of(" (") == std::string::npos) {
                EXPECT_THAT(checked, testing::Contains(argument));
                ++count;
            }
        }
    }
    EXPECT_GT(count, 2);
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
                          survey(head, source_.survey_rules(head), {.staging_folder = folder_.path() / "staging"}));
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
