#include "lake/lake.hpp"

#include "base/sha256.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace florin::lake {
namespace fs = std::filesystem;
namespace {

constexpr int kLockWaitMs = 10'000;

/// Where a new delivery stands against what is there: pending parts, overlaps, what it replaces, what it lacks.
class Judgement {
public:
    Judgement(Catalog& catalog, const std::vector<Delivery>& existing, const std::vector<std::string>& precedence)
        : catalog_(catalog), existing_(existing), precedence_(precedence) {}

    base::Result<void> judge(Delivery& draft, Committed& outcome) {
        const std::vector<PartReference> current = select_current(existing_, std::nullopt, {});
        for (Part& part : draft.parts) {
            for (const PartReference& reference : current) {
                const Delivery& delivery = existing_[reference.delivery];
                const Part& other = delivery.parts[reference.part];
                if (delivery.source != draft.source) {
                    FLORIN_TRY(check_overlap(draft, part, delivery, other));
                } else if (draft.mode != Mode::kAppend && delivery.mode != Mode::kAppend && other.scope == part.scope) {
                    FLORIN_TRY(compare(draft, part, delivery, reference.part, outcome));
                }
            }
        }
        notice_vanished(draft, current);
        return {};
    }

private:
    /// Whether `draft` is a newer version of what this part's delivery says of its billing period.
    static bool may_replace(const Delivery& draft, const Delivery& delivery, const Part& part) {
        return draft.mode == Mode::kSnapshot && delivery.mode == Mode::kSnapshot && delivery.source == draft.source &&
               delivery.ordered_at <= draft.ordered_at && part.has_files() && !part.counts_as_stray();
    }

    /// Where the draft replaces one scope of an older delivery, it speaks for the others which that delivery has in
    /// the same billing period too: those that it lacks become parts without rows, which wait.
    void notice_vanished(Delivery& draft, const std::vector<PartReference>& current) const {
        std::map<std::string, bool> delivered; // scope -> whether as more than stray rows
        for (const Part& part : draft.parts) {
            delivered.emplace(part.scope, !part.stray);
        }
        std::set<std::pair<std::size_t, period::Instant>> replaced;
        for (const PartReference& reference : current) {
            const Delivery& delivery = existing_[reference.delivery];
            const Part& part = delivery.parts[reference.part];
            const auto found = delivered.find(part.scope);
            if (may_replace(draft, delivery, part) && found != delivered.end() && found->second) {
                replaced.emplace(reference.delivery, part.billing_period_start);
            }
        }
        for (const PartReference& reference : current) {
            const Delivery& delivery = existing_[reference.delivery];
            const Part& part = delivery.parts[reference.part];
            if (may_replace(draft, delivery, part) && !delivered.contains(part.scope) &&
                replaced.contains({reference.delivery, part.billing_period_start})) {
                draft.parts.push_back(vanished(part, delivery.id, draft.parts.front().folder));
            }
        }
    }

    static Part vanished(const Part& part, DeliveryId id, const std::string& folder) {
        Part empty;
        empty.scope = part.scope;
        empty.billing_account_id = part.billing_account_id;
        empty.billing_period_start = part.billing_period_start;
        empty.billing_period_end = part.billing_period_end;
        const period::Day start = period::day_of(part.billing_period_start);
        empty.days = {start, start};
        empty.folder = folder;
        empty.pending_reason = fmt::format(
            "it has no charges of billing account {} for {} any more, delivery {} has", part.billing_account_id,
            period::to_string(period::Period{start, period::day_of(part.billing_period_end)}), id.value());
        return empty;
    }

    bool declared(const std::string& source) const {
        return std::ranges::find(precedence_, source) != precedence_.end();
    }

    base::Result<void> check_overlap(const Delivery& draft, const Part& part, const Delivery& delivery,
                                     const Part& other) const {
        if (part.billing_account_id != other.billing_account_id ||
            part.billing_period_start != other.billing_period_start ||
            (declared(draft.source) && declared(delivery.source))) {
            return {};
        }
        return base::conflict_error(
                   "lake.overlap",
                   fmt::format(
                       "billing account {} and its period from {} are delivered by source {} already (delivery {})",
                       part.billing_account_id, period::to_string(period::day_of(part.billing_period_start)),
                       delivery.source, delivery.id.value()))
            .with_remedy(
                fmt::format("nothing is counted twice: withdraw that delivery, or say in florin.yaml which source "
                            "counts, as in precedence: [{}, {}]",
                            draft.source, delivery.source));
    }

    base::Result<void> compare(const Delivery& draft, Part& part, const Delivery& delivery, std::size_t position,
                               Committed& outcome) const {
        Part other = delivery.parts[position];
        if (part.stray && !other.counts_as_stray()) {
            part.pending_reason = fmt::format("{} stray {} of a billing period that delivery {} covers", part.rows,
                                              part.rows == 1 ? "row" : "rows", delivery.id.value());
            return {};
        }
        if (!part.stray && other.counts_as_stray()) {
            return {};
        }
        if (delivery.ordered_at > draft.ordered_at) {
            outcome.older.push_back(fmt::format("{}: delivery {} is newer", part.scope, delivery.id.value()));
            return {};
        }
        FLORIN_TRY(catalog_.read_profile(delivery.id, position, other));
        if (auto loss = loss_against(other, part); loss.has_value()) {
            part.pending_reason = fmt::format("{} (delivery {})", *loss, delivery.id.value());
            return {};
        }
        outcome.superseded.push_back(fmt::format("delivery {}: {}", delivery.id.value(), part.scope));
        return {};
    }

    Catalog& catalog_;
    const std::vector<Delivery>& existing_;
    const std::vector<std::string>& precedence_;
};

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

std::uint64_t tree_bytes(const base::Path& folder) {
    std::uint64_t bytes = 0;
    std::error_code code;
    for (fs::recursive_directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
        std::error_code size_code;
        if (it->is_regular_file(size_code)) {
            bytes += it->file_size(size_code);
        }
    }
    return bytes;
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
    for (RawFile& file : draft.raw_files) {
        if (file.kept) {
            file.path = folder_name + "/" + file.path;
        }
    }
    FLORIN_TRY(base::sync_tree(staging.folder_));
    const base::Path target = folder_ / folder_name;
    FLORIN_TRY(base::rename_durably(staging.folder_, target));
    // From here on the staged folder is `target`; the guard removes it unless the commit succeeds.
    staging.folder_ = target;

    const auto added =
        catalog_.add(staging.reservation_.id, draft,
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
                         FLORIN_TRY(Judgement(catalog_, existing, precedence).judge(incoming, outcome));
                         // With the reservation goes its lock file: within the transaction, so that doctor sees both or
                         // neither.
                         return base::remove_all(folder_ / (staging.reservation_.folder + ".lock"));
                     });
    if (outcome.already_there) {
        FLORIN_TRY_ASSIGN(const auto id, catalog_.find_by_identity(draft.identity));
        FLORIN_TRY_ASSIGN(outcome.delivery, delivery(*id));
        return outcome;
    }
    if (!added.ok()) {
        return added.error();
    }
    staging.lake_ = nullptr;
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
    std::map<period::Day, CompactedGroup> by_period;
    for (std::size_t i = 0; i < current.files.size(); ++i) {
        const FileSet& files = current.files[i];
        if (files.cells.empty()) {
            continue;
        }
        CompactedGroup& group = by_period[files.billing_period_start];
        if (group.members.empty()) {
            group.files.billing_period_start = files.billing_period_start;
            group.files.days = files.days;
        }
        group.members.push_back(i);
        group.files.days.start = std::min(group.files.days.start, files.days.start);
        group.files.days.end = std::max(group.files.days.end, files.days.end);
        group.files.charge_rows += files.charge_rows;
        group.files.spread_charges += files.spread_charges;
        for (std::size_t cost = 0; cost < files.null_costs.size(); ++cost) {
            group.files.null_costs[cost] += files.null_costs[cost];
        }
    }
    std::vector<CompactedGroup> groups;
    for (auto& [start, group] : by_period) {
        if (group.members.size() < 2) {
            continue;
        }
        std::string parts;
        for (const std::size_t member : group.members) {
            const PartReference& reference = current.parts[member];
            const Part& part = current.deliveries[reference.delivery].parts[reference.part];
            parts += part.folder + "/" + part.stem + "\n";
        }
        const base::Path stem = folder_ / kCompactedFolder /
                                fmt::format("{}-{}", period::to_string(start), base::sha256(parts).substr(0, 24));
        group.files.cells = stem.string() + ".cells.parquet";
        group.files.tuples = stem.string() + ".tuples.parquet";
        groups.push_back(std::move(group));
    }
    return groups;
}

base::Result<base::FileLock> Lake::read_lock() {
    return base::FileLock::acquire(folder_ / "readers.lock", base::FileLock::Kind::kShared, kLockWaitMs);
}

base::Result<std::int64_t> Lake::release(DeliveryId id, const std::optional<std::string>& scope, period::Instant now) {
    FLORIN_TRY_ASSIGN(const Delivery found, delivery(id));
    FLORIN_TRY_ASSIGN(const std::int64_t released, catalog_.release(id, scope, now));
    if (released == 0) {
        return base::conflict_error("lake.nothing_pending",
                                    fmt::format("nothing of delivery {} is pending", id.value()));
    }
    return released;
}

base::Result<void> Lake::withdraw(DeliveryId id, const std::string& reason, period::Instant now) {
    FLORIN_TRY_ASSIGN(const Delivery found, delivery(id));
    if (found.withdrawn_at.has_value()) {
        return base::conflict_error(
            "lake.withdrawn", fmt::format("delivery {} is withdrawn already: {}", id.value(), found.withdrawn_reason));
    }
    FLORIN_TRY_ASSIGN(const std::vector<std::string> references, catalog_.references_to(id));
    if (!references.empty()) {
        return base::conflict_error("lake.referenced",
                                    fmt::format("delivery {} is referred to by {}", id.value(), references.front()));
    }
    // What would count in its place must still be there.
    FLORIN_TRY_ASSIGN(std::vector<Delivery> all, catalog_.deliveries(Detail::kWithoutProfiles));
    std::ranges::find(all, id, &Delivery::id)->withdrawn_at = now;
    for (const PartReference& reference : select_current(all, std::nullopt, {})) {
        const Delivery& instead = all[reference.delivery];
        if (instead.pruned_at.has_value()) {
            return base::conflict_error(
                       "lake.pruned",
                       fmt::format("delivery {} would count for {} instead, and its files were removed by the "
                                   "retention rule",
                                   instead.id.value(), instead.parts[reference.part].scope))
                .with_remedy("ingest the right bill, which replaces the wrong one");
        }
    }
    return catalog_.withdraw(id, reason, now);
}

base::Result<void> Lake::restore(DeliveryId id) {
    FLORIN_TRY_ASSIGN(const Delivery found, delivery(id));
    if (!found.withdrawn_at.has_value()) {
        return base::conflict_error("lake.not_withdrawn", fmt::format("delivery {} is not withdrawn", id.value()));
    }
    if (found.pruned_at.has_value()) {
        return base::conflict_error("lake.pruned", fmt::format("the files of delivery {} were removed", id.value()))
            .with_remedy("ingest its files again into another workspace");
    }
    return catalog_.restore(id);
}

base::Result<PruneReport> Lake::prune(const Retention& retention, period::Instant now, bool dry_run) {
    FLORIN_TRY_ASSIGN(const auto lock,
                      base::FileLock::acquire(folder_ / "readers.lock", base::FileLock::Kind::kExclusive, kLockWaitMs));
    FLORIN_TRY_ASSIGN(const std::vector<Delivery> all, deliveries());
    // Whatever comes first now: another order of the sources must find its files.
    std::set<std::size_t> in_use;
    for (const PartReference& reference : select_current(all, std::nullopt, {})) {
        in_use.insert(reference.delivery);
    }
    const period::Instant limit = now - std::chrono::days(retention.superseded_days);
    PruneReport report;
    for (std::size_t d = 0; d < all.size(); ++d) {
        const Delivery& delivery = all[d];
        const bool waits = std::ranges::any_of(delivery.parts, [](const Part& part) { return part.pending(); }) &&
                           !delivery.withdrawn_at.has_value();
        if (in_use.contains(d) || waits || delivery.pruned_at.has_value() || delivery.parts.empty()) {
            continue;
        }
        // Since when it does not count: since it was withdrawn, or since the first later delivery of
        // the last of its scopes came.
        period::Instant since = delivery.withdrawn_at.value_or(period::Instant{});
        if (!delivery.withdrawn_at.has_value()) {
            for (const Part& part : delivery.parts) {
                std::optional<period::Instant> replaced;
                for (const Delivery& later : all) {
                    const auto other = std::ranges::find(later.parts, part.scope, &Part::scope);
                    if (later.source == delivery.source && later.id != delivery.id && !later.withdrawn_at.has_value() &&
                        other != later.parts.end() && !other->pending()) {
                        const period::Instant counts =
                            std::max(other->released_at.value_or(later.committed_at), delivery.committed_at);
                        replaced = std::min(replaced.value_or(counts), counts);
                    }
                }
                since = std::max(since, replaced.value_or(now));
            }
        }
        if (since > limit) {
            continue;
        }
        FLORIN_TRY_ASSIGN(const std::vector<std::string> references, catalog_.references_to(delivery.id));
        if (!references.empty()) {
            report.kept.push_back(
                fmt::format("delivery {}: referred to by {}", delivery.id.value(), references.front()));
            continue;
        }
        const base::Path folder = folder_ / delivery.parts.front().folder;
        report.pruned.push_back({delivery.id, tree_bytes(folder)});
        if (!dry_run) {
            FLORIN_TRY(catalog_.mark_pruned(delivery.id, now));
            FLORIN_TRY(base::remove_all(folder));
        }
    }
    return report;
}

base::Result<void> Lake::check_orphans(bool repair, std::vector<Problem>& problems) {
    FLORIN_TRY_ASSIGN(const std::vector<Delivery> all, deliveries());
    std::set<std::string> known;
    for (const Delivery& delivery : all) {
        for (const Part& part : delivery.parts) {
            if (!delivery.pruned_at.has_value()) {
                known.insert(part.folder);
            }
        }
    }
    // A reservation whose lock nobody holds is of a process that died.
    FLORIN_TRY_ASSIGN(const std::vector<Reservation> reservations, catalog_.reservations());
    std::vector<std::string> alive;
    for (const Reservation& reservation : reservations) {
        const auto lock =
            base::FileLock::acquire(folder_ / (reservation.folder + ".lock"), base::FileLock::Kind::kExclusive, 0);
        if (!lock.ok()) {
            alive.push_back(reservation.folder.substr(reservation.folder.find('/') + 1));
            continue;
        }
        problems.push_back(
            {"lake.dead_reservation", fmt::format("an ingest died in {}", reservation.folder), true, repair});
        if (repair) {
            FLORIN_TRY(catalog_.drop_reservation(reservation.id));
        }
    }
    for (const std::string parent : {"deliveries", "staging"}) {
        for (const auto& entry : fs::directory_iterator(folder_ / parent)) {
            const std::string entry_name = entry.path().filename().string();
            const bool in_work =
                std::ranges::any_of(alive, [&](const std::string& number) { return entry_name.starts_with(number); });
            if (in_work || known.contains(parent + "/" + entry_name)) {
                continue;
            }
            problems.push_back(
                {"lake.orphan", fmt::format("{}/{} belongs to no delivery", parent, entry_name), true, repair});
            if (repair) {
                FLORIN_TRY(base::remove_all(entry.path()));
            }
        }
    }
    return {};
}

base::Result<void> Lake::check_files(std::vector<Problem>& problems) {
    FLORIN_TRY_ASSIGN(const std::vector<Delivery> all, deliveries());
    const auto check = [&](const std::string& path, DeliveryId id) {
        std::error_code code;
        if (!path.empty() && !fs::is_regular_file(path, code)) {
            problems.push_back(
                {"lake.missing_file", fmt::format("delivery {}: {} is missing", id.value(), path), false, false});
        }
    };
    for (const Delivery& delivery : all) {
        if (delivery.pruned_at.has_value()) {
            continue;
        }
        for (const Part& part : delivery.parts) {
            if (!part.has_files()) {
                continue;
            }
            const FileSet files = files_of(part);
            for (const std::string& path : {files.charges, files.tuples, files.cells, files.spread}) {
                check(path, delivery.id);
            }
        }
        for (const RawFile& file : delivery.raw_files) {
            if (file.kept) {
                check((folder_ / file.path).string(), delivery.id);
            }
        }
    }
    return {};
}

base::Result<std::vector<Problem>> Lake::doctor(bool repair) {
    std::vector<Problem> problems;
    FLORIN_TRY(catalog_.check());
    FLORIN_TRY_ASSIGN(const auto lock,
                      base::FileLock::acquire(folder_ / "readers.lock", base::FileLock::Kind::kExclusive, kLockWaitMs));
    // While nobody can reserve or commit: what is seen on the disk then fits what is seen in the catalog.
    FLORIN_TRY(catalog_.hold([&] { return check_orphans(repair, problems); }));
    FLORIN_TRY(check_files(problems));
    return problems;
}

} // namespace florin::lake
