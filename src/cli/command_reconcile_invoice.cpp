// Invoices against the ledger.
#include "cli/command_reconcile.hpp"
#include "cli/delivery_json.hpp"
#include "cli/progress.hpp"

#include "app/reconcile_invoice.hpp"
#include "report/text.hpp"
#include "report/text_table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace florin::cli {
namespace {

using app::InvoiceAmount;
using app::InvoiceCheck;
using app::InvoiceVerdict;
using nlohmann::json;
using report::Style;
using report::TextPage;

base::Result<std::optional<money::Decimal>> parse_amount(const std::string& option, const std::string& text) {
    if (text.empty()) {
        return std::optional<money::Decimal>();
    }
    const auto amount = money::Decimal::parse(text);
    if (!amount.ok()) {
        return base::user_error("usage", fmt::format("{}: not an amount: {}", option, text))
            .with_remedy("write it as 1234.56, without a currency");
    }
    return std::optional(*amount);
}

std::string invoiced_text(const InvoiceAmount& amount) {
    return amount.invoiced ? amount.invoiced->to_string() : std::string("–");
}

std::string apart_text(const InvoiceAmount& amount) {
    return amount.invoiced ? amount.apart.to_string() : std::string("–");
}

Style style_of(const InvoiceAmount& amount) {
    return amount.verdict == InvoiceVerdict::kApart || amount.verdict == InvoiceVerdict::kNotCharged ? Style::kWarning
                                                                                                     : Style::kPlain;
}

json amount_json(const InvoiceAmount& amount) {
    return {{"rows", amount.rows},
            {"charged", amount.charged.to_string()},
            {"invoiced", amount.invoiced ? json(amount.invoiced->to_string()) : json()},
            {"apart", amount.invoiced ? json(amount.apart.to_string()) : json()},
            {"tolerance", amount.tolerance.to_string()},
            {"verdict", app::name(amount.verdict)}};
}

json check_json(const InvoiceCheck& check) {
    json object = {{"invoice", check.invoice}, {"issuer", check.issuer},          {"currency", check.currency},
                   {"status", check.status},   {"cost", amount_json(check.cost)}, {"tax", amount_json(check.tax)},
                   {"holds", check.holds()},   {"charges", json::array()},        {"lines", json::array()}};
    for (const app::InvoiceCharges& charges : check.charges) {
        object["charges"].push_back({{"account", charges.account},
                                     {"service", charges.service},
                                     {"rows", charges.rows},
                                     {"billed", charges.billed.to_string()}});
    }
    for (const app::InvoiceLine& line : check.lines) {
        json one = amount_json(line.amount);
        one["id"] = line.id;
        object["lines"].push_back(std::move(one));
    }
    return object;
}

report::TextTable amounts_table(const std::string& first) {
    report::TextTable table;
    table.columns = {{first, false},  {"charges", true, 40},   {"charged", true}, {"on the invoice", true},
                     {"apart", true}, {"tolerance", true, 60}, {"", false}};
    return table;
}

void add_amount(const std::string& name, const InvoiceAmount& amount, report::TextTable& table) {
    table.rows.push_back({{{report::terminal_text(name)},
                           {count_text(amount.rows)},
                           {amount.charged.to_string()},
                           {invoiced_text(amount)},
                           {apart_text(amount)},
                           {amount.tolerance.to_string()},
                           {std::string(app::name(amount.verdict))}},
                          style_of(amount)});
}

/// Where the whole invoice was given for what it is without tax.
bool is_with_tax(const InvoiceCheck& check) {
    return check.cost.verdict == InvoiceVerdict::kApart && check.tax.verdict == InvoiceVerdict::kNotStated &&
           !check.tax.charged.is_zero() && check.cost.apart.negated() == check.tax.charged;
}

void show_check(const InvoiceCheck& check, TextPage& page) {
    page.paragraph(fmt::format("Invoice {}{}{}, {}{}", report::terminal_text(check.invoice),
                               check.issuer.empty() ? "" : " of ", report::terminal_text(check.issuer), check.currency,
                               check.status.empty() ? "" : ", " + report::terminal_text(check.status)),
                   0, 2, Style::kBold);
    report::TextTable amounts = amounts_table("");
    add_amount("cost", check.cost, amounts);
    add_amount("tax", check.tax, amounts);
    page.table(amounts);
    if (is_with_tax(check)) {
        page.paragraph("With its tax the amount is what was charged: is --amount without tax, and --tax the tax?", 2,
                       2);
    }
    if (!check.lines.empty()) {
        page.blank();
        page.line("By line of the invoice (InvoiceDetailId)", Style::kBold);
        report::TextTable lines = amounts_table("line");
        for (const app::InvoiceLine& line : check.lines) {
            add_amount(line.id, line.amount, lines);
        }
        page.table(lines);
    }
    if (!check.charges.empty()) {
        page.blank();
        page.line("What was charged, with tax", Style::kBold);
        report::TextTable table;
        table.keeps_all = true;
        table.columns = {{"account", false}, {"service", false}, {"charges", true}, {"billed cost", true}};
        for (const app::InvoiceCharges& charges : check.charges) {
            table.rows.push_back({{{report::terminal_text(charges.account)},
                                   {charges.service.empty() ? "(none)" : report::terminal_text(charges.service)},
                                   {count_text(charges.rows)},
                                   {charges.billed.to_string()}}});
        }
        page.table(table);
    }
}

void show_all(const std::vector<InvoiceCheck>& checks, TextPage& page) {
    report::TextTable table;
    table.columns = {{"invoice", false},      {"issuer", false, 60}, {"status", false, 70},
                     {"currency", false, 90}, {"charged", true},     {"on the invoice", true},
                     {"apart", true},         {"cost", false},       {"tax charged", true, 50},
                     {"tax on it", true, 50}, {"tax", false, 95}};
    for (const InvoiceCheck& check : checks) {
        table.rows.push_back({{{report::terminal_text(check.invoice)},
                               {report::terminal_text(check.issuer)},
                               {report::terminal_text(check.status)},
                               {check.currency},
                               {check.cost.charged.to_string()},
                               {invoiced_text(check.cost)},
                               {apart_text(check.cost)},
                               {std::string(app::name(check.cost.verdict))},
                               {check.tax.charged.to_string()},
                               {invoiced_text(check.tax)},
                               {std::string(app::name(check.tax.verdict))}},
                              check.holds() ? Style::kPlain : Style::kWarning});
    }
    page.table(table);
}

base::Result<app::InvoiceRequest> request_of(const ReconcileCommand& command, const app::Workspace& workspace) {
    app::InvoiceRequest request;
    request.invoice = command.invoice;
    request.issuer = command.issuer;
    request.currency = command.currency;
    FLORIN_TRY_ASSIGN(request.amount, parse_amount("--amount", command.amount));
    FLORIN_TRY_ASSIGN(request.tax, parse_amount("--tax", command.tax));
    FLORIN_TRY_ASSIGN(request.period, parse_optional_period(command.period, workspace));
    request.running = Session::interruptible();
    return request;
}

} // namespace

base::Result<int> reconcile_invoices(Session& session, app::Workspace& workspace, const ReconcileCommand& command) {
    FLORIN_TRY_ASSIGN(const app::InvoiceRequest request, request_of(command, workspace));
    FLORIN_TRY_ASSIGN(const std::vector<InvoiceCheck> checks, app::reconcile_invoices(workspace, request));
    const bool all_hold = std::ranges::all_of(checks, &InvoiceCheck::holds);
    if (command.format == "json") {
        json list = json::array();
        for (const InvoiceCheck& check : checks) {
            list.push_back(check_json(check));
        }
        FLORIN_TRY(session.put(json_text(list) + "\n", command.out));
        return all_hold ? 0 : 1;
    }
    if (checks.empty()) {
        session.say("no charge that counts and no invoice detail names an invoice");
        return 0;
    }
    TextPage page(session.terminal().width, session.terminal().has_colour && command.out.empty());
    if (command.invoice.empty()) {
        show_all(checks, page);
    } else {
        for (const InvoiceCheck& check : checks) {
            show_check(check, page);
        }
    }
    FLORIN_TRY(session.put(page.take(), command.out));
    return all_hold ? 0 : 1;
}

} // namespace florin::cli
