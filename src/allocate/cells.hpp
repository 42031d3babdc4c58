// What an allocation is made from: daily sums of cost per tuple, and what is known of each tuple.
#pragma once

#include "base/int128.hpp"
#include "base/result.hpp"
#include "money/decimal.hpp"
#include "period/period.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace florin::allocate {

/// Which cost is meant, in the order of all arrays of four here.
enum class Basis : std::uint8_t { kBilled, kEffective, kList, kContracted };
inline constexpr std::size_t kBasisCount = 4;
std::string_view name(Basis basis); ///< `billed`, `effective`, `list`, `contracted`

/// One amount a basis.
using Amounts = std::array<money::Decimal, kBasisCount>;
/// Sums of them, of any size.
using Sums = std::array<money::DecimalSum, kBasisCount>;
void add(Sums& to, const Amounts& amounts);
void add(Sums& to, const Sums& from);
/// Error `money.overflow` where a sum is no Decimal.
base::Result<Amounts> totals(const Sums& sums);

/// What a charge is, as far as allocation tells charges apart.
enum class ChargeKind : std::uint8_t { kUsage, kPurchase, kTax, kCredit, kRefund, kAdjustment };
inline constexpr std::size_t kChargeKindCount = 6;
std::string_view name(ChargeKind kind); ///< `usage`, `purchase`, `tax`, `credit`, `refund`, `adjustment`
/// From FOCUS: `charge_category` as it is, but a usage or purchase whose `charge_class` is `Correction` is a
/// refund. An unknown category is an adjustment.
ChargeKind charge_kind(std::string_view charge_category, std::string_view charge_class);

/// Whether a commitment paid for the usage (CommitmentDiscountStatus).
enum class CommitmentUse : std::uint8_t { kNone, kUsed, kUnused };

/// What the allocation has to know of a tuple beside its owner. Numbers are the caller's; 0 is "none".
struct Tuple {
    std::uint16_t currency = 0; ///< into Tuples::currencies
    ChargeKind kind = ChargeKind::kUsage;
    CommitmentUse commitment = CommitmentUse::kNone;
    std::uint32_t bill_line = 0;  ///< same invoice, account and service: same number
    std::uint32_t bill_whole = 0; ///< the line of its billing account as a whole, if others follow that, too
    std::uint32_t programme = 0;  ///< the commitment programme whose benefit or unused part it is
    std::uint32_t sku = 0;
    friend bool operator==(const Tuple&, const Tuple&) = default;
};

/// All tuples, in the order of their keys, so that the order does not depend on how files were read.
struct Tuples {
    std::vector<std::string> currencies;
    std::vector<Tuple> all;
};

/// Daily sums: element i of each vector belongs to one cell. A cost that no delivery states is zero here.
struct Cells {
    std::vector<std::uint32_t> tuples; ///< into Tuples::all
    std::vector<period::Day> days;
    std::array<std::vector<money::Decimal>, kBasisCount> costs;

    std::size_t size() const { return tuples.size(); }
    Amounts amounts(std::size_t cell) const;
    void add(std::uint32_t tuple, period::Day day, const Amounts& amounts);
    /// Sorted by tuple and day, one cell for each: the grain in which amounts are split.
    bool is_canonical() const;
};

/// The same cells sorted by tuple and day, those of one tuple and day added up. Error `money.overflow`.
base::Result<Cells> canonical(const Cells& cells);

/// SHA-256 of canonical cells: of each cell its tuple's index, its day and its four costs, little-endian.
std::string hash_of(const Cells& cells);

/// The cells of one billing month. Their days may lie outside of it: a charge may come late, or span months.
struct Month {
    period::Period period;      ///< of the bill
    bool open = false;          ///< the provider may still change it: what is made of it is provisional
    period::Day complete_until; ///< first day that is not over yet; the end of the month, or earlier in an open one
    Cells cells;
};

} // namespace florin::allocate
