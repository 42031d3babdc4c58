#include "lake/compaction.hpp"

#include "lake/file_hashes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace florin::lake {
namespace {

namespace fs = std::filesystem;
using engine::sql_text;

/// Writes one Parquet file under its final name only when it is whole.
base::Result<void> write(Lake& lake, engine::Engine& engine, const std::string& select, const std::string& target) {
    const std::string temporary = target + ".tmp";
    FLORIN_TRY(engine.execute(fmt::format("COPY ({}) TO {} {}", select, sql_text(temporary), kSumsParquet)));
    FLORIN_TRY(base::sync(temporary));
    LakeFile file{fs::path(target).lexically_relative(lake.folder()).string(), {}, "", 0};
    FLORIN_TRY_ASSIGN(file.sha256, hash_of_file(temporary));
    FLORIN_TRY_ASSIGN(file.bytes, base::file_size(temporary));
    FLORIN_TRY(lake.catalog().record_files({file}));
    return base::rename_durably(temporary, target);
}

base::Result<void> write_group(Lake& lake, engine::Engine& engine, const CurrentFiles& current,
                               const CompactedGroup& group) {
    std::vector<std::string> cells;
    std::vector<std::string> tuples;
    for (const std::size_t member : group.members) {
        cells.push_back(current.files[member].cells);
        tuples.push_back(current.files[member].tuples);
    }
    FLORIN_TRY(write(lake, engine,
                     fmt::format("SELECT DISTINCT * FROM {} ORDER BY TupleKey", engine::sql_parquet(tuples)),
                     group.files.tuples));
    return write(lake, engine, fmt::format("SELECT * FROM {} ORDER BY TupleKey, Day", engine::sql_parquet(cells)),
                 group.files.cells);
}

} // namespace

base::Result<CompactionReport> compact(Lake& lake, engine::Engine& engine, const std::vector<std::string>& precedence) {
    CompactionReport report;
    std::set<std::string> wanted;
    {
        FLORIN_TRY_ASSIGN(const base::FileLock lock, lake.read_lock());
        FLORIN_TRY_ASSIGN(const CurrentFiles current, lake.current(std::nullopt, precedence));
        FLORIN_TRY(base::make_folders(lake.folder() / kCompactedFolder));
        for (const CompactedGroup& group : lake.group_for_compaction(current)) {
            wanted.insert(fs::path(group.files.cells).filename().string());
            wanted.insert(fs::path(group.files.tuples).filename().string());
            report.scopes += group.members.size();
            if (group.exists()) {
                ++report.kept;
                continue;
            }
            FLORIN_TRY(write_group(lake, engine, current, group));
            ++report.written;
        }
    }
    const auto alone = base::FileLock::acquire(lake.folder() / "readers.lock", base::FileLock::Kind::kExclusive, 0);
    if (!alone.ok()) {
        return report; // somebody reads: what is stale does no harm and goes the next time
    }
    std::vector<fs::path> stale;
    for (const auto& entry : fs::directory_iterator(lake.folder() / kCompactedFolder)) {
        if (!wanted.contains(entry.path().filename().string())) {
            stale.push_back(entry.path());
        }
    }
    for (const fs::path& path : stale) {
        FLORIN_TRY(base::remove_all(path));
        FLORIN_TRY(lake.catalog().forget_file(path.lexically_relative(lake.folder()).string()));
        ++report.removed;
    }
    return report;
}

base::Result<std::uint64_t> scopes_not_compacted(Lake& lake, const std::vector<std::string>& precedence) {
    FLORIN_TRY_ASSIGN(const CurrentFiles current, lake.current(std::nullopt, precedence));
    auto scattered = static_cast<std::uint64_t>(
        std::ranges::count_if(current.files, [](const FileSet& files) { return !files.cells.empty(); }));
    for (const CompactedGroup& group : current.compacted) {
        scattered -= group.members.size();
    }
    return scattered;
}

} // namespace florin::lake
