#include "ingest/azure_cost/azure_cost.hpp"

#include "base/check.hpp"
#include "engine/engine.hpp"
#include "ingest/azure_cost/columns.hpp"
#include "ingest/azure_cost/export_kind.hpp"
#include "ingest/azure_cost/export_manifest.hpp"
#include "ingest/azure_cost/units_of_measure.hpp"
#include "ingest/disjoint_sets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace florin::embedded {
extern const std::string_view azure_cost_mapping;
extern const std::string_view azure_cost_rules;
extern const std::string_view azure_cost_services;
} // namespace florin::embedded

namespace florin::ingest::azure_cost {
namespace {

/// Columns that together are in cost details and nowhere else. Enough of them must be there, so that a file in
/// which one was renamed is still known, and the one that lacks is named.
constexpr std::array<std::string_view, 14> kSignature = {
    "AdditionalInfo", "BillingPeriodStartDate", "ChargeType",    "ConsumedService", "CostInBillingCurrency",
    "EffectivePrice", "IsAzureCreditEligible",  "MeterCategory", "MeterId",         "MeterSubCategory",
    "PricingModel",   "ResourceLocation",       "ServiceInfo2",  "UnitOfMeasure"};
constexpr std::size_t kSignatureLeast = 10;

/// Columns that only a Microsoft Customer Agreement has.
constexpr std::array<std::string_view, 4> kCustomerAgreement = {"CostInPricingCurrency", "ExchangeRatePricingToBilling",
                                                                "InvoiceId", "PricingCurrency"};

std::set<std::string> canonical_columns(const std::vector<std::string>& columns) {
    std::set<std::string> names;
    for (const std::string& column : columns) {
        names.insert(canonical_name(column));
    }
    return names;
}

bool is_customer_agreement(const std::vector<std::string>& columns) {
    const std::set<std::string> names = canonical_columns(columns);
    return std::ranges::any_of(kCustomerAgreement,
                               [&](std::string_view name) { return names.contains(std::string(name)); });
}

/// The column as the file calls it; the canonical name where it has none of that meaning.
std::string column_of(const FileHead& head, std::string_view canonical) {
    const auto at = std::ranges::find(head.columns, canonical, canonical_name);
    return at == head.columns.end() ? std::string(canonical) : *at;
}

/// SQL of a column whose words for nothing are NULL.
std::string stated_sql(std::string_view column) {
    return fmt::format("CASE WHEN lower({0}) NOT IN ('unassigned', 'not applicable', 'others', '-2') THEN {0} END",
                       column);
}

/// The values of all `{{stated X}}` in the mapping.
void add_stated(std::string_view mapping, std::map<std::string, std::string>& values) {
    constexpr std::string_view kOpen = "{{stated ";
    for (std::size_t at = mapping.find(kOpen); at != std::string_view::npos; at = mapping.find(kOpen, at + 1)) {
        const std::size_t end = mapping.find("}}", at);
        const std::string_view column = mapping.substr(at + kOpen.size(), end - at - kOpen.size());
        values.emplace(mapping.substr(at + 2, end - at - 2), "(" + stated_sql(column) + ")");
    }
}

/// services.tsv as a table of its first column and another one.
std::string service_table(std::size_t column) {
    std::string table;
    std::string_view rest = embedded::azure_cost_services;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        const std::string service(line.substr(0, line.find('\t')));
        for (std::size_t i = 0; i < column; ++i) {
            line.remove_prefix(line.find('\t') + 1);
        }
        table += service + "\t" + std::string(line.substr(0, line.find('\t'))) + "\n";
    }
    return table;
}

/// Files of one folder, kind, billing account and period are one delivery: parts that Azure cut an export into.
std::string delivery_key(const SourceFile& file, ExportKind kind, const SurveyedGroup& group) {
    return fmt::format("{}\n{}\n{}\n{}", file.head.path.parent_path().string(), name(kind), group.keys[kBillingAccount],
                       group.keys[kPeriodStart]);
}

class AzureCost final : public Source {
public:
    std::string_view name() const override { return "azure-cost"; }
    std::string_view title() const override { return "Azure cost details export"; }
    std::string_view formats() const override {
        return "CSV, Parquet; actual and amortized; Enterprise Agreement, Microsoft Customer Agreement";
    }
    lake::Mode mode() const override { return lake::Mode::kSnapshot; }
    int mapping_version() const override { return 1; }
    std::span<const SourceRule> rules() const override {
        static const std::vector<SourceRule> rules = parse_source_rules(embedded::azure_cost_rules);
        return rules;
    }

    std::optional<Recognised> recognise(const FileHead& head) const override {
        const std::set<std::string> names = canonical_columns(head.columns);
        const auto there =
            std::ranges::count_if(kSignature, [&](std::string_view name) { return names.contains(std::string(name)); });
        if (static_cast<std::size_t>(there) < kSignatureLeast) {
            return std::nullopt;
        }
        return Recognised{.version = is_customer_agreement(head.columns) ? "Microsoft Customer Agreement"
                                                                         : "Enterprise Agreement"};
    }

    SurveyRules survey_rules(const FileHead& head) const override {
        const std::string account =
            column_of(head, is_customer_agreement(head.columns) ? "BillingProfileId" : "BillingAccountId");
        const std::array<std::string, kSurveyKeyCount> keys = {column_of(head, "SubscriptionId"),
                                                               column_of(head, "MeterCategory"),
                                                               column_of(head, "ChargeType"),
                                                               column_of(head, "BillingCurrency"),
                                                               account,
                                                               column_of(head, "BillingPeriodStartDate"),
                                                               column_of(head, "PricingModel"),
                                                               column_of(head, "UnitOfMeasure")};
        SurveyRules rules{.amounts = {{.column = column_of(head, "CostInBillingCurrency"), .member = {}}},
                          .keys = {keys.begin(), keys.end()},
                          .required = {account}};
        for (const std::string_view column : {"BillingCurrency", "BillingPeriodEndDate", "BillingPeriodStartDate",
                                              "ChargeType", "CostInBillingCurrency", "Date"}) {
            rules.required.push_back(column_of(head, column));
        }
        for (const std::string_view column : {"BillingPeriodEndDate", "BillingPeriodStartDate", "Date"}) {
            rules.instants.push_back(column_of(head, column));
        }
        for (const std::string_view column : {"CostInPricingCurrency", "ExchangeRatePricingToBilling", "PayGPrice",
                                              "PaygCostInBillingCurrency", "Quantity", "UnitPrice"}) {
            rules.decimals.push_back(column_of(head, column));
        }
        return rules;
    }

    std::string staged_name(std::string_view column) const override { return canonical_name(column); }

    std::vector<std::string> known_columns() const override {
        const std::span<const std::string_view> names = azure_cost::known_columns();
        return {names.begin(), names.end()};
    }

    base::Result<Mapping> map(const std::vector<SourceFile>& files) const override;
    base::Result<std::vector<FileGroup>> group(const std::vector<SourceFile>& files,
                                               const std::vector<Manifest>& manifests) const override;
};

base::Result<Mapping> AzureCost::map(const std::vector<SourceFile>& files) const {
    const std::optional<ExportKind> kind = find_kind(files.front().variant);
    FLORIN_CHECK(kind.has_value(), "a group of files has a kind");
    const bool amortized = kind == ExportKind::kAmortized;
    const bool mca = is_customer_agreement(files.front().head.columns);
    std::vector<std::pair<std::string, std::string>> custom = {{"x_Tags", "unread_tags"}};
    std::set<UnitUse> units;
    for (const SourceFile& file : files) {
        for (const std::string& column : canonical_columns(file.survey.columns)) {
            if (!is_carried_over(column)) {
                custom.emplace_back("x_" + column, column);
            }
        }
        for (const SurveyedGroup& group : file.survey.groups) {
            units.emplace(group.keys[kUnitOfMeasure], group.keys[kMeterCategory]);
        }
    }
    std::ranges::sort(custom);
    custom.erase(std::unique(custom.begin(), custom.end()), custom.end());
    const UnitSql unit = unit_sql(units);
    std::map<std::string, std::string> values = {
        {"amortized", amortized ? "true" : "false"},
        {"mca", mca ? "true" : "false"},
        {"account", mca ? "BillingProfileId" : "BillingAccountId"},
        {"account_path", mca ? "BillingAccountId || '/billingProfiles/' || BillingProfileId" : "BillingAccountId"},
        {"block", unit.block},
        {"consumed_unit", unit.consumed_unit},
        {"pricing_unit", unit.pricing_unit},
        {"unit_is_read", unit.is_read},
        {"service_category", case_sql("the_service", service_table(1))},
        {"service_subcategory", case_sql("the_service", service_table(2))},
        {"custom", custom_columns_sql(custom)}};
    add_stated(embedded::azure_cost_mapping, values);
    return Mapping{.rows = fill_template(embedded::azure_cost_mapping, values),
                   .further_rows = {},
                   .total_cost = amortized ? "EffectiveCost" : "BilledCost"};
}

base::Result<std::vector<FileGroup>> AzureCost::group(const std::vector<SourceFile>& files,
                                                      const std::vector<Manifest>& manifests) const {
    FLORIN_TRY_ASSIGN(const std::vector<ExportKind> kinds, kinds_of(files, manifests));
    DisjointSets together(files.size());
    std::map<std::string, std::size_t> first_with;
    for (std::size_t i = 0; i < files.size(); ++i) {
        for (const SurveyedGroup& group : files[i].survey.groups) {
            together.join(first_with.try_emplace(delivery_key(files[i], kinds[i], group), i).first->second, i);
        }
    }
    std::vector<FileGroup> groups;
    for (std::vector<std::size_t>& members : together.sets()) {
        FileGroup& group = groups.emplace_back();
        group.variant = azure_cost::name(kinds[members.front()]);
        group.files = std::move(members);
        FLORIN_TRY(apply_manifests(manifests, files, group));
    }
    return groups;
}

} // namespace

const Source& source() {
    static const AzureCost azure_cost;
    return azure_cost;
}

} // namespace florin::ingest::azure_cost
