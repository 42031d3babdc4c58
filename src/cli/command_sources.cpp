#include "cli/delivery_json.hpp"
#include "cli/session.hpp"

#include "ingest/source.hpp"
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

void show_all(std::span<const ingest::Source* const> sources, TextPage& page) {
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
        page.paragraph(fmt::format("{}, read {}", rule.document, rule.date), 2, 2, Style::kDim);
    }
}

} // namespace

base::Result<int> run_sources(Session& session, const SourcesCommand& command) {
    const std::span<const ingest::Source* const> sources = ingest::built_in_sources();
    TextPage page(session.terminal().width, session.terminal().has_colour);
    if (command.name.empty()) {
        if (command.format == "json") {
            nlohmann::json all = nlohmann::json::array();
            std::ranges::transform(sources, std::back_inserter(all),
                                   [](const ingest::Source* source) { return source_json(*source); });
            session.terminal().out << json_text(all) << "\n";
            return 0;
        }
        show_all(sources, page);
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
