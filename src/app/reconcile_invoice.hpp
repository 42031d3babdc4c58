// The use case "is this invoice what we were charged?": invoices against the ledger, with FOCUS's tolerance, tax apart.
#pragma once

#include "app/workspace.hpp"
#include "engine/engine.hpp"
#include "period/period.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace florin::app {

/// What became of holding an amount of an invoice against the ledger.
enum class InvoiceVerdict : std::uint8_t {
    kWithin,     ///< within the tolerance
    kApart,      ///< apart by more
    kNotStated,  ///< nobody said what the invoice says
    kNotCharged, ///< the invoice has an amount, and no charge is of it
};
/// `within`, `apart`, `not stated`, `not charged`.
std::string_view name(InvoiceVerdict verdict);

/// One amount of an invoice: all that is not tax, its tax, or one of its lines.
struct InvoiceAmount {
    std::uint64_t rows = 0; ///< charges
    money::Decimal charged; ///< their BilledCost
    std::optional<money::Decimal> invoiced;
    money::Decimal apart;     ///< charged - invoiced; 0 where nothing is stated
    money::Decimal tolerance; ///< MAX(100 minor units, sqrt(rows) x half a minor unit), cut off at 6 places of the root
    InvoiceVerdict verdict = InvoiceVerdict::kNotStated;
};

/// BilledCost of an invoice's charges, tax too, by account and service.
struct InvoiceCharges {
    std::string account; ///< SubAccountId, else BillingAccountId
    std::string service;
    std::uint64_t rows = 0;
    money::Decimal billed;
};

/// One line of the invoice, where charges and the dataset InvoiceDetail name it.
struct InvoiceLine {
    std::string id; ///< InvoiceDetailId
    InvoiceAmount amount;
};

struct InvoiceCheck {
    std::string invoice;
    std::string issuer; ///< InvoiceIssuerName; empty where neither side says
    std::string currency;
    std::string status; ///< InvoiceIssueStatus of its details: `Issued`; empty without any
    InvoiceAmount cost; ///< without tax
    InvoiceAmount tax;
    std::vector<InvoiceCharges> charges; ///< of a single invoice
    std::vector<InvoiceLine> lines;      ///< likewise
    /// Nothing is apart or missing; what is not stated is not judged.
    bool holds() const;
};

struct InvoiceRequest {
    std::string invoice;                  ///< empty: all there are
    std::string issuer;                   ///< empty: any
    std::string currency;                 ///< empty: any
    std::optional<money::Decimal> amount; ///< without tax; else what InvoiceDetail says
    std::optional<money::Decimal> tax;
    std::optional<period::Period> period;         ///< billing periods that start within it
    std::function<void(engine::Engine*)> running; ///< may be empty
};

/// Invoices by issuer, id and currency. What a detail that is Open says is not yet an invoice's amount. Errors:
/// `reconcile.no_invoice` (neither a charge nor a detail names it), `reconcile.several_invoices` (an amount is given
/// and several issuers or currencies have that id), those of the lake and the engine.
base::Result<std::vector<InvoiceCheck>> reconcile_invoices(Workspace& workspace, const InvoiceRequest& request);

} // namespace florin::app
