// The company's commitments: a Savings Plan and a committed use discount that are paid monthly, and a
// reservation paid in advance for a year. Covered usage is billed 0 and carries its part of the
// purchase as effective cost; what was not used is a charge of its own.
#pragma once

#include "demo/charge.hpp"
#include "demo/company.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::demo {

struct Commitment {
    std::size_t feed = 0;
    std::string id;
    std::string_view type;
    std::string_view category; ///< "Spend" or "Usage"
    std::string_view unit;     ///< CommitmentDiscountUnit
    std::string_view description;
    std::string_view purchase_sku;
    std::size_t sku = 0; ///< what it covers
    std::vector<std::size_t> sub_accounts;
    bool upfront = false;               ///< paid once at the start, for the whole period
    std::int64_t capacity_per_hour = 0; ///< 10^-6 USD (Spend) or instances or cores (Usage)
    std::int64_t rate = 0;              ///< 10^-10 USD per covered hour; of an upfront one, per unit and year
    period::Period period;              ///< upfront: its year; else the months of the estate
    std::vector<money::Decimal> daily;  ///< upfront: its cost per day of `period`, summing to the purchase
};

std::vector<Commitment> make_commitments(const Company& company, std::uint64_t seed, const period::Period& estate);

/// How finely a month of a commitment is written: `spans` equal parts of the month, in each one charge
/// per resource and one for what was unused.
struct CommitmentGrain {
    int spans = 1;
    int resources = 1;
};
CommitmentGrain commitment_grain(std::uint64_t rows_wanted, int days);
/// Charges of the commitment in the month.
std::uint64_t commitment_rows(const Commitment& commitment, CommitmentGrain grain, const period::Period& month);

/// Used and unused parts in one charge period of the commitment.
struct CommitmentUse {
    Cost purchased = 0;
    Cost used = 0;
    Cost unused = 0;
    std::uint64_t used_rows = 0;
    std::uint64_t unused_rows = 0;
    void add(const CommitmentUse& other);
};

/// Appends the month's charges; `base` has the cells that all charges of the bill share.
CommitmentUse add_commitment_charges(const Company& company, const Commitment& commitment, CommitmentGrain grain,
                                     const period::Period& month, const Row& base, std::vector<Charge>& charges);

/// Cells of a SKU and a sub account, shared with ordinary usage.
void set_sku(Row& row, const Feed& feed, const Sku& sku);
void set_sub_account(Row& row, const SubAccount& account);

} // namespace florin::demo
