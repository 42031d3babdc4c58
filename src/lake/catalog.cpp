#include "lake/catalog.hpp"

#include "lake/catalog_schema.hpp"
#include "lake/catalog_values.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace florin::lake {
namespace {

Mode mode_named(const std::string& text) {
    if (text == name(Mode::kAppend)) {
        return Mode::kAppend;
    }
    return text == name(Mode::kPartition) ? Mode::kPartition : Mode::kSnapshot;
}

/// The delivery with that id in a list ordered by id.
Delivery& by_id(std::vector<Delivery>& deliveries, std::int64_t id) {
    const auto found = std::ranges::lower_bound(deliveries, DeliveryId(id), {}, &Delivery::id);
    FLORIN_CHECK(found != deliveries.end() && found->id.value() == id, "a part without its delivery");
    return *found;
}

std::string array_text(const std::set<std::string>& values) {
    return nlohmann::json(values).dump();
}
std::set<std::string> set_of(const std::string& text) {
    return nlohmann::json::parse(text).get<std::set<std::string>>();
}

std::string marks_text(const std::vector<QualityMark>& marks) {
    nlohmann::json array = nlohmann::json::array();
    for (const QualityMark& mark : marks) {
        array.push_back({mark.rule, mark.column, mark.rows});
    }
    return array.dump();
}

std::vector<QualityMark> marks_of(const std::string& text) {
    std::vector<QualityMark> marks;
    if (text == "[]") {
        return marks;
    }
    for (const auto& entry : nlohmann::json::parse(text)) {
        marks.push_back(
            {entry.at(0).get<std::string>(), entry.at(1).get<std::string>(), entry.at(2).get<std::uint64_t>()});
    }
    return marks;
}

std::string join(const std::array<std::string, 4>& texts) {
    return fmt::format("{} {} {} {}", texts[0], texts[1], texts[2], texts[3]);
}

std::array<std::string, 4> cut(const std::string& text) {
    std::array<std::string, 4> parts;
    std::size_t at = 0;
    for (std::string& part : parts) {
        const std::size_t blank = std::min(text.find(' ', at), text.size());
        part = text.substr(at, blank - at);
        at = blank + 1;
    }
    return parts;
}

/// Lets several statements read one state of the catalog, whatever is committed meanwhile. Inside of a
/// transaction it changes nothing.
class OneState {
public:
    static base::Result<OneState> begin(Sqlite& database) {
        FLORIN_TRY(database.execute("SAVEPOINT one_state"));
        return OneState(database);
    }
    OneState(OneState&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
    OneState& operator=(OneState&&) = delete;
    OneState(const OneState&) = delete;
    OneState& operator=(const OneState&) = delete;
    ~OneState() {
        if (database_ != nullptr) {
            // Nothing was written, so there is nothing that could fail to be kept.
            (void)database_->execute("RELEASE one_state");
        }
    }

private:
    explicit OneState(Sqlite& database) : database_(&database) {}
    Sqlite* database_;
};

} // namespace

base::Result<Catalog> Catalog::open(const base::Path& path) {
    FLORIN_TRY_ASSIGN(Sqlite database, Sqlite::open(path));
    FLORIN_TRY(prepare_schema(database));
    return Catalog(std::move(database));
}

base::Result<std::vector<Delivery>> Catalog::deliveries(Detail detail) {
    FLORIN_TRY_ASSIGN(const OneState state, OneState::begin(database_));
    std::vector<Delivery> deliveries;
    FLORIN_TRY_ASSIGN(
        Statement row,
        database_.prepare(fmt::format(
            "SELECT id, identity, source, mode, focus_version, mapping_version, ordered_at, received_at, committed_at, "
            "withdrawn_at, withdrawn_reason, pruned_at, complete, marks, {} FROM deliveries ORDER BY id",
            detail == Detail::kWhole ? "quality" : "''")));
    while (true) {
        FLORIN_TRY_ASSIGN(const bool more, row.step());
        if (!more) {
            break;
        }
        Delivery delivery;
        delivery.id = DeliveryId(row.integer(0));
        delivery.identity = row.text(1);
        delivery.source = row.text(2);
        delivery.mode = mode_named(row.text(3));
        delivery.focus_version = row.text(4);
        delivery.mapping_version = static_cast<int>(row.integer(5));
        delivery.ordered_at = instant(row.integer(6));
        delivery.received_at = instant(row.integer(7));
        delivery.committed_at = instant(row.integer(8));
        delivery.withdrawn_at = instant(row.optional_integer(9));
        delivery.withdrawn_reason = row.text(10);
        delivery.pruned_at = instant(row.optional_integer(11));
        if (const auto complete = row.optional_integer(12); complete.has_value()) {
            delivery.complete = *complete != 0;
        }
        delivery.marks = marks_of(row.text(13));
        delivery.quality = row.text(14);
        deliveries.push_back(std::move(delivery));
    }
    FLORIN_TRY(read_parts(deliveries, detail));
    FLORIN_TRY(read_sums(deliveries));
    FLORIN_TRY(read_datasets(deliveries));
    if (detail == Detail::kWhole) {
        FLORIN_TRY(read_raw_files(deliveries));
    }
    return deliveries;
}

base::Result<void> Catalog::read_parts(std::vector<Delivery>& deliveries, Detail detail) {
    FLORIN_TRY_ASSIGN(
        Statement row,
        database_.prepare(fmt::format(
            "SELECT delivery_id, scope, billing_account_id, billing_period_start, billing_period_end, stray, "
            "pending_reason, released_at, row_count, cell_rows, tuple_rows, spread_charges, first_day, end_day, "
            "folder, "
            "stem, has_cells, has_spread, {}, role, yields_to FROM parts ORDER BY delivery_id, position",
            detail == Detail::kWhole ? "charge_days, sub_accounts" : "'', ''")));
    while (true) {
        FLORIN_TRY_ASSIGN(const bool more, row.step());
        if (!more) {
            return {};
        }
        Part part;
        part.scope = row.text(1);
        part.billing_account_id = row.text(2);
        part.billing_period_start = instant(row.integer(3));
        part.billing_period_end = instant(row.integer(4));
        part.stray = row.integer(5) != 0;
        part.pending_reason = row.text(6);
        part.released_at = instant(row.optional_integer(7));
        part.rows = unsigned_count(row.integer(8));
        part.cell_rows = unsigned_count(row.integer(9));
        part.tuple_rows = unsigned_count(row.integer(10));
        part.spread_charges = unsigned_count(row.integer(11));
        part.days = {period::Day(std::chrono::days(row.integer(12))), period::Day(std::chrono::days(row.integer(13)))};
        part.folder = row.text(14);
        part.stem = row.text(15);
        part.has_cells = row.integer(16) != 0;
        part.has_spread = row.integer(17) != 0;
        part.role = row.text(20);
        part.yields_to = row.text(21);
        if (detail == Detail::kWhole) {
            part.charge_days = set_of(row.text(18));
            part.sub_accounts = set_of(row.text(19));
        }
        by_id(deliveries, row.integer(0)).parts.push_back(std::move(part));
    }
}

base::Result<void> Catalog::read_sums(std::vector<Delivery>& deliveries) {
    FLORIN_TRY_ASSIGN(
        Statement row,
        database_.prepare("SELECT delivery_id, position, currency, row_count, costs, null_costs, positive_billed "
                          "FROM part_sums ORDER BY delivery_id, position"));
    while (true) {
        FLORIN_TRY_ASSIGN(const bool more, row.step());
        if (!more) {
            return {};
        }
        CostSums sums;
        sums.rows = unsigned_count(row.integer(3));
        const auto costs = cut(row.text(4));
        const auto nulls = cut(row.text(5));
        for (std::size_t i = 0; i < costs.size(); ++i) {
            FLORIN_TRY_ASSIGN(sums.costs[i], money::Decimal::parse(costs[i]));
            sums.null_costs[i] = std::stoull(nulls[i]);
        }
        FLORIN_TRY_ASSIGN(sums.positive_billed, money::Decimal::parse(row.text(6)));
        by_id(deliveries, row.integer(0)).parts.at(unsigned_count(row.integer(1))).sums.emplace(row.text(2), sums);
    }
}

base::Result<void> Catalog::read_raw_files(std::vector<Delivery>& deliveries) {
    FLORIN_TRY_ASSIGN(Statement row,
                      database_.prepare("SELECT delivery_id, name, path, kept, sha256, bytes, row_count, "
                                        "content_sha256 FROM raw_files ORDER BY delivery_id, position"));
    while (true) {
        FLORIN_TRY_ASSIGN(const bool more, row.step());
        if (!more) {
            return {};
        }
        by_id(deliveries, row.integer(0))
            .raw_files.push_back({.name = row.text(1),
                                  .path = row.text(2),
                                  .kept = row.integer(3) != 0,
                                  .sha256 = row.text(4),
                                  .bytes = unsigned_count(row.integer(5)),
                                  .rows = unsigned_count(row.integer(6)),
                                  .content_sha256 = row.text(7)});
    }
}

base::Result<void> Catalog::read_datasets(std::vector<Delivery>& deliveries) {
    FLORIN_TRY_ASSIGN(Statement row, database_.prepare("SELECT delivery_id, dataset, scope, row_count, path FROM "
                                                       "dataset_parts ORDER BY delivery_id, position"));
    while (true) {
        FLORIN_TRY_ASSIGN(const bool more, row.step());
        if (!more) {
            return {};
        }
        by_id(deliveries, row.integer(0))
            .datasets.push_back({.dataset = row.text(1),
                                 .scope = row.text(2),
                                 .rows = unsigned_count(row.integer(3)),
                                 .path = row.text(4)});
    }
}

base::Result<std::string> Catalog::reconciliation(DeliveryId id) {
    FLORIN_TRY_ASSIGN(Statement row, database_.prepare("SELECT reconciliation FROM deliveries WHERE id = ?1"));
    FLORIN_TRY_ASSIGN(const bool found, row.bind(1, id.value()).step());
    return found ? row.text(0) : std::string();
}

base::Result<std::optional<DeliveryId>> Catalog::find_by_identity(const std::string& identity) {
    FLORIN_TRY_ASSIGN(Statement statement, database_.prepare("SELECT id FROM deliveries WHERE identity = ?1"));
    FLORIN_TRY_ASSIGN(const bool found, statement.bind(1, identity).step());
    return found ? std::optional(DeliveryId(statement.integer(0))) : std::nullopt;
}

base::Result<bool> Catalog::has_content_of(std::span<const RawFile> files) {
    for (const RawFile& file : files) {
        FLORIN_TRY_ASSIGN(Statement statement,
                          database_.prepare("SELECT 1 FROM raw_files WHERE content_sha256 = ?1 OR sha256 = ?2 OR "
                                            "(content_sha256 = '' AND sha256 = ?1) LIMIT 1"));
        FLORIN_TRY_ASSIGN(const bool found, statement.bind(1, file.content_sha256).bind(2, file.sha256).step());
        if (found) {
            return true;
        }
    }
    return false;
}

base::Result<Reservation> Catalog::reserve(period::Instant now,
                                           const std::function<base::Result<void>(const Reservation&)>& take) {
    FLORIN_TRY_ASSIGN(Transaction transaction, Transaction::begin(database_));
    FLORIN_TRY_ASSIGN(Statement insert,
                      database_.prepare("INSERT INTO reservations (started_at, folder) VALUES (?1, '')"));
    FLORIN_TRY(insert.bind(1, number(now)).run());
    Reservation reservation;
    reservation.id = database_.last_row_id();
    reservation.folder = fmt::format("staging/{:08}", reservation.id);
    FLORIN_TRY_ASSIGN(Statement update, database_.prepare("UPDATE reservations SET folder = ?1 WHERE id = ?2"));
    FLORIN_TRY(update.bind(1, reservation.folder).bind(2, reservation.id).run());
    FLORIN_TRY(take(reservation));
    FLORIN_TRY(transaction.commit());
    return reservation;
}

base::Result<std::vector<Reservation>> Catalog::reservations() {
    std::vector<Reservation> all;
    FLORIN_TRY_ASSIGN(Statement row, database_.prepare("SELECT id, folder FROM reservations ORDER BY id"));
    while (true) {
        FLORIN_TRY_ASSIGN(const bool more, row.step());
        if (!more) {
            return all;
        }
        all.push_back({row.integer(0), row.text(1)});
    }
}

base::Result<void> Catalog::drop_reservation(std::int64_t id) {
    FLORIN_TRY_ASSIGN(Statement statement, database_.prepare("DELETE FROM reservations WHERE id = ?1"));
    return statement.bind(1, id).run();
}

base::Result<void> Catalog::read_profile(DeliveryId id, std::size_t position, Part& part) {
    FLORIN_TRY_ASSIGN(
        Statement row,
        database_.prepare("SELECT charge_days, sub_accounts FROM parts WHERE delivery_id = ?1 AND position = ?2"));
    FLORIN_TRY_ASSIGN(const bool found, row.bind(1, id.value()).bind(2, signed_count(position)).step());
    FLORIN_CHECK(found, "a part that is not in the catalog");
    part.charge_days = set_of(row.text(0));
    part.sub_accounts = set_of(row.text(1));
    return {};
}

base::Result<void> Catalog::hold(const std::function<base::Result<void>()>& work) {
    FLORIN_TRY_ASSIGN(Transaction transaction, Transaction::begin(database_));
    FLORIN_TRY(work());
    return transaction.commit();
}

base::Result<DeliveryId> Catalog::add(
    std::int64_t reservation_id, Delivery& draft, const std::vector<LakeFile>& files,
    const std::function<base::Result<void>(const std::vector<Delivery>&, Delivery&)>& decide) {
    FLORIN_TRY_ASSIGN(Transaction transaction, Transaction::begin(database_));
    FLORIN_TRY_ASSIGN(const std::vector<Delivery> existing, deliveries(Detail::kWithoutProfiles));
    FLORIN_TRY(decide(existing, draft));

    FLORIN_TRY_ASSIGN(
        Statement insert,
        database_.prepare(
            "INSERT INTO deliveries (identity, source, mode, focus_version, mapping_version, ordered_at, received_at, "
            "committed_at, withdrawn_reason, complete, marks, quality, reconciliation) VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
            "?7, ?8, '', ?9, ?10, ?11, ?12)"));
    FLORIN_TRY(
        insert.bind(1, draft.identity)
            .bind(2, draft.source)
            .bind(3, name(draft.mode))
            .bind(4, draft.focus_version)
            .bind(5, std::int64_t{draft.mapping_version})
            .bind(6, number(draft.ordered_at))
            .bind(7, number(draft.received_at))
            .bind(8, number(draft.committed_at))
            .bind(9, draft.complete.has_value() ? std::optional<std::int64_t>(*draft.complete ? 1 : 0) : std::nullopt)
            .bind(10, marks_text(draft.marks))
            .bind(11, draft.quality)
            .bind(12, draft.reconciliation)
            .run());
    const DeliveryId id(database_.last_row_id());

    FLORIN_TRY_ASSIGN(Statement raw,
                      database_.prepare("INSERT INTO raw_files VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"));
    for (std::size_t i = 0; i < draft.raw_files.size(); ++i) {
        const RawFile& file = draft.raw_files[i];
        FLORIN_TRY(raw.bind(1, id.value())
                       .bind(2, signed_count(i))
                       .bind(3, file.name)
                       .bind(4, file.path)
                       .bind(5, std::int64_t{file.kept})
                       .bind(6, file.sha256)
                       .bind(7, signed_count(file.bytes))
                       .bind(8, signed_count(file.rows))
                       .bind(9, file.content_sha256)
                       .run());
    }
    FLORIN_TRY(insert_parts(id, draft));
    FLORIN_TRY(insert_datasets(id, draft));
    std::vector<LakeFile> owned = files;
    std::ranges::for_each(owned, [id](LakeFile& file) { file.delivery = id; });
    FLORIN_TRY(record_files(owned));
    FLORIN_TRY(drop_reservation(reservation_id));
    FLORIN_TRY(transaction.commit());
    draft.id = id;
    return id;
}

base::Result<void> Catalog::insert_parts(DeliveryId id, const Delivery& draft) {
    FLORIN_TRY_ASSIGN(Statement insert, database_.prepare("INSERT INTO parts VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
                                                          "?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, "
                                                          "?20, ?21, ?22, ?23)"));
    FLORIN_TRY_ASSIGN(Statement insert_sums,
                      database_.prepare("INSERT INTO part_sums VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"));
    for (std::size_t i = 0; i < draft.parts.size(); ++i) {
        const Part& part = draft.parts[i];
        FLORIN_TRY(insert.bind(1, id.value())
                       .bind(2, signed_count(i))
                       .bind(3, part.scope)
                       .bind(4, part.billing_account_id)
                       .bind(5, number(part.billing_period_start))
                       .bind(6, number(part.billing_period_end))
                       .bind(7, std::int64_t{part.stray})
                       .bind(8, part.pending_reason)
                       .bind(9, number(part.released_at))
                       .bind(10, signed_count(part.rows))
                       .bind(11, signed_count(part.cell_rows))
                       .bind(12, signed_count(part.tuple_rows))
                       .bind(13, signed_count(part.spread_charges))
                       .bind(14, std::int64_t{part.days.start.time_since_epoch().count()})
                       .bind(15, std::int64_t{part.days.end.time_since_epoch().count()})
                       .bind(16, part.folder)
                       .bind(17, part.stem)
                       .bind(18, std::int64_t{part.has_cells})
                       .bind(19, std::int64_t{part.has_spread})
                       .bind(20, array_text(part.charge_days))
                       .bind(21, array_text(part.sub_accounts))
                       .bind(22, part.role)
                       .bind(23, part.yields_to)
                       .run());
        for (const auto& [currency, sums] : part.sums) {
            std::array<std::string, 4> costs;
            std::array<std::string, 4> nulls;
            for (std::size_t c = 0; c < costs.size(); ++c) {
                costs[c] = sums.costs[c].to_string();
                nulls[c] = std::to_string(sums.null_costs[c]);
            }
            FLORIN_TRY(insert_sums.bind(1, id.value())
                           .bind(2, signed_count(i))
                           .bind(3, currency)
                           .bind(4, signed_count(sums.rows))
                           .bind(5, join(costs))
                           .bind(6, join(nulls))
                           .bind(7, sums.positive_billed.to_string())
                           .run());
        }
    }
    return {};
}

base::Result<void> Catalog::insert_datasets(DeliveryId id, const Delivery& draft) {
    FLORIN_TRY_ASSIGN(Statement insert, database_.prepare("INSERT INTO dataset_parts VALUES (?1, ?2, ?3, ?4, ?5, ?6)"));
    for (std::size_t i = 0; i < draft.datasets.size(); ++i) {
        const DatasetPart& part = draft.datasets[i];
        FLORIN_TRY(insert.bind(1, id.value())
                       .bind(2, signed_count(i))
                       .bind(3, part.dataset)
                       .bind(4, part.scope)
                       .bind(5, signed_count(part.rows))
                       .bind(6, part.path)
                       .run());
    }
    for (ProviderPeriod statement : draft.period_states) {
        statement.delivery = id;
        FLORIN_TRY(add_provider_period(statement));
    }
    return {};
}

base::Result<std::int64_t> Catalog::release(DeliveryId id, const std::optional<std::string>& scope,
                                            period::Instant now) {
    FLORIN_TRY_ASSIGN(
        Statement update,
        database_.prepare(
            "UPDATE parts SET released_at = ?1 WHERE delivery_id = ?2 AND pending_reason <> '' AND released_at IS NULL "
            "AND (?3 = '' OR scope = ?3 OR scope || ' ' || role = ?3)"));
    FLORIN_TRY(update.bind(1, number(now)).bind(2, id.value()).bind(3, scope.value_or("")).run());
    return database_.changed_rows();
}

base::Result<void> Catalog::withdraw(DeliveryId id, const std::string& reason, period::Instant now) {
    FLORIN_TRY_ASSIGN(
        Statement update,
        database_.prepare("UPDATE deliveries SET withdrawn_at = ?1, withdrawn_reason = ?2 WHERE id = ?3"));
    return update.bind(1, number(now)).bind(2, reason).bind(3, id.value()).run();
}

base::Result<void> Catalog::restore(DeliveryId id) {
    FLORIN_TRY_ASSIGN(
        Statement update,
        database_.prepare("UPDATE deliveries SET withdrawn_at = NULL, withdrawn_reason = '' WHERE id = ?1"));
    return update.bind(1, id.value()).run();
}

base::Result<void> Catalog::mark_pruned(DeliveryId id, period::Instant now) {
    FLORIN_TRY_ASSIGN(Statement files, database_.prepare("DELETE FROM lake_files WHERE delivery_id = ?1"));
    FLORIN_TRY(files.bind(1, id.value()).run());
    FLORIN_TRY_ASSIGN(Statement update, database_.prepare("UPDATE deliveries SET pruned_at = ?1 WHERE id = ?2"));
    return update.bind(1, number(now)).bind(2, id.value()).run();
}

base::Result<std::vector<std::string>> Catalog::references_to(DeliveryId id) {
    std::vector<std::string> references;
    FLORIN_TRY_ASSIGN(
        Statement row,
        database_.prepare("SELECT kind, name FROM delivery_references WHERE delivery_id = ?1 ORDER BY kind, name"));
    row.bind(1, id.value());
    while (true) {
        FLORIN_TRY_ASSIGN(const bool more, row.step());
        if (!more) {
            return references;
        }
        references.push_back(row.text(0) + " " + row.text(1));
    }
}

base::Result<void> Catalog::add_reference(DeliveryId id, const std::string& kind, const std::string& name) {
    FLORIN_TRY_ASSIGN(Statement insert,
                      database_.prepare("INSERT OR IGNORE INTO delivery_references VALUES (?1, ?2, ?3)"));
    return insert.bind(1, id.value()).bind(2, kind).bind(3, name).run();
}

base::Result<void> Catalog::check() {
    FLORIN_TRY_ASSIGN(Statement statement, database_.prepare("PRAGMA integrity_check"));
    FLORIN_TRY(statement.step());
    if (statement.text(0) != "ok") {
        return base::system_error("catalog.damaged", "the lake's catalog is damaged: " + statement.text(0))
            .with_remedy("restore catalog.sqlite from a backup, or ingest the raw files into a new workspace");
    }
    return {};
}

} // namespace florin::lake
