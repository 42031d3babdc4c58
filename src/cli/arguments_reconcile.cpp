#include "cli/arguments_reconcile.hpp"

#include "cli/add_command.hpp"

#include <CLI/CLI.hpp>

namespace florin::cli {

void define_reconcile(CLI::App& app, ReconcileCommand& target) {
    CLI::App& reconcile = *add_command(app, "reconcile", "Hold a delivery's source, or an invoice, against the ledger",
                                       "  florin reconcile 3\n"
                                       "  florin reconcile 3 --by account,service\n"
                                       "  florin reconcile 3 --format html --out delivery-3.html\n"
                                       "  florin reconcile --invoice 1234567 --amount 1204.11 --tax 96.33\n"
                                       "  florin reconcile --invoices --period 2024-09");
    CLI::Option* delivery = reconcile.add_option("delivery", target.delivery, "The delivery's number");
    delivery->check(CLI::PositiveNumber);
    reconcile
        .add_option("--by", target.by, "account, service, line-type, rule; by default line-type and rule, in HTML all")
        ->delimiter(',')
        ->check(CLI::IsMember({"account", "service", "line-type", "rule"}))
        ->needs(delivery);
    CLI::Option* invoice = reconcile.add_option("--invoice", target.invoice, "Instead: the invoice of that id");
    invoice->type_name("ID");
    CLI::Option* invoices = reconcile.add_flag("--invoices", target.all_invoices, "Instead: all invoices there are");
    invoices->excludes(invoice);
    reconcile
        .add_option("--amount", target.amount,
                    "What the invoice bills without tax; by default what its InvoiceDetail says")
        ->needs(invoice);
    reconcile.add_option("--tax", target.tax, "The tax on it")->needs(invoice);
    reconcile.add_option("--currency", target.currency, "Only invoices in it, as in USD")->type_name("CODE");
    reconcile.add_option("--issuer", target.issuer, "Only invoices of that issuer")->type_name("NAME");
    reconcile.add_option("--period", target.period, "Only billing periods that start in it")->needs(invoices);
    reconcile.add_option("--format", target.format, "table or json; of a delivery html, too")
        ->check(CLI::IsMember({"table", "json", "html"}))
        ->capture_default_str();
    reconcile.add_option("--out", target.out, "Write to this file instead of the terminal")->type_name("FILE");
}

} // namespace florin::cli
