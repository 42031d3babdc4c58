// Whether a cell is written as FOCUS asks. Functions on text, so that the engine can call them; all of them are
// thread-safe.
#pragma once

#include <string_view>

namespace florin::validate {

/// `[-]digits[.digits][(E|e)[+|-]digits]`: what can be read as a number.
bool is_readable_number(std::string_view text);
/// The same without a plus in the exponent. Source: FOCUS, attribute Numeric Format.
bool is_number_format(std::string_view text);
/// Any of the forms that period::parse_instant reads.
bool is_readable_instant(std::string_view text);
/// `YYYY-MM-DDTHH:mm:ssZ`, and a date that there is. Source: FOCUS, attribute Date/Time Format.
bool is_instant_format(std::string_view text);
/// Whether the text holds no U+FFFD, the character that stands for bytes that could not be read.
bool is_sound_text(std::string_view text);

/// A unit as FOCUS writes them (attribute Unit Format): `GB`, `GB-Hours`, `GB/Hour`, `1000 Tokens`,
/// `Units/3 Months`. Data sizes are abbreviated, units of time are those of FOCUS, other base units start
/// with a capital letter, or with a small one before it (vCPU, kWh). A name of several words passes unless a hyphen or
/// a slash is missing in it
/// (`GB Hours`, `OCPU Per Hour`).
bool is_unit_format(std::string_view text);

/// An ISO 4217 code that was in use since 2010.
bool is_currency(std::string_view text);
/// An ISO 4217 code, or a name that is not mistaken for one: anything but three capital letters.
bool is_currency_or_virtual(std::string_view text);

/// A JSON object with unique keys and plain values (attribute Key-Value Format).
bool is_key_value(std::string_view text);
/// A JSON object with unique keys in each object, at most three levels of objects and arrays (attribute
/// JSON Object Format).
bool is_json_object(std::string_view text);
/// Whether the text is a JSON object at all.
bool is_any_json_object(std::string_view text);

/// What stands for a missing value: nothing but blanks, or n/a, na, none, nil, not applicable, null,
/// undefined, - in any case.
bool is_placeholder(std::string_view text);

/// Of the keys of a JSON object (SkuPriceDetails); text that is none has no keys.
bool has_pascal_keys(std::string_view text);     ///< all in Pascal case, behind any x_
bool has_known_keys(std::string_view text);      ///< all are of FOCUS (in any case) or start with x_
bool has_keys_as_written(std::string_view text); ///< none differs from one of FOCUS in case only

/// Pascal case: a capital letter, then letters and digits.
bool is_pascal_case(std::string_view name);

} // namespace florin::validate
