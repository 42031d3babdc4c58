// What keeps a lake in order: pruning and the doctor.
#include "lake/lake.hpp"

#include "lake/file_hashes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace florin::lake {
namespace fs = std::filesystem;
namespace {

constexpr int kExclusiveLockWaitMs = 10'000;

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

/// What is different of a file, or nothing.
std::optional<std::string> difference(const base::Path& path, const LakeFile& recorded) {
    const auto bytes = base::file_size(path);
    if (!bytes.ok() || *bytes != recorded.bytes) {
        return bytes.ok() ? fmt::format("has {} bytes, it was written with {}", *bytes, recorded.bytes)
                          : "cannot be read";
    }
    const auto hash = hash_of_file(path);
    if (!hash.ok()) {
        return "cannot be read";
    }
    return *hash == recorded.sha256 ? std::nullopt : std::optional<std::string>("is not the file that was written");
}

/// Below the lake; one file holds several scopes.
std::set<std::string> dataset_files(const Delivery& delivery) {
    std::set<std::string> paths;
    for (const DatasetPart& part : delivery.datasets) {
        paths.insert(part.path);
    }
    return paths;
}

/// The Parquet files a delivery should have, below the lake.
std::vector<std::string> parquet_files(const Delivery& delivery) {
    const std::set<std::string> datasets = dataset_files(delivery);
    std::vector<std::string> paths(datasets.begin(), datasets.end());
    for (const Part& part : delivery.parts) {
        if (delivery.pruned_at.has_value() || !part.has_files()) {
            continue;
        }
        for (const std::string_view kind :
             {"charges", "tuples", part.has_cells ? "cells" : "", part.has_spread ? "spread" : ""}) {
            if (!kind.empty()) {
                paths.push_back(fmt::format("{}/{}.{}.parquet", part.folder, part.stem, kind));
            }
        }
    }
    return paths;
}

/// Since when deliveries do not count.
class Disuse {
public:
    explicit Disuse(std::span<const Delivery> deliveries) : deliveries_(deliveries) {
        for (const PartReference& reference : select_standing(deliveries, std::nullopt)) {
            in_use_.insert(reference.delivery);
        }
        for (std::size_t d = 0; d < deliveries.size(); ++d) {
            for (std::size_t p = 0; p < deliveries[d].parts.size(); ++p) {
                by_scope_[{deliveries[d].source, deliveries[d].parts[p].scope}].push_back({d, p});
            }
        }
    }

    /// Nothing where something of it stands, waits, or is gone already.
    std::optional<period::Instant> since(std::size_t index) const {
        const Delivery& delivery = deliveries_[index];
        if (in_use_.contains(index) || delivery.pruned_at.has_value() || delivery.parts.empty()) {
            return std::nullopt;
        }
        if (delivery.withdrawn_at.has_value()) {
            return delivery.withdrawn_at;
        }
        // Since the first delivery that replaced the last of its parts came.
        std::optional<period::Instant> since = period::Instant{};
        for (const Part& part : delivery.parts) {
            const auto replaced = replaced_at(index, part);
            if (part.pending() || !replaced.has_value()) {
                return std::nullopt;
            }
            since = std::max(*since, *replaced);
        }
        return since;
    }

private:
    std::optional<period::Instant> replaced_at(std::size_t index, const Part& part) const {
        const Delivery& delivery = deliveries_[index];
        std::optional<period::Instant> first;
        for (const PartReference& reference : by_scope_.at({delivery.source, part.scope})) {
            const Delivery& later = deliveries_[reference.delivery];
            const Part& other = later.parts[reference.part];
            const bool replaces = later.mode != Mode::kAppend && !other.pending() && !later.withdrawn_at.has_value() &&
                                  (other.role == part.role || (part.stray && !other.counts_as_stray()));
            if (reference.delivery != index && replaces) {
                const period::Instant counts =
                    std::max(other.released_at.value_or(later.committed_at), delivery.committed_at);
                first = std::min(first.value_or(counts), counts);
            }
        }
        return first;
    }

    std::span<const Delivery> deliveries_;
    std::set<std::size_t> in_use_;
    std::map<std::pair<std::string_view, std::string_view>, std::vector<PartReference>> by_scope_;
};

} // namespace

base::Result<PruneReport> Lake::prune(const Retention& retention, period::Instant now, bool dry_run) {
    FLORIN_TRY_ASSIGN(const auto lock, base::FileLock::acquire(folder_ / "readers.lock",
                                                               base::FileLock::Kind::kExclusive, kExclusiveLockWaitMs));
    const period::Instant limit = now - std::chrono::days(retention.superseded_days);
    PruneReport report;
    std::vector<base::Path> folders;
    // Nobody commits, closes a period or releases meanwhile. A crash after it leaves orphans.
    FLORIN_TRY(catalog_.hold([&]() -> base::Result<void> {
        FLORIN_TRY_ASSIGN(const std::vector<Delivery> all, catalog_.deliveries(Detail::kWithoutProfiles));
        const Disuse disuse(all);
        for (std::size_t d = 0; d < all.size(); ++d) {
            const auto since = disuse.since(d);
            if (!since.has_value() || *since > limit) {
                continue;
            }
            FLORIN_TRY_ASSIGN(const std::vector<std::string> references, catalog_.references_to(all[d].id));
            if (!references.empty()) {
                report.kept.push_back(
                    fmt::format("delivery {}: referred to by {}", all[d].id.value(), references.front()));
                continue;
            }
            folders.push_back(folder_ / all[d].parts.front().folder);
            report.pruned.push_back({all[d].id, tree_bytes(folders.back())});
            if (!dry_run) {
                FLORIN_TRY(catalog_.mark_pruned(all[d].id, now));
            }
        }
        return {};
    }));
    if (!dry_run) {
        for (const base::Path& folder : folders) {
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
        for (const std::string& path : dataset_files(delivery)) {
            known.insert(base::Path(path).parent_path().string());
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
        for (const std::string& path : dataset_files(delivery)) {
            check((folder_ / path).string(), delivery.id);
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
    FLORIN_TRY_ASSIGN(const auto lock, base::FileLock::acquire(folder_ / "readers.lock",
                                                               base::FileLock::Kind::kExclusive, kExclusiveLockWaitMs));
    // While nobody can reserve or commit: what is seen on the disk then fits what is seen in the catalog.
    FLORIN_TRY(catalog_.hold([&] { return check_orphans(repair, problems); }));
    FLORIN_TRY(check_files(problems));
    FLORIN_TRY(check_compacted(repair, problems));
    return problems;
}

base::Result<void> Lake::check_compacted(bool repair, std::vector<Problem>& problems) {
    FLORIN_TRY_ASSIGN(const std::vector<LakeFile> recorded, catalog_.files());
    for (const LakeFile& file : recorded) {
        std::error_code code;
        // A compacted one can be deleted at any time.
        if (file.delivery.has_value() || !fs::is_regular_file(folder_ / file.path, code)) {
            continue;
        }
        if (const auto what = difference(folder_ / file.path, file); what.has_value()) {
            problems.push_back({"lake.changed", fmt::format("{} {}", file.path, *what), true, repair});
            if (repair) {
                FLORIN_TRY(base::remove_all(folder_ / file.path));
            }
        }
    }
    return {};
}

base::Result<std::vector<Problem>> Lake::check_hashes(bool record) {
    FLORIN_TRY_ASSIGN(const std::vector<LakeFile> recorded, catalog_.files());
    FLORIN_TRY_ASSIGN(const std::vector<Delivery> all, catalog_.deliveries(Detail::kWithoutProfiles));
    std::vector<Problem> problems;
    std::map<std::string_view, const LakeFile*> by_path;
    for (const LakeFile& file : recorded) {
        by_path.emplace(file.path, &file);
    }
    for (const Delivery& delivery : all) {
        std::vector<LakeFile> unknown;
        for (const std::string& path : parquet_files(delivery)) {
            std::error_code code;
            if (!fs::is_regular_file(folder_ / path, code)) {
                continue; // check_files says so
            }
            const auto known = by_path.find(path);
            if (known == by_path.end()) {
                unknown.push_back({path, delivery.id, "", 0});
            } else if (const auto what = difference(folder_ / path, *known->second); what.has_value()) {
                problems.push_back({"lake.changed", fmt::format("delivery {}: {} {}", delivery.id.value(), path, *what),
                                    false, false, (folder_ / path).string()});
            }
        }
        if (unknown.empty()) {
            continue;
        }
        if (record) {
            for (LakeFile& file : unknown) {
                FLORIN_TRY_ASSIGN(file.sha256, hash_of_file(folder_ / file.path));
                FLORIN_TRY_ASSIGN(file.bytes, base::file_size(folder_ / file.path));
            }
            FLORIN_TRY(catalog_.record_files(unknown));
        }
        problems.push_back({"lake.not_hashed",
                            fmt::format("delivery {}: {} of its files came before files were hashed",
                                        delivery.id.value(), unknown.size()),
                            true, record});
    }
    return problems;
}

} // namespace florin::lake
