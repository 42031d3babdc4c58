#include "cli/delivery_json.hpp"
#include "cli/delivery_quality.hpp"
#include "cli/progress.hpp"
#include "cli/session.hpp"

#include "app/close_period.hpp"
#include "app/compare_deliveries.hpp"
#include "app/late_deliveries.hpp"
#include "period/duration.hpp"
#include "report/text.hpp"
#include "report/text_table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace florin::cli {
namespace {

using report::Style;
using report::TextPage;

/// `5`, or `5 → 7`.
std::string count_change_text(std::int64_t before, std::int64_t after) {
    const std::string text = count_text(static_cast<std::uint64_t>(before));
    return before == after ? text : fmt::format("{} → {}", text, count_text(static_cast<std::uint64_t>(after)));
}

/// Whose feed it is, and which dataset beside the charges.
std::string source_text(const lake::Delivery& delivery) {
    return delivery.datasets.empty() ? delivery.source
                                     : fmt::format("{} {}", delivery.source, delivery.datasets.front().dataset);
}

void show_datasets(const lake::Delivery& delivery, std::size_t index, const Counting& current, TextPage& page) {
    report::TextTable table;
    table.columns = {{"dataset", false}, {"scope", false}, {"rows", true}, {"", false}};
    for (std::size_t p = 0; p < delivery.datasets.size(); ++p) {
        const lake::DatasetPart& part = delivery.datasets[p];
        const bool counts =
            std::ranges::find(current.datasets, lake::PartReference{index, p}) != current.datasets.end();
        table.rows.push_back({{{part.dataset},
                               {part.scope.empty() ? "(no issuer)" : report::terminal_text(part.scope)},
                               {count_text(part.rows)},
                               {counts ? "" : "does not count"}}});
    }
    page.table(table);
}

base::Result<int> list(Session& session, app::Workspace& workspace, const DeliveriesCommand& command) {
    FLORIN_TRY_ASSIGN(const std::vector<lake::Delivery> all, workspace.lake().deliveries());
    const Counting current = what_counts(all, workspace.configuration().precedence);
    if (command.format == "json") {
        session.terminal().out << json_text(deliveries_json(all, current)) << "\n";
        return 0;
    }
    if (all.empty()) {
        session.say("nothing has been received: take bills in with `florin ingest PATH`");
        return 0;
    }
    report::TextTable table;
    table.columns = {{"#", true, 200},     {"received", false, 90}, {"source", false, 60}, {"files", false, 100},
                     {"scopes", true, 50}, {"rows", true, 80},      {"billed cost", true}, {"state", false, 95}};
    for (std::size_t d = 0; d < all.size(); ++d) {
        const lake::Delivery& delivery = all[d];
        std::string files = delivery.raw_files.empty() ? "" : report::terminal_text(delivery.raw_files.front().name);
        if (delivery.raw_files.size() > 1) {
            files += fmt::format(" +{}", delivery.raw_files.size() - 1);
        }
        table.rows.push_back({{{std::to_string(delivery.id.value())},
                               {minute_text(delivery.received_at)},
                               {report::terminal_text(source_text(delivery))},
                               {report::cut_to_columns(files, 32)},
                               {std::to_string(delivery.parts.size() + delivery.datasets.size())},
                               {count_text(delivery.rows())},
                               {billed_text(delivery)},
                               {delivery_state(delivery, d, current)}}});
    }
    TextPage page(session.terminal().width, session.terminal().has_colour);
    page.table(table);
    session.terminal().out << page.take();
    return 0;
}

base::Result<int> late(Session& session, app::Workspace& workspace, const DeliveriesCommand& command) {
    FLORIN_TRY_ASSIGN(const auto all, workspace.lake().catalog().deliveries(lake::Detail::kWithoutProfiles));
    const std::vector<app::DeliveryRhythm> rhythms = app::delivery_rhythms(all);
    nlohmann::json json = nlohmann::json::array();
    report::TextTable table;
    table.columns = {{"source", false},        {"billing accounts", false}, {"last delivery", false},
                     {"usual gap", false, 90}, {"due by", false, 95},       {"state", false}};
    bool is_any_late = false;
    for (const app::DeliveryRhythm& rhythm : rhythms) {
        const bool is_late = rhythm.is_late(workspace.now());
        is_any_late = is_any_late || is_late;
        const char* state = is_late ? "late" : rhythm.due_by ? "in time" : "too few to tell";
        json.push_back({{"source", rhythm.source},
                        {"billing_accounts", rhythm.billing_accounts},
                        {"last_delivery", period::to_string(rhythm.last_delivery)},
                        {"usual_gap_seconds", rhythm.usual_gap ? nlohmann::json(rhythm.usual_gap->count()) : nullptr},
                        {"due_by", rhythm.due_by ? nlohmann::json(period::to_string(*rhythm.due_by)) : nullptr},
                        {"late", is_late}});
        std::string accounts = report::terminal_text(rhythm.billing_accounts.front());
        if (rhythm.billing_accounts.size() > 1) {
            accounts += fmt::format(" +{}", rhythm.billing_accounts.size() - 1);
        }
        table.rows.push_back({{{report::terminal_text(rhythm.source)},
                               {accounts},
                               {minute_text(rhythm.last_delivery)},
                               {rhythm.usual_gap ? period::describe_duration(*rhythm.usual_gap) : ""},
                               {rhythm.due_by ? minute_text(*rhythm.due_by) : ""},
                               {state, is_late ? Style::kWarning : Style::kPlain}}});
    }
    if (command.format == "json") {
        session.terminal().out << json_text(json) << "\n";
    } else if (rhythms.empty()) {
        session.say("nothing has been received: take bills in with `florin ingest PATH`");
    } else {
        TextPage page(session.terminal().width, session.terminal().has_colour);
        page.table(table);
        session.terminal().out << page.take();
    }
    return is_any_late ? 1 : 0;
}

void show_head(const lake::Delivery& delivery, const std::string& state, TextPage& page) {
    page.line(fmt::format("Delivery {}: {}", delivery.id.value(), state), Style::kBold);
    page.line(fmt::format("  source {}, {}, FOCUS {}", report::terminal_text(source_text(delivery)),
                          lake::name(delivery.mode), delivery.focus_version));
    page.line(fmt::format("  received {}, ordered {}, committed {}", minute_text(delivery.received_at),
                          minute_text(delivery.ordered_at), minute_text(delivery.committed_at)));
    page.line(fmt::format("  identity {}", delivery.identity), Style::kDim);
    if (delivery.withdrawn_at.has_value()) {
        page.paragraph(fmt::format("withdrawn {}: {}", minute_text(*delivery.withdrawn_at),
                                   report::terminal_text(delivery.withdrawn_reason)),
                       2, 4, Style::kWarning);
    }
    for (const lake::RawFile& file : delivery.raw_files) {
        page.paragraph(fmt::format("file {}: {} {}, {}, sha256 {}, {}{}", report::terminal_text(file.name),
                                   count_text(file.rows), file.rows == 1 ? "row" : "rows", byte_text(file.bytes),
                                   file.sha256, file.kept ? "kept as lake/" : "referenced at ",
                                   report::terminal_text(file.path)),
                       2, 4);
    }
}

void show_parts(const lake::Delivery& delivery, TextPage& page) {
    report::TextTable table;
    table.keeps_all = true; // a scope is what `release --scope` is told
    table.columns = {{"scope", false},         {"rows", true},   {"tuples", true, 40},    {"daily sums", true, 40},
                     {"currency", false, 90},  {"billed", true}, {"effective", true, 95}, {"list", true, 70},
                     {"contracted", true, 60}, {"", false, 80}};
    for (const lake::Part& part : delivery.parts) {
        const std::string state = part.pending() ? "pending" : part.counts_as_stray() ? "stray" : "";
        if (!part.has_files()) {
            table.rows.push_back({{{report::terminal_text(part.name())}, {"0"}, {}, {}, {}, {}, {}, {}, {}, {state}}});
        }
        for (const auto& [currency, sums] : part.sums) {
            table.rows.push_back({{{report::terminal_text(part.name())},
                                   {count_text(sums.rows)},
                                   {count_text(part.tuple_rows)},
                                   {part.has_cells ? count_text(part.cell_rows) : "-"},
                                   {currency},
                                   {cost_text(sums, 0, currency)},
                                   {cost_text(sums, 1, currency)},
                                   {cost_text(sums, 2, currency)},
                                   {cost_text(sums, 3, currency)},
                                   {state}}});
        }
    }
    page.table(table);
    for (const lake::Part& part : delivery.parts) {
        if (part.pending()) {
            page.paragraph(fmt::format("{} waits: {}", report::terminal_text(part.name()),
                                       report::terminal_text(part.pending_reason)),
                           2, 4, Style::kWarning);
        }
    }
}

base::Result<int> show(Session& session, app::Workspace& workspace, const DeliveriesCommand& command) {
    FLORIN_TRY_ASSIGN(const std::vector<lake::Delivery> all, workspace.lake().deliveries());
    const Counting current = what_counts(all, workspace.configuration().precedence);
    const auto found = std::ranges::find(all, lake::DeliveryId(command.id), &lake::Delivery::id);
    if (found == all.end()) {
        return workspace.lake().delivery(lake::DeliveryId(command.id)).error();
    }
    const auto index = static_cast<std::size_t>(found - all.begin());
    if (command.format == "json") {
        nlohmann::json json = delivery_json(*found, index, current);
        json["quality"] = nlohmann::json::parse(found->quality);
        session.terminal().out << json_text(json) << "\n";
        return 0;
    }
    TextPage page(session.terminal().width, session.terminal().has_colour);
    show_head(*found, delivery_state(*found, index, current), page);
    page.blank();
    if (found->datasets.empty()) {
        show_parts(*found, page);
    } else {
        show_datasets(*found, index, current, page);
    }
    show_quality(nlohmann::json::parse(found->quality), page);
    session.terminal().out << page.take();
    return 0;
}

base::Result<int> diff(Session& session, app::Workspace& workspace, const DeliveriesCommand& command) {
    FLORIN_TRY_ASSIGN(const auto changes, app::compare_deliveries(workspace, lake::DeliveryId(command.id),
                                                                  lake::DeliveryId(command.other)));
    nlohmann::json json = nlohmann::json::array();
    report::TextTable table;
    table.columns = {{"what", false},
                     {"currency", false, 90},
                     {"rows", true, 80},
                     {"billed", true},
                     {"billed after", true},
                     {"change", true},
                     {"effective change", true, 70},
                     {"list change", true, 60},
                     {"contracted change", true, 50}};
    bool list_or_contracted = false;
    for (const app::ChargeChange& change : changes) {
        FLORIN_TRY_ASSIGN(const money::Decimal billed, app::change_of(change, 0));
        FLORIN_TRY_ASSIGN(const money::Decimal effective, app::change_of(change, 1));
        FLORIN_TRY_ASSIGN(const money::Decimal list, app::change_of(change, 2));
        FLORIN_TRY_ASSIGN(const money::Decimal contracted, app::change_of(change, 3));
        list_or_contracted = list_or_contracted || !list.is_zero() || !contracted.is_zero();
        const std::string what =
            change.dimension.empty()
                ? std::string("everything")
                : fmt::format("{} {}", change.dimension,
                              change.value.empty() ? std::string("(none)") : report::terminal_text(change.value));
        json.push_back({{"dimension", change.dimension},
                        {"value", change.value},
                        {"currency", change.currency},
                        {"rows_before", change.rows_before},
                        {"rows_after", change.rows_after},
                        {"billed_cost_before", change.before[0].to_string()},
                        {"billed_cost_after", change.after[0].to_string()},
                        {"billed_cost_change", billed.to_string()},
                        {"effective_cost_change", effective.to_string()},
                        {"list_cost_change", list.to_string()},
                        {"contracted_cost_change", contracted.to_string()}});
        table.rows.push_back({{{what},
                               {change.currency},
                               {count_change_text(change.rows_before, change.rows_after)},
                               {amount_text(change.before[0], change.currency)},
                               {amount_text(change.after[0], change.currency)},
                               {amount_text(billed, change.currency)},
                               {amount_text(effective, change.currency)},
                               {amount_text(list, change.currency)},
                               {amount_text(contracted, change.currency)}},
                              change.dimension.empty() ? Style::kBold : Style::kPlain});
    }
    if (command.format == "json") {
        session.terminal().out << json_text(json) << "\n";
        return 0;
    }
    if (!list_or_contracted) { // columns of zeros would take the names' room
        table.columns.resize(table.columns.size() - 2);
        for (report::TextTable::Row& row : table.rows) {
            row.cells.resize(table.columns.size());
        }
    }
    TextPage page(session.terminal().width, session.terminal().has_colour);
    page.table(table);
    session.terminal().out << page.take();
    return 0;
}

/// After a decision that may have changed a closed month: where to see what moved.
base::Result<void> say_closed_months(Session& session, app::Workspace& workspace, lake::DeliveryId id) {
    FLORIN_TRY_ASSIGN(const std::vector<std::string> sentences, app::closed_months_of(workspace, id));
    for (const std::string& sentence : sentences) {
        session.say(sentence);
    }
    return {};
}

base::Result<int> prune(Session& session, app::Workspace& workspace, const DeliveriesCommand& command) {
    FLORIN_TRY_ASSIGN(const lake::PruneReport report,
                      workspace.lake().prune(workspace.configuration().retention, workspace.now(), command.dry_run));
    for (const lake::PrunedDelivery& pruned : report.pruned) {
        session.terminal().out << fmt::format("{} delivery {}: {}\n", command.dry_run ? "would remove" : "removed",
                                              pruned.id.value(), byte_text(pruned.bytes));
    }
    for (const std::string& kept : report.kept) {
        session.terminal().out << "kept " << kept << "\n";
    }
    if (report.pruned.empty()) {
        session.say(
            fmt::format("nothing has not counted for {} days", workspace.configuration().retention.superseded_days));
    }
    return 0;
}

} // namespace

base::Result<int> run_deliveries(Session& session, const DeliveriesCommand& command) {
    FLORIN_TRY_ASSIGN(app::Workspace workspace, session.open_workspace());
    const lake::DeliveryId id(command.id);
    switch (command.action) {
    case DeliveriesCommand::Action::kList: return list(session, workspace, command);
    case DeliveriesCommand::Action::kLate: return late(session, workspace, command);
    case DeliveriesCommand::Action::kShow: return show(session, workspace, command);
    case DeliveriesCommand::Action::kDiff: return diff(session, workspace, command);
    case DeliveriesCommand::Action::kPrune: return prune(session, workspace, command);
    case DeliveriesCommand::Action::kRelease: {
        const auto scope = command.scope.empty() ? std::nullopt : std::optional(command.scope);
        FLORIN_TRY_ASSIGN(const std::int64_t released,
                          workspace.lake().release(id, scope, workspace.now(), workspace.configuration().precedence));
        session.say(fmt::format("delivery {}: {} {} now", command.id, released,
                                released == 1 ? "scope counts" : "scopes count"));
        FLORIN_TRY(say_closed_months(session, workspace, id));
        return 0;
    }
    case DeliveriesCommand::Action::kWithdraw: {
        FLORIN_TRY(
            workspace.lake().withdraw(id, command.reason, workspace.now(), workspace.configuration().precedence));
        session.say(fmt::format("delivery {} counts no longer; `florin deliveries restore {}` undoes this", command.id,
                                command.id));
        FLORIN_TRY(say_closed_months(session, workspace, id));
        return 0;
    }
    case DeliveriesCommand::Action::kRestore: {
        FLORIN_TRY(workspace.lake().restore(id, workspace.configuration().precedence));
        session.say(fmt::format("delivery {} counts again", command.id));
        FLORIN_TRY(say_closed_months(session, workspace, id));
        return 0;
    }
    }
    return 0;
}

} // namespace florin::cli
