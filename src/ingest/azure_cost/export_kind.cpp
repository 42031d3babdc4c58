#include "ingest/azure_cost/export_kind.hpp"

#include "ingest/azure_cost/columns.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>
#include <set>
#include <string>
#include <utility>

namespace florin::ingest::azure_cost {
namespace {

constexpr int kFoldersAbove = 3; // EXPORT/20240901-20240930/RUN/part_0_0001.csv

/// In lower case and without blanks: both `On Demand` and `OnDemand` are written.
std::string plain(std::string_view text) {
    std::string out = lower_case(text);
    std::erase(out, ' ');
    return out;
}

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// A name that says both or neither says nothing.
std::optional<ExportKind> kind_in(std::string_view text) {
    const std::string name = plain(text);
    const bool amortized = has(name, "amortized") || has(name, "amortised");
    const bool actual = has(name, "actual");
    return amortized == actual ? std::nullopt : std::optional(amortized ? ExportKind::kAmortized : ExportKind::kActual);
}

std::optional<ExportKind> kind_of_manifest(const std::string& text) {
    const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
    const nlohmann::json type =
        json.is_object() ? json.value("exportConfig", nlohmann::json::object()) : nlohmann::json();
    return type.is_object() && type.contains("type") && type["type"].is_string()
               ? kind_in(type["type"].get<std::string>())
               : std::nullopt;
}

std::string sentence(const SurveyedGroup& group) {
    const std::string& model = group.keys[kPricingModel];
    return fmt::format("{} {} of {}{}{}", group.rows, group.rows == 1 ? "row" : "rows", group.keys[kChargeType],
                       model.empty() ? "" : " by ", model);
}

base::Error mixed(const SourceFile& file, const std::string& what) {
    base::Error error = base::data_error("ingest.mixed_exports", what);
    error.place.file = file.head.path.string();
    return std::move(error).with_remedy(
        "export actual and amortized costs to folders of their own, and keep the manifest beside "
        "the files or `actual` and `amortized` in their names");
}

} // namespace

std::string_view name(ExportKind kind) {
    return kind == ExportKind::kActual ? "actual" : "amortized";
}

std::optional<ExportKind> find_kind(std::string_view name) {
    return name == "actual" || name == "amortized" ? kind_in(name) : std::nullopt;
}

base::Result<std::optional<ExportKind>> kind_by_content(const SourceFile& file) {
    std::optional<std::string> actual;
    std::optional<std::string> amortized;
    for (const SurveyedGroup& group : file.survey.groups) {
        const std::string charge = plain(group.keys[kChargeType]);
        const std::string model = plain(group.keys[kPricingModel]);
        const bool committed = model.starts_with("reservation") || model == "savingsplan";
        const bool covered = committed && charge == "usage";
        if (charge.starts_with("unused") || (covered && group.sum != "0")) {
            amortized = amortized.value_or(sentence(group));
        } else if (committed && (charge == "purchase" || charge == "refund")) {
            actual = actual.value_or(sentence(group));
        }
    }
    if (actual && amortized) {
        return mixed(file,
                     fmt::format("{}, as in an actual export, and {}, as in an amortized one", *actual, *amortized));
    }
    std::optional<ExportKind> kind;
    if (actual || amortized) {
        kind = actual ? ExportKind::kActual : ExportKind::kAmortized;
    }
    return kind;
}

std::optional<ExportKind> kind_by_name(const base::Path& path, const std::vector<Manifest>& manifests) {
    for (const Manifest& manifest : manifests) {
        if (manifest.path.parent_path() == path.parent_path()) {
            if (const auto kind = kind_of_manifest(manifest.json)) {
                return kind;
            }
        }
    }
    std::optional<ExportKind> kind = kind_in(path.filename().string());
    base::Path folder = path.parent_path();
    for (int i = 0; i < kFoldersAbove && !kind; ++i, folder = folder.parent_path()) {
        kind = kind_in(folder.filename().string());
    }
    return kind;
}

base::Result<std::vector<ExportKind>> kinds_of(const std::vector<SourceFile>& files,
                                               const std::vector<Manifest>& manifests) {
    std::vector<std::optional<ExportKind>> told(files.size());
    std::map<base::Path, std::set<ExportKind>> by_folder;
    for (std::size_t i = 0; i < files.size(); ++i) {
        FLORIN_TRY_ASSIGN(told[i], kind_by_content(files[i]));
        const std::optional<ExportKind> named = kind_by_name(files[i].head.path, manifests);
        if (told[i] && named && told[i] != named) {
            return mixed(files[i], fmt::format("it is called {}, and its rows are those of an {} export", name(*named),
                                               name(*told[i])));
        }
        told[i] = told[i] ? told[i] : named;
        if (told[i]) {
            by_folder[files[i].head.path.parent_path()].insert(*told[i]);
        }
    }
    std::vector<ExportKind> kinds;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const std::set<ExportKind>& others = by_folder[files[i].head.path.parent_path()];
        kinds.push_back(told[i].value_or(others.size() == 1 ? *others.begin() : ExportKind::kActual));
    }
    return kinds;
}

} // namespace florin::ingest::azure_cost
