#include "demo/native/gcp_row.hpp"

#include "demo/random.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace florin::demo {

namespace {

constexpr std::int64_t kGibi = std::int64_t{1} << 30U;

constexpr std::array kUnits = {
    GcpUnit{"Hours", "hour", "seconds", 3'600},
    GcpUnit{"GB-Hours", "gibibyte hour", "byte-seconds", kGibi * 3'600},
    GcpUnit{"GB-Months", "gibibyte month", "byte-seconds", kGibi * 2'592'000},
    GcpUnit{"GB", "gibibyte", "bytes", kGibi},
    GcpUnit{"TB", "tebibyte", "bytes", kGibi * 1'024},
    GcpUnit{"CPU-Seconds", "second", "seconds", 1},
    GcpUnit{"Count", "count", "count", 1},
};

/// Fields of an object, one after another.
class Object {
public:
    /// A text; left out when it is empty.
    Object& text(std::string_view key, std::string_view value) {
        return value.empty() ? *this : raw(key, json_text(value));
    }
    /// A number, an object or an array as it is; left out when it is empty.
    Object& raw(std::string_view key, std::string_view value) {
        if (!value.empty()) {
            text_ += fmt::format("{}\"{}\":{}", text_.empty() ? "" : ",", key, value);
        }
        return *this;
    }
    std::string take() const { return '{' + text_ + '}'; }
    /// Nothing instead of an object without fields.
    std::string take_any() const { return text_.empty() ? std::string() : take(); }

private:
    std::string text_;
};

std::string project_json(const GcpRow& row) {
    if (row.project.empty()) {
        return {};
    }
    const std::string ancestors = fmt::format(
        R"([{{"resource_name":"projects/{0}","display_name":"{1}"}},{{"resource_name":"folders/730011223344",)"
        R"("display_name":"production"}},{{"resource_name":"organizations/510099887766",)"
        R"("display_name":"halden.example"}}])",
        row.project_number, row.project);
    return Object()
        .text("id", row.project)
        .text("number", row.project_number)
        .text("name", row.project)
        .raw("labels", R"([{"key":"cost_centre","value":"cc-1000"}])")
        .text("ancestry_numbers", "/510099887766/730011223344/")
        .raw("ancestors", ancestors)
        .take();
}

std::string location_json(const GcpRow& row) {
    if (row.region.empty()) {
        return R"({"location":"global"})";
    }
    return Object()
        .text("location", row.region)
        .text("country", row.region == "europe-west4" ? "NL" : "BE")
        .text("region", row.region)
        .take();
}

} // namespace

const GcpUnit& gcp_unit(std::string_view unit) {
    const auto found = std::ranges::find(kUnits, unit, &GcpUnit::unit);
    FLORIN_CHECK(found != kUnits.end(), "a unit the export has no name for");
    return *found;
}

std::string json_text(std::string_view text) {
    return text.size() == 1 && text[0] == RowImage::kSlot ? fmt::format("\"{}\"", text) : nlohmann::json(text).dump();
}

std::string gcp_number(base::int128 units, int places) {
    return number_text(units, places, NumberStyle::kJson);
}

std::string gcp_id(std::string_view name) {
    const std::uint64_t hash = hash_text(name);
    return fmt::format("{:04X}-{:04X}-{:04X}", hash >> 48U, (hash >> 32U) & 0xffffU, (hash >> 16U) & 0xffffU);
}

std::string credit_json(const GcpCredit& credit, std::string_view amount) {
    return fmt::format(R"({{"name":{},"amount":{},"full_name":{},"id":{},"type":{}}})", json_text(credit.name), amount,
                       json_text(credit.full_name), json_text(credit.id), json_text(credit.type));
}

std::string labels_json(std::string_view tags) {
    nlohmann::ordered_json labels = nlohmann::ordered_json::array();
    if (!tags.empty()) {
        const auto object = nlohmann::ordered_json::parse(tags);
        for (const auto& [key, value] : object.items()) {
            labels.push_back({{"key", key}, {"value", lower_case(value.get<std::string>())}});
        }
    }
    return labels.dump();
}

std::string json_line(const GcpRow& row) {
    Object line;
    line.text("billing_account_id", row.billing_account)
        .raw("service", Object().text("id", gcp_id(row.service)).text("description", row.service).take())
        .raw("sku", Object().text("id", gcp_id(row.sku)).text("description", row.sku).take())
        .text("usage_start_time", row.start)
        .text("usage_end_time", row.end)
        .raw("project", project_json(row))
        .raw("labels", row.labels.empty() ? "[]" : row.labels)
        .raw("system_labels", "[]")
        .raw("location", location_json(row))
        .raw("tags", "[]")
        .text("transaction_type", row.cost_type == "regular" ? row.transaction_type : "")
        .text("seller_name", row.seller)
        .text("export_time", row.export_time)
        .raw("cost", row.cost)
        .text("currency", "USD")
        .raw("currency_conversion_rate", "1")
        .raw("usage", Object()
                          .raw("amount", row.usage)
                          .text("unit", row.usage_unit)
                          .raw("amount_in_pricing_units", row.pricing_usage)
                          .text("pricing_unit", row.pricing_unit)
                          .take_any())
        .raw("credits", row.credits)
        .raw("invoice", Object().text("month", row.invoice_month).text("publisher_type", row.publisher).take())
        .text("cost_type", row.cost_type)
        .raw("adjustment_info", row.adjustment)
        .raw("resource", Object()
                             .text("name", row.resource)
                             .raw("global_name", row.resource.empty() ? "" : "\"//cloud/" + row.resource + '"')
                             .take_any())
        .raw("cost_at_list", row.cost_at_list);
    if (!row.effective_price.empty()) {
        line.raw("price", Object()
                              .text("list_price", row.list_price)
                              .text("effective_price_default", row.default_price)
                              .text("list_price_consumption_model",
                                    row.model_list_price.empty() ? row.list_price : row.model_list_price)
                              .text("effective_price", row.effective_price)
                              .text("tier_start_amount", "0")
                              .text("unit", row.pricing_unit)
                              .text("pricing_unit_quantity", "1")
                              .take());
    }
    line.raw("cost_at_effective_price_default", row.cost_at_default)
        .raw("subscription", Object().text("instance_id", row.subscription).take_any())
        .raw("consumption_model", Object().text("id", row.model_id).text("description", row.model).take_any());
    return line.take() + '\n';
}

} // namespace florin::demo
