#include "app/watch_folder.hpp"

#include "base/sha256.hpp"
#include "ingest/intake.hpp"
#include "lake/file_hashes.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace florin::app {
namespace fs = std::filesystem;
namespace {

/// Longer JSON is no list of files.
constexpr std::uint64_t kNamesBytesMax = std::uint64_t{16} << 20U;

/// A file's name below its folder's, as the catalog calls raw files: providers call every month's file the same.
std::string short_name(const base::Path& path) {
    return (path.parent_path().filename() / path.filename()).string();
}

/// The last two components of every text in a JSON file: paths in a bucket, as manifests have them.
void collect_names(const nlohmann::json& value, std::set<std::string>& names) {
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        const base::Path path(text.substr(0, text.find('?')));
        if (ingest::is_bill_name(path)) {
            names.insert(short_name(path));
        }
    } else if (value.is_structured()) {
        for (const nlohmann::json& one : value) {
            collect_names(one, names);
        }
    }
}

bool is_of_look(const Look& then, const Look& now) {
    return std::ranges::all_of(then, [&now](const auto& file) {
        const auto found = now.find(file.first);
        return found != now.end() && found->second == file.second;
    });
}

/// Longest since anything in it was written first: of two versions of a bill the older comes in first.
std::int64_t newest(const Look& files) {
    std::int64_t newest = 0;
    for (const auto& [path, state] : files) {
        newest = std::max(newest, state.written_ns);
    }
    return newest;
}

} // namespace

/// What the lake has received already.
class FolderWatch::Ledger {
public:
    explicit Ledger(std::vector<lake::Delivery> deliveries) : deliveries_(std::move(deliveries)) {
        for (const lake::Delivery& delivery : deliveries_) {
            for (const lake::RawFile& file : delivery.raw_files) {
                hashes_.insert(file.sha256);
            }
        }
    }
    bool has(const std::string& sha256) const { return hashes_.contains(sha256); }

    /// The names of the files that came with the latest file of that name.
    std::set<std::string> companions(const std::string& name) const {
        std::set<std::string> names;
        for (auto delivery = deliveries_.rbegin(); delivery != deliveries_.rend() && names.empty(); ++delivery) {
            const auto& files = delivery->raw_files;
            if (std::ranges::find(files, name, &lake::RawFile::name) != files.end()) {
                std::ranges::transform(files, std::inserter(names, names.end()), &lake::RawFile::name);
            }
        }
        return names;
    }

private:
    std::vector<lake::Delivery> deliveries_;
    std::set<std::string> hashes_;
};

FolderWatch::FolderWatch(WatchRequest request) : request_(std::move(request)), settling_(request_.settle) {
    request_.folder = request_.folder.lexically_normal();
    if (!request_.folder.has_filename() && request_.folder.has_relative_path()) { // `bills/` is `bills`
        request_.folder = request_.folder.parent_path();
    }
}

base::Result<WatchReport> FolderWatch::look(Workspace& workspace, Settling::Time now) {
    const base::Path lake = fs::absolute(workspace.lake().folder()).lexically_normal();
    const base::Path folder = fs::absolute(request_.folder).lexically_normal();
    const base::Path memory = lake / "watched" / (base::sha256(folder.string()).substr(0, 16) + ".json");
    if (!std::exchange(has_read_memory_, true)) {
        read_memory(memory);
    }
    FLORIN_TRY_ASSIGN(const Look files, look_at(request_.folder, request_.folder / lake.lexically_relative(folder)));
    settling_.take(files, now);
    std::erase_if(held_, [&files](const Look& batch) { return !is_of_look(batch, files); });
    std::erase_if(seen_, [&files](const auto& seen) { return !files.contains(seen.first); });
    std::erase_if(named_, [&files](const auto& named) { return !files.contains(named.first); });
    std::erase_if(handled_, [](const auto& of_folder) {
        std::error_code code;
        return !fs::exists(of_folder.first, code);
    });

    WatchReport report;
    report.unsettled_folders = settling_.unsettled_folders().size();
    FLORIN_TRY_ASSIGN(std::vector<Batch> batches, batches_of(files, workspace, report));
    for (const Batch& batch : batches) {
        FLORIN_TRY(take(workspace, batch, report));
    }
    if (!batches.empty()) {
        FLORIN_TRY(write_memory(memory));
    }
    return report;
}

base::Result<std::vector<FolderWatch::Batch>> FolderWatch::batches_of(const Look& look, Workspace& workspace,
                                                                      WatchReport& report) {
    std::map<base::Path, Look> folders;
    for (const auto& [path, state] : look) {
        folders[path.parent_path()].emplace(path, state);
    }
    std::set<base::Path> held;
    for (const Look& batch : held_) {
        for (const auto& [path, state] : batch) {
            held.insert(path);
        }
    }
    const std::set<base::Path> unsettled = settling_.unsettled_folders();
    std::optional<Ledger> ledger;
    std::vector<Batch> batches;
    for (auto& [folder, files] : folders) {
        Batch batch{.folder = folder, .files = {}, .manifests = manifests_of(folder, look), .whole = files};
        for (const base::Path& manifest : batch.manifests) {
            batch.whole.emplace(manifest, look.at(manifest));
        }
        const auto handled = handled_.find(folder);
        if (unsettled.contains(folder) || (handled != handled_.end() && handled->second == batch.whole)) {
            continue;
        }
        if (!ledger) {
            FLORIN_TRY_ASSIGN(std::vector<lake::Delivery> deliveries, workspace.lake().deliveries());
            ledger.emplace(std::move(deliveries));
        }
        if (auto filled = fill(batch, *ledger, held); !filled.ok()) {
            tell({Obstacle::Kind::kFailed, folder, std::move(filled).error()}, report);
            continue;
        }
        if (batch.files.empty()) {
            handled_[folder] = std::move(batch.whole);
        } else {
            batches.push_back(std::move(batch));
        }
    }
    std::ranges::stable_sort(batches, {}, [](const Batch& batch) { return newest(batch.files); });
    return batches;
}

/// Finds what is new in the folder, and what belongs to it.
base::Result<void> FolderWatch::fill(Batch& batch, const Ledger& ledger, const std::set<base::Path>& held) {
    Look bills;
    for (const auto& [path, state] : batch.whole) {
        if (path.parent_path() == batch.folder && ingest::is_bill_name(path) && !is_temporary_name(path)) {
            bills.emplace(path, state);
        }
    }
    std::set<std::string> wanted;
    for (const auto& [path, state] : bills) {
        if (held.contains(path)) {
            continue;
        }
        FLORIN_TRY_ASSIGN(Seen* const seen, see(path, state));
        if (seen != nullptr && !seen->taken && !ledger.has(seen->sha256)) {
            wanted.insert(short_name(path));
            wanted.merge(ledger.companions(short_name(path)));
        }
    }
    for (const base::Path& manifest : batch.manifests) {
        std::set<std::string> named = named_in(manifest, batch.whole.at(manifest));
        const bool has_any =
            std::ranges::any_of(named, [&wanted](const std::string& name) { return wanted.contains(name); });
        if (has_any) {
            wanted.merge(named);
        }
    }
    for (const auto& [path, state] : bills) {
        if (wanted.contains(short_name(path))) {
            batch.files.emplace(path, state);
        }
    }
    return {};
}

base::Result<void> FolderWatch::take(Workspace& workspace, const Batch& batch, WatchReport& report) {
    IngestRequest request;
    for (const auto& [path, state] : batch.files) {
        request.paths.push_back(path.string());
    }
    request.manifests = batch.manifests;
    request.source = request_.source;
    request.strict = request_.strict;
    request.progress = request_.progress;
    request.running = request_.running;
    base::Result<IngestReport> taken = ingest_bills(workspace, request);
    if (taken.ok()) {
        for (const auto& [path, state] : batch.files) {
            if (const auto seen = see(path, state); seen.ok() && *seen != nullptr) {
                (*seen)->taken = true;
            }
        }
        failures_.erase(batch.folder);
        report.taken.push_back(std::move(*taken));
        return {};
    }
    base::Error error = std::move(taken).error();
    if (error.code == "engine.interrupted" || error.blame == base::Blame::kBug) {
        return error;
    }
    if (error.blame == base::Blame::kSystem) {
        tell({Obstacle::Kind::kFailed, batch.folder, std::move(error)}, report);
        return {};
    }
    held_.push_back(batch.files);
    for (const base::Path& manifest : batch.manifests) {
        held_.back().emplace(manifest, batch.whole.at(manifest));
    }
    handled_[batch.folder] = batch.whole;
    const bool waits = error.code == "manifest.missing_part";
    tell({waits ? Obstacle::Kind::kWaits : Obstacle::Kind::kRefused, batch.folder, std::move(error)}, report);
    return {};
}

/// What is refused is looked at again only when it is another; what failed is tried at every look, and told once.
void FolderWatch::tell(Obstacle obstacle, WatchReport& report) {
    if (obstacle.kind == Obstacle::Kind::kFailed) {
        std::string text = obstacle.error.describe();
        if (std::exchange(failures_[obstacle.folder], text) == text) {
            return;
        }
    }
    report.obstacles.push_back(std::move(obstacle));
}

/// The JSON files that may say something of the folder's bills: those in it, and those that name one of them.
std::vector<base::Path> FolderWatch::manifests_of(const base::Path& folder, const Look& look) {
    std::vector<base::Path> manifests;
    const std::string below = folder.filename().string() + "/";
    for (const auto& [path, state] : look) {
        if (path.extension() != ".json" || is_temporary_name(path)) {
            continue;
        }
        const std::set<std::string>& named = named_in(path, state);
        const auto first = named.lower_bound(below);
        const bool names_one = first != named.end() && first->starts_with(below);
        if (path.parent_path() == folder || names_one) {
            manifests.push_back(path);
        }
    }
    return manifests;
}

const std::set<std::string>& FolderWatch::named_in(const base::Path& path, FileState state) {
    const auto known = named_.find(path);
    if (known != named_.end() && known->second.first == state) {
        return known->second.second;
    }
    std::set<std::string> names;
    if (state.bytes <= kNamesBytesMax) {
        if (const auto text = base::read_file(path); text.ok()) {
            collect_names(nlohmann::json::parse(*text, nullptr, false), names);
        }
    }
    return (named_[path] = {state, std::move(names)}).second;
}

/// What is known of a file's bytes; nothing of one that is gone by now.
base::Result<FolderWatch::Seen*> FolderWatch::see(const base::Path& path, FileState state) {
    Seen& seen = seen_[path];
    if (seen.sha256.empty() || seen.state != state) {
        auto hash = lake::hash_of_file(path);
        std::error_code code;
        if (!hash.ok() && !fs::exists(path, code)) {
            seen_.erase(path);
            return static_cast<Seen*>(nullptr);
        }
        if (!hash.ok()) {
            return std::move(hash).error();
        }
        seen = {state, std::move(*hash), false};
    }
    return &seen;
}

void FolderWatch::read_memory(const base::Path& file) {
    const auto text = base::read_file(file);
    const nlohmann::json root = text.ok() ? nlohmann::json::parse(*text, nullptr, false) : nlohmann::json();
    if (!root.is_object()) {
        return; // it is made anew
    }
    for (const auto& [path, entry] : root.items()) {
        if (entry.is_array() && entry.size() == 4 && entry[0].is_number_unsigned() && entry[1].is_number_integer() &&
            entry[2].is_string() && entry[3].is_boolean()) {
            seen_[request_.folder / path] = {{entry[0].get<std::uint64_t>(), entry[1].get<std::int64_t>()},
                                             entry[2].get<std::string>(),
                                             entry[3].get<bool>()};
        }
    }
}

base::Result<void> FolderWatch::write_memory(const base::Path& file) const {
    nlohmann::json root = nlohmann::json::object();
    for (const auto& [path, seen] : seen_) {
        root[path.lexically_relative(request_.folder).string()] = {seen.state.bytes, seen.state.written_ns, seen.sha256,
                                                                   seen.taken};
    }
    FLORIN_TRY(base::make_folders(file.parent_path()));
    return base::write_file_atomically(file, root.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

} // namespace florin::app
