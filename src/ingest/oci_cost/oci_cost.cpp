#include "ingest/oci_cost/oci_cost.hpp"

#include <algorithm>
#include <array>

namespace florin::embedded {
extern const std::string_view oci_cost_mapping;
extern const std::string_view oci_cost_rules;
extern const std::string_view oci_cost_services;
} // namespace florin::embedded

namespace florin::ingest::oci_cost {
namespace {

/// Columns that become columns of FOCUS.
constexpr std::array<std::string_view, 18> kMapped = {"lineItem/tenantId",
                                                      "lineItem/intervalUsageStart",
                                                      "lineItem/intervalUsageEnd",
                                                      "product/service",
                                                      "product/region",
                                                      "product/availabilityDomain",
                                                      "product/resourceId",
                                                      "usage/billedQuantity",
                                                      "cost/subscriptionId",
                                                      "cost/productSku",
                                                      "product/Description",
                                                      "cost/unitPrice",
                                                      "cost/myCost",
                                                      "cost/currencyCode",
                                                      "cost/skuUnitDescription",
                                                      "lineItem/isCorrection",
                                                      "cost/overageFlag",
                                                      "cost/billingUnitReadable"};

constexpr std::string_view kTags = "tags/";

class OciCost final : public Source {
public:
    std::string_view name() const override { return "oci-cost"; }
    std::string_view title() const override { return "Oracle Cloud Infrastructure cost report"; }
    std::string_view formats() const override { return "CSV, also gzip"; }
    lake::Mode mode() const override { return lake::Mode::kAppend; }
    int mapping_version() const override { return 1; }
    std::span<const SourceRule> rules() const override {
        static const std::vector<SourceRule> rules = parse_source_rules(embedded::oci_cost_rules);
        return rules;
    }

    std::optional<Recognised> recognise(const FileHead& head) const override {
        if (head.has("lineItem/tenantId") && head.has("lineItem/intervalUsageStart")) {
            return Recognised{};
        }
        return std::nullopt;
    }

    SurveyRules survey_rules(const FileHead&) const override {
        return {.amounts = {{.column = "cost/myCost", .member = {}}},
                .keys = {"lineItem/tenantId", "product/service", "lineItem/isCorrection", "cost/currencyCode"},
                .required = {"lineItem/tenantId", "lineItem/intervalUsageStart", "cost/myCost", "cost/currencyCode"},
                .instants = {"lineItem/intervalUsageStart", "lineItem/intervalUsageEnd"},
                .decimals = {"usage/billedQuantity", "cost/unitPrice"}};
    }

    std::vector<std::string> known_columns() const override { return {kMapped.begin(), kMapped.end()}; }

    base::Result<Mapping> map(const std::vector<SourceFile>& files) const override {
        std::vector<std::pair<std::string, std::string>> tags;
        std::vector<std::pair<std::string, std::string>> custom;
        for (const SourceFile& file : files) {
            for (const std::string& column : file.survey.columns) {
                if (column.starts_with(kTags)) {
                    tags.emplace_back(column.substr(kTags.size()), column);
                } else if (std::ranges::find(kMapped, column) == kMapped.end()) {
                    custom.emplace_back(custom_column_name(column), column);
                }
            }
        }
        custom.emplace_back("x_CostBillingUnitReadable", "cost/billingUnitReadable");
        custom.emplace_back("x_CostOverageFlag", "cost/overageFlag");
        for (auto* columns : {&tags, &custom}) {
            std::ranges::sort(*columns);
            columns->erase(std::unique(columns->begin(), columns->end()), columns->end());
        }
        return Mapping{
            .rows = fill_template(embedded::oci_cost_mapping,
                                  {{"tags", flat_json_sql(tags)},
                                   {"custom", custom_columns_sql(custom)},
                                   {"service_category", case_sql("\"product/service\"", embedded::oci_cost_services)}}),
            .further_rows = {}};
    }
};

} // namespace

const Source& source() {
    static const OciCost oci_cost;
    return oci_cost;
}

} // namespace florin::ingest::oci_cost
