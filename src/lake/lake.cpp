#include "lake/lake.hpp"

#include "base/sha256.hpp"
#include "lake/file_hashes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace florin::lake {
namespace fs = std::filesystem;
namespace {

constexpr int kReaderLockWaitMs = 10'000;

/// Where a group is cut depends on its last part alone, so that one part more or less changes one group and leaves
/// the files of the others: a feed that appends several times a day would else have its whole month written anew.
bool ends_group(const CompactedGroup& group, std::string_view last_part) {
    constexpr std::size_t kMembersMin = 128;
    constexpr std::uint64_t kOneIn = 64;
    if (group.members.size() < kMembersMin) {
        return false;
    }
    std::uint64_t hash = 14'695'981'039'346'656'037U; // FNV-1a
    for (const char byte : last_part) {
        hash = (hash ^ static_cast<unsigned char>(byte)) * 1'099'511'628'211U;
    }
    return (hash >> 32U) % kOneIn == 0;
}

void add_member(CompactedGroup& group, const FileSet& files, std::size_t member) {
    if (group.members.empty()) {
        group.files.billing_period_start = files.billing_period_start;
        group.files.days = files.days;
    }
    group.members.push_back(member);
    group.files.days.start = std::min(group.files.days.start, files.days.start);
    group.files.days.end = std::max(group.files.days.end, files.days.end);
    group.files.charge_rows += files.charge_rows;
    group.files.spread_charges += files.spread_charges;
    for (std::size_t cost = 0; cost < files.null_costs.size(); ++cost) {
        group.files.null_costs[cost] += files.null_costs[cost];
    }
}

base::Error no_such_delivery(DeliveryId id) {
    return base::user_error("lake.no_such_delivery", fmt::format("there is no delivery {}", id.value()))
        .with_remedy("see `florin deliveries list`");
}

base::Error withdrawn_error(const Delivery& delivery) {
    return base::conflict_error("lake.withdrawn", fmt::format("these files are delivery {}, which was withdrawn: {}",
                                                              delivery.id.value(), delivery.withdrawn_reason))
        .with_remedy(fmt::format("`florin deliveries restore {}` makes it count again", delivery.id.value()));
}

base::Error pruned_error(const Delivery& delivery) {
    return base::conflict_error("lake.pruned",
                                fmt::format("these files are delivery {}, which does not count any more and was "
                                            "removed by the retention rule",
                                            delivery.id.value()))
        .with_remedy("ingest them into another workspace");
}

/// The parts of a delivery that wait, of `scope` where there is one. Error `lake.nothing_pending`.
base::Result<std::vector<Part>> parts_to_release(const Delivery& delivery, const std::optional<std::string>& scope) {
    std::set<std::string> waiting;
    std::vector<Part> released;
    for (const Part& part : delivery.parts) {
        if (part.pending()) {
            waiting.insert(part.name());
            if (!scope.has_value() || part.scope == *scope || part.name() == *scope) {
                released.push_back(part);
            }
        }
    }
    if (waiting.empty()) {
        return base::conflict_error("lake.nothing_pending",
                                    fmt::format("nothing of delivery {} is pending", delivery.id.value()));
    }
    if (released.empty()) {
        return base::conflict_error("lake.nothing_pending",
                                    fmt::format("{} of delivery {} is not pending", *scope, delivery.id.value()))
            .with_remedy(fmt::format("what waits: {}", fmt::join(waiting, ", ")));
    }
    return released;
}

/// What the datasets of a draft replace, or come too late for.
void note_replaced_datasets(const std::vector<Delivery>& existing, const Delivery& incoming, Committed& outcome) {
    for (const PartReference& reference : select_datasets(existing, std::nullopt)) {
        const Delivery& there = existing[reference.delivery];
        const DatasetPart& part = there.datasets[reference.part];
        const bool same = std::ranges::any_of(incoming.datasets, [&part](const DatasetPart& other) {
            return other.dataset == part.dataset && other.scope == part.scope;
        });
        if (same) {
            (there.ordered_at <= incoming.ordered_at ? outcome.superseded : outcome.older)
                .push_back(fmt::format("delivery {}: {} {}", there.id.value(), part.dataset, part.scope));
        }
    }
}

} // namespace

Staging::Staging(Lake& lake, Reservation reservation, base::Path folder, base::FileLock alive)
    : lake_(&lake), reservation_(std::move(reservation)), folder_(std::move(folder)), alive_(std::move(alive)) {}

Staging::Staging(Staging&& other) noexcept
    : lake_(std::exchange(other.lake_, nullptr)), reservation_(std::move(other.reservation_)),
      folder_(std::move(other.folder_)), alive_(std::move(other.alive_)) {}

Staging::~Staging() {
    if (lake_ == nullptr) {
        return;
    }
    // What cannot be removed now is an orphan, which doctor finds; there is nobody to tell here.
    (void)base::remove_all(folder_);
    (void)base::remove_all(lake_->folder() / (reservation_.folder + ".lock"));
    (void)lake_->catalog().drop_reservation(reservation_.id);
}

base::Result<std::unique_ptr<Lake>> Lake::open(const base::Path& folder) {
    FLORIN_TRY(base::make_folders(folder / "deliveries"));
    FLORIN_TRY(base::make_folders(folder / "staging"));
    FLORIN_TRY_ASSIGN(Catalog catalog, Catalog::open(folder / "catalog.sqlite"));
    return std::unique_ptr<Lake>(new Lake(folder, std::move(catalog)));
}

base::Result<Staging> Lake::stage(period::Instant now) {
    // The lock is held before the reservation can be seen, so that doctor never takes it for a dead one.
    std::optional<base::FileLock> alive;
    const auto lock = [&](const Reservation& reservation) -> base::Result<void> {
        FLORIN_TRY_ASSIGN(alive, base::FileLock::acquire(folder_ / (reservation.folder + ".lock"),
                                                         base::FileLock::Kind::kExclusive, 0));
        return {};
    };
    FLORIN_TRY_ASSIGN(Reservation reservation, catalog_.reserve(now, lock));
    const base::Path folder = folder_ / reservation.folder;
    Staging staging(*this, std::move(reservation), folder, std::move(*alive));
    FLORIN_TRY(base::make_folders(folder));
    return staging;
}

base::Result<Committed> Lake::commit(Staging staging, Delivery draft, const std::vector<std::string>& precedence) {
    Committed outcome;
    const std::string folder_name =
        fmt::format("deliveries/{:08}-{}", staging.reservation_.id, draft.identity.substr(0, 8));
    for (Part& part : draft.parts) {
        part.folder = folder_name;
    }
    for (DatasetPart& part : draft.datasets) {
        part.path = folder_name + "/" + part.path;
    }
    for (RawFile& file : draft.raw_files) {
        if (file.kept) {
            file.path = folder_name + "/" + file.path;
        }
    }
    FLORIN_TRY(base::sync_tree(staging.folder_));
    // Read from the page cache: they were written just now.
    FLORIN_TRY_ASSIGN(const std::vector<LakeFile> files, describe_files(staging.folder_, folder_name));
    const base::Path target = folder_ / folder_name;
    FLORIN_TRY(base::rename_durably(staging.folder_, target));
    // From here on the staged folder is `target`; the guard removes it unless the catalog may have it.
    staging.folder_ = target;
    bool may_be_added = false;

    const auto added =
        catalog_.add(staging.reservation_.id, draft, files,
                     [&](const std::vector<Delivery>& existing, Delivery& incoming) -> base::Result<void> {
                         const auto same = std::ranges::find(existing, incoming.identity, &Delivery::identity);
                         if (same != existing.end()) {
                             if (same->pruned_at.has_value()) {
                                 return pruned_error(*same);
                             }
                             if (same->withdrawn_at.has_value()) {
                                 return withdrawn_error(*same);
                             }
                             outcome.already_there = true;
                             return base::conflict_error("lake.already_there", "the same delivery is there already");
                         }
                         FLORIN_TRY_ASSIGN(Judgement judgement, Judgement::open(catalog_, existing, precedence));
                         FLORIN_TRY(judgement.judge(incoming, outcome));
                         note_replaced_datasets(existing, incoming, outcome);
                         // With the reservation goes its lock file: within the transaction, so that doctor sees both or
                         // neither.
                         FLORIN_TRY(base::remove_all(folder_ / (staging.reservation_.folder + ".lock")));
                         may_be_added = true;
                         return {};
                     });
    if (may_be_added) {
        // A COMMIT that fails in its sync can be in the log all the same, to be found when the catalog is next
        // opened: its files stay, and are an orphan for doctor if it is not.
        staging.lake_ = nullptr;
    }
    if (outcome.already_there) {
        FLORIN_TRY_ASSIGN(const auto id, catalog_.find_by_identity(draft.identity));
        FLORIN_TRY_ASSIGN(outcome.delivery, delivery(*id));
        return outcome;
    }
    if (!added.ok()) {
        return added.error();
    }
    outcome.delivery = std::move(draft);
    return outcome;
}

base::Result<Delivery> Lake::delivery(DeliveryId id) {
    FLORIN_TRY_ASSIGN(std::vector<Delivery> all, deliveries());
    const auto found = std::ranges::find(all, id, &Delivery::id);
    if (found == all.end()) {
        return no_such_delivery(id);
    }
    return std::move(*found);
}

FileSet Lake::files_of(const Part& part) const {
    const auto file = [&](std::string_view kind) {
        return (folder_ / part.folder / fmt::format("{}.{}.parquet", part.stem, kind)).string();
    };
    FileSet files;
    files.charges = file("charges");
    files.tuples = file("tuples");
    files.cells = part.has_cells ? file("cells") : std::string();
    files.spread = part.has_spread ? file("spread") : std::string();
    files.billing_account_id = part.billing_account_id;
    files.billing_period_start = period::day_of(part.billing_period_start);
    files.days = part.days;
    files.charge_rows = part.rows;
    files.spread_charges = part.spread_charges;
    for (const auto& [currency, sums] : part.sums) {
        for (std::size_t i = 0; i < sums.null_costs.size(); ++i) {
            files.null_costs[i] += sums.null_costs[i];
        }
    }
    return files;
}

base::Result<CurrentFiles> Lake::current(std::optional<period::Instant> as_of,
                                         const std::vector<std::string>& precedence) {
    CurrentFiles current;
    FLORIN_TRY_ASSIGN(current.deliveries, catalog_.deliveries(Detail::kWithoutProfiles));
    current.parts = select_current(current.deliveries, as_of, precedence);
    std::erase_if(current.parts, [&](const PartReference& reference) {
        return !current.deliveries[reference.delivery].parts[reference.part].has_files();
    });
    for (const PartReference& reference : current.parts) {
        const Delivery& delivery = current.deliveries[reference.delivery];
        if (delivery.pruned_at.has_value()) {
            return base::conflict_error("lake.pruned",
                                        fmt::format("delivery {} counted at that time, and its files were "
                                                    "removed by the retention rule",
                                                    delivery.id.value()))
                .with_remedy("ask for a later time, or ingest its files again into another workspace");
        }
        current.files.push_back(files_of(delivery.parts[reference.part]));
    }
    std::error_code code;
    if (fs::is_directory(folder_ / kCompactedFolder, code)) {
        current.compacted = group_for_compaction(current);
        std::erase_if(current.compacted, [](const CompactedGroup& group) { return !group.exists(); });
    }
    return current;
}

std::vector<CompactedGroup> Lake::group_for_compaction(const CurrentFiles& current) const {
    std::map<period::Day, std::vector<CompactedGroup>> by_period;
    const auto path_of = [&](std::size_t member) {
        const PartReference& reference = current.parts[member];
        const Part& part = current.deliveries[reference.delivery].parts[reference.part];
        return part.folder + "/" + part.stem + "\n";
    };
    for (std::size_t i = 0; i < current.files.size(); ++i) {
        if (current.files[i].cells.empty()) {
            continue;
        }
        std::vector<CompactedGroup>& groups = by_period[current.files[i].billing_period_start];
        if (groups.empty() || ends_group(groups.back(), path_of(groups.back().members.back()))) {
            groups.emplace_back();
        }
        add_member(groups.back(), current.files[i], i);
    }
    std::vector<CompactedGroup> all;
    for (auto& [start, groups] : by_period) {
        for (CompactedGroup& group : groups) {
            if (group.members.size() < 2) {
                continue;
            }
            std::string parts;
            for (const std::size_t member : group.members) {
                parts += path_of(member);
            }
            const base::Path stem = folder_ / kCompactedFolder /
                                    fmt::format("{}-{}", period::to_string(start), base::sha256(parts).substr(0, 24));
            group.files.cells = stem.string() + ".cells.parquet";
            group.files.tuples = stem.string() + ".tuples.parquet";
            all.push_back(std::move(group));
        }
    }
    return all;
}

base::Result<base::FileLock> Lake::read_lock() {
    return base::FileLock::acquire(folder_ / "readers.lock", base::FileLock::Kind::kShared, kReaderLockWaitMs);
}

base::Result<std::int64_t> Lake::release(DeliveryId id, const std::optional<std::string>& scope, period::Instant now,
                                         const std::vector<std::string>& precedence) {
    std::int64_t count = 0;
    FLORIN_TRY(catalog_.hold([&]() -> base::Result<void> {
        FLORIN_TRY_ASSIGN(const std::vector<Delivery> all, catalog_.deliveries(Detail::kWithoutProfiles));
        const auto found = std::ranges::find(all, id, &Delivery::id);
        if (found == all.end()) {
            return no_such_delivery(id);
        }
        FLORIN_TRY_ASSIGN(const std::vector<Part> released, parts_to_release(*found, scope));
        FLORIN_TRY(check_overlap(all, found->source, released, precedence));
        FLORIN_TRY_ASSIGN(count, catalog_.release(id, scope, now));
        return {};
    }));
    return count;
}

base::Result<void> Lake::withdraw(DeliveryId id, const std::string& reason, period::Instant now,
                                  const std::vector<std::string>& precedence) {
    // Nobody closes a period with it meanwhile.
    return catalog_.hold([&]() -> base::Result<void> {
        FLORIN_TRY_ASSIGN(std::vector<Delivery> all, catalog_.deliveries(Detail::kWithoutProfiles));
        const auto found = std::ranges::find(all, id, &Delivery::id);
        if (found == all.end()) {
            return no_such_delivery(id);
        }
        if (found->withdrawn_at.has_value()) {
            return base::conflict_error("lake.withdrawn", fmt::format("delivery {} is withdrawn already: {}",
                                                                      id.value(), found->withdrawn_reason));
        }
        FLORIN_TRY_ASSIGN(std::vector<std::string> references, catalog_.references_to(id));
        std::erase_if(references,
                      [](const std::string& one) { return one.starts_with(std::string(kAllocationReference) + " "); });
        if (!references.empty()) {
            return base::conflict_error("lake.referenced",
                                        fmt::format("delivery {} is referred to by {}", id.value(), references.front()))
                .with_remedy("what replaces it is a later delivery; a closed period can be reopened first");
        }
        // What would count in its place must still be there, and be no second bill beside another source's.
        const std::vector<PartReference> stood = select_standing(all, std::nullopt);
        found->withdrawn_at = now;
        for (const PartReference& reference : select_standing(all, std::nullopt)) {
            if (!std::ranges::binary_search(stood, reference)) {
                const Delivery& instead = all[reference.delivery];
                FLORIN_TRY(check_overlap(all, instead.source, {&instead.parts[reference.part], 1}, precedence));
            }
        }
        for (const PartReference& reference : select_current(all, std::nullopt, {})) {
            const Delivery& instead = all[reference.delivery];
            if (instead.pruned_at.has_value()) {
                return base::conflict_error(
                           "lake.pruned",
                           fmt::format("delivery {} would count for {} instead, and its files were removed by the "
                                       "retention rule",
                                       instead.id.value(), instead.parts[reference.part].name()))
                    .with_remedy("ingest the right bill, which replaces the wrong one");
            }
        }
        return catalog_.withdraw(id, reason, now);
    });
}

base::Result<void> Lake::restore(DeliveryId id, const std::vector<std::string>& precedence) {
    return catalog_.hold([&]() -> base::Result<void> {
        FLORIN_TRY_ASSIGN(const std::vector<Delivery> all, catalog_.deliveries(Detail::kWithoutProfiles));
        const auto found = std::ranges::find(all, id, &Delivery::id);
        if (found == all.end()) {
            return no_such_delivery(id);
        }
        if (!found->withdrawn_at.has_value()) {
            return base::conflict_error("lake.not_withdrawn", fmt::format("delivery {} is not withdrawn", id.value()));
        }
        if (found->pruned_at.has_value()) {
            return base::conflict_error("lake.pruned", fmt::format("the files of delivery {} were removed", id.value()))
                .with_remedy("ingest its files again into another workspace");
        }
        // A part that waits overlaps with nothing until it is released.
        std::vector<Part> parts;
        std::ranges::copy_if(found->parts, std::back_inserter(parts), [](const Part& part) { return !part.pending(); });
        FLORIN_TRY(check_overlap(all, found->source, parts, precedence));
        return catalog_.restore(id);
    });
}

} // namespace florin::lake
