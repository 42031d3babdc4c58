// What an AWS bill has besides usage and commitments: support, marketplace, tax, credits, refunds, and
// the shares of containers, which repeat cost that is there already.
#include "demo/native/aws_month.hpp"

#include "demo/random.hpp"

#include <array>

#include <fmt/format.h>

namespace florin::demo {

namespace {

constexpr Cost kAwsFeesCent = 100'000'000'000'000; // 10^-16

struct AwsLump {
    std::string_view account;
    std::string_view type;
    std::string_view category; ///< of FOCUS
    std::string_view bill_type;
    std::string_view code;
    std::string_view product;
    std::string_view usage_type;
    std::string_view description;
    std::string_view seller; ///< of the marketplace; empty: AWS itself
    std::int64_t cents;
    int day;    ///< of the month, from 0
    bool month; ///< of the whole month
};

constexpr std::string_view kSeller = "Kestrel Rules GmbH";
constexpr std::string_view kMarketplaceCode = "8k2v9q4zq1xw7c5r3t6y8u0p";

constexpr std::array kAwsLumps = {
    AwsLump{"shared-network", "Fee", "Purchase", "Anniversary", "AWSSupportEnterprise", "AWS Support (Enterprise)",
            "Dollar", "Enterprise support, billed for the month", "", 1'500'000, 0, true},
    AwsLump{"web-shop-prod", "Fee", "Purchase", "Purchase", kMarketplaceCode, "Managed firewall rules",
            "SubscriptionFee", "Managed rule groups, monthly subscription", kSeller, 192'000, 0, true},
    AwsLump{"web-shop-prod", "Usage", "Usage", "Anniversary", kMarketplaceCode, "Managed firewall rules",
            "EU-MP:RequestsInspected", "Inspected requests beyond the subscription", kSeller, 31'417, 14, false},
    AwsLump{"shared-network", "Tax", "Tax", "Anniversary", "AWSSupportEnterprise", "AWS Support (Enterprise)", "",
            "Tax for product code AWSSupportEnterprise", "", 121'500, 0, true},
    AwsLump{"web-shop-prod", "Tax", "Tax", "Anniversary", kMarketplaceCode, "Managed firewall rules", "",
            "Tax of the marketplace subscription", kSeller, 15'552, 0, true},
    AwsLump{"checkout-prod", "Credit", "Credit", "Anniversary", "AmazonEC2", "Amazon Elastic Compute Cloud",
            "EU-BoxUsage:m7i.xlarge", "Credit for moving workloads", "", -250'000, 2, false},
    AwsLump{"ci-prod", "Credit", "Credit", "Anniversary", "AWSLambda", "AWS Lambda", "EU-Lambda-GB-Second-ARM",
            "Developer programme credit", "", -4'999, 9, false},
    AwsLump{"mobile-api-prod", "Refund", "Adjustment", "Refund", "AmazonRDS", "Amazon Relational Database Service",
            "EU-InstanceUsage:db.r7g.xl", "Refund, service level not met", "", -43'718, 17, false},
};

void add_lump(AwsMonth& month, const AwsLump& lump) {
    AwsRow row = month.base();
    const Cost cost = lump.cents * kAwsFeesCent;
    month.set_account(row, month.account(lump.account));
    row[AwsField::kLineItemType] = lump.type;
    row[AwsField::kBillType] = lump.bill_type;
    row[AwsField::kProductCode] = lump.code;
    row[AwsField::kProductName] = lump.product;
    row[AwsField::kUsageType] = lump.usage_type;
    row[AwsField::kUsageAmount] = "1.0";
    row[AwsField::kUnblendedCost] = aws_cost(cost);
    row[AwsField::kBlendedCost] = row[AwsField::kUnblendedCost];
    row[AwsField::kLineItemDescription] = lump.description;
    if (lump.type == "Tax") {
        row[AwsField::kTaxType] = "VAT";
    }
    if (!lump.seller.empty()) {
        row[AwsField::kBillingEntity] = "AWS Marketplace";
        row[AwsField::kLegalEntity] = lump.seller;
    }
    if (lump.category == "Usage" || lump.category == "Purchase") {
        row[AwsField::kUnblendedRate] = row[AwsField::kUnblendedCost];
        row[AwsField::kBlendedRate] = row[AwsField::kUnblendedCost];
        row[AwsField::kPricingCurrency] = "USD";
        row[AwsField::kPublicOnDemandCost] = row[AwsField::kUnblendedCost];
        row[AwsField::kPublicOnDemandRate] = row[AwsField::kUnblendedCost];
        row[AwsField::kTerm] = "OnDemand";
        row[AwsField::kUnit] = "Units";
        row[AwsField::kSku] = hash_id(hash_text(lump.usage_type), 16);
        row[AwsField::kRateCode] = row[AwsField::kSku] + ".JRTCKXETXF.6YS6EN2CT7";
    }
    const int start = lump.day * 24;
    month.set_hours(row, start, lump.month ? month.month().days() * 24 : start + month.span_hours());
    month.add(row, lump.category, {cost, cost});
}

constexpr std::array<std::string_view, 3> kPods = {"checkout/api", "checkout/worker", "checkout/cache"};

} // namespace

void add_fees(AwsMonth& month) {
    for (const AwsLump& lump : kAwsLumps) {
        add_lump(month, lump);
    }
}

void add_split_costs(AwsMonth& month) {
    const SubAccount& account = month.account("checkout-prod");
    AwsRow row = month.usage_row(account, month.sku("AWS-EC2-M7I"), account.region);
    row[AwsField::kProductCode] = "AmazonEKS";
    row[AwsField::kServicecode] = "AmazonEKS";
    row[AwsField::kProductName] = "Amazon Elastic Kubernetes Service";
    row[AwsField::kServicename] = row[AwsField::kProductName];
    row[AwsField::kOperation] = "EKSPod-EC2";
    row[AwsField::kSplitParentResourceId] = fmt::format("i-{:017x}", mix(hash_text("compute"), 0) >> 4U);
    for (const AwsField field :
         {AwsField::kUnblendedRate, AwsField::kUnblendedCost, AwsField::kBlendedRate, AwsField::kBlendedCost,
          AwsField::kPublicOnDemandCost, AwsField::kPublicOnDemandRate}) {
        row[field] = aws_number(0, 0);
    }
    for (int span = 0; span < month.spans(); ++span) {
        const int start = span * month.span_hours();
        month.set_hours(row, start, start + month.span_hours());
        for (const std::string_view pod : kPods) {
            for (const bool cpu : {true, false}) {
                const std::int64_t hours = month.span_hours() * std::int64_t{cpu ? 1'000 : 4'000};
                row[AwsField::kResourceId] = fmt::format("arn:aws:eks:eu-west-1:{}:pod/halden/{}/{}", account.id, pod,
                                                         hash_id(hash_text(pod), 8));
                row[AwsField::kUsageType] = cpu ? "EU-EKS-EC2-vCPU-Hours" : "EU-EKS-EC2-GB-Hours";
                row[AwsField::kUnit] = cpu ? "vCPU-Hours" : "GB-Hours";
                row[AwsField::kLineItemDescription] = fmt::format("Share of an instance, {}", row[AwsField::kUnit]);
                row[AwsField::kUsageAmount] = aws_number(hours, 3);
                row[AwsField::kSplitReservedUsage] = row[AwsField::kUsageAmount];
                row[AwsField::kSplitActualUsage] = aws_number(hours * 3 / 4, 3);
                row[AwsField::kSplitUsage] = row[AwsField::kUsageAmount];
                row[AwsField::kSplitUsageRatio] = "0.25";
                row[AwsField::kSplitCost] = aws_number(hours * (cpu ? 318 : 9), 7);
                row[AwsField::kSplitUnusedCost] = aws_number(hours * (cpu ? 106 : 3), 7);
                row[AwsField::kSplitPublicOnDemandCost] = aws_number(hours * (cpu ? 442 : 13), 7);
                row[AwsField::kSplitPublicOnDemandUnusedCost] = aws_number(hours * (cpu ? 148 : 4), 7);
                month.add_suppressed(row);
            }
        }
    }
}

} // namespace florin::demo
