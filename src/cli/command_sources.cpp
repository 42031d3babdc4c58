#include "cli/delivery_json.hpp"
#include "cli/session.hpp"

#include "app/try_source.hpp"
#include "ingest/source.hpp"
#include "ingest/vendor_file/sources_folder.hpp"
#include "report/figures.hpp"
#include "report/text.hpp"
#include "report/text_table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace florin::cli {
namespace {

using report::Style;
using report::TextPage;

nlohmann::json source_json(const ingest::Source& source) {
    nlohmann::json rules = nlohmann::json::array();
    for (const ingest::SourceRule& rule : source.rules()) {
        rules.push_back({{"id", rule.id},
                         {"kind", ingest::name(rule.kind)},
                         {"sentence", rule.sentence},
                         {"document", rule.document},
                         {"date", rule.date}});
    }
    return {{"name", source.name()},
            {"title", source.title()},
            {"formats", source.formats()},
            {"mode", lake::name(source.mode())},
            {"mapping_version", source.mapping_version()},
            {"rules", rules}};
}

void show_all(std::span<const ingest::Source* const> sources,
              const std::vector<ingest::vendor_file::FocusConstants>& side_cars, TextPage& page) {
    report::TextTable table;
    table.columns = {{"source", false, 100}, {"bills", false, 90}, {"formats", false, 60}, {"mode", false, 80}};
    table.rows.push_back({{{"focus"},
                           {"FOCUS 1.0-preview to 1.4, any provider's"},
                           {"CSV, JSON lines, Parquet"},
                           {std::string(lake::name(lake::Mode::kSnapshot))}}});
    for (const ingest::Source* source : sources) {
        table.rows.push_back({{{std::string(source->name())},
                               {std::string(source->title())},
                               {std::string(source->formats())},
                               {std::string(lake::name(source->mode()))}}});
    }
    page.table(table);
    for (const ingest::vendor_file::FocusConstants& side_car : side_cars) {
        page.paragraph(fmt::format("constants for FOCUS files: {}{}", side_car.name,
                                   side_car.files.empty() ? "" : ", of " + report::terminal_text(side_car.files)),
                       0, 2);
    }
    page.blank();
    page.paragraph("`florin ingest` finds out by itself whose a bill is. `florin sources NAME` shows the rules of one.",
                   0, 0, Style::kDim);
}

void show_one(const ingest::Source& source, TextPage& page) {
    page.line(fmt::format("{}: {}", source.name(), source.title()), Style::kBold);
    page.paragraph(fmt::format("{}; {} deliveries; mapping {}", source.formats(), lake::name(source.mode()),
                               source.mapping_version()),
                   0, 0);
    for (const ingest::SourceRule& rule : source.rules()) {
        page.blank();
        page.line(fmt::format("{} ({})", rule.id, ingest::name(rule.kind)), Style::kBold);
        page.paragraph(rule.sentence, 2, 2);
        page.paragraph(rule.date.empty() ? rule.document : fmt::format("{}, read {}", rule.document, rule.date), 2, 2,
                       Style::kDim);
    }
}

/// The sources of the workspace that the command is in, if it is in one.
base::Result<ingest::vendor_file::SourcesFolder> read_folder(const Session& session) {
    const auto workspace = session.workspace_folder();
    return workspace.ok() ? ingest::vendor_file::read_sources_folder(*workspace / "sources")
                          : ingest::vendor_file::SourcesFolder();
}

void show_charges(const ingest::SourcePreview& preview, TextPage& page) {
    std::size_t number = 0;
    for (const auto& cells : preview.first) {
        page.blank();
        page.line(fmt::format("Charge {} of {}", ++number, preview.charges), Style::kBold);
        std::size_t width = 0;
        for (const auto& [column, text] : cells) {
            width = std::max(width, column.size());
        }
        for (const auto& [column, text] : cells) {
            page.paragraph(fmt::format("{:{}}  {}", report::terminal_text(column), width, report::terminal_text(text)),
                           2, static_cast<int>(width) + 4);
        }
    }
}

base::Result<int> run_try(Session& session, const SourcesCommand& command) {
    FLORIN_TRY_ASSIGN(app::Workspace workspace, session.open_workspace());
    FLORIN_TRY_ASSIGN(const app::TriedSource tried, app::try_source(workspace, {.file = command.file,
                                                                                .source = command.name,
                                                                                .charges_max = command.rows,
                                                                                .running = Session::interruptible()}));
    TextPage page(session.terminal().width, session.terminal().has_colour);
    page.paragraph(fmt::format("{}: {}{}{} ({}), {}, {}", report::terminal_text(command.file),
                               report::terminal_text(tried.title), tried.recognised.empty() ? "" : ", ",
                               tried.recognised, tried.name, report::count_text(tried.rows, "row"),
                               report::count_text(tried.preview.charges, "charge")),
                   0, 2);
    for (const ingest::ReconciledTotal& total : tried.preview.totals) {
        page.paragraph(fmt::format("{} {} in the file, {} in the charges, {} rounded away", total.currency,
                                   total.source, total.billed.to_string(), total.rounded_away),
                       2, 4);
    }
    show_charges(tried.preview, page);
    std::string nowhere;
    std::string somewhere;
    for (const auto& [column, charges] : tried.preview.empty) {
        if (charges == tried.preview.charges) {
            nowhere += (nowhere.empty() ? "" : ", ") + column;
        } else {
            somewhere += fmt::format("{}{} in {}", somewhere.empty() ? "" : ", ", column, charges);
        }
    }
    page.blank();
    if (!nowhere.empty()) {
        page.paragraph("FOCUS wants these, and nothing gives them: " + nowhere, 0, 2);
    }
    if (!somewhere.empty()) {
        page.paragraph("These are empty in some charges: " + somewhere, 0, 2);
    }
    page.paragraph("Nothing was taken in.", 0, 0, Style::kDim);
    session.terminal().out << page.take();
    return 0;
}

} // namespace

base::Result<int> run_sources(Session& session, const SourcesCommand& command) {
    if (command.action == SourcesCommand::Action::kTry) {
        return run_try(session, command);
    }
    FLORIN_TRY_ASSIGN(const ingest::vendor_file::SourcesFolder folder, read_folder(session));
    const std::vector<const ingest::Source*> sources = folder.all();
    TextPage page(session.terminal().width, session.terminal().has_colour);
    if (command.name.empty()) {
        if (command.format == "json") {
            nlohmann::json all = nlohmann::json::array();
            std::ranges::transform(sources, std::back_inserter(all),
                                   [](const ingest::Source* source) { return source_json(*source); });
            session.terminal().out << json_text(all) << "\n";
            return 0;
        }
        show_all(sources, folder.constants, page);
    } else {
        const auto found = std::ranges::find(sources, command.name, &ingest::Source::name);
        if (found == sources.end()) {
            return base::user_error("source.unknown", "there is no such source")
                .at({.cell = command.name})
                .with_remedy("`florin sources` lists them");
        }
        if (command.format == "json") {
            session.terminal().out << json_text(source_json(**found)) << "\n";
            return 0;
        }
        show_one(**found, page);
    }
    session.terminal().out << page.take();
    return 0;
}

} // namespace florin::cli
