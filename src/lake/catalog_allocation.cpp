// What the catalog holds of allocation: the states that were applied, and the bytes of their files.
#include "lake/catalog.hpp"

#include "base/sha256.hpp"
#include "lake/catalog_values.hpp"

#include <algorithm>

namespace florin::lake {
namespace {

std::int64_t days_since_epoch(period::Day day) {
    return day.time_since_epoch().count();
}
period::Day day_at(std::int64_t number) {
    return period::Day(std::chrono::days(number));
}

constexpr std::string_view kRestated = "restated";
constexpr std::string_view kOpen = "open";

} // namespace

base::Result<std::vector<AllocationState>> Catalog::allocation_states() {
    std::vector<AllocationState> all;
    const auto state_of = [&all](const Statement& row) -> AllocationState& {
        const auto found = std::ranges::lower_bound(all, row.integer(0), {}, &AllocationState::id);
        FLORIN_CHECK(found != all.end() && found->id == row.integer(0), "something of a state that is not there");
        return *found;
    };
    FLORIN_TRY(each_row("SELECT id, restored, applied_at, applied_by, reason, from_day FROM allocation_states "
                        "ORDER BY id",
                        [&all](const Statement& row) {
                            all.push_back({.id = row.integer(0),
                                           .restored = row.optional_integer(1),
                                           .applied_at = instant(row.integer(2)),
                                           .applied_by = row.text(3),
                                           .reason = row.text(4),
                                           .from = day_at(row.integer(5))});
                        }));
    FLORIN_TRY(each_row(
        "SELECT state_id, kind, month FROM allocation_months ORDER BY state_id, month", [&](const Statement& row) {
            AllocationState& state = state_of(row);
            (row.text(1) == kOpen ? state.open_months : state.restated).push_back(day_at(row.integer(2)));
        }));
    FLORIN_TRY(each_row(
        "SELECT state_id, from_day, rules_hash FROM allocation_timeline ORDER BY state_id, from_day",
        [&](const Statement& row) { state_of(row).timeline.emplace_back(day_at(row.integer(1)), row.text(2)); }));
    FLORIN_TRY(each_row("SELECT state_id, delivery_id, position FROM allocation_parts ORDER BY state_id, delivery_id, "
                        "position",
                        [&](const Statement& row) {
                            state_of(row).parts.emplace_back(DeliveryId(row.integer(1)),
                                                             unsigned_count(row.integer(2)));
                        }));
    FLORIN_TRY(each_row(
        "SELECT state_id, dimension, path, sha256 FROM allocation_certificates ORDER BY state_id, "
        "position",
        [&](const Statement& row) { state_of(row).certificates.push_back({row.text(1), row.text(2), row.text(3)}); }));
    return all;
}

base::Result<void> Catalog::add_allocation_state(AllocationState& state) {
    FLORIN_TRY_ASSIGN(Statement insert, database_.prepare("INSERT INTO allocation_states (restored, applied_at, "
                                                          "applied_by, reason, from_day) VALUES (?1, ?2, ?3, ?4, ?5)"));
    FLORIN_TRY(insert.bind(1, state.restored)
                   .bind(2, lake::number(state.applied_at))
                   .bind(3, state.applied_by)
                   .bind(4, state.reason)
                   .bind(5, days_since_epoch(state.from))
                   .run());
    state.id = database_.last_row_id();
    FLORIN_TRY_ASSIGN(Statement month, database_.prepare("INSERT INTO allocation_months VALUES (?1, ?2, ?3)"));
    for (const auto& [kind, months] : {std::pair(kRestated, &state.restated), std::pair(kOpen, &state.open_months)}) {
        for (const period::Day one : *months) {
            FLORIN_TRY(month.bind(1, state.id).bind(2, kind).bind(3, days_since_epoch(one)).run());
        }
    }
    FLORIN_TRY_ASSIGN(Statement from, database_.prepare("INSERT INTO allocation_timeline VALUES (?1, ?2, ?3)"));
    for (const auto& [day, hash] : state.timeline) {
        FLORIN_TRY(from.bind(1, state.id).bind(2, days_since_epoch(day)).bind(3, hash).run());
    }
    FLORIN_TRY_ASSIGN(Statement part, database_.prepare("INSERT INTO allocation_parts VALUES (?1, ?2, ?3)"));
    for (const auto& [delivery, position] : state.parts) {
        FLORIN_TRY(part.bind(1, state.id).bind(2, delivery.value()).bind(3, signed_count(position)).run());
    }
    FLORIN_TRY_ASSIGN(Statement proof,
                      database_.prepare("INSERT INTO allocation_certificates VALUES (?1, ?2, ?3, ?4, ?5)"));
    for (std::size_t i = 0; i < state.certificates.size(); ++i) {
        const AppliedCertificate& one = state.certificates[i];
        FLORIN_TRY(proof.bind(1, state.id)
                       .bind(2, signed_count(i))
                       .bind(3, one.dimension)
                       .bind(4, one.path)
                       .bind(5, one.sha256)
                       .run());
    }
    return {};
}

base::Result<void> Catalog::keep_allocation_files(const AppliedFiles& files) {
    FLORIN_TRY_ASSIGN(Statement text, database_.prepare("INSERT OR IGNORE INTO allocation_texts VALUES (?1, ?2)"));
    FLORIN_TRY_ASSIGN(Statement file, database_.prepare("INSERT OR IGNORE INTO allocation_files VALUES (?1, ?2, ?3)"));
    for (const AppliedFile& one : files.files) {
        base::Sha256 hash;
        hash.add(one.text);
        const std::string sha256 = hash.finish();
        FLORIN_TRY(text.bind(1, sha256).bind(2, one.text).run());
        FLORIN_TRY(file.bind(1, files.hash).bind(2, one.name).bind(3, sha256).run());
    }
    return {};
}

base::Result<AppliedFiles> Catalog::allocation_files(const std::string& hash) {
    AppliedFiles files{.hash = hash};
    FLORIN_TRY_ASSIGN(Statement row,
                      database_.prepare("SELECT name, text FROM allocation_files JOIN allocation_texts ON "
                                        "allocation_texts.sha256 = allocation_files.sha256 WHERE rules_hash = ?1 "
                                        "ORDER BY name"));
    row.bind(1, hash);
    while (true) {
        FLORIN_TRY_ASSIGN(const bool more, row.step());
        if (!more) {
            return files;
        }
        files.files.push_back({row.text(0), row.text(1)});
    }
}

base::Result<void> Catalog::each_row(std::string_view sql, const std::function<void(const Statement&)>& take) {
    FLORIN_TRY_ASSIGN(Statement row, database_.prepare(sql));
    while (true) {
        FLORIN_TRY_ASSIGN(const bool more, row.step());
        if (!more) {
            return {};
        }
        take(row);
    }
}

} // namespace florin::lake
