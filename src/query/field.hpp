// What a question can name: a dimension, a tag, a custom column, or a value of the single charge.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace florin::query {

/// One thing a question reads from a charge. `name` is the dimension's or value's name in the
/// catalogue, the key of the tag, or the custom column's name in the lake (with its `x_`).
struct Field {
    enum class Kind : std::uint8_t { kDimension, kTag, kCustom, kChargeValue };
    Kind kind = Kind::kDimension;
    std::string name;
    friend auto operator<=>(const Field&, const Field&) = default;
    friend bool operator==(const Field&, const Field&) = default;
};

/// Whether a byte may stand in a tag key or custom column name without quotes: letters, digits,
/// `_ - : / . @ +` and everything beyond ASCII.
bool is_bare_key_byte(unsigned char byte);

/// The field as a person writes it in a filter or a list of dimensions: `service_name`, `tag.env`,
/// `tag."cost center"`, `x.CostCategories`.
std::string to_text(const Field& field);

} // namespace florin::query
