// Savings Plans and Reserved Instances as the report has them: covered usage at its on-demand price and
// its negation, recurring and upfront fees; reserved usage at 0 beside the fee of the month.
#include "demo/native/aws_month.hpp"

#include "demo/random.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace florin::demo {

namespace {

constexpr std::int64_t kAwsMilli = 1'000; ///< of a quantity, 10^-6
constexpr std::int64_t kAwsUnit = 1'000'000;

struct SavingsPlan {
    std::string_view name; ///< seeds its id
    std::string_view offering;
    std::string_view product_code;
    std::string_view payment;
    std::string_view sku;
    std::array<std::string_view, 2> accounts;
    std::int64_t rate; ///< 10^-10 USD per covered hour
    bool upfront_half; ///< half of it was paid on the first day of the month
};

constexpr std::array kSavingsPlans = {
    SavingsPlan{"compute",
                "ComputeSavingsPlans",
                "ComputeSavingsPlans",
                "No Upfront",
                "AWS-EC2-M7I",
                {"checkout-prod", "mobile-api-prod"},
                1'451'600'000,
                false},
    SavingsPlan{"instance",
                "EC2InstanceSavingsPlans",
                "ComputeSavingsPlans",
                "Partial Upfront",
                "AWS-EC2-C7G",
                {"tracking-prod", "ledger-prod"},
                986'000'000,
                true},
};

struct Reservation {
    std::string_view name;
    std::string_view arn;
    std::string_view purchase;
    std::string_view sku;
    std::string_view account;
    std::int64_t upfront;   ///< 10^-10 USD per reserved hour
    std::int64_t recurring; ///< 10^-10 USD per reserved hour
    bool bought_now;        ///< on the first day of the month
};

constexpr std::array kReservations = {
    Reservation{"rds", "arn:aws:rds:eu-west-1:{}:ri:ri-2024-{}", "Partial Upfront", "AWS-RDS-AURORA", "checkout-prod",
                1'580'000'000, 1'640'000'000, true},
    Reservation{"cache", "arn:aws:elasticache:eu-west-1:{}:reserved-instance:ri-{}", "No Upfront", "AWS-CACHE-R7G",
                "web-shop-prod", 0, 1'412'000'000, false},
};

std::int64_t resources_of(const AwsMonth& month) {
    return static_cast<std::int64_t>(std::clamp<std::uint64_t>(month.rows_wanted() / 50'000, 4, 40));
}

/// Hours used in a span by one instance, 10^-6 in steps of 10^-3: four fifths to all of them.
std::int64_t used_hours(Random& random, int span_hours) {
    return random.between(800, 1'000) * span_hours * kAwsMilli;
}

std::string day_text(period::Day day) {
    return period::to_string(day) + "T00:00:00.000Z";
}

class PlanMonth {
public:
    PlanMonth(AwsMonth& month, const SavingsPlan& plan)
        : month_(month), plan_(plan), sku_(month.sku(plan.sku)), resources_(resources_of(month)),
          random_(mix(month.seed(), hash_text(plan.name))) {
        const period::Day first = month.month().start;
        start_ = plan.upfront_half ? first : period::add_months(first, -4);
        end_ = period::add_months(start_, 12);
        id_ = hash_uuid(mix(month.seed(), hash_text(plan.name)));
        arn_ = fmt::format("arn:aws:savingsplans::{}:savingsplan/{}", owner().id, id_);
        truth_.currency = "USD";
        truth_.kind = "Savings Plan";
        for (const std::string_view name : plan.accounts) {
            covered_.push_back(covered_row(month.account(name)));
        }
    }

    void write() {
        if (plan_.upfront_half) {
            upfront_fee();
        }
        for (int span = 0; span < month_.spans(); ++span) {
            write_span(span * month_.span_hours());
        }
    }
    const NativeCommitment& truth() const { return truth_; }
    const std::string& arn() const { return arn_; }

private:
    const SubAccount& owner() const { return month_.account("shared-network"); }
    /// Of the whole plan in an hour, 10^-10 USD.
    std::int64_t commitment() const { return plan_.rate * resources_; }
    std::int64_t upfront_hourly() const { return plan_.upfront_half ? commitment() / 2 : 0; }

    void set_plan(AwsRow& row) const {
        row[AwsField::kSavingsPlanArn] = arn_;
        row[AwsField::kSavingsPlanStartTime] = day_text(start_);
        row[AwsField::kSavingsPlanEndTime] = day_text(end_);
        row[AwsField::kSavingsPlanOfferingType] = plan_.offering;
        row[AwsField::kSavingsPlanPaymentOption] = plan_.payment;
        row[AwsField::kSavingsPlanPurchaseTerm] = "1yr";
        row[AwsField::kSavingsPlanRegion] = plan_.upfront_half ? "eu-west-1" : "global";
    }

    AwsRow covered_row(const SubAccount& account) const {
        AwsRow row = month_.usage_row(account, sku_, account.region);
        row[AwsField::kLineItemType] = "SavingsPlanCoveredUsage";
        row[AwsField::kTagApplication] = account.application;
        row[AwsField::kTagComponent] = "api";
        row[AwsField::kTagCostCenter] = account.cost_center;
        row[AwsField::kTagEnv] = account.env;
        row[AwsField::kTagTeam] = account.team;
        row[AwsField::kSavingsPlanRate] = aws_number(plan_.rate, kPricePlaces);
        set_plan(row);
        return row;
    }

    AwsRow fee_row(std::string_view type) const {
        AwsRow row = month_.base();
        month_.set_account(row, owner());
        row[AwsField::kLineItemType] = type;
        row[AwsField::kProductCode] = plan_.product_code;
        row[AwsField::kUsageType] = fmt::format("{}:1yr{}", plan_.upfront_half ? "EC2SP" : "ComputeSP",
                                                plan_.upfront_half ? "PartialUpfront" : "NoUpfront");
        row[AwsField::kProductName] = "Savings Plans for AWS Compute usage";
        row[AwsField::kServicecode] = plan_.product_code;
        row[AwsField::kPricingCurrency] = "USD";
        row[AwsField::kPurchaseOption] = plan_.payment;
        row[AwsField::kUnit] = "Hrs";
        set_plan(row);
        return row;
    }

    void upfront_fee() {
        AwsRow row = fee_row("SavingsPlanUpfrontFee");
        const std::int64_t hours = (end_ - start_).count() * 24;
        const Cost cost = Cost{upfront_hourly()} * hours * kAwsUnit;
        month_.set_hours(row, 0, 1);
        row[AwsField::kBillType] = "Purchase";
        row[AwsField::kUsageAmount] = "1.0";
        row[AwsField::kUnblendedCost] = aws_cost(cost);
        row[AwsField::kBlendedCost] = row[AwsField::kUnblendedCost];
        row[AwsField::kUnblendedRate] = row[AwsField::kUnblendedCost];
        row[AwsField::kLineItemDescription] = fmt::format("USD {} one-time fee for 1 year {} Savings Plan ID: {}",
                                                          fixed_text(cost, kCostPlaces), plan_.payment, id_);
        month_.add(row, "Purchase", {cost, 0});
        truth_.purchased += cost;
    }

    void write_span(int start) {
        const int hours = month_.span_hours();
        Cost used = 0;
        for (std::size_t account = 0; account < covered_.size(); ++account) {
            used += write_covered(account, start, hours);
        }
        AwsRow row = fee_row("SavingsPlanRecurringFee");
        const Cost total = Cost{commitment()} * hours * kAwsUnit;
        const Cost upfront = Cost{upfront_hourly()} * hours * kAwsUnit;
        const Cost recurring = total - upfront;
        month_.set_hours(row, start, start + hours);
        row[AwsField::kUsageAmount] = aws_number(hours, 0);
        row[AwsField::kUnblendedRate] = aws_number(commitment() - upfront_hourly(), kPricePlaces);
        row[AwsField::kUnblendedCost] = aws_cost(recurring);
        row[AwsField::kBlendedCost] = row[AwsField::kUnblendedCost];
        row[AwsField::kLineItemDescription] = fmt::format("1 year {} {} Savings Plan", plan_.payment, plan_.name);
        row[AwsField::kSavingsPlanTotalCommitmentToDate] = aws_cost(total);
        row[AwsField::kSavingsPlanUsedCommitment] = aws_cost(used);
        row[AwsField::kSavingsPlanAmortizedUpfrontCommitment] = aws_cost(upfront);
        row[AwsField::kSavingsPlanRecurringCommitment] = aws_cost(recurring);
        month_.add(row, "Purchase", {recurring, 0});
        month_.add_unused(row, total - used);
        truth_.purchased += recurring;
        truth_.used += used;
        truth_.unused += total - used;
    }

    /// Covered usage of an account in a span, and what takes its on-demand cost back; its effective cost.
    Cost write_covered(std::size_t account, int start, int hours) {
        AwsRow& row = covered_[account];
        const std::int64_t price = aws_price(sku_);
        Cost on_demand = 0;
        Cost effective_sum = 0;
        month_.set_hours(row, start, start + hours);
        for (std::int64_t i = static_cast<std::int64_t>(account); i < resources_; i += 2) {
            const std::int64_t quantity = used_hours(random_, hours);
            const Cost cost = Cost{quantity} * price;
            const Cost effective = Cost{quantity} * plan_.rate;
            row[AwsField::kResourceId] =
                fmt::format("i-{:017x}", mix(hash_text(plan_.name), static_cast<std::uint64_t>(i)) >> 4U);
            row[AwsField::kUsageAmount] = aws_number(quantity, kQuantityPlaces);
            row[AwsField::kNormalizedUsageAmount] = aws_number(base::int128{quantity} * 8, kQuantityPlaces);
            row[AwsField::kUnblendedCost] = aws_cost(cost);
            row[AwsField::kBlendedCost] = row[AwsField::kUnblendedCost];
            row[AwsField::kPublicOnDemandCost] = row[AwsField::kUnblendedCost];
            row[AwsField::kSavingsPlanEffectiveCost] = aws_cost(effective);
            month_.add(row, "Usage", {0, effective});
            on_demand += cost;
            effective_sum += effective;
        }
        AwsRow negation = row;
        for (const AwsField field :
             {AwsField::kResourceId, AwsField::kNormalizationFactor, AwsField::kNormalizedUsageAmount,
              AwsField::kPublicOnDemandCost, AwsField::kPublicOnDemandRate, AwsField::kSavingsPlanEffectiveCost,
              AwsField::kSavingsPlanRate, AwsField::kTagApplication, AwsField::kTagComponent, AwsField::kTagCostCenter,
              AwsField::kTagEnv, AwsField::kTagTeam, AwsField::kAvailabilityZone}) {
            negation[field].clear();
        }
        negation[AwsField::kLineItemType] = "SavingsPlanNegation";
        negation[AwsField::kUsageAmount] = "1.0";
        negation[AwsField::kUnblendedCost] = aws_cost(-on_demand);
        negation[AwsField::kBlendedCost] = negation[AwsField::kUnblendedCost];
        negation[AwsField::kUnblendedRate] = negation[AwsField::kUnblendedCost];
        negation[AwsField::kBlendedRate] = negation[AwsField::kUnblendedCost];
        negation[AwsField::kLineItemDescription] =
            fmt::format("SavingsPlanNegation used by AccountId : {} and UsageSku : {}",
                        negation[AwsField::kUsageAccountId], negation[AwsField::kSku]);
        month_.add_suppressed(negation);
        return effective_sum;
    }

    AwsMonth& month_;
    const SavingsPlan& plan_;
    const Sku& sku_;
    std::int64_t resources_;
    Random random_;
    period::Day start_{};
    period::Day end_{};
    std::string id_;
    std::string arn_;
    std::vector<AwsRow> covered_;
    NativeCommitment truth_;
};

class ReservationMonth {
public:
    ReservationMonth(AwsMonth& month, const Reservation& reservation)
        : month_(month), reservation_(reservation), sku_(month.sku(reservation.sku)),
          account_(month.account(reservation.account)), resources_(resources_of(month)),
          random_(mix(month.seed(), hash_text(reservation.name))) {
        const period::Day first = month.month().start;
        start_ = reservation.bought_now ? first : period::add_months(first, -7);
        end_ = period::add_months(start_, 12);
        arn_ = fmt::format(fmt::runtime(reservation.arn), account_.id, hash_id(random_.next(), 8));
        subscription_ = fmt::format("{}", random_.next() % 10'000'000'000U);
        truth_.currency = "USD";
        truth_.kind = "Reserved Instance";
    }

    void write() {
        if (reservation_.bought_now) {
            write_upfront();
        }
        for (int span = 0; span < month_.spans(); ++span) {
            write_used(span * month_.span_hours());
        }
        write_fee();
    }
    const NativeCommitment& truth() const { return truth_; }
    const std::string& arn() const { return arn_; }

private:
    AwsRow reservation_row(std::string_view type) const {
        AwsRow row = month_.usage_row(account_, sku_, account_.region);
        row[AwsField::kLineItemType] = type;
        row[AwsField::kReservationArn] = arn_;
        row[AwsField::kReservationSubscriptionId] = subscription_;
        row[AwsField::kTerm] = "Reserved";
        row[AwsField::kLeaseContractLength] = "1yr";
        row[AwsField::kOfferingClass] = "standard";
        row[AwsField::kPurchaseOption] = reservation_.purchase;
        return row;
    }

    /// Cells of a fee, which has no on-demand price and no term's details but those of the reservation.
    AwsRow fee_row(std::string_view type) const {
        AwsRow row = reservation_row(type);
        row[AwsField::kPublicOnDemandRate].clear();
        row[AwsField::kReservationStartTime] = day_text(start_);
        row[AwsField::kReservationEndTime] = day_text(end_);
        row[AwsField::kReservationModificationStatus] = "Original";
        row[AwsField::kReservationNumberOfReservations] = aws_number(resources_, 0);
        row[AwsField::kReservationUpfrontValue] = aws_cost(upfront_total());
        return row;
    }

    Cost upfront_total() const {
        return Cost{reservation_.upfront} * resources_ * ((end_ - start_).count() * 24) * kAwsUnit;
    }

    void write_upfront() {
        AwsRow row = fee_row("Fee");
        month_.set_hours(row, 0, 1);
        row[AwsField::kBillType] = "Purchase";
        row[AwsField::kUsageAmount] = aws_number(resources_, 0);
        row[AwsField::kUnblendedCost] = aws_cost(upfront_total());
        row[AwsField::kBlendedCost] = row[AwsField::kUnblendedCost];
        row[AwsField::kUnblendedRate].clear();
        row[AwsField::kBlendedRate].clear();
        row[AwsField::kLineItemDescription] =
            fmt::format("Sign up charge for subscription: {}", row[AwsField::kReservationSubscriptionId]);
        month_.add(row, "Purchase", {upfront_total(), 0});
        truth_.purchased += upfront_total();
    }

    void write_used(int start) {
        AwsRow row = reservation_row("DiscountedUsage");
        const int hours = month_.span_hours();
        month_.set_hours(row, start, start + hours);
        row[AwsField::kUnblendedRate] = aws_number(0, 0);
        row[AwsField::kBlendedRate] = row[AwsField::kUnblendedRate];
        row[AwsField::kUnblendedCost] = row[AwsField::kUnblendedRate];
        row[AwsField::kBlendedCost] = row[AwsField::kUnblendedRate];
        row[AwsField::kLineItemDescription] = fmt::format("{}, reserved instance applied", sku_.description);
        row[AwsField::kTagApplication] = account_.application;
        row[AwsField::kTagEnv] = account_.env;
        row[AwsField::kTagTeam] = account_.team;
        for (std::int64_t i = 0; i < resources_; ++i) {
            const std::int64_t quantity = used_hours(random_, hours);
            const Cost upfront = Cost{quantity} * reservation_.upfront;
            const Cost recurring = Cost{quantity} * reservation_.recurring;
            row[AwsField::kResourceId] =
                fmt::format("{}:{}-{:02}", arn_.substr(0, arn_.rfind(':')), account_.name, i + 1);
            row[AwsField::kUsageAmount] = aws_number(quantity, kQuantityPlaces);
            row[AwsField::kPublicOnDemandCost] = aws_cost(Cost{quantity} * aws_price(sku_));
            row[AwsField::kReservationAmortizedUpfrontCostForUsage] = aws_cost(upfront);
            row[AwsField::kReservationRecurringFeeForUsage] = aws_cost(recurring);
            row[AwsField::kReservationEffectiveCost] = aws_cost(upfront + recurring);
            month_.add(row, "Usage", {0, upfront + recurring});
            used_hours_ += quantity;
            truth_.used += upfront + recurring;
        }
    }

    void write_fee() {
        AwsRow row = fee_row("RIFee");
        const std::int64_t month_hours = std::int64_t{month_.month().days()} * 24;
        const base::int128 reserved = base::int128{month_hours} * resources_ * kAwsUnit;
        const base::int128 unused = reserved - used_hours_;
        const Cost fee = reserved * reservation_.recurring;
        const Cost unused_cost = unused * (reservation_.recurring + reservation_.upfront);
        month_.set_hours(row, 0, static_cast<int>(month_hours));
        row[AwsField::kUsageType] = fmt::format("EU-HeavyUsage:{}", row[AwsField::kInstanceType]);
        row[AwsField::kUsageAmount] = aws_number(reserved, kQuantityPlaces);
        row[AwsField::kUnblendedRate] = aws_number(reservation_.recurring, kPricePlaces);
        row[AwsField::kBlendedRate] = row[AwsField::kUnblendedRate];
        row[AwsField::kUnblendedCost] = aws_cost(fee);
        row[AwsField::kBlendedCost] = row[AwsField::kUnblendedCost];
        row[AwsField::kLineItemDescription] =
            fmt::format("USD {} hourly fee per {}", fixed_text(reservation_.recurring, kPricePlaces), sku_.description);
        row[AwsField::kReservationAmortizedUpfrontFeeForBillingPeriod] = aws_cost(reserved * reservation_.upfront);
        row[AwsField::kReservationTotalReservedUnits] = row[AwsField::kUsageAmount];
        row[AwsField::kReservationUnitsPerReservation] = aws_number(month_hours, 0);
        row[AwsField::kReservationUnusedQuantity] = aws_number(unused, kQuantityPlaces);
        row[AwsField::kReservationUnusedRecurringFee] = aws_cost(unused * reservation_.recurring);
        row[AwsField::kReservationUnusedAmortizedUpfrontFeeForBillingPeriod] = aws_cost(unused * reservation_.upfront);
        month_.add(row, "Purchase", {fee, 0});
        month_.add_unused(row, unused_cost);
        truth_.purchased += fee;
        truth_.unused += unused_cost;
    }

    AwsMonth& month_;
    const Reservation& reservation_;
    const Sku& sku_;
    const SubAccount& account_;
    std::int64_t resources_;
    Random random_;
    period::Day start_{};
    period::Day end_{};
    std::string arn_;
    std::string subscription_;
    base::int128 used_hours_ = 0;
    NativeCommitment truth_;
};

} // namespace

void add_savings_plans(AwsMonth& month) {
    for (const SavingsPlan& plan : kSavingsPlans) {
        PlanMonth one(month, plan);
        one.write();
        month.add_commitment(one.arn(), one.truth());
    }
}

void add_reserved_instances(AwsMonth& month) {
    for (const Reservation& reservation : kReservations) {
        ReservationMonth one(month, reservation);
        one.write();
        month.add_commitment(one.arn(), one.truth());
    }
}

} // namespace florin::demo
