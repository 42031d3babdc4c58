#include "allocate/cells.hpp"

#include "base/sha256.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace florin::allocate {
namespace {

constexpr std::array<std::string_view, kBasisCount> kBasisNames = {"billed", "effective", "list", "contracted"};
constexpr std::array<std::string_view, kChargeKindCount> kKindNames = {"usage",  "purchase", "tax",
                                                                       "credit", "refund",   "adjustment"};

/// Cells are hashed in blocks of this many.
constexpr std::size_t kHashBlock = 4096;

template <class T>
char* put(char* to, const T& value) {
    std::memcpy(to, &value, sizeof value);
    return to + sizeof value;
}

/// Orders like (tuple, day); days are within 2^31 of 1970.
std::uint64_t place_of(const Cells& cells, std::size_t cell) {
    const auto day = static_cast<std::uint32_t>(cells.days[cell].time_since_epoch().count()) ^ 0x80000000U;
    return (std::uint64_t{cells.tuples[cell]} << 32U) | day;
}

} // namespace

std::string_view name(Basis basis) {
    return kBasisNames[static_cast<std::size_t>(basis)];
}

std::string_view name(ChargeKind kind) {
    return kKindNames[static_cast<std::size_t>(kind)];
}

ChargeKind charge_kind(std::string_view charge_category, std::string_view charge_class) {
    if (charge_category == "Usage" || charge_category == "Purchase") {
        if (charge_class == "Correction") {
            return ChargeKind::kRefund;
        }
        return charge_category == "Usage" ? ChargeKind::kUsage : ChargeKind::kPurchase;
    }
    if (charge_category == "Tax") {
        return ChargeKind::kTax;
    }
    return charge_category == "Credit" ? ChargeKind::kCredit : ChargeKind::kAdjustment;
}

void add(Sums& to, const Amounts& amounts) {
    for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
        to[basis].add(amounts[basis]);
    }
}

void add(Sums& to, const Sums& from) {
    for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
        to[basis].add(from[basis]);
    }
}

base::Result<Amounts> totals(const Sums& sums) {
    Amounts out;
    for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
        FLORIN_TRY_ASSIGN(out[basis], sums[basis].total());
    }
    return out;
}

Amounts Cells::amounts(std::size_t cell) const {
    return {costs[0][cell], costs[1][cell], costs[2][cell], costs[3][cell]};
}

void Cells::add(std::uint32_t tuple, period::Day day, const Amounts& amounts) {
    tuples.push_back(tuple);
    days.push_back(day);
    for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
        costs[basis].push_back(amounts[basis]);
    }
}

bool Cells::is_canonical() const {
    for (std::size_t cell = 1; cell < size(); ++cell) {
        if (place_of(*this, cell - 1) >= place_of(*this, cell)) {
            return false;
        }
    }
    return true;
}

base::Result<Cells> canonical(const Cells& cells) {
    std::vector<std::size_t> order(cells.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t cell) { return place_of(cells, cell); });
    Cells out;
    for (std::size_t first = 0; first < order.size();) {
        std::size_t end = first;
        std::array<money::DecimalSum, kBasisCount> sums;
        for (; end < order.size() && place_of(cells, order[end]) == place_of(cells, order[first]); ++end) {
            for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
                sums[basis].add(cells.costs[basis][order[end]]);
            }
        }
        Amounts amounts;
        for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
            FLORIN_TRY_ASSIGN(amounts[basis], sums[basis].total());
        }
        out.add(cells.tuples[order[first]], cells.days[order[first]], amounts);
        first = end;
    }
    return out;
}

std::string hash_of(const Cells& cells) {
    constexpr std::size_t kCellBytes =
        sizeof(std::uint32_t) + sizeof(std::int32_t) + kBasisCount * sizeof(base::int128);
    base::Sha256 hash;
    std::vector<char> block(kHashBlock * kCellBytes);
    for (std::size_t first = 0; first < cells.size(); first += kHashBlock) {
        char* to = block.data();
        for (std::size_t cell = first; cell < std::min(first + kHashBlock, cells.size()); ++cell) {
            to = put(to, cells.tuples[cell]);
            to = put(to, static_cast<std::int32_t>(cells.days[cell].time_since_epoch().count()));
            for (const auto& cost : cells.costs) {
                to = put(to, cost[cell].units());
            }
        }
        hash.add({block.data(), static_cast<std::size_t>(to - block.data())});
    }
    return hash.finish();
}

} // namespace florin::allocate
