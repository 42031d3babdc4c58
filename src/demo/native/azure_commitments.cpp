// Azure reservations and savings plans: usage at 0 and purchases in the actual file; usage at its part
// of the purchase and what was unused in the amortized one.
#include "demo/native/azure_month.hpp"

#include "demo/random.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace florin::demo {

namespace {

using enum AzureField;

constexpr std::int64_t kAzureMilli = 1'000;
constexpr std::int64_t kAzureUnit = 1'000'000;
constexpr Cost kAzureCent = 100'000'000'000'000; // 10^-16

struct Benefit {
    std::string_view name;
    bool plan; ///< a savings plan; else a reservation
    std::string_view sku;
    std::array<std::string_view, 2> subscriptions;
    std::int64_t rate; ///< 10^-10 USD per covered hour
};

constexpr std::array kBenefits = {
    Benefit{"VM_RI_D8sv5", false, "AZ-VM-D8SV5", {"routing-prod", "reporting-prod"}, 2'304'000'000},
    Benefit{"SP_Compute", true, "AZ-VM-E16SV5", {"kubernetes-prod", "search-prod"}, 6'552'000'000},
};

class BenefitMonth {
public:
    BenefitMonth(AzureMonth& month, const Benefit& benefit)
        : month_(month), benefit_(benefit), sku_(month.sku(benefit.sku)),
          resources_(static_cast<std::int64_t>(std::clamp<std::uint64_t>(month.rows_wanted() / 20'000, 4, 60))),
          random_(mix(month.seed(), hash_text(benefit.name))), order_(hash_uuid(random_.next())),
          id_(hash_uuid(random_.next())) {
        truth_.kind = benefit.plan ? "Savings Plan" : "Reservation";
        benefit_id_ =
            benefit.plan
                ? fmt::format("/providers/Microsoft.BillingBenefits/savingsPlanOrders/{}/savingsPlans/{}", order_, id_)
                : fmt::format("/providers/Microsoft.Capacity/reservationOrders/{}/reservations/{}", order_, id_);
    }

    void write() {
        write_purchase();
        for (int day = 0; day < month_.month().days(); ++day) {
            write_day(day);
        }
        count_rows();
        month_.count_commitment(benefit_id_, truth_);
    }

private:
    void set_benefit(AzureRow& row) const {
        row[kPricingModel] = benefit_.plan ? "SavingsPlan" : "Reservation";
        row[kBenefitId] = benefit_id_;
        row[kBenefitName] = benefit_.name;
        row[kProductOrderId] = order_;
        row[kProductOrderName] =
            benefit_.plan ? "Compute savings plan, 1 year" : "Reserved VM instance, D8s v5, 1 year";
        row[kTerm] = "12";
        if (!benefit_.plan) {
            row[kReservationId] = id_;
            row[kReservationName] = benefit_.name;
        }
    }

    /// Neither has a meter's price.
    AzureRow owner_row(std::string_view charge_type) const {
        AzureRow row = month_.base_row(month_.subscription("corporate-it"));
        row[kChargeType] = charge_type;
        row[kMeterCategory] = benefit_.plan ? "Azure savings plan for compute" : sku_.service;
        row[kProductName] = benefit_.plan ? "Compute savings plan" : "Reserved VM instance, Standard_D8s_v5";
        row[kUnitOfMeasure] = "1 Hour";
        row[kServiceFamily] = "Compute";
        set_benefit(row);
        return row;
    }

    void write_purchase() {
        // The reservation of an Enterprise Agreement is paid in advance, on the first day of the month.
        const bool upfront = !benefit_.plan && !month_.customer();
        const period::Day start = month_.month().start;
        const period::Day end = upfront ? period::add_months(start, 12) : month_.month().end;
        const std::int64_t hours = (end - start).count() * 24;
        AzureRow row = owner_row("Purchase");
        row[kFrequency] = upfront ? "OneTime" : "Recurring";
        month_.set_day(row, 0);
        const Cost cost = Cost{benefit_.rate} * resources_ * hours * kAzureUnit;
        const std::int64_t count = benefit_.plan ? 1 : resources_;
        row[kUnitPrice] = azure_number(cost / count, kCostPlaces);
        row[kEffectivePrice] = row[kUnitPrice];
        row[kPayGPrice] = row[kUnitPrice];
        truth_.purchased = month_.set_cost(row, base::int128{count} * kAzureUnit, cost, cost);
        truth_.currency = row[kBillingCurrency];
        month_.write(AzureView::kActual, row);
        month_.count(row, "Purchase", "", {truth_.purchased, 0});
    }

    void write_day(int day) {
        const std::int64_t list = list_price(sku_);
        Cost used = 0;
        std::int64_t hours = 0;
        for (std::int64_t i = 0; i < resources_; ++i) {
            const auto which = static_cast<std::size_t>(i % 2);
            const SubAccount& subscription = month_.subscription(benefit_.subscriptions[which]);
            const std::int64_t quantity = random_.between(800, 1'000) * 24 * kAzureMilli;
            const Cost cost = Cost{quantity} * benefit_.rate;
            AzureRow row = month_.usage_row(subscription, sku_, subscription.region);
            month_.set_day(row, day);
            month_.set_tags(row, tags_json(subscription.application, "api", subscription.cost_center, subscription.env,
                                           subscription.team));
            set_benefit(row);
            row[kResourceName] = fmt::format("{}-pool-{:02}", subscription.name, i + 1);
            row[kResourceId] =
                fmt::format("/subscriptions/{}/resourceGroups/{}/providers/Microsoft.Compute/virtualMachines/{}",
                            subscription.id, row[kResourceGroup], row[kResourceName]);
            row[kEffectivePrice] = azure_number(0, 0);
            month_.set_cost(row, quantity, 0, Cost{quantity} * list);
            month_.write(AzureView::kActual, row);
            row[kEffectivePrice] = azure_number(benefit_.rate, kPricePlaces);
            used_by_[which] += month_.set_cost(row, quantity, cost, Cost{quantity} * list);
            month_.write(AzureView::kAmortized, row);
            used += cost;
            hours += quantity;
        }
        const Cost total = Cost{benefit_.rate} * resources_ * 24 * kAzureUnit;
        AzureRow row = owner_row(benefit_.plan ? "UnusedSavingsPlan" : "UnusedReservation");
        month_.set_day(row, day);
        row[kUnitPrice] = azure_number(0, 0);
        row[kEffectivePrice] = azure_number(benefit_.rate, kPricePlaces);
        row[kPayGPrice] = azure_number(0, 0);
        unused_ += month_.set_cost(row, base::int128{resources_} * 24 * kAzureUnit - hours, total - used, 0);
        month_.write(AzureView::kAmortized, row);
    }

    void count_rows() {
        for (std::size_t i = 0; i < used_by_.size(); ++i) {
            const SubAccount& subscription = month_.subscription(benefit_.subscriptions[i]);
            month_.count(month_.usage_row(subscription, sku_, subscription.region), "Usage", subscription.team,
                         {0, used_by_[i]});
            truth_.used += used_by_[i];
        }
        month_.count(owner_row(benefit_.plan ? "UnusedSavingsPlan" : "UnusedReservation"), "Usage", "", {0, unused_});
        truth_.unused = unused_;
    }

    AzureMonth& month_;
    const Benefit& benefit_;
    const Sku& sku_;
    std::int64_t resources_;
    Random random_;
    std::string order_;
    std::string id_;
    std::string benefit_id_;
    std::array<Cost, 2> used_by_{};
    Cost unused_ = 0;
    NativeCommitment truth_;
};

struct AzureLump {
    std::string_view subscription;
    std::string_view charge_type;
    std::string_view category; ///< of FOCUS
    std::string_view meter_category;
    std::string_view product;
    std::string_view publisher; ///< of the marketplace; empty: Microsoft
    std::string_view frequency;
    std::int64_t cents;
    int day;
};

constexpr std::array kAzureLumps = {
    AzureLump{"corporate-it", "Purchase", "Purchase", "Azure Support", "Unified support, monthly", "", "Recurring",
              980'000, 0},
    AzureLump{"kubernetes-prod", "Purchase", "Purchase", "Azure Marketplace Services", "Cluster scanner, monthly plan",
              "Kestrel Rules GmbH", "Recurring", 64'000, 0},
    AzureLump{"kubernetes-prod", "Usage", "Usage", "Azure Marketplace Services", "Cluster scanner, scanned images",
              "Kestrel Rules GmbH", "UsageBased", 8'125, 11},
    AzureLump{"search-prod", "Refund", "Purchase", "Azure Marketplace Services", "Log shipper, cancelled",
              "Kestrel Rules GmbH", "OneTime", -20'000, 18},
    AzureLump{"corporate-it", "RoundingAdjustment", "Adjustment", "Rounding", "Rounding of the invoice", "", "OneTime",
              25, 20},
};

} // namespace

void add_azure_commitments(AzureMonth& month) {
    for (const Benefit& benefit : kBenefits) {
        BenefitMonth(month, benefit).write();
    }
    // A reservation of the year before was given back: what is refunded is in the actual file only.
    AzureRow row = month.base_row(month.subscription("corporate-it"));
    row[kChargeType] = "Refund";
    row[kPricingModel] = "Reservation";
    row[kFrequency] = "OneTime";
    row[kMeterCategory] = "Virtual Machines";
    row[kProductName] = "Reserved VM instance, Standard_D4s_v4";
    row[kReservationId] = hash_uuid(mix(month.seed(), 71));
    row[kReservationName] = "VM_RI_D4sv4";
    row[kProductOrderId] = hash_uuid(mix(month.seed(), 72));
    row[kProductOrderName] = "Reserved VM instance, D4s v4, 1 year";
    row[kTerm] = "12";
    row[kBenefitId] = fmt::format("/providers/Microsoft.Capacity/reservationOrders/{}/reservations/{}",
                                  row[kProductOrderId], row[kReservationId]);
    row[kBenefitName] = row[kReservationName];
    month.set_day(row, 6);
    const Cost refund = month.set_cost(row, -base::int128{kAzureUnit}, -87'650 * kAzureCent, -87'650 * kAzureCent);
    month.write(AzureView::kActual, row);
    month.count(row, "Purchase", "", {refund, 0});
    NativeCommitment given_back;
    given_back.currency = row[kBillingCurrency];
    given_back.kind = "Reservation";
    given_back.purchased = refund;
    month.count_commitment(row[kBenefitId], given_back);
}

void add_azure_lumps(AzureMonth& month) {
    for (const AzureLump& lump : kAzureLumps) {
        AzureRow row = month.base_row(month.subscription(lump.subscription));
        row[kChargeType] = lump.charge_type;
        row[kFrequency] = lump.frequency;
        row[kMeterCategory] = lump.meter_category;
        row[kProductName] = lump.product;
        row[kUnitOfMeasure] = "1";
        if (!lump.publisher.empty()) {
            row[kPublisherType] = "Marketplace";
            row[kPublisherName] = lump.publisher;
            row[kPlanName] = "standard";
        }
        month.set_day(row, lump.day);
        const Cost in_pricing_currency = lump.cents * kAzureCent;
        const Cost price = in_pricing_currency < 0 ? -in_pricing_currency : in_pricing_currency;
        row[kUnitPrice] = azure_number(price, kCostPlaces);
        row[kEffectivePrice] = row[kUnitPrice];
        row[kPayGPrice] = row[kUnitPrice];
        const Cost cost = month.set_cost(row, base::int128{lump.cents < 0 ? -kAzureUnit : kAzureUnit},
                                         in_pricing_currency, in_pricing_currency);
        month.write_both(row);
        month.count(row, lump.category, "", {cost, cost});
    }
}

} // namespace florin::demo
