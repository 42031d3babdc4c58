// How the providers' programs write numbers, and rows of which all but a few cells are known.
#pragma once

#include "demo/charge.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::demo {

enum class NumberStyle : std::uint8_t {
    kJava,       ///< as Double.toString: 0.0, 12.5, 5.2E-9, 1.5E7
    kDotNet,     ///< as C#'s double: 0, 12.5, 5.64902E-05
    kBigDecimal, ///< as Java's BigDecimal of scale 18: 0.147171330000000000, 2.323760000E-9
    kJson,       ///< plain digits, without trailing zeros
};

/// Writes units x 10^-places (0 <= places <= 18) exactly, at most 48 bytes; returns the end.
char* write_number(char* out, base::int128 units, int places, NumberStyle style);
std::string number_text(base::int128 units, int places, NumberStyle style);

/// Where the cells that differ from row to row stand in a row's text, made once for many rows.
class RowImage {
public:
    /// The text holds `kSlot` in place of each variable cell.
    static constexpr char kSlot = '\x01';
    explicit RowImage(std::string_view text);
    /// Writes the row; `values` in the order of the slots, without anything to quote.
    void write(BillWriter& out, std::span<const std::string_view> values) const;
    std::size_t slots() const { return segments_.size() - 1; }

private:
    std::vector<std::string> segments_;
    std::size_t bytes_ = 0;
};

/// Short texts for the cells of one row; the views hold until `clear`.
class CellBuffer {
public:
    void clear() { used_ = 0; }
    std::string_view number(base::int128 units, int places, NumberStyle style);
    std::string_view text(std::string_view value);

private:
    char bytes_[4096];
    std::size_t used_ = 0;
};

/// ASCII letters alone.
std::string lower_case(std::string text);
/// `count` letters and digits that follow from the hash.
std::string hash_id(std::uint64_t hash, std::size_t count);
/// 8-4-4-4-12 hexadecimal digits that follow from the hash.
std::string hash_uuid(std::uint64_t hash);

} // namespace florin::demo
