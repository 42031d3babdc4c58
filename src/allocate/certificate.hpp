// The proof of a run: by day, currency and basis what came in came out, to the last digit. Anybody with the same
// inputs, assignments and ratios can check it (verify.hpp).
#pragma once

#include "allocate/run.hpp"
#include "base/result.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::allocate {

/// Something that the run was made from: a delivery, a file of rules, a look-up table, a metric.
struct Input {
    std::string name;
    std::string sha256;
    friend bool operator==(const Input&, const Input&) = default;
};

/// in = allocated + the sum of unallocated, in each basis.
struct DayTotal {
    period::Day day;
    std::string currency;
    Amounts in;
    Amounts allocated;
    std::array<Amounts, kReasonCount> unallocated; ///< by Reason
    friend bool operator==(const DayTotal&, const DayTotal&) = default;
};

/// What a value of the dimension got in a month.
struct OwnerTotal {
    std::string value;
    std::string currency;
    Amounts own;    ///< without a pool
    Amounts shared; ///< by pools
    friend bool operator==(const OwnerTotal&, const OwnerTotal&) = default;
};

struct MonthCertificate {
    period::Period period;
    bool provisional = false;
    std::uint64_t cell_count = 0;
    std::string cells_hash;         ///< hash_of(Cells)
    std::string ratios_hash;        ///< hash_of(ratio sets)
    std::string sums_hash;          ///< hash_of(sums)
    std::vector<DayTotal> days;     ///< by currency and day
    std::vector<OwnerTotal> owners; ///< by value and currency
    friend bool operator==(const MonthCertificate&, const MonthCertificate&) = default;
};

struct Certificate {
    std::string dimension;
    std::string rules_hash;
    std::vector<Input> inputs;
    std::vector<std::string> pools; ///< those of the rules; two of the run's own follow them in numbers
    Basis reference = Basis::kList; ///< of savings
    std::string assignments_hash;
    std::vector<MonthCertificate> months;
    friend bool operator==(const Certificate&, const Certificate&) = default;
};

/// SHA-256 of sums, in their order.
std::string hash_of(std::span<const Sum> sums);

/// A certificate without months.
Certificate begin_certificate(const Run& run, const Owners& owners, std::string rules_hash, std::vector<Input> inputs);
/// Adds a month. Error `allocation.not_conserved`, a bug, unless each day's sums are what came in; `money.overflow`.
base::Result<void> certify(Certificate& certificate, const MonthResult& result, const Run& run, const Owners& owners,
                           const Tuples& tuples);

/// Amounts as text, days as 2024-09-18; the same certificate gives the same bytes.
std::string to_json(const Certificate& certificate);
/// Error `allocation.certificate_unreadable`.
base::Result<Certificate> certificate_from_json(std::string_view text);

} // namespace florin::allocate
