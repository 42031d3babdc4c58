// The lake: immutable deliveries on disk and the catalog that says which there are.
//
//   lake/catalog.sqlite            the catalog
//   lake/deliveries/N-HASH/        one folder a delivery: PART.charges.parquet, PART.tuples.parquet,
//                                  PART.cells.parquet, PART.spread.parquet, raw/ the files as received
//   lake/staging/N/, N.lock        a delivery on its way in; the lock says that its process lives
//   lake/compacted/                derived files of many scopes, see compaction.hpp
//   lake/readers.lock              held shared while files are read, exclusively while some are removed
//
// A delivery is staged, synced, renamed into place and only then committed: a crash leaves the old
// state or the new. What a crash left behind is an orphan, which doctor removes.
#pragma once

#include "lake/catalog.hpp"
#include "lake/judgement.hpp"

#include <memory>

namespace florin::lake {

/// A delivery on its way in: a staging folder and the right to commit it. Destroying it without a
/// commit removes the folder and the reservation.
class Staging {
public:
    Staging(Staging&&) noexcept;
    Staging& operator=(Staging&&) = delete;
    Staging(const Staging&) = delete;
    Staging& operator=(const Staging&) = delete;
    ~Staging();
    const base::Path& folder() const { return folder_; }

private:
    friend class Lake;
    Staging(class Lake& lake, Reservation reservation, base::Path folder, base::FileLock alive);
    class Lake* lake_;
    Reservation reservation_;
    base::Path folder_;
    base::FileLock alive_;
};

/// Which deliveries pruning may remove.
struct Retention {
    int superseded_days = 400; ///< not current for so long
};
struct PrunedDelivery {
    DeliveryId id;
    std::uint64_t bytes = 0;
};
struct PruneReport {
    std::vector<PrunedDelivery> pruned;
    std::vector<std::string> kept; ///< what would be old enough but is referred to, in words
};

/// One thing doctor found.
struct Problem {
    std::string code;
    std::string what;
    bool repairable = false;
    bool repaired = false;
    std::string file = {}; ///< which one is wrong, by its whole path, where it is one
};

inline constexpr std::string_view kCompactedFolder = "compacted";
/// The kind of a reference by an applied state of allocation. It keeps a delivery's files, not the delivery: a bill
/// that was wrong may be withdrawn.
inline constexpr std::string_view kAllocationReference = "allocation";

/// Error `allocation.closed` where a month from the state's first day on is closed and not named as restated.
base::Result<void> check_closes(const AllocationState& state, std::span<const PeriodClose> closes);

/// The files that count at one time.
struct CurrentFiles {
    std::vector<FileSet> files;
    std::vector<CompactedGroup> compacted; ///< those there are, for exactly these files
    std::vector<Delivery> deliveries;      ///< all of the lake's, without profiles
    std::vector<PartReference> parts;      ///< into deliveries, as files: a part without rows has none
};

/// One open lake. One thread at a time; processes may share the folder. Errors as Catalog, and
/// `lake.*` conflicts.
class Lake {
public:
    /// Opens the lake in `folder`, making it where there is none.
    static base::Result<std::unique_ptr<Lake>> open(const base::Path& folder);

    base::Result<Staging> stage(period::Instant now);

    /// Commits what was staged. Part folders, and the paths of datasets and kept raw files, which are below the staging
    /// folder in `draft`, are filled in here. Errors:
    /// `lake.overlap` (another source covers the same billing account and period, and `precedence`
    /// does not name both), `lake.withdrawn`, `lake.pruned` (the same delivery was withdrawn or pruned).
    base::Result<Committed> commit(Staging staging, Delivery draft, const std::vector<std::string>& precedence);

    base::Result<std::vector<Delivery>> deliveries() { return catalog_.deliveries(Detail::kWhole); }
    /// Error `lake.no_such_delivery`.
    base::Result<Delivery> delivery(DeliveryId id);
    base::Result<std::optional<DeliveryId>> find_by_identity(const std::string& identity) {
        return catalog_.find_by_identity(identity);
    }

    /// Error `lake.pruned` where `as_of` needs a delivery whose files are gone.
    base::Result<CurrentFiles> current(std::optional<period::Instant> as_of,
                                       const std::vector<std::string>& precedence);
    /// Of a part that has files.
    FileSet files_of(const Part& part) const;
    /// The compacted groups there could be of these files: the scopes of a billing period that have
    /// daily sums, where there are several; some 200 of them each where there are many. Their names tell what they
    /// are made from.
    std::vector<CompactedGroup> group_for_compaction(const CurrentFiles& current) const;

    /// Held while files are read, so that pruning waits.
    base::Result<base::FileLock> read_lock();

    /// Lets the pending parts of a delivery count: all, those of one scope, or one by its name; how many. Errors
    /// `lake.nothing_pending`, `lake.overlap` (another source's bill counts by now).
    base::Result<std::int64_t> release(DeliveryId id, const std::optional<std::string>& scope, period::Instant now,
                                       const std::vector<std::string>& precedence);
    /// Errors `lake.withdrawn`, `lake.referenced`, `lake.pruned` (what would count instead is gone), `lake.overlap`
    /// (what would count instead is a second bill beside another source's).
    base::Result<void> withdraw(DeliveryId id, const std::string& reason, period::Instant now,
                                const std::vector<std::string>& precedence);
    /// Errors `lake.not_withdrawn`, `lake.pruned`, `lake.overlap`.
    base::Result<void> restore(DeliveryId id, const std::vector<std::string>& precedence);
    /// Never removes what stands for its own source, whichever source comes first and whichever role yields.
    base::Result<PruneReport> prune(const Retention& retention, period::Instant now, bool dry_run);
    /// What a crash left (`lake.dead_reservation`, `lake.orphan`), files that are missing (`lake.missing_file`), and
    /// compacted files that are not what was written (`lake.changed`), which `repair` removes, for they are derived.
    base::Result<std::vector<Problem>> doctor(bool repair);
    /// Holds every Parquet file of the deliveries against the size and hash it was committed with: `lake.changed`.
    /// Files of before there were hashes are `lake.not_hashed`; `record` takes their hashes as they are now. To be
    /// called under read_lock().
    base::Result<std::vector<Problem>> check_hashes(bool record);

    /// Keeps what a provider said of one of its billing periods. Error of the catalog.
    base::Result<void> state_provider_period(const ProviderPeriod& statement);
    /// Closes a month for the company, with what counts of it now: `month`, `closed_at`, `closed_by` and `reason`
    /// are given. What it refers to is neither pruned nor withdrawn while the close holds. Errors `period.closed`
    /// (it is already), `period.empty` (nothing counts in it).
    base::Result<PeriodClose> close_period(PeriodClose close, const std::vector<std::string>& precedence);
    /// Error `period.not_closed`.
    base::Result<PeriodClose> reopen_period(period::Day month, const std::string& by, const std::string& reason,
                                            period::Instant now);
    base::Result<std::vector<PeriodClose>> closes() { return catalog_.closes(); }

    /// Records rules of allocation that somebody applies, with the bytes of their files, in one transaction: `after` is
    /// the last state that was there when the new one was computed, 0 for none. What the state refers to is never
    /// pruned. Errors `allocation.moved_on` (there is a later one), those of check_closes.
    base::Result<AllocationState> apply_allocation(AllocationState state, const std::vector<AppliedFiles>& files,
                                                   std::int64_t after);

    const base::Path& folder() const { return folder_; }
    Catalog& catalog() { return catalog_; }

private:
    Lake(base::Path folder, Catalog catalog) : folder_(std::move(folder)), catalog_(std::move(catalog)) {}
    base::Result<void> check_orphans(bool repair, std::vector<Problem>& problems);
    base::Result<void> check_files(std::vector<Problem>& problems);
    base::Result<void> check_compacted(bool repair, std::vector<Problem>& problems);
    base::Path folder_;
    Catalog catalog_;
};

} // namespace florin::lake
