// What the catalog holds beside the deliveries: their files' hashes, and the states of billing periods.
#include "lake/catalog.hpp"

#include "lake/catalog_values.hpp"

#include <algorithm>

namespace florin::lake {
namespace {

std::optional<DeliveryId> optional_id(const std::optional<std::int64_t>& id) {
    return id.has_value() ? std::optional(DeliveryId(*id)) : std::nullopt;
}
std::optional<std::int64_t> number(const std::optional<DeliveryId>& id) {
    return id.has_value() ? std::optional(id->value()) : std::nullopt;
}
std::int64_t number(period::Day day) {
    return day.time_since_epoch().count();
}

} // namespace

base::Result<std::vector<LakeFile>> Catalog::files() {
    std::vector<LakeFile> all;
    FLORIN_TRY_ASSIGN(Statement row,
                      database_.prepare("SELECT path, delivery_id, sha256, bytes FROM lake_files ORDER BY path"));
    while (true) {
        FLORIN_TRY_ASSIGN(const bool more, row.step());
        if (!more) {
            return all;
        }
        all.push_back({row.text(0), optional_id(row.optional_integer(1)), row.text(2), unsigned_count(row.integer(3))});
    }
}

base::Result<void> Catalog::record_files(const std::vector<LakeFile>& files) {
    FLORIN_TRY_ASSIGN(Statement insert, database_.prepare("INSERT OR REPLACE INTO lake_files (path, delivery_id, "
                                                          "sha256, bytes) VALUES (?1, ?2, ?3, ?4)"));
    for (const LakeFile& file : files) {
        FLORIN_TRY(insert.bind(1, file.path)
                       .bind(2, number(file.delivery))
                       .bind(3, file.sha256)
                       .bind(4, signed_count(file.bytes))
                       .run());
    }
    return {};
}

base::Result<void> Catalog::forget_file(const std::string& path) {
    FLORIN_TRY_ASSIGN(Statement statement, database_.prepare("DELETE FROM lake_files WHERE path = ?1"));
    return statement.bind(1, path).run();
}

base::Result<std::vector<ProviderPeriod>> Catalog::provider_periods() {
    std::vector<ProviderPeriod> all;
    FLORIN_TRY_ASSIGN(Statement row,
                      database_.prepare("SELECT source, invoice_issuer, period_start, period_end, stated_at, closed, "
                                        "delivery_id FROM provider_periods WHERE delivery_id IS NULL OR delivery_id IN "
                                        "(SELECT id FROM deliveries WHERE withdrawn_at IS NULL) "
                                        "ORDER BY stated_at, delivery_id, source, invoice_issuer, period_start"));
    while (true) {
        FLORIN_TRY_ASSIGN(const bool more, row.step());
        if (!more) {
            return all;
        }
        all.push_back({.source = row.text(0),
                       .invoice_issuer = row.text(1),
                       .start = instant(row.integer(2)),
                       .end = instant(row.integer(3)),
                       .stated_at = instant(row.integer(4)),
                       .closed = row.integer(5) != 0,
                       .delivery = optional_id(row.optional_integer(6))});
    }
}

base::Result<void> Catalog::add_provider_period(const ProviderPeriod& statement) {
    FLORIN_TRY_ASSIGN(
        Statement insert,
        database_.prepare("INSERT OR REPLACE INTO provider_periods (source, invoice_issuer, period_start, period_end, "
                          "stated_at, closed, delivery_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"));
    return insert.bind(1, statement.source)
        .bind(2, statement.invoice_issuer)
        .bind(3, lake::number(statement.start))
        .bind(4, lake::number(statement.end))
        .bind(5, lake::number(statement.stated_at))
        .bind(6, std::int64_t{statement.closed})
        .bind(7, number(statement.delivery))
        .run();
}

base::Result<std::vector<PeriodClose>> Catalog::closes() {
    std::vector<PeriodClose> all;
    FLORIN_TRY_ASSIGN(Statement row,
                      database_.prepare("SELECT id, month, closed_at, closed_by, close_reason, reopened_at, "
                                        "reopened_by, reopen_reason FROM period_closes ORDER BY id"));
    while (true) {
        FLORIN_TRY_ASSIGN(const bool more, row.step());
        if (!more) {
            break;
        }
        PeriodClose close;
        close.id = row.integer(0);
        close.month = period::Day(std::chrono::days(row.integer(1)));
        close.closed_at = instant(row.integer(2));
        close.closed_by = row.text(3);
        close.reason = row.text(4);
        close.reopened_at = instant(row.optional_integer(5));
        close.reopened_by = row.text(6);
        close.reopen_reason = row.text(7);
        all.push_back(std::move(close));
    }
    FLORIN_TRY_ASSIGN(Statement part, database_.prepare("SELECT close_id, delivery_id, position FROM "
                                                        "period_close_parts ORDER BY close_id, delivery_id, position"));
    while (true) {
        FLORIN_TRY_ASSIGN(const bool more, part.step());
        if (!more) {
            return all;
        }
        const auto close = std::ranges::lower_bound(all, part.integer(0), {}, &PeriodClose::id);
        FLORIN_CHECK(close != all.end() && close->id == part.integer(0), "a part of a close that is not there");
        close->parts.emplace_back(DeliveryId(part.integer(1)), unsigned_count(part.integer(2)));
    }
}

base::Result<void> Catalog::add_close(PeriodClose& close) {
    FLORIN_TRY_ASSIGN(Statement insert,
                      database_.prepare("INSERT INTO period_closes (month, closed_at, closed_by, close_reason, "
                                        "reopened_by, reopen_reason) VALUES (?1, ?2, ?3, ?4, '', '')"));
    FLORIN_TRY(insert.bind(1, number(close.month))
                   .bind(2, lake::number(close.closed_at))
                   .bind(3, close.closed_by)
                   .bind(4, close.reason)
                   .run());
    close.id = database_.last_row_id();
    FLORIN_TRY_ASSIGN(Statement part, database_.prepare("INSERT INTO period_close_parts VALUES (?1, ?2, ?3)"));
    for (const auto& [delivery, position] : close.parts) {
        FLORIN_TRY(part.bind(1, close.id).bind(2, delivery.value()).bind(3, signed_count(position)).run());
    }
    return {};
}

base::Result<void> Catalog::reopen(std::int64_t close, period::Instant now, const std::string& by,
                                   const std::string& reason) {
    FLORIN_TRY_ASSIGN(Statement update,
                      database_.prepare("UPDATE period_closes SET reopened_at = ?1, reopened_by = ?2, "
                                        "reopen_reason = ?3 WHERE id = ?4"));
    return update.bind(1, lake::number(now)).bind(2, by).bind(3, reason).bind(4, close).run();
}

base::Result<void> Catalog::drop_references(const std::string& kind, const std::string& name) {
    FLORIN_TRY_ASSIGN(Statement statement,
                      database_.prepare("DELETE FROM delivery_references WHERE kind = ?1 AND name = ?2"));
    return statement.bind(1, kind).bind(2, name).run();
}

} // namespace florin::lake
