#include "ingest/gcp_billing/test_rows.hpp"

#include <fmt/format.h>

namespace florin::ingest::gcp_billing {

Cells usage() {
    return {{"billing_account_id", "0A-1B"},
            {"service.id", "6F81-5844-456A"},
            {"service.description", "Compute Engine"},
            {"sku.id", "2D1F"},
            {"sku.description", "N2 Instance Core running in Netherlands"},
            {"usage_start_time", "2025-03-04 10:00:00 UTC"},
            {"usage_end_time", "2025-03-04 11:00:00 UTC"},
            {"project.id", "shop"},
            {"project.name", "Shop"},
            {"labels", R"([{"key":"team","value":"web"}])"},
            {"location.region", "europe-west4"},
            {"location.zone", "europe-west4-a"},
            {"export_time", "2025-03-04 14:00:00.5 UTC"},
            {"cost", "0.5"},
            {"cost_at_list", "0.6"},
            {"currency", "USD"},
            {"usage.amount", "36000"},
            {"usage.unit", "seconds"},
            {"usage.amount_in_pricing_units", "10"},
            {"usage.pricing_unit", "hour"},
            {"price.list_price", "0.06"},
            {"price.effective_price", "0.05"},
            {"credits", "[]"},
            {"invoice.month", "202503"},
            {"cost_type", "regular"},
            {"resource.name", "vm-1"},
            {"resource.global_name", "//compute/vm-1"}};
}

Cells fee(const std::string& sku, const std::string& instance, const std::string& cost, const std::string& units) {
    return with(usage(), {{"sku.id", "C0"},
                          {"sku.description", sku},
                          {"subscription.instance_id", instance},
                          {"cost", cost},
                          {"cost_at_list", cost},
                          {"usage.amount", units},
                          {"usage.unit", "count"},
                          {"usage.amount_in_pricing_units", units},
                          {"price.list_price", ""},
                          {"price.effective_price", ""},
                          {"labels", "[]"},
                          {"location.zone", ""},
                          {"resource.name", ""},
                          {"resource.global_name", ""}});
}

std::string credit(const std::string& type, const std::string& amount, const std::string& name) {
    return fmt::format(R"([{{"name":"{}","amount":{},"full_name":"","id":"{}","type":"{}"}}])", name, amount, name,
                       type);
}

} // namespace florin::ingest::gcp_billing
