// The catalog: which deliveries the lake holds. SQLite in WAL mode; everything here is one short
// transaction or one read. Files are the lake's business (lake.hpp).
#pragma once

#include "lake/allocation_state.hpp"
#include "lake/delivery.hpp"
#include "lake/periods.hpp"
#include "lake/sqlite.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace florin::lake {

/// A place in the staging folder that belongs to one running process.
struct Reservation {
    std::int64_t id = 0;
    std::string folder; ///< below the lake
};

/// What a file below the lake was when it was written.
struct LakeFile {
    std::string path;                   ///< below the lake
    std::optional<DeliveryId> delivery; ///< nothing for a compacted one
    std::string sha256;
    std::uint64_t bytes = 0;
    friend bool operator==(const LakeFile&, const LakeFile&) = default;
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
    /// Whether some delivery has a file with the content of one of these.
    base::Result<bool> has_content_of(std::span<const RawFile> files);

    /// `take` runs before anybody else can see the reservation; its error undoes it.
    base::Result<Reservation> reserve(period::Instant now,
                                      const std::function<base::Result<void>(const Reservation&)>& take);
    base::Result<std::vector<Reservation>> reservations();
    base::Result<void> drop_reservation(std::int64_t id);

    /// Does `work` in one transaction, while no other connection writes.
    base::Result<void> hold(const std::function<base::Result<void>()>& work);

    /// Reads the profile (charge days and sub accounts) of one part of a delivery.
    base::Result<void> read_profile(DeliveryId id, std::size_t position, Part& part);

    /// Adds a delivery with its files and ends its reservation, in one transaction. `decide` sees what is there
    /// already, without profiles, and the draft, which it may change; its error undoes everything.
    base::Result<DeliveryId> add(
        std::int64_t reservation_id, Delivery& draft, const std::vector<LakeFile>& files,
        const std::function<base::Result<void>(const std::vector<Delivery>&, Delivery&)>& decide);

    /// Marks the pending parts of a delivery (of a scope, that part by name, or all) as released; how many there were.
    base::Result<std::int64_t> release(DeliveryId id, const std::optional<std::string>& scope, period::Instant now);
    base::Result<void> withdraw(DeliveryId id, const std::string& reason, period::Instant now);
    base::Result<void> restore(DeliveryId id);
    base::Result<void> mark_pruned(DeliveryId id, period::Instant now);

    /// Source and ledger of a delivery by account, service and line type; empty where that was not kept.
    base::Result<std::string> reconciliation(DeliveryId id);

    /// What refers to a delivery, so that it is never pruned: closed periods, certificates, runs.
    base::Result<std::vector<std::string>> references_to(DeliveryId id);
    base::Result<void> add_reference(DeliveryId id, const std::string& kind, const std::string& name);

    base::Result<void> drop_references(const std::string& kind, const std::string& name);

    /// By path. A file that is recorded again is what it is said to be now.
    base::Result<std::vector<LakeFile>> files();
    base::Result<void> record_files(const std::vector<LakeFile>& files);
    base::Result<void> forget_file(const std::string& path);

    /// What providers said of their periods, by delivery and time; what a withdrawn delivery said is left out.
    base::Result<std::vector<ProviderPeriod>> provider_periods();
    /// What is said twice of one time counts as it was said last.
    base::Result<void> add_provider_period(const ProviderPeriod& statement);
    /// All closes, those that were reopened too, in the order in which they were made.
    base::Result<std::vector<PeriodClose>> closes();
    /// Gives the new close its id.
    base::Result<void> add_close(PeriodClose& close);
    base::Result<void> reopen(std::int64_t close, period::Instant now, const std::string& by,
                              const std::string& reason);

    /// The rules of allocation that were applied, in order.
    base::Result<std::vector<AllocationState>> allocation_states();
    /// Gives the new state its id. Its files are kept already.
    base::Result<void> add_allocation_state(AllocationState& state);
    /// Keeps the bytes of files, each once.
    base::Result<void> keep_allocation_files(const AppliedFiles& files);
    /// What was kept under that hash; no files where nothing was.
    base::Result<AppliedFiles> allocation_files(const std::string& hash);

    /// Error `catalog.damaged` unless SQLite finds its file sound.
    base::Result<void> check();

private:
    explicit Catalog(Sqlite database) : database_(std::move(database)) {}
    base::Result<void> each_row(std::string_view sql, const std::function<void(const Statement&)>& take);
    base::Result<void> read_parts(std::vector<Delivery>& deliveries, Detail detail);
    base::Result<void> read_sums(std::vector<Delivery>& deliveries);
    base::Result<void> read_datasets(std::vector<Delivery>& deliveries);
    base::Result<void> read_raw_files(std::vector<Delivery>& deliveries);
    base::Result<void> insert_parts(DeliveryId id, const Delivery& draft);
    base::Result<void> insert_datasets(DeliveryId id, const Delivery& draft);
    Sqlite database_;
};

} // namespace florin::lake
