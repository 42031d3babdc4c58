// Tag coverage as text, CSV and JSON.
#include "cli/command_report.hpp"
#include "cli/delivery_json.hpp"
#include "cli/progress.hpp"

#include "app/tag_coverage.hpp"
#include "base/csv_cell.hpp"
#include "report/text.hpp"
#include "report/text_table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace florin::cli {
namespace {

using app::AllocatedCost;
using app::TagCoverageAt;
using app::TaggedCost;
using app::TagReport;
using app::TagReportBlock;
using Json = nlohmann::json;
using report::Style;
using report::terminal_text;
using report::TextPage;
using report::TextTable;

std::string share_text(const std::optional<money::Decimal>& share) {
    return share ? report::percent_text(*share) : "–";
}

Json share_json(const std::optional<money::Decimal>& share) {
    return share ? Json(share->to_string()) : Json();
}

Json tagged_json(const TaggedCost& cost) {
    return {{"tagged", cost.tagged.to_string()},
            {"untagged", cost.untagged.to_string()},
            {"untaggable", cost.untaggable.to_string()},
            {"share_of_taggable", share_json(cost.share_of_taggable())},
            {"share_of_all", share_json(cost.share_of_all())}};
}

Json tag_block_json(const TagReportBlock& block) {
    Json object = {{"currency", block.currency},
                   {"cost", block.cost.to_string()},
                   {"keys", Json::array()},
                   {"trend", Json::array()},
                   {"worst", Json::array()},
                   {"others", {{"count", block.other_count}, {"untagged", block.others.to_string()}}},
                   {"allocated", Json::array()}};
    for (const TagCoverageAt& each : block.keys) {
        object["keys"].push_back(tagged_json(each.cost));
        object["keys"].back()["key"] = each.key;
    }
    for (const TagCoverageAt& each : block.trend) {
        object["trend"].push_back(tagged_json(each.cost));
        object["trend"].back()["month"] = period::to_string(period::month_of(each.step));
    }
    for (const app::UntaggedSpend& each : block.worst) {
        object["worst"].push_back(
            {{"account", each.account}, {"service", each.service}, {"untagged", each.untagged.to_string()}});
    }
    for (const AllocatedCost& each : block.allocated) {
        object["allocated"].push_back({{"dimension", each.dimension},
                                       {"by_tag", each.by_tag.to_string()},
                                       {"by_rule", each.by_rule.to_string()},
                                       {"by_default", each.by_default.to_string()},
                                       {"unowned", each.unowned.to_string()}});
    }
    return object;
}

Json tag_report_json(const TagReport& report) {
    Json object = {
        {"period", {{"start", period::to_string(report.period.start)}, {"end", period::to_string(report.period.end)}}},
        {"basis", query::name(report.basis)},
        {"keys", report.keys},
        {"untaggable", app::kUntaggable},
        {"blocks", Json::array()},
        {"notes", report.notes}};
    for (const TagReportBlock& block : report.blocks) {
        object["blocks"].push_back(tag_block_json(block));
    }
    return object;
}

std::string tag_report_csv(const TagReport& report) {
    std::string csv = "key,currency,tagged,untagged,untaggable,share_of_taggable,share_of_all\n";
    const auto text = [](const std::optional<money::Decimal>& share) { return share ? share->to_string() : ""; };
    for (const TagReportBlock& block : report.blocks) {
        for (const TagCoverageAt& each : block.keys) {
            csv += fmt::format("{},{},{},{},{},{},{}\n", base::csv_cell(each.key), each.currency,
                               each.cost.tagged.to_string(), each.cost.untagged.to_string(),
                               each.cost.untaggable.to_string(), text(each.cost.share_of_taggable()),
                               text(each.cost.share_of_all()));
        }
    }
    return csv;
}

TextTable coverage_table(const std::string& first, const std::string& currency) {
    TextTable table;
    table.keeps_all = true;
    table.columns = {{first, false},     {"of taggable", true}, {"of all", true}, {"tagged " + currency, true},
                     {"untagged", true}, {"untaggable", true}};
    return table;
}

void add_coverage(const std::string& name, const TagCoverageAt& at, TextTable& table) {
    table.rows.push_back({{{terminal_text(name)},
                           {share_text(at.cost.share_of_taggable())},
                           {share_text(at.cost.share_of_all())},
                           {amount_text(at.cost.tagged, at.currency)},
                           {amount_text(at.cost.untagged, at.currency)},
                           {amount_text(at.cost.untaggable, at.currency)}}});
}

void show_allocated(const TagReportBlock& block, TextPage& page) {
    if (block.allocated.empty()) {
        return;
    }
    page.blank();
    page.line("Owners, before shared cost is split", Style::kBold);
    TextTable table;
    table.keeps_all = true;
    table.columns = {
        {"dimension", false}, {"by tag", true}, {"by rule", true}, {"by default", true}, {"no owner", true}};
    for (const AllocatedCost& each : block.allocated) {
        const auto cell = [&block](money::Decimal part) {
            const auto ratio = block.cost.is_zero() ? base::Result<money::Decimal>(money::Decimal())
                                                    : money::divide(part, block.cost, money::Rounding::kHalfEven);
            return report::Cell{fmt::format("{} ({})", amount_text(part, block.currency),
                                            ratio.ok() ? report::percent_text(*ratio) : "–")};
        };
        table.rows.push_back({{{terminal_text(each.dimension)},
                               cell(each.by_tag),
                               cell(each.by_rule),
                               cell(each.by_default),
                               cell(each.unowned)}});
    }
    page.table(table);
}

void show_tags(const TagReport& report, const TagReportBlock& block, TextPage& page) {
    page.blank();
    page.line(fmt::format("{} {}", amount_text(block.cost, block.currency), terminal_text(block.currency)),
              Style::kAccent);
    TextTable keys = coverage_table("tag", terminal_text(block.currency));
    for (const TagCoverageAt& each : block.keys) {
        add_coverage(each.key, each, keys);
    }
    page.table(keys);
    page.blank();
    page.line(fmt::format("{} by month", terminal_text(report.keys.front())), Style::kBold);
    TextTable trend = coverage_table("month", terminal_text(block.currency));
    for (const TagCoverageAt& each : block.trend) {
        add_coverage(period::to_string(period::month_of(each.step)), each, trend);
    }
    page.table(trend);
    page.blank();
    page.line(fmt::format("Most cost without {}", terminal_text(report.keys.front())), Style::kBold);
    TextTable worst;
    worst.keeps_all = true;
    worst.columns = {{"account", false}, {"service", false, 60}, {"untagged", true}};
    for (const app::UntaggedSpend& each : block.worst) {
        worst.rows.push_back({{{each.account.empty() ? "(none)" : terminal_text(each.account)},
                               {each.service.empty() ? "(none)" : terminal_text(each.service)},
                               {amount_text(each.untagged, block.currency)}}});
    }
    if (block.other_count > 0) {
        worst.rows.push_back(
            {{{fmt::format("({} {})", count_text(block.other_count), block.other_count == 1 ? "other" : "others")},
              {""},
              {amount_text(block.others, block.currency)}},
             Style::kDim});
    }
    if (block.worst.empty()) {
        page.line("  none");
    } else {
        page.table(worst);
    }
    show_allocated(block, page);
}

std::string tag_report_text(const TagReport& report, int width, bool has_colour) {
    TextPage page(width, has_colour);
    page.line(fmt::format("Tag coverage of {} cost, {}", query::name(report.basis), report::period_text(report.period)),
              Style::kBold);
    for (const TagReportBlock& block : report.blocks) {
        show_tags(report, block, page);
    }
    if (report.blocks.empty()) {
        page.line("No charges.");
    }
    page.blank();
    page.paragraph("Untaggable: taxes, credits, adjustments, purchases, and unused commitments without the tag.", 0, 2,
                   Style::kDim);
    for (const std::string& note : report.notes) {
        page.paragraph(terminal_text(note), 0, 2, Style::kDim);
    }
    return page.take();
}

} // namespace

base::Result<int> report_tags(Session& session, app::Workspace& workspace, const ReportCommand& command) {
    FLORIN_TRY(check_folder_of("--out", command.out));
    app::TagReportRequest request;
    request.keys = command.keys;
    request.worst_max = command.top;
    FLORIN_TRY_ASSIGN(request.period, parse_optional_period(command.period, workspace));
    FLORIN_TRY_ASSIGN(request.as_of, parse_as_of(command.as_of));
    FLORIN_TRY_ASSIGN(request.basis, query::parse_basis(command.basis));
    request.running = Session::interruptible();
    FLORIN_TRY_ASSIGN(const TagReport report, app::report_tags(workspace, request));
    const Terminal& terminal = session.terminal();
    const std::string text = command.format == "json" ? json_text(tag_report_json(report)) + "\n"
                             : command.format == "csv"
                                 ? tag_report_csv(report)
                                 : tag_report_text(report, terminal.width, terminal.has_colour && command.out.empty());
    FLORIN_TRY(session.put(text, command.out));
    return 0;
}

} // namespace florin::cli
