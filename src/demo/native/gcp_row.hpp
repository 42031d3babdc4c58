// A row of Google Cloud's detailed usage cost export, as BigQuery writes it to JSON lines.
#pragma once

#include "demo/charge.hpp"
#include "demo/native/native_text.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace florin::demo {

/// How the export measures a pricing unit of the price list.
struct GcpUnit {
    std::string_view unit;         ///< Sku::pricing_unit
    std::string_view pricing_unit; ///< usage.pricing_unit
    std::string_view base_unit;    ///< usage.unit
    std::int64_t factor;           ///< base units in a pricing unit
};
const GcpUnit& gcp_unit(std::string_view unit);

struct GcpCredit {
    std::string type;
    std::string id;
    std::string name;
    std::string full_name;
};

/// Texts are unescaped; an empty one leaves its field out. Numbers are texts as they are written, so that
/// a slot of an image can stand in their place.
struct GcpRow {
    std::string billing_account;
    std::string service;
    std::string sku;
    std::string start;
    std::string end;
    std::string project;
    std::string project_number;
    std::string labels; ///< JSON array
    std::string region;
    std::string export_time;
    std::string cost;
    std::string cost_at_list;
    std::string cost_at_default; ///< cost_at_effective_price_default
    std::string usage;           ///< usage.amount
    std::string usage_unit;
    std::string pricing_usage; ///< usage.amount_in_pricing_units
    std::string pricing_unit;
    std::string credits = "[]"; ///< JSON array
    std::string invoice_month;  ///< YYYYMM
    std::string publisher = "GOOGLE";
    std::string cost_type = "regular";
    std::string adjustment; ///< JSON object
    std::string resource;
    std::string transaction_type = "GOOGLE";
    std::string seller;
    std::string list_price;
    std::string model_list_price; ///< list_price_consumption_model; empty: list_price
    std::string effective_price;
    std::string default_price;
    std::string subscription;
    std::string model_id;
    std::string model;
};

/// The row as one line with a line feed.
std::string json_line(const GcpRow& row);
std::string json_text(std::string_view text);
/// One credit's object; its amount may be a slot.
std::string credit_json(const GcpCredit& credit, std::string_view amount);
/// A flat JSON object of texts as an array of {key, value}; Google Cloud's labels are in lower case.
std::string labels_json(std::string_view tags);
/// Four, four and four hexadecimal digits, as ids of services and SKUs are.
std::string gcp_id(std::string_view name);
/// A cost as the export writes it.
std::string gcp_number(base::int128 units, int places);

} // namespace florin::demo
