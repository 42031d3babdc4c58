#include "ingest/inspection_columns.hpp"

#include "base/nearest.hpp"
#include "lake/storage.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

namespace florin::ingest {
namespace {

using focus::ColumnMatch;
using focus::Dataset;

/// Without these there is no money, no account or no time.
constexpr std::array<std::string_view, 6> kRequired = {"BilledCost",         "BillingAccountId", "BillingCurrency",
                                                       "BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart"};

ColumnUse::Kind kind_of(ColumnMatch::Kind kind) {
    switch (kind) {
    case ColumnMatch::Kind::kExact: return ColumnUse::Kind::kExact;
    case ColumnMatch::Kind::kRecased: return ColumnUse::Kind::kRecased;
    case ColumnMatch::Kind::kRenamed: return ColumnUse::Kind::kRenamed;
    case ColumnMatch::Kind::kCustom: return ColumnUse::Kind::kCustom;
    }
    return ColumnUse::Kind::kCustom;
}

ColumnPlace find(const ColumnPlan& plan, std::string_view name) {
    for (std::size_t i = 0; i < plan.uses.size(); ++i) {
        if (plan.focus_columns[i] != nullptr && plan.focus_columns[i]->name == name) {
            return i;
        }
    }
    return std::nullopt;
}

/// "BilledCost; is BiledCost what it is called now?" for those that have a near name among the columns that FOCUS does
/// not know.
std::string with_nearest(const ColumnPlan& plan, std::string_view missing) {
    std::vector<std::string_view> unknown;
    for (std::size_t i = 0; i < plan.uses.size(); ++i) {
        if (plan.focus_columns[i] == nullptr) {
            unknown.push_back(plan.uses[i].source_name);
        }
    }
    const auto meant = base::nearest(missing, unknown);
    return meant ? fmt::format("{} (is {} what it is called now?)", missing, *meant) : std::string(missing);
}

base::Result<void> check_required(const ColumnPlan& plan) {
    std::vector<std::string> missing;
    for (const std::string_view name : kRequired) {
        if (!find(plan, name)) {
            missing.push_back(with_nearest(plan, name));
        }
    }
    if (missing.empty()) {
        return {};
    }
    return base::data_error("bill.missing_column",
                            fmt::format("{} not in the header: {}",
                                        missing.size() == 1 ? "a column that every bill needs is"
                                                            : "columns that every bill needs are",
                                        fmt::join(missing, ", ")))
        .with_remedy("Is this a FOCUS Cost and Usage file? Its header names the columns as FOCUS does.");
}

/// Mandatory columns that the file's version knows, that are not there, and that may be null.
std::vector<std::string> missing_columns(const ColumnPlan& plan) {
    std::vector<std::string> missing;
    for (const focus::Column& column : focus::columns(Dataset::kCostAndUsage)) {
        const bool known = column.introduced <= plan.version;
        const bool replaced = (column.name == "ProviderName" && find(plan, "ServiceProviderName")) ||
                              (column.name == "PublisherName" && find(plan, "HostProviderName")) ||
                              (column.removed_in && *column.removed_in <= plan.version);
        if (column.level == focus::Level::kMandatory && known && !replaced && !find(plan, column.name)) {
            missing.push_back(column.name);
        }
    }
    return missing;
}

} // namespace

base::Result<std::vector<NamedColumn>> name_columns(Dataset dataset, const std::vector<std::string>& names) {
    std::vector<NamedColumn> named;
    std::map<const focus::Column*, std::size_t> owners;
    for (const std::string& name : names) {
        const ColumnMatch match = focus::match_column(dataset, name);
        named.push_back({.source_name = name, .lake_name = {}, .column = match.column, .kind = match.kind});
        if (match.column == nullptr) {
            continue;
        }
        const std::size_t place = named.size() - 1;
        const auto [owner, fresh] = owners.emplace(match.column, place);
        if (!fresh) {
            // The kinds stand in the order exact, recased, renamed.
            const bool better = match.kind < named[owner->second].kind;
            NamedColumn& other = named[better ? owner->second : place];
            other.column = nullptr;
            other.kind = ColumnMatch::Kind::kCustom;
            owner->second = better ? place : owner->second;
        }
    }
    std::map<std::string, std::string> taken;
    for (NamedColumn& one : named) {
        one.lake_name = one.column != nullptr ? one.column->name : focus::custom_name(one.source_name);
        if (const auto [twin, fresh] = taken.emplace(one.lake_name, one.source_name); !fresh) {
            return base::data_error("csv.duplicate_column",
                                    fmt::format("two columns would both be kept as {}: {} and {}", one.lake_name,
                                                twin->second, one.source_name))
                .with_remedy("Rename or remove one of them.");
        }
    }
    return named;
}

bool has_google_tags(const std::vector<ColumnUse>& uses) {
    const auto has = [&uses](std::string_view name) {
        return std::ranges::find(uses, name, &ColumnUse::lake_name) != uses.end();
    };
    return has("x_ExportTime") && has("x_CostType") && has("x_Credits") && (has("x_Labels") || has("x_Tags")) &&
           !has("Tags");
}

base::Result<ColumnPlan> plan_columns(const std::vector<std::string>& names) {
    ColumnPlan plan;
    FLORIN_TRY_ASSIGN(std::vector<NamedColumn> named, name_columns(Dataset::kCostAndUsage, names));
    for (NamedColumn& one : named) {
        ColumnUse& use = plan.uses.emplace_back();
        use.source_name = std::move(one.source_name);
        use.lake_name = std::move(one.lake_name);
        use.kind = kind_of(one.kind);
        plan.focus_columns.push_back(one.column);
    }
    FLORIN_TRY(check_required(plan));
    plan.version = focus::recognise_version(names);
    plan.missing = missing_columns(plan);
    for (std::size_t i = 0; i < plan.costs.size(); ++i) {
        plan.costs[i] = find(plan, lake::kCosts[i]);
    }
    for (std::size_t i = 0; i < plan.uses.size(); ++i) {
        const focus::Column* column = plan.focus_columns[i];
        if (column == nullptr) {
            continue;
        }
        if (column->type == focus::ColumnType::kDecimal &&
            std::find(plan.costs.begin(), plan.costs.end(), ColumnPlace(i)) == plan.costs.end()) {
            plan.other_decimals.push_back(i);
        }
        if (column->format == focus::ValueFormat::kAllowedValues) {
            plan.lists.push_back(i);
        }
    }
    plan.currency = *find(plan, "BillingCurrency");
    plan.account = *find(plan, "BillingAccountId");
    plan.billing_start = *find(plan, "BillingPeriodStart");
    plan.billing_end = *find(plan, "BillingPeriodEnd");
    plan.charge_start = *find(plan, "ChargePeriodStart");
    plan.charge_end = find(plan, "ChargePeriodEnd");
    plan.provider = find(plan, "ServiceProviderName");
    plan.former_provider = find(plan, "ProviderName");
    plan.sub_account = find(plan, "SubAccountId");
    plan.service = find(plan, "ServiceName");
    plan.charge_category = find(plan, "ChargeCategory");
    plan.charge_class = find(plan, "ChargeClass");
    plan.pricing_category = find(plan, "PricingCategory");
    plan.commitment = find(plan, "CommitmentDiscountId");
    plan.commitment_status = find(plan, "CommitmentDiscountStatus");
    plan.list_price = find(plan, "ListUnitPrice");
    plan.pricing_quantity = find(plan, "PricingQuantity");
    const auto add_gaps = [&plan](std::initializer_list<std::string_view> gaps, std::vector<std::size_t>& places) {
        for (const std::string_view name : gaps) {
            if (const ColumnPlace place = find(plan, name); place) {
                places.push_back(*place);
            }
        }
    };
    add_gaps({"SkuId", "SkuPriceId", "PricingUnit", "ListUnitPrice", "ContractedUnitPrice"}, plan.aws_usage_gaps);
    add_gaps({"InvoiceIssuerName", "PublisherName"}, plan.aws_gaps);
    return plan;
}

} // namespace florin::ingest
