#include "app/source_bills.hpp"

#include "app/copies.hpp"
#include "base/nearest.hpp"
#include "ingest/focus_datasets/dataset_file.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace florin::app {
namespace {

constexpr std::uint64_t kManifestBytesMax = std::uint64_t{16} << 20U;

base::Error missing_column(const ingest::Source& source, const ingest::FileHead& head, const std::string& column) {
    const std::vector<std::string> known = source.known_columns();
    std::vector<std::string_view> unknown;
    for (const std::string& name : head.columns) {
        if (std::ranges::find(known, source.staged_name(name)) == known.end()) {
            unknown.push_back(name);
        }
    }
    const auto meant = base::nearest(column, unknown);
    base::Error error =
        base::data_error("bill.missing_column",
                         fmt::format("the {} lacks the column {}{}", source.title(), column,
                                     meant ? fmt::format("; is {} what it is called now?", *meant) : ""))
            .with_remedy("export the bill again with its columns as they are, or rename the column");
    error.place.file = head.path.string();
    return error;
}

/// What the second reader needs must be there.
base::Result<ingest::SurveyRules> rules_for(const SourceBill& bill) {
    ingest::SurveyRules rules = bill.source->survey_rules(bill.head);
    for (const auto* columns : {&rules.header, &rules.required}) {
        for (const std::string& column : *columns) {
            if (!bill.head.has(column)) {
                return missing_column(*bill.source, bill.head, column);
            }
        }
    }
    const bool has_amount = std::ranges::any_of(
        rules.amounts, [&bill](const ingest::SurveyedAmount& amount) { return bill.head.has(amount.column); });
    if (!has_amount) {
        return missing_column(*bill.source, bill.head, rules.amounts.front().column);
    }
    return rules;
}

/// The column that keeps a named source from knowing the file, where it has most of the others.
std::optional<base::Error> column_away(const ingest::Source& source, const ingest::FileHead& head) {
    const std::vector<std::string> needed = source.survey_rules(head).header;
    std::vector<std::string> missing;
    std::ranges::copy_if(needed, std::back_inserter(missing),
                         [&head](const std::string& column) { return !head.has(column); });
    if (missing.empty() || missing.size() + missing.size() > needed.size()) {
        return std::nullopt;
    }
    return missing_column(source, head, missing.front());
}

base::Error wrong_source(const std::string& what, const ingest::FileHead& head,
                         const std::optional<ingest::FoundSource>& found) {
    base::Error error =
        base::user_error("ingest.wrong_source", "this is no " + what)
            .with_remedy(found ? fmt::format("it looks like {} ({}); leave --source out", found->source->title(),
                                             found->source->name())
                               : std::string("`florin sources` lists what each source reads; FOCUS files need none"));
    error.place.file = head.path.string();
    return error;
}

} // namespace

base::Result<std::vector<ingest::Manifest>> read_manifests(const std::vector<base::Path>& paths,
                                                           std::vector<std::string>& passed_over) {
    std::vector<ingest::Manifest> manifests;
    for (const base::Path& path : paths) {
        FLORIN_TRY_ASSIGN(const std::uint64_t bytes, base::file_size(path));
        if (bytes <= kManifestBytesMax) {
            FLORIN_TRY_ASSIGN(std::string json, base::read_file(path));
            manifests.push_back({path, std::move(json)});
        } else {
            passed_over.push_back(
                fmt::format("{}: more than {} bytes are no manifest", path.string(), kManifestBytesMax));
        }
    }
    return manifests;
}

base::Result<SortedBills> sort_bills(engine::Engine& engine, const std::vector<base::Path>& bills,
                                     std::span<const ingest::Source* const> sources, const std::string& named) {
    const auto only = std::ranges::find(sources, named, &ingest::Source::name);
    SortedBills sorted;
    for (const base::Path& bill : bills) {
        FLORIN_TRY_ASSIGN(ingest::FileHead head, ingest::read_file_head(bill, &engine));
        const auto found = ingest::find_source(head, sources);
        if (only != sources.end()) {
            auto recognised = (*only)->recognise(head);
            if (!recognised) {
                if (auto away = column_away(**only, head)) {
                    return std::move(*away);
                }
                return wrong_source(fmt::format("{} ({})", (*only)->title(), named), head, found);
            }
            sorted.of_sources.push_back({std::move(head), *only, std::move(*recognised)});
        } else if (found && !named.empty()) {
            return wrong_source(fmt::format("bill of a FOCUS feed, as `{}` is", named), head, found);
        } else if (found) {
            sorted.of_sources.push_back({std::move(head), found->source, found->recognised});
        } else if (const auto dataset = ingest::focus_datasets::recognise(head.columns)) {
            sorted.datasets.push_back({std::move(head), *dataset});
        } else {
            sorted.focus.push_back(std::move(head));
        }
    }
    return sorted;
}

base::Result<std::vector<SourceDelivery>> survey_bills(const std::vector<SourceBill>& bills,
                                                       const std::vector<base::Path>& manifests,
                                                       const SurveyBillsOptions& options,
                                                       std::vector<std::string>& passed_over) {
    if (bills.empty()) {
        return std::vector<SourceDelivery>();
    }
    Copies copies(passed_over);
    std::vector<const ingest::Source*> order;
    std::map<const ingest::Source*, std::vector<ingest::SourceFile>> by_source;
    for (const SourceBill& bill : bills) {
        FLORIN_TRY_ASSIGN(const ingest::SurveyRules rules, rules_for(bill));
        ingest::SurveyOptions survey_options{.threads = options.threads, .staging_folder = options.staging_folder};
        if (options.progress) {
            survey_options.progress = [&](std::uint64_t done, std::uint64_t all) {
                options.progress(bill.head.path, done, all);
            };
        }
        FLORIN_TRY_ASSIGN(ingest::Survey survey, ingest::survey(bill.head, rules, survey_options));
        if (copies.is_copy(survey.content_sha256, bill.head.path)) {
            continue;
        }
        if (!by_source.contains(bill.source)) {
            order.push_back(bill.source);
        }
        by_source[bill.source].push_back({bill.head, bill.recognised, std::move(survey)});
    }
    FLORIN_TRY_ASSIGN(const std::vector<ingest::Manifest> read, read_manifests(manifests, passed_over));
    std::vector<SourceDelivery> deliveries;
    for (const ingest::Source* source : order) {
        std::vector<ingest::SourceFile>& files = by_source[source];
        FLORIN_TRY_ASSIGN(const std::vector<ingest::FileGroup> groups, source->group(files, read));
        for (const ingest::FileGroup& group : groups) {
            SourceDelivery delivery{.source = source, .variant = group.variant, .ordered_at = group.ordered_at};
            for (const std::size_t file : group.files) {
                files[file].variant = group.variant;
                delivery.files.push_back(std::move(files[file]));
            }
            deliveries.push_back(std::move(delivery));
        }
    }
    return deliveries;
}

std::string source_quality_json(const SourceDelivery& delivery, const ingest::SourceLoaded& loaded) {
    nlohmann::json files = nlohmann::json::array();
    for (const ingest::SourceFile& file : delivery.files) {
        files.push_back({{"name", file.head.path.filename().string()},
                         {"recognised", file.recognised.version},
                         {"rows", file.survey.rows},
                         {"row_offsets", file.survey.row_offsets.offsets}});
    }
    nlohmann::json totals = nlohmann::json::array();
    for (const ingest::ReconciledTotal& total : loaded.totals) {
        totals.push_back({{"currency", total.currency},
                          {"source_rows", total.source_rows},
                          {"source", total.source},
                          {"rounded_away", total.rounded_away},
                          {"ledger", total.billed.to_string()}});
    }
    nlohmann::json lines = nlohmann::json::array();
    std::set<std::string> used;
    for (const ingest::ReconciledLine& line : loaded.lines) {
        used.insert(line.rule);
        lines.push_back({{"currency", line.currency},
                         {"account", line.account},
                         {"service", line.service},
                         {"line_type", line.line_type},
                         {"rule", line.rule},
                         {"source_rows", line.source_rows},
                         {"ledger_rows", line.ledger_rows},
                         {"source", line.source.to_string()},
                         {"rounded_away", line.rounded_away},
                         {"ledger", line.billed.to_string()},
                         {"effective", line.effective.to_string()}});
    }
    nlohmann::json rules = nlohmann::json::array();
    for (const ingest::SourceRule& rule : delivery.source->rules()) {
        if (used.contains(rule.id)) {
            rules.push_back({{"id", rule.id}, {"kind", name(rule.kind)}, {"sentence", rule.sentence}});
        }
    }
    const nlohmann::json quality = {{"files", std::move(files)},
                                    {"findings", nlohmann::json::array()},
                                    {"reconciliation", nlohmann::json::array()},
                                    {"source",
                                     {{"name", delivery.source->name()},
                                      {"title", delivery.source->title()},
                                      {"totals", std::move(totals)},
                                      {"lines", std::move(lines)},
                                      {"rules", std::move(rules)}}}};
    return quality.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace florin::app
