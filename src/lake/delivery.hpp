// What the lake holds: deliveries and their parts, and which of them is current. Values only.
#pragma once

#include "base/strong_id.hpp"
#include "lake/storage.hpp"
#include "money/decimal.hpp"
#include "period/period.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace florin::lake {

/// The number of a delivery in its lake: the catalog's sequence, from 1, never used again.
using DeliveryId = base::StrongId<struct DeliveryIdTag, std::int64_t>;

/// What a source's deliveries do to what was there. A source keeps to one, or to snapshots with what is
/// appended to them.
enum class Mode : std::uint8_t {
    kSnapshot,  ///< replaces its scope
    kAppend,    ///< adds to it; never waits for what it would lose, never is a stray
    kPartition, ///< replaces the partition that its scope names; nothing vanishes
};
std::string_view name(Mode mode);

/// Rows and exact sums of one currency.
struct CostSums {
    std::uint64_t rows = 0;
    std::array<money::Decimal, 4> costs{}; ///< as kCosts; a null counts as nothing
    std::array<std::uint64_t, 4> null_costs{};
    money::Decimal positive_billed; ///< sum of the positive BilledCosts
    /// Whether any charge has that cost; a sum of nothing but nulls is not known.
    bool has(std::size_t cost) const { return null_costs[cost] < rows; }
    friend bool operator==(const CostSums&, const CostSums&) = default;
};

/// One scope of one delivery: what a later snapshot of the same scope replaces as a whole.
struct Part {
    /// The source's own key: billing account and billing period, of a partition with its key, as in
    /// `ACCOUNT 2024-09 export 2024-09-03`.
    std::string scope;
    /// What the part is in its scope, where a provider states one bill in several ways; empty otherwise. Roles
    /// stand beside each other: a part replaces the part of its scope *and role*. A source gives roles to all
    /// parts of a scope or to none.
    std::string role;
    /// A role that states this part's rows again, or empty: the part does not count while one of that role, with
    /// rows, stands in its scope. As of Azure: an `amortized` part states the charges of `actual` again, but not
    /// those of `actual-purchases`, so `actual` yields to `amortized`, and the two others to nothing.
    std::string yields_to;
    std::string billing_account_id;
    period::Instant billing_period_start;
    period::Instant billing_period_end;
    /// A few rows of another billing period in a file that is about one period: they count while
    /// nothing else covers that scope, in whatever role, and never replace what does.
    bool stray = false;
    /// Set when the part waits: what it would lose against the current one, or which close it would change.
    std::string pending_reason;
    std::optional<period::Instant> released_at;
    std::uint64_t rows = 0;
    std::uint64_t cell_rows = 0; ///< 0 where no cells were written
    std::uint64_t tuple_rows = 0;
    std::uint64_t spread_charges = 0;
    period::Period days; ///< half-open, around every charge day and its spread
    std::string folder;  ///< below the lake's folder
    std::string stem;    ///< files are STEM.charges.parquet and so on
    bool has_cells = false;
    bool has_spread = false;
    std::map<std::string, CostSums> sums; ///< by BillingCurrency
    std::set<std::string> charge_days;    ///< YYYY-MM-DD with at least one charge
    std::set<std::string> sub_accounts;   ///< SubAccountIds with at least one charge

    /// As it is called in messages and when it is released: its scope, and its role where it has one.
    std::string name() const { return role.empty() ? scope : scope + " " + role; }
    /// A part without rows says that its scope is empty now, and has none.
    bool has_files() const { return rows > 0; }
    bool pending() const { return !pending_reason.empty() && !released_at.has_value(); }
    /// Releasing a stray part says that it is meant to be the scope.
    bool counts_as_stray() const { return stray && !released_at.has_value(); }
};

/// One raw file of a delivery.
struct RawFile {
    std::string name; ///< as it was called when it was ingested
    std::string path; ///< where it is: below the lake when kept, else where it was
    bool kept = false;
    std::string sha256;
    std::uint64_t bytes = 0;
    std::uint64_t rows = 0;
    std::string content_sha256 = {}; ///< of what is packed in it; empty where it was taken in before that was kept
};
/// Whether two files hold the same, however they are packed.
bool is_same_content(const RawFile& a, const RawFile& b);

/// An oddity of a delivery that touches its costs.
struct QualityMark {
    std::string rule; ///< as in docs/reference/repairs.md
    std::string column;
    std::uint64_t rows = 0;
    friend bool operator==(const QualityMark&, const QualityMark&) = default;
};

/// What a provider said of one of its billing periods at one time.
struct ProviderPeriod {
    std::string source;         ///< the feed whose bills it is about
    std::string invoice_issuer; ///< FOCUS InvoiceIssuerName; empty where the feed says it of all its bills
    period::Instant start;      ///< of the billing period, half-open
    period::Instant end;
    period::Instant stated_at;
    bool closed = false;
    std::optional<DeliveryId> delivery; ///< which said so; a withdrawn one says nothing
    friend bool operator==(const ProviderPeriod&, const ProviderPeriod&) = default;
};

/// Rows of a FOCUS dataset beside Cost and Usage that a delivery brought for one scope.
struct DatasetPart {
    std::string dataset; ///< as FOCUS calls it: `InvoiceDetail`
    std::string scope;   ///< `AWS 2024-09`
    std::uint64_t rows = 0;
    std::string
        path; ///< of its Parquet file below the lake, which may hold more scopes: column `Scope` tells them apart
};

/// One set of files received from a source at one time. Immutable but for its released and
/// withdrawn marks.
struct Delivery {
    DeliveryId id;
    std::string identity; ///< SHA-256 over its files' hashes, the source and the mapping version
    std::string source;
    Mode mode = Mode::kSnapshot;
    std::string focus_version;
    int mapping_version = 0;
    period::Instant ordered_at; ///< the provider's run or export time, else received_at
    period::Instant received_at;
    period::Instant committed_at;
    std::optional<period::Instant> withdrawn_at;
    std::string withdrawn_reason;
    std::optional<period::Instant> pruned_at; ///< its files are gone; its sums are still known
    std::optional<bool> complete;             ///< what the provider says of it; nothing where it says nothing
    /// What a reader of its figures must know, as (rule, column, rows): oddities that touch costs.
    std::vector<QualityMark> marks;
    std::string quality; ///< JSON, read with the whole delivery only: findings, quarantined rows, columns; see
                         ///< docs/reference/deliveries.md
    /// JSON, read by Catalog::reconciliation() only: source and ledger by account, service and line type; see
    /// docs/reference/deliveries.md.
    std::string reconciliation;
    std::vector<RawFile> raw_files;
    std::vector<Part> parts;
    std::vector<DatasetPart> datasets;           ///< instead of parts
    std::vector<ProviderPeriod> period_states{}; ///< of a draft only: what it says, without its id

    std::uint64_t rows() const; ///< charges, or rows of datasets
};

/// A part that counts, by its place in the deliveries it was selected from.
struct PartReference {
    std::size_t delivery = 0;
    std::size_t part = 0;
    friend auto operator<=>(const PartReference&, const PartReference&) = default;
};

/// The parts that stand, in order of delivery and part: what would count if no role yielded and no source came
/// before another.
///  - only deliveries received at or before `as_of` (all, without one) and not withdrawn by then;
///  - pending parts do not stand, nor do those that were released after `as_of`;
///  - of a source's snapshots and partitions of one scope and role the newest by ordered_at, then id; a stray
///    part only where no other part covers the scope, in whatever role;
///  - appended parts all, but only those ordered after the snapshot of their scope and role where there is one.
std::vector<PartReference> select_standing(std::span<const Delivery> deliveries, std::optional<period::Instant> as_of);

/// The parts that count, in order of delivery and part: of those that stand
///  - no part that yields to a role of which a part with rows stands in the same scope of the same source;
///  - where several sources have rows of one billing account and period, those of the one that `precedence`
///    names first (sources it does not name come last, together).
std::vector<PartReference> select_current(std::span<const Delivery> deliveries, std::optional<period::Instant> as_of,
                                          std::span<const std::string> precedence);

/// The parts of datasets that count, in order of delivery and part, by their places in Delivery::datasets: of each
/// dataset and scope the newest by ordered_at, then id, whatever feed brought it, among those received at or before
/// `as_of` (all, without one) and not withdrawn by then.
std::vector<PartReference> select_datasets(std::span<const Delivery> deliveries, std::optional<period::Instant> as_of);

/// What `incoming` would lose against `current`, in words, or nothing: a day or a sub account that is
/// no longer there, or more than 1 % of the sum of positive BilledCost of a currency.
std::optional<std::string> loss_against(const Part& current, const Part& incoming);

} // namespace florin::lake
