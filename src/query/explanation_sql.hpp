// The statements that find the single charges behind a number, in DuckDB's dialect.
#pragma once

#include "period/period.hpp"
#include "query/plan.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace florin::query {

/// The files whose charges are looked through: those in which no charge spans days first.
struct ChargeFiles {
    std::vector<const lake::FileSet*> plain;
    std::vector<const lake::FileSet*> spread;
    const lake::FileSet* at(std::size_t index) const {
        return index < plain.size() ? plain[index] : spread[index - plain.size()];
    }
};
/// Of files that hold the question's period. `with_spread`: see Sources.
ChargeFiles choose_charge_files(const std::vector<const lake::FileSet*>& files, bool with_spread);

/// The numerator of the first measure, from its sums `s0`, `s1`, …; what is not there counts as nothing.
std::string value_sql(const Resolved& resolved);

/// The `count` charges of a currency that give most by size: `f` (their place in the files), `r` (`file_row_number`),
/// `spans`, `s0`, `s1`, …
std::string largest_charges_sql(const Resolved& resolved, const ChargeFiles& files,
                                const std::optional<period::Period>& period, const std::string& currency,
                                std::size_t count);

/// Charges that span days and have one in the period, by currency: `currency`, `charges`, `f0`, `f1`, … (what lies on
/// first days in the period as if it were not spread), `s0`, `s1`, … (what counts).
std::string spread_sql(const Resolved& resolved, const std::vector<const lake::FileSet*>& files,
                       const std::optional<period::Period>& period);

} // namespace florin::query
