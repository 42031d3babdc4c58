#include "ingest/intake.hpp"

#include "base/sha256.hpp"
#include "ingest/disjoint_sets.hpp"
#include "ingest/loader.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <set>

namespace florin::ingest {
namespace fs = std::filesystem;
namespace {

void sort_in(const base::Path& path, Intake& intake) {
    if (is_bill_name(path)) {
        intake.bills.push_back(path);
    } else if (path.extension() == ".json") {
        intake.metadata.push_back(path);
    } else {
        intake.passed_over.push_back(path.string() + ": not a bill by its name");
    }
}

base::Result<void> expand_pattern(const base::Path& pattern, Intake& intake) {
    const base::Path folder = pattern.has_parent_path() ? pattern.parent_path() : base::Path(".");
    std::vector<base::Path> matches;
    std::error_code code;
    for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
        if (fnmatch(pattern.filename().c_str(), it->path().filename().c_str(), FNM_PERIOD) == 0 &&
            it->is_regular_file()) {
            matches.push_back(pattern.has_parent_path() ? it->path() : it->path().filename());
        }
    }
    if (matches.empty()) {
        return base::user_error("ingest.no_files", fmt::format("no file matches {}", pattern.string()));
    }
    std::ranges::sort(matches);
    for (const base::Path& match : matches) {
        sort_in(match, intake);
    }
    return {};
}

/// Files of a folder without those of workspaces below it: their lakes and rules are no bills.
std::vector<base::Path> outside_workspaces(const base::Path& folder, const std::vector<base::Path>& files,
                                           Intake& intake) {
    std::set<base::Path> workspaces;
    for (const base::Path& file : files) {
        if (file.filename() == "florin.yaml" && file.parent_path() != folder && file.parent_path() != folder / "") {
            workspaces.insert(file.parent_path());
        }
    }
    const auto is_inside = [&workspaces](const base::Path& file) {
        base::Path above = file.parent_path();
        while (above.has_relative_path() && !workspaces.contains(above)) {
            above = above.parent_path();
        }
        return workspaces.contains(above);
    };
    for (const base::Path& workspace : workspaces) {
        intake.passed_over.push_back(fmt::format("{}: a workspace, not bills", workspace.string()));
    }
    std::vector<base::Path> outside;
    std::ranges::copy_if(files, std::back_inserter(outside),
                         [&](const base::Path& file) { return workspaces.empty() || !is_inside(file); });
    return outside;
}

/// What a bill is named without may lie beside it: its manifest says which parts it has.
void add_beside(Intake& intake) {
    std::set<base::Path> folders;
    for (const base::Path& bill : intake.bills) {
        folders.insert(bill.has_parent_path() ? bill.parent_path() : base::Path("."));
    }
    std::set<base::Path> known(intake.metadata.begin(), intake.metadata.end());
    known.insert(intake.bills.begin(), intake.bills.end());
    for (const base::Path& folder : folders) {
        std::error_code code;
        for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
            const base::Path path = folder == "." ? it->path().filename() : it->path();
            if (path.extension() == ".json" && path.filename().native().front() != '.' && it->is_regular_file(code) &&
                known.insert(path).second) {
                intake.metadata.push_back(path);
            }
        }
    }
    std::ranges::sort(intake.metadata);
}

} // namespace

bool is_bill_name(const base::Path& path) {
    base::Path name = path.filename();
    if (name.extension() == ".gz" || name.extension() == ".zst") {
        name = name.stem();
    }
    const auto extension = name.extension();
    return extension == ".csv" || extension == ".parquet" || extension == ".jsonl" || extension == ".ndjson" ||
           extension == ".zip";
}

base::Result<Intake> find_files(const std::vector<std::string>& paths) {
    Intake intake;
    for (const std::string& text : paths) {
        const base::Path path(text);
        std::error_code code;
        if (fs::is_directory(path, code)) {
            FLORIN_TRY_ASSIGN(const std::vector<base::Path> files, base::list_files(path));
            for (const base::Path& file : outside_workspaces(path, files, intake)) {
                sort_in(file, intake);
            }
        } else if (fs::exists(path, code)) {
            intake.bills.push_back(path);
        } else if (text.find_first_of("*?") != std::string::npos) {
            FLORIN_TRY(expand_pattern(path, intake));
        } else {
            return base::user_error("ingest.no_files", "there is no such file or folder")
                .at({.file = text})
                .with_remedy("check the path");
        }
    }
    if (intake.bills.empty()) {
        return base::user_error("ingest.no_files", "no bill was found")
            .with_remedy("name the files, or a folder with *.csv, *.parquet, *.jsonl (also .gz, .zst, .zip)");
    }
    std::ranges::sort(intake.bills);
    intake.bills.erase(std::unique(intake.bills.begin(), intake.bills.end()), intake.bills.end());
    add_beside(intake);
    return intake;
}

std::vector<std::vector<Inspection>> group_into_deliveries(std::vector<Inspection> inspections) {
    DisjointSets files(inspections.size());
    std::map<ScopeKey, std::size_t> first_with;
    for (std::size_t i = 0; i < inspections.size(); ++i) {
        for (const auto& [scope, stray] : find_strays(inspections[i].scopes)) {
            if (!stray) {
                files.join(first_with.try_emplace(scope, i).first->second, i);
            }
        }
    }
    std::vector<std::vector<Inspection>> deliveries;
    for (const std::vector<std::size_t>& members : files.sets()) {
        std::vector<Inspection>& delivery = deliveries.emplace_back();
        for (const std::size_t i : members) {
            delivery.push_back(std::move(inspections[i]));
        }
    }
    return deliveries;
}

base::Result<void> check_no_two_versions(const std::vector<Inspection>& inspections) {
    std::map<ScopeKey, const Inspection*> first_with;
    for (const Inspection& file : inspections) {
        for (const auto& [scope, stray] : find_strays(file.scopes)) {
            if (stray) {
                continue;
            }
            const auto [at, added] = first_with.try_emplace(scope, &file);
            if (!added && at->second->path.parent_path() != file.path.parent_path()) {
                return base::conflict_error("ingest.two_versions",
                                            fmt::format("{} and {} are bills of the same scope, {}",
                                                        at->second->path.string(), file.path.string(),
                                                        scope_key(scope)))
                    .with_remedy("take the older one in first, by itself and with --received DATE; the newer one then "
                                 "replaces it");
            }
        }
    }
    return {};
}

std::string delivery_identity(const std::string& source, int mapping_version, std::vector<std::string> hashes) {
    std::ranges::sort(hashes);
    std::string text = fmt::format("{}\n{}\n", source, mapping_version);
    for (const std::string& hash : hashes) {
        text += hash + "\n";
    }
    return base::sha256(text);
}

} // namespace florin::ingest
