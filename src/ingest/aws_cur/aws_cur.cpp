#include "ingest/aws_cur/aws_cur.hpp"

#include "engine/engine.hpp"
#include "ingest/aws_cur/columns.hpp"
#include "ingest/aws_cur/manifest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <sstream>
#include <utility>

namespace florin::embedded {
extern const std::string_view aws_cur_further_rows;
extern const std::string_view aws_cur_mapping;
extern const std::string_view aws_cur_rules;
extern const std::string_view aws_cur_services;
extern const std::string_view aws_cur_units;
} // namespace florin::embedded

namespace florin::ingest::aws_cur {
namespace {

/// Any two of them make a report; one may be renamed, and is then named as missing.
constexpr std::array<std::string_view, 4> kSigns = {"line_item_line_item_type", "line_item_unblended_cost",
                                                    "line_item_usage_account_id", "bill_payer_account_id"};

/// Synthesised rows keep what tells about their commitment, and no money.
constexpr std::string_view kKeptNames =
    "e.key IN ('x_LineItemLineItemType', 'x_LineItemProductCode', 'x_LineItemUsageType', 'x_LineItemOperation', "
    "'x_BillBillType', 'x_BillBillingEntity', 'x_SavingsPlanOfferingType', 'x_SavingsPlanPaymentOption', "
    "'x_SavingsPlanPurchaseTerm', 'x_SavingsPlanInstanceTypeFamily', 'x_SavingsPlanRegion', 'x_SavingsPlanStartTime', "
    "'x_SavingsPlanEndTime', 'x_ReservationStartTime', 'x_ReservationEndTime', 'x_ReservationSubscriptionId', "
    "'x_PricingLeaseContractLength', 'x_PricingOfferingClass', 'x_PricingPurchaseOption')";

/// The keys of a map column as tag_key() makes them; a tag without a value is true.
constexpr std::string_view kTagsOfMap =
    "CASE WHEN tags_are_read THEN nullif(to_json(map_from_entries(list_transform(map_entries(CAST(CAST(resource_tags "
    "AS JSON) AS MAP(VARCHAR, "
    "VARCHAR))), lambda e: {'k': CASE WHEN e.key LIKE 'user\\_%' ESCAPE '\\' OR e.key LIKE 'user:%' THEN substr(e.key, "
    "6) "
    "WHEN e.key LIKE 'aws\\_%' ESCAPE '\\' THEN 'aws:' || substr(e.key, 5) ELSE e.key END, "
    "'v': CASE WHEN e.value = '' THEN CAST('true' AS JSON) ELSE to_json(e.value) END})))::VARCHAR, '{}') END";

/// What a file calls the staged column, or nothing.
std::string written_name(const FileHead& head, std::string_view staged) {
    const auto at = std::ranges::find_if(head.columns,
                                         [staged](const std::string& column) { return staged_name(column) == staged; });
    return at == head.columns.end() ? std::string() : *at;
}

/// How the legacy report writes a staged name, for a column that a file lacks.
std::string expected_name(const FileHead& head, std::string_view staged) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kLegacy = {
        {{"bill_payer_account_id", "bill/PayerAccountId"},
         {"bill_billing_period_start_date", "bill/BillingPeriodStartDate"},
         {"bill_billing_period_end_date", "bill/BillingPeriodEndDate"},
         {"line_item_line_item_type", "lineItem/LineItemType"},
         {"line_item_usage_account_id", "lineItem/UsageAccountId"},
         {"line_item_usage_start_date", "lineItem/UsageStartDate"},
         {"line_item_currency_code", "lineItem/CurrencyCode"},
         {"line_item_unblended_cost", "lineItem/UnblendedCost"}}};
    std::string written = written_name(head, staged);
    const bool is_legacy =
        std::ranges::any_of(head.columns, [](const std::string& column) { return column.starts_with("lineItem/"); });
    const auto at = std::ranges::find(kLegacy, staged, &std::pair<std::string_view, std::string_view>::first);
    if (written.empty()) {
        written = is_legacy && at != kLegacy.end() ? at->second : staged;
    }
    return written;
}

/// What AWS calls a product, and where FOCUS puts it: by the place of its code in services.tsv, from 1.
struct ServicesSql {
    std::string place;                  ///< of line_item_product_code
    std::array<std::string, 3> columns; ///< name, category, subcategory, as lists by place
};

ServicesSql services_sql() {
    ServicesSql sql;
    std::istringstream lines{std::string(embedded::aws_cur_services)};
    std::string line;
    for (std::size_t place = 0; std::getline(lines, line);) {
        if (line.starts_with('#') || line.starts_with("code\t")) {
            continue;
        }
        std::istringstream cells(line);
        std::string cell;
        std::getline(cells, cell, '\t');
        sql.place += fmt::format(" WHEN {} THEN {}", engine::sql_text(cell), ++place);
        for (std::string& column : sql.columns) {
            std::getline(cells, cell, '\t');
            column += (column.empty() ? "" : ", ") + engine::sql_text(cell);
        }
    }
    sql.place = fmt::format("(CASE line_item_product_code{} END)", sql.place);
    for (std::string& column : sql.columns) {
        column = fmt::format("[{}][service_place]", column);
    }
    return sql;
}

/// Staged names of all files, each once.
std::vector<std::string> all_staged(const std::vector<SourceFile>& files) {
    std::vector<std::string> all;
    for (const SourceFile& file : files) {
        for (const std::string& column : file.survey.columns) {
            all.push_back(staged_name(column));
        }
    }
    std::ranges::sort(all);
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

std::string tags_sql(const std::vector<std::string>& staged) {
    const auto tags = tag_columns(staged);
    return tags.empty() && std::ranges::find(staged, "resource_tags") != staged.end() ? std::string(kTagsOfMap)
                                                                                      : flat_json_sql(tags);
}

std::string cost_categories_sql(const std::vector<std::string>& staged) {
    const auto categories = cost_category_columns(staged);
    return categories.empty() ? "nullif(cost_category, '{}')" : flat_json_sql(categories);
}

class AwsCur final : public Source {
public:
    std::string_view name() const override { return "aws-cur"; }
    std::string_view title() const override { return "AWS Cost and Usage Report"; }
    std::string_view formats() const override { return "CSV, also gzip and zip; Parquet; legacy and 2.0"; }
    lake::Mode mode() const override { return lake::Mode::kSnapshot; }
    int mapping_version() const override { return 1; }
    std::span<const SourceRule> rules() const override {
        static const std::vector<SourceRule> rules = parse_source_rules(embedded::aws_cur_rules);
        return rules;
    }

    std::optional<Recognised> recognise(const FileHead& head) const override {
        const auto signs = std::ranges::count_if(
            kSigns, [&head](std::string_view staged) { return !written_name(head, staged).empty(); });
        if (signs < 2) {
            return std::nullopt;
        }
        if (std::ranges::any_of(head.columns,
                                [](const std::string& column) { return column.find('/') != std::string::npos; })) {
            return Recognised{.version = "legacy"};
        }
        const bool is_2 = head.has("resource_tags") || head.has("product") || head.has("cost_category") ||
                          head.has("bill_payer_account_name") || head.has("line_item_usage_account_name");
        return Recognised{.version = is_2 || head.format != FileFormat::kParquet ? "2.0" : "legacy, as for Athena"};
    }

    SurveyRules survey_rules(const FileHead& head) const override {
        const auto written = [&head](std::string_view staged) { return expected_name(head, staged); };
        // aws.net-cost
        SurveyRules rules{.amounts = {{.column = written("line_item_unblended_cost"),
                                       .member = {},
                                       .unless_column = written("line_item_line_item_type"),
                                       .unless_ends_with = "Discount",
                                       .is_required = true}},
                          .keys = {written("line_item_usage_account_id"), written("line_item_product_code"),
                                   written("line_item_line_item_type"), written("line_item_currency_code"),
                                   written("bill_payer_account_id"), written("bill_billing_period_start_date")},
                          .required = {written("bill_payer_account_id"), written("bill_billing_period_start_date"),
                                       written("bill_billing_period_end_date"), written("line_item_line_item_type"),
                                       written("line_item_usage_account_id"), written("line_item_usage_start_date"),
                                       written("line_item_currency_code")},
                          .instants = {written("bill_billing_period_start_date"),
                                       written("bill_billing_period_end_date"), written("line_item_usage_start_date"),
                                       written("line_item_usage_end_date")},
                          .decimals = {}};
        for (const std::string_view staged : number_columns()) {
            if (std::string column = written_name(head, staged); !column.empty()) {
                rules.decimals.push_back(std::move(column));
            }
        }
        if (std::string net = written_name(head, "line_item_net_unblended_cost"); !net.empty()) {
            SurveyedAmount& amount = rules.amounts.front();
            amount.otherwise = std::exchange(amount.column, std::move(net));
        }
        return rules;
    }

    std::string staged_name(std::string_view column) const override { return aws_cur::staged_name(column); }
    std::vector<std::string> known_columns() const override {
        const std::span<const std::string_view> known = aws_cur::known_columns();
        return {known.begin(), known.end()};
    }

    base::Result<Mapping> map(const std::vector<SourceFile>& files) const override {
        const std::vector<std::string> staged = all_staged(files);
        // CUR 2.0 has the column always, with cells where the account has discounts.
        const bool has_net =
            std::ranges::any_of(files, [](const SourceFile& file) { return file.survey.states_amounts; });
        std::vector<std::pair<std::string, std::string>> custom = custom_columns(staged);
        custom.emplace_back("x_CostCategories", "cost_categories");
        custom.emplace_back("x_ResourceTags", "unread_tags");
        const ServicesSql services = services_sql();
        const std::map<std::string, std::string> values = {
            {"amount", has_net ? "coalesce(florin_decimal(line_item_net_unblended_cost), CASE WHEN "
                                 "line_item_line_item_type LIKE '%Discount' THEN NULL ELSE "
                                 "florin_decimal(line_item_unblended_cost) END, 0)"
                               : "coalesce(florin_decimal(line_item_unblended_cost), 0)"},
            {"has_net", has_net ? "true" : "false"},
            {"rate", has_net ? "coalesce(florin_decimal(line_item_net_unblended_rate), "
                               "florin_decimal(line_item_unblended_rate))"
                             : "florin_decimal(line_item_unblended_rate)"},
            {"unit", fmt::format("coalesce({}, pricing_unit)", case_sql("pricing_unit", embedded::aws_cur_units))},
            {"product_name", std::ranges::find(staged, "product") == staged.end()
                                 ? "NULL"
                                 : "CASE WHEN json_valid(product) THEN json_extract_string(product, "
                                   "'$.product_name') END"},
            {"service_place", services.place},
            {"service_name", services.columns[0]},
            {"service_category", services.columns[1]},
            {"service_subcategory", services.columns[2]},
            {"cost_categories", cost_categories_sql(staged)},
            {"tags", tags_sql(staged)},
            {"without_repeats", without_repeats_sql(staged)},
            {"custom", custom_columns_sql(custom)},
            {"kept_names", std::string(kKeptNames)}};
        // In brackets, because a WITH cannot stand behind another.
        return Mapping{.rows = fmt::format("SELECT * FROM ({})", fill_template(embedded::aws_cur_mapping, values)),
                       .further_rows =
                           fmt::format("SELECT * FROM ({})", fill_template(embedded::aws_cur_further_rows, values))};
    }

    base::Result<std::vector<FileGroup>> group(const std::vector<SourceFile>& files,
                                               const std::vector<Manifest>& manifests) const override {
        FLORIN_TRY_ASSIGN(std::vector<FileGroup> groups, group_by_manifests(files, manifests));
        std::vector<bool> named(files.size());
        for (const FileGroup& group : groups) {
            for (const std::size_t file : group.files) {
                named[file] = true;
            }
        }
        std::vector<std::size_t> places;
        std::vector<SourceFile> others;
        for (std::size_t i = 0; i < files.size(); ++i) {
            if (!named[i]) {
                places.push_back(i);
                others.push_back(files[i]);
            }
        }
        FLORIN_TRY_ASSIGN(std::vector<FileGroup> rest, Source::group(others, {}));
        for (FileGroup& group : rest) {
            std::ranges::transform(group.files, group.files.begin(), [&](std::size_t i) { return places[i]; });
        }
        std::ranges::move(groups, std::back_inserter(rest));
        return rest;
    }
};

} // namespace

const Source& source() {
    static const AwsCur aws_cur;
    return aws_cur;
}

} // namespace florin::ingest::aws_cur
