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

/// Gives every column its name in the lake. Where two would be one FOCUS column, the better match
/// is it and the other is a custom column.
base::Result<void> name_columns(const std::vector<std::string>& names, ColumnPlan& plan) {
    std::vector<ColumnMatch> matches;
    std::map<const focus::Column*, std::size_t> owners;
    for (std::size_t i = 0; i < names.size(); ++i) {
        matches.push_back(focus::match_column(Dataset::kCostAndUsage, names[i]));
        const focus::Column* column = matches[i].column;
        if (column == nullptr) {
            continue;
        }
        const auto [owner, fresh] = owners.emplace(column, i);
        if (!fresh) {
            // The kinds stand in the order exact, recased, renamed.
            const bool better = matches[i].kind < matches[owner->second].kind;
            matches[better ? owner->second : i] = {};
            owner->second = better ? i : owner->second;
        }
    }
    std::map<std::string, std::string> lake_names;
    for (std::size_t i = 0; i < names.size(); ++i) {
        ColumnUse use;
        use.source_name = names[i];
        use.kind = kind_of(matches[i].kind);
        use.lake_name = matches[i].column != nullptr ? matches[i].column->name : focus::custom_name(names[i]);
        if (const auto [twin, fresh] = lake_names.emplace(use.lake_name, names[i]); !fresh) {
            return base::data_error("csv.duplicate_column",
                                    fmt::format("two columns would both be kept as {}: {} and {}", use.lake_name,
                                                twin->second, names[i]))
                .with_remedy("Rename or remove one of them.");
        }
        plan.uses.push_back(std::move(use));
        plan.focus_columns.push_back(matches[i].column);
    }
    return {};
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

base::Result<ColumnPlan> plan_columns(const std::vector<std::string>& names) {
    ColumnPlan plan;
    FLORIN_TRY(name_columns(names, plan));
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
