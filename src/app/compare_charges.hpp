// Rows and exact sums of two sets of charges files, side by side.
#pragma once

#include "engine/engine.hpp"
#include "lake/storage.hpp"

#include <array>
#include <span>
#include <string>
#include <vector>

namespace florin::app {

/// What charges are compared by.
struct ComparedDimension {
    std::string name; ///< as it is shown; empty for everything in one line
    std::string sql;  ///< over one charge, called `charge`; its null is the empty value
};

/// How one value of a dimension changed from one set of charges to another, in one currency.
struct ChargeChange {
    std::string dimension;
    std::string value; ///< empty: null
    std::string currency;
    std::int64_t rows_before = 0;
    std::int64_t rows_after = 0;
    std::array<money::Decimal, 4> before{}; ///< as lake::kCosts; a null counts as nothing
    std::array<money::Decimal, 4> after{};
    bool differs() const { return rows_before != rows_after || before != after; }
};

/// The totals, then dimension by dimension the values that differ, the largest change of billed cost first.
/// `condition` is SQL over a charge, or empty. Errors of the engine.
base::Result<std::vector<ChargeChange>> compare_charges(engine::Engine& engine, const std::vector<std::string>& before,
                                                        const std::vector<std::string>& after,
                                                        std::span<const ComparedDimension> dimensions,
                                                        const std::string& condition = {});

/// after less before of one cost, as in lake::kCosts. Error `money.overflow`.
base::Result<money::Decimal> change_of(const ChargeChange& change, std::size_t cost);

} // namespace florin::app
