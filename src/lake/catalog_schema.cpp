#include "lake/catalog_schema.hpp"

#include <fmt/format.h>

#include <array>

namespace florin::lake {
namespace {

// Plain SQL, so that another database can hold the same catalog. Instants are microseconds since
// 1970, days are days since 1970, amounts are exact decimal text.
constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE reservations (
    id INTEGER PRIMARY KEY AUTOINCREMENT, started_at INTEGER NOT NULL, folder TEXT NOT NULL);
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, identity TEXT NOT NULL UNIQUE, source TEXT NOT NULL, mode TEXT NOT NULL,
    focus_version TEXT NOT NULL, mapping_version INTEGER NOT NULL, ordered_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL, committed_at INTEGER NOT NULL, withdrawn_at INTEGER, withdrawn_reason TEXT NOT NULL,
    pruned_at INTEGER, complete INTEGER, marks TEXT NOT NULL, quality TEXT NOT NULL);
CREATE TABLE raw_files (
    delivery_id INTEGER NOT NULL REFERENCES deliveries(id), position INTEGER NOT NULL, name TEXT NOT NULL,
    path TEXT NOT NULL, kept INTEGER NOT NULL, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL, row_count INTEGER NOT NULL,
    PRIMARY KEY (delivery_id, position));
CREATE TABLE parts (
    delivery_id INTEGER NOT NULL REFERENCES deliveries(id), position INTEGER NOT NULL, scope TEXT NOT NULL,
    billing_account_id TEXT NOT NULL, billing_period_start INTEGER NOT NULL, billing_period_end INTEGER NOT NULL,
    stray INTEGER NOT NULL, pending_reason TEXT NOT NULL, released_at INTEGER, row_count INTEGER NOT NULL,
    cell_rows INTEGER NOT NULL, tuple_rows INTEGER NOT NULL, spread_charges INTEGER NOT NULL,
    first_day INTEGER NOT NULL,
    end_day INTEGER NOT NULL, folder TEXT NOT NULL, stem TEXT NOT NULL, has_cells INTEGER NOT NULL,
    has_spread INTEGER NOT NULL, charge_days TEXT NOT NULL, sub_accounts TEXT NOT NULL,
    PRIMARY KEY (delivery_id, position));
CREATE TABLE part_sums (
    delivery_id INTEGER NOT NULL, position INTEGER NOT NULL, currency TEXT NOT NULL, row_count INTEGER NOT NULL,
    costs TEXT NOT NULL, null_costs TEXT NOT NULL, positive_billed TEXT NOT NULL,
    PRIMARY KEY (delivery_id, position, currency),
    FOREIGN KEY (delivery_id, position) REFERENCES parts(delivery_id, position));
CREATE TABLE delivery_references (
    delivery_id INTEGER NOT NULL REFERENCES deliveries(id), kind TEXT NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (delivery_id, kind, name));
)sql";

// Files by their path below the lake; a compacted one belongs to no delivery. A month is the day its
// billing periods start from. What a close found is what the parts it names sum to: those never change.
constexpr std::string_view kVersion2 = R"sql(
ALTER TABLE parts ADD COLUMN role TEXT NOT NULL DEFAULT '';
ALTER TABLE parts ADD COLUMN yields_to TEXT NOT NULL DEFAULT '';
CREATE TABLE lake_files (
    path TEXT PRIMARY KEY, delivery_id INTEGER REFERENCES deliveries(id), sha256 TEXT NOT NULL, bytes INTEGER NOT NULL);
CREATE TABLE provider_periods (
    source TEXT NOT NULL, invoice_issuer TEXT NOT NULL, period_start INTEGER NOT NULL, period_end INTEGER NOT NULL,
    stated_at INTEGER NOT NULL, closed INTEGER NOT NULL, delivery_id INTEGER REFERENCES deliveries(id),
    PRIMARY KEY (source, invoice_issuer, period_start, stated_at));
CREATE TABLE period_closes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, month INTEGER NOT NULL, closed_at INTEGER NOT NULL, closed_by TEXT NOT NULL,
    close_reason TEXT NOT NULL, reopened_at INTEGER, reopened_by TEXT NOT NULL, reopen_reason TEXT NOT NULL);
CREATE TABLE period_close_parts (
    close_id INTEGER NOT NULL REFERENCES period_closes(id), delivery_id INTEGER NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (close_id, delivery_id, position),
    FOREIGN KEY (delivery_id, position) REFERENCES parts(delivery_id, position));
)sql";

// What a delivery says of a period is its own: withdrawing another one that says the same leaves it.
constexpr std::string_view kVersion3 = R"sql(
ALTER TABLE deliveries ADD COLUMN reconciliation TEXT NOT NULL DEFAULT '';
ALTER TABLE raw_files ADD COLUMN content_sha256 TEXT NOT NULL DEFAULT '';
CREATE TABLE dataset_parts (
    delivery_id INTEGER NOT NULL REFERENCES deliveries(id), position INTEGER NOT NULL, dataset TEXT NOT NULL,
    scope TEXT NOT NULL, row_count INTEGER NOT NULL, path TEXT NOT NULL,
    PRIMARY KEY (delivery_id, position));
ALTER TABLE provider_periods RENAME TO provider_periods_before;
CREATE TABLE provider_periods (
    source TEXT NOT NULL, invoice_issuer TEXT NOT NULL, period_start INTEGER NOT NULL, period_end INTEGER NOT NULL,
    stated_at INTEGER NOT NULL, closed INTEGER NOT NULL, delivery_id INTEGER REFERENCES deliveries(id));
CREATE UNIQUE INDEX provider_periods_once ON provider_periods (
    source, invoice_issuer, period_start, stated_at, coalesce(delivery_id, 0));
INSERT INTO provider_periods SELECT * FROM provider_periods_before;
DROP TABLE provider_periods_before;
)sql";

// Rules of allocation that were applied: which files are in force from which day on, the bytes of each file once, and
// the parts over which the certificates were made.
constexpr std::string_view kVersion4 = R"sql(
CREATE TABLE allocation_texts (sha256 TEXT PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE allocation_files (
    rules_hash TEXT NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL REFERENCES allocation_texts(sha256),
    PRIMARY KEY (rules_hash, name));
CREATE TABLE allocation_states (
    id INTEGER PRIMARY KEY AUTOINCREMENT, restored INTEGER REFERENCES allocation_states(id),
    applied_at INTEGER NOT NULL, applied_by TEXT NOT NULL, reason TEXT NOT NULL, from_day INTEGER NOT NULL);
CREATE TABLE allocation_months (
    state_id INTEGER NOT NULL REFERENCES allocation_states(id), kind TEXT NOT NULL, month INTEGER NOT NULL,
    PRIMARY KEY (state_id, kind, month));
CREATE TABLE allocation_timeline (
    state_id INTEGER NOT NULL REFERENCES allocation_states(id), from_day INTEGER NOT NULL, rules_hash TEXT NOT NULL,
    PRIMARY KEY (state_id, from_day));
CREATE TABLE allocation_parts (
    state_id INTEGER NOT NULL REFERENCES allocation_states(id), delivery_id INTEGER NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (state_id, delivery_id, position),
    FOREIGN KEY (delivery_id, position) REFERENCES parts(delivery_id, position));
CREATE TABLE allocation_certificates (
    state_id INTEGER NOT NULL REFERENCES allocation_states(id), position INTEGER NOT NULL, dimension TEXT NOT NULL,
    path TEXT NOT NULL, sha256 TEXT NOT NULL,
    PRIMARY KEY (state_id, position));
)sql";

/// What brings a catalog from each version to the next.
constexpr std::array<std::string_view, 4> kSteps = {kVersion1, kVersion2, kVersion3, kVersion4};
constexpr auto kSchemaVersion = static_cast<std::int64_t>(kSteps.size());

base::Result<std::int64_t> version(Sqlite& database) {
    FLORIN_TRY_ASSIGN(Statement statement, database.prepare("PRAGMA user_version"));
    FLORIN_TRY(statement.step());
    return statement.integer(0);
}

} // namespace

base::Result<void> prepare_schema(Sqlite& database) {
    FLORIN_TRY_ASSIGN(std::int64_t found, version(database));
    if (found < kSchemaVersion) {
        FLORIN_TRY_ASSIGN(Transaction transaction, Transaction::begin(database));
        FLORIN_TRY_ASSIGN(found, version(database)); // another process may have been faster
        for (; found < kSchemaVersion; ++found) {
            FLORIN_TRY(database.execute(kSteps.at(static_cast<std::size_t>(found))));
            FLORIN_TRY(database.execute(fmt::format("PRAGMA user_version = {}", found + 1)));
        }
        FLORIN_TRY(transaction.commit());
    }
    if (found != kSchemaVersion) {
        return base::system_error(
                   "catalog.version",
                   fmt::format("the lake's catalog is of version {}, this program reads {}", found, kSchemaVersion))
            .with_remedy("use the version of florin that wrote it, or a newer one");
    }
    return {};
}

} // namespace florin::lake
