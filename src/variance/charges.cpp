#include "variance/charges.hpp"

namespace florin::variance {

Kind kind_of(const Charges& charges) {
    if (charges.charge_category == "Tax") {
        return Kind::kTax;
    }
    if (charges.charge_category == "Credit") {
        return Kind::kCredit;
    }
    if (charges.charge_category == "Adjustment" || charges.charge_class == "Correction") {
        return Kind::kAdjustment;
    }
    return Kind::kPriced;
}

bool is_commitment_itself(const Charges& charges) {
    return charges.commitment_discount_status == "Unused" ||
           (charges.charge_category == "Purchase" && charges.commitment_discount_category.has_value());
}

Flow flow_of(const Charges& charges) {
    if (charges.charge_category == "Purchase") {
        return charges.charge_frequency == "Recurring" ? Flow::kMonths : Flow::kNone;
    }
    return flow_of_unit(charges.pricing_unit);
}

money::Decimal cost_on_demand(const Charges& charges, Cost cost) {
    const money::Decimal itself = charges.cost.value_or(money::Decimal());
    if (is_commitment_itself(charges)) {
        return {};
    }
    if (charges.commitment_discount_status != "Used" || cost == Cost::kList) {
        return itself;
    }
    return charges.contracted_cost.value_or(charges.list_cost.value_or(itself));
}

} // namespace florin::variance
