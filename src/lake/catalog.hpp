// The catalog: which deliveries the lake holds. SQLite in WAL mode; everything here is one short
// transaction or one read. Files are the lake's business (lake.hpp).
#pragma once

#include "lake/delivery.hpp"
#include "lake/sqlite.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace florin::lake {

/// A place in the staging folder that belongs to one running process.
struct Reservation {
    std::int64_t id = 0;
    std::string folder; ///< below the lake
};

/// How much of the deliveries to read. Questions need no profiles.
enum class Detail : std::uint8_t { kWithoutProfiles, kWhole };

/// One connection to the catalog. One thread at a time; several processes may work side by side.
/// Errors as Sqlite.
class Catalog {
public:
    static base::Result<Catalog> open(const base::Path& path);

    base::Result<std::vector<Delivery>> deliveries(Detail detail);
    base::Result<std::optional<DeliveryId>> find_by_identity(const std::string& identity);

    /// `take` runs before anybody else can see the reservation; its error undoes it.
    base::Result<Reservation> reserve(period::Instant now,
                                      const std::function<base::Result<void>(const Reservation&)>& take);
    base::Result<std::vector<Reservation>> reservations();
    base::Result<void> drop_reservation(std::int64_t id);

    /// Does `work` in one transaction, while no other connection writes.
    base::Result<void> hold(const std::function<base::Result<void>()>& work);

    /// Reads the profile (charge days and sub accounts) of one part of a delivery.
    base::Result<void> read_profile(DeliveryId id, std::size_t position, Part& part);

    /// Adds a delivery and ends its reservation, in one transaction. `decide` sees what is there
    /// already, without profiles, and the draft, which it may change; its error undoes everything.
    base::Result<DeliveryId> add(
        std::int64_t reservation_id, Delivery& draft,
        const std::function<base::Result<void>(const std::vector<Delivery>&, Delivery&)>& decide);

    /// Marks the pending parts of a delivery (of one scope, or all) as released; how many there were.
    base::Result<std::int64_t> release(DeliveryId id, const std::optional<std::string>& scope, period::Instant now);
    base::Result<void> withdraw(DeliveryId id, const std::string& reason, period::Instant now);
    base::Result<void> restore(DeliveryId id);
    base::Result<void> mark_pruned(DeliveryId id, period::Instant now);

    /// What refers to a delivery, so that it is never pruned: closed periods, certificates, runs.
    base::Result<std::vector<std::string>> references_to(DeliveryId id);
    base::Result<void> add_reference(DeliveryId id, const std::string& kind, const std::string& name);

    /// Error `catalog.damaged` unless SQLite finds its file sound.
    base::Result<void> check();

private:
    explicit Catalog(Sqlite database) : database_(std::move(database)) {}
    base::Result<void> read_parts(std::vector<Delivery>& deliveries, Detail detail);
    base::Result<void> read_sums(std::vector<Delivery>& deliveries);
    base::Result<void> read_raw_files(std::vector<Delivery>& deliveries);
    base::Result<void> insert_parts(DeliveryId id, const Delivery& draft);
    Sqlite database_;
};

} // namespace florin::lake
