#include "app/quality_report.hpp"

#include "ingest/exact_text.hpp"
#include "ingest/inspection_repairs.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>

namespace florin::app {

using ingest::Inspection;

namespace {

/// By currency, provider and billing period; what is told apart further is kept by itself (reconciliation_json).
nlohmann::json totals_json(const std::vector<ingest::ReconciledGroup>& groups) {
    struct Total {
        std::uint64_t rows = 0;
        std::array<std::string, 4> source{"0", "0", "0", "0"};
        std::array<std::string, 4> rounded_away{"0", "0", "0", "0"};
        std::array<std::string, 4> lake{"0", "0", "0", "0"};
    };
    std::map<ingest::GroupKey, Total> totals;
    for (const ingest::ReconciledGroup& group : groups) {
        Total& total = totals[{.currency = group.key.currency,
                               .provider = group.key.provider,
                               .billing_period_start = group.key.billing_period_start}];
        total.rows += group.rows;
        for (std::size_t i = 0; i < group.source.size(); ++i) {
            total.source[i] = ingest::exact_plus(total.source[i], group.source[i]);
            total.rounded_away[i] = ingest::exact_plus(total.rounded_away[i], group.rounded_away[i]);
            total.lake[i] = ingest::exact_plus(total.lake[i], group.lake[i].to_string());
        }
    }
    nlohmann::json list = nlohmann::json::array();
    for (const auto& [key, total] : totals) {
        list.push_back({{"currency", key.currency},
                        {"provider", key.provider},
                        {"billing_period_start", period::to_string(key.billing_period_start)},
                        {"rows", total.rows},
                        {"source", total.source},
                        {"rounded_away", total.rounded_away},
                        {"lake", total.lake}});
    }
    return list;
}

} // namespace

/// The oddities that make costs mean less than they say.
std::vector<lake::QualityMark> cost_marks(const std::vector<Inspection>& files) {
    std::vector<lake::QualityMark> marks;
    for (const Inspection& file : files) {
        if (file.quarantined.rows > 0) {
            marks.push_back({"quarantined", "", file.quarantined.rows});
        }
        for (const ingest::Finding& finding : file.findings) {
            const bool is_cost = std::ranges::find(lake::kCosts, finding.column) != lake::kCosts.end();
            const bool missing = finding.rule == ingest::id(ingest::Rule::kMissingColumn) ||
                                 finding.rule == ingest::id(ingest::Rule::kNullCost);
            if (finding.rule == ingest::id(ingest::Rule::kCostIdentity) || (missing && is_cost)) {
                marks.push_back({finding.rule, finding.column, finding.rows});
            }
        }
    }
    return marks;
}

nlohmann::json finding_json(const ingest::Finding& finding, const base::Path& file) {
    return {{"rule", finding.rule},      {"column", finding.column},           {"file", file.filename().string()},
            {"rows", finding.rows},      {"billed_cost", finding.billed_cost}, {"first_row", finding.first_row},
            {"example", finding.example}};
}

std::string_view format_name(ingest::FileFormat format) {
    switch (format) {
    case ingest::FileFormat::kCsv: return "csv";
    case ingest::FileFormat::kJsonLines: return "json lines";
    case ingest::FileFormat::kParquet: return "parquet";
    }
    return "csv";
}

std::string quality_json(const std::vector<Inspection>& files,
                         const std::vector<ingest::ReconciledGroup>& reconciliation) {
    nlohmann::json quality = {{"files", nlohmann::json::array()},
                              {"findings", nlohmann::json::array()},
                              {"reconciliation", totals_json(reconciliation)}};
    for (const Inspection& file : files) {
        quality["files"].push_back({{"name", file.path.filename().string()},
                                    {"format", format_name(file.format)},
                                    {"focus_version", focus::name(file.version)},
                                    {"rows", file.rows},
                                    {"quarantined_rows", file.quarantined.rows},
                                    {"quarantined_row_numbers", file.quarantined.row_numbers},
                                    {"quarantined_billed_cost", file.quarantined.billed_cost},
                                    {"quarantined_unreadable_rows", file.quarantined.unreadable_cost_rows},
                                    {"row_offsets", file.row_offsets.offsets}});
        for (const ingest::Finding& finding : file.findings) {
            quality["findings"].push_back(finding_json(finding, file.path));
        }
    }
    // Cells of a bill can be any bytes that passed as UTF-8 text once cut; what is not is replaced.
    return quality.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace florin::app
