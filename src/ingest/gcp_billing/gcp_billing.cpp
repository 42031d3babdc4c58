#include "ingest/gcp_billing/gcp_billing.hpp"

#include "period/period.hpp"

#include <algorithm>
#include <array>

namespace florin::embedded {
extern const std::string_view gcp_billing_mapping;
extern const std::string_view gcp_billing_rules;
extern const std::string_view gcp_billing_services;
} // namespace florin::embedded

namespace florin::ingest::gcp_billing {
namespace {

/// Read by mapping.sql.
constexpr auto kKnown = std::to_array<std::string_view>({
    "billing_account_id",
    "consumption_model.description",
    "cost",
    "cost_at_effective_price_default",
    "cost_at_list",
    "cost_type",
    "credits",
    "currency",
    "invoice.month",
    "labels",
    "location.region",
    "location.zone",
    "price.effective_price",
    "price.effective_price_default",
    "price.list_price",
    "price.pricing_unit_quantity",
    "project.id",
    "project.labels",
    "project.name",
    "resource.global_name",
    "resource.name",
    "seller_name",
    "service.description",
    "sku.description",
    "sku.id",
    "subscription.instance_id",
    "system_labels",
    "tags",
    "transaction_type",
    "usage.amount",
    "usage.amount_in_pricing_units",
    "usage.pricing_unit",
    "usage.unit",
    "usage_end_time",
    "usage_start_time",
});

/// Of them those that a column of FOCUS holds as they are.
constexpr auto kCarried = std::to_array<std::string_view>({
    "billing_account_id",
    "cost_at_list",
    "currency",
    "invoice.month",
    "labels",
    "location.region",
    "location.zone",
    "project.id",
    "project.name",
    "resource.global_name",
    "resource.name",
    "seller_name",
    "service.description",
    "sku.description",
    "sku.id",
    "system_labels",
    "tags",
    "usage_end_time",
    "usage_start_time",
});

/// Those that a column of FOCUS holds in most rows, or that are mostly empty lists, and what mapping.sql calls them in
/// the others.
constexpr auto kOtherwiseKept = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"credits", "credits_kept"},
    {"price.effective_price", "effective_price_kept"},
    {"price.list_price", "list_price_kept"},
    {"project.labels", "project_labels_kept"},
    {"usage.amount", "amount_kept"},
    {"usage.amount_in_pricing_units", "pricing_amount_kept"},
    {"usage.pricing_unit", "pricing_unit_kept"},
    {"usage.unit", "unit_kept"},
});

/// A column that mapping.sql does not read has a dot in its name, as its own names have none.
std::string staged(std::string_view column) {
    const bool is_own = std::ranges::find(kKnown, column) != kKnown.end() || column.find('.') != std::string_view::npos;
    return std::string(column) + (is_own ? "" : ".");
}

/// Columns that FOCUS does not know, by name and what mapping.sql calls them.
std::vector<std::pair<std::string, std::string>> custom_columns(const std::vector<SourceFile>& files) {
    std::vector<std::string> columns(kKnown.begin(), kKnown.end());
    for (const SourceFile& file : files) {
        columns.insert(columns.end(), file.survey.columns.begin(), file.survey.columns.end());
    }
    std::vector<std::pair<std::string, std::string>> custom = {
        {"x_CreditFullName", "credit_full_name"}, {"x_CreditId", "credit_id"}, {"x_CreditType", "credit_type"}};
    for (const std::string& column : columns) {
        if (std::ranges::find(kCarried, column) == kCarried.end()) {
            const auto kept = std::ranges::find(kOtherwiseKept, column, [](const auto& pair) { return pair.first; });
            custom.emplace_back(custom_column_name(column),
                                kept == kOtherwiseKept.end() ? staged(column) : std::string(kept->second));
        }
    }
    std::ranges::sort(custom);
    custom.erase(std::unique(custom.begin(), custom.end()), custom.end());
    return custom;
}

/// A cell that is no month would put its charge into the month of the use.
base::Result<void> check_invoice_months(const std::vector<SourceFile>& files) {
    for (const SourceFile& file : files) {
        for (const SurveyedGroup& group : file.survey.groups) {
            const std::string& month = group.keys[5];
            const bool is_month = month.size() == 6 && month.find_first_not_of("0123456789") == std::string::npos &&
                                  period::parse_instant(month.substr(0, 4) + "-" + month.substr(4) + "-01").ok();
            if (!month.empty() && !is_month) {
                base::Error error = base::data_error("bill.unreadable_instant", "not a month");
                error.place = {.file = file.head.path.string(), .column = "invoice.month", .cell = month};
                return std::move(error).with_remedy("Expected 202503 or the like.");
            }
        }
    }
    return {};
}

class GcpBilling final : public Source {
public:
    std::string_view name() const override { return "gcp-billing"; }
    std::string_view title() const override { return "Google Cloud usage cost export"; }
    std::string_view formats() const override { return "JSON lines, Parquet, CSV, also gzip; standard and detailed"; }
    lake::Mode mode() const override { return lake::Mode::kAppend; }
    int mapping_version() const override { return 1; }
    std::span<const SourceRule> rules() const override {
        static const std::vector<SourceRule> rules = parse_source_rules(embedded::gcp_billing_rules);
        return rules;
    }

    std::optional<Recognised> recognise(const FileHead& head) const override {
        if (!head.has("billing_account_id") || !head.has("usage_start_time") ||
            !(head.has("sku.description") || head.has("sku.id") || head.has("cost"))) {
            return std::nullopt;
        }
        const bool detailed = head.has("resource.name") || head.has("resource.global_name");
        return Recognised{.version = detailed ? "detailed" : "standard"};
    }

    SurveyRules survey_rules(const FileHead&) const override {
        return {.amounts = {{.column = "cost", .member = {}}, {.column = "credits", .member = "amount"}},
                // The export time is that of the delivery, see group(); the month must be one, see map().
                .keys = {"project.id", "service.description", "cost_type", "currency", "export_time", "invoice.month"},
                .required = {"billing_account_id", "usage_start_time", "cost", "currency"},
                .instants = {"usage_start_time", "usage_end_time", "export_time"},
                .decimals = {"usage.amount_in_pricing_units", "cost_at_list", "cost_at_effective_price_default",
                             "price.list_price", "price.effective_price", "price.effective_price_default"}};
    }

    std::string staged_name(std::string_view column) const override { return staged(column); }
    std::vector<std::string> known_columns() const override { return {kKnown.begin(), kKnown.end()}; }

    base::Result<Mapping> map(const std::vector<SourceFile>& files) const override {
        FLORIN_TRY(check_invoice_months(files));
        return Mapping{// In brackets, because a WITH cannot stand behind another.
                       .rows = "SELECT * FROM (" +
                               fill_template(embedded::gcp_billing_mapping,
                                             {{"custom", custom_columns_sql(custom_columns(files))},
                                              {"service_category",
                                               case_sql("\"service.description\"", embedded::gcp_billing_services)}}) +
                               ")",
                       .further_rows = {}};
    }

    /// Each file by itself, as of its last export.
    base::Result<std::vector<FileGroup>> group(const std::vector<SourceFile>& files,
                                               const std::vector<Manifest>&) const override {
        std::vector<FileGroup> groups;
        for (std::size_t i = 0; i < files.size(); ++i) {
            FileGroup& group = groups.emplace_back();
            group.files = {i};
            for (const SurveyedGroup& surveyed : files[i].survey.groups) {
                if (surveyed.keys[4].empty()) {
                    continue;
                }
                FLORIN_TRY_ASSIGN(const period::ParsedInstant exported, period::parse_instant(surveyed.keys[4]));
                group.ordered_at = std::max(group.ordered_at.value_or(exported.instant), exported.instant);
            }
        }
        return groups;
    }
};

} // namespace

const Source& source() {
    static const GcpBilling gcp_billing;
    return gcp_billing;
}

} // namespace florin::ingest::gcp_billing
