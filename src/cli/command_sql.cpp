#include "cli/delivery_json.hpp"
#include "cli/progress.hpp"
#include "cli/session.hpp"

#include "app/sql_session.hpp"
#include "base/csv_cell.hpp"
#include "report/text.hpp"
#include "report/text_table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace florin::cli {
namespace {

void write_csv(const engine::Table& table, std::ostream& out) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        out << (i == 0 ? "" : ",") << base::csv_cell(table.columns[i].name);
    }
    out << "\n";
    for (const auto& row : table.rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            out << (i == 0 ? "" : ",") << base::csv_cell(engine::exact_text(row[i]));
        }
        out << "\n";
    }
}

/// Money and quantities as text, so that no reader rounds them.
nlohmann::json json_value(const engine::Value& value) {
    if (std::holds_alternative<std::monostate>(value)) {
        return {};
    }
    if (const auto* number = std::get_if<std::int64_t>(&value); number != nullptr) {
        return *number;
    }
    if (const auto* flag = std::get_if<bool>(&value); flag != nullptr) {
        return *flag;
    }
    return engine::exact_text(value);
}

void write_json(const engine::Table& table, std::ostream& out) {
    nlohmann::json rows = nlohmann::json::array();
    for (const auto& row : table.rows) {
        nlohmann::json object = nlohmann::json::object();
        for (std::size_t i = 0; i < row.size(); ++i) {
            object[table.columns[i].name] = json_value(row[i]);
        }
        rows.push_back(std::move(object));
    }
    out << json_text(rows) << "\n";
}

void write_table(const engine::Table& table, const Terminal& terminal) {
    report::TextTable text;
    text.keeps_all = true;
    for (const engine::Column& column : table.columns) {
        text.columns.push_back({report::terminal_text(column.name), column.type != engine::Type::kText});
    }
    for (const auto& row : table.rows) {
        report::TextTable::Row line;
        for (const engine::Value& value : row) {
            line.cells.push_back({report::terminal_text(engine::exact_text(value))});
        }
        text.rows.push_back(std::move(line));
    }
    report::TextPage page(terminal.width, terminal.has_colour);
    page.table(text);
    terminal.out << page.take();
}

} // namespace

base::Result<int> run_sql(Session& session, const SqlCommand& command) {
    FLORIN_TRY_ASSIGN(app::Workspace workspace, session.open_workspace());
    FLORIN_TRY_ASSIGN(const auto as_of, parse_as_of(command.as_of));
    FLORIN_TRY_ASSIGN(const app::SqlAnswer answer, app::run_sql(workspace, {.statement = command.statement,
                                                                            .as_of = as_of,
                                                                            .seconds_max = command.seconds_max,
                                                                            .running = Session::interruptible()}));
    if (command.format == "csv") {
        write_csv(answer.table, session.terminal().out);
    } else if (command.format == "json") {
        write_json(answer.table, session.terminal().out);
    } else {
        write_table(answer.table, session.terminal());
        session.say(
            fmt::format("{} {}", count_text(answer.table.rows.size()), answer.table.rows.size() == 1 ? "row" : "rows"));
    }
    if (answer.cut) {
        session.say(fmt::format("cut after {} rows; add a LIMIT or sum up", count_text(answer.table.rows.size())));
    }
    return 0;
}

} // namespace florin::cli
