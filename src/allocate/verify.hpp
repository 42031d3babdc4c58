// An independent check of a run's certificate: everything is computed again, from cells, assignments and ratios, by
// other code than the run's.
#pragma once

#include "allocate/certificate.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace florin::allocate {

/// Checks a certificate month by month. What it is given outlives it. It proves that no money was lost, made or
/// counted twice, and that every sum follows from the ratios, not that the ratios are what the rules say.
class Verifier {
public:
    /// `values` are those of the owners. Error, as of the functions below: `allocation.certificate_differs` where the
    /// inputs are not those of the certificate, `allocation.certificate_refused` where it does not hold.
    static base::Result<Verifier> start(const Certificate& certificate, const Tuples& tuples,
                                        const Assignments& assignments, std::span<const std::string> values);

    /// The next month of the certificate: its cells in any order, its ratio sets and sums as the run wrote them.
    base::Result<void> check(const Cells& cells, std::span<const RatioSet> ratios, std::span<const Sum> sums);
    /// After the last month: whether it was the certificate's last.
    base::Result<void> finish() const;

private:
    const Certificate* certificate_ = nullptr;
    const Tuples* tuples_ = nullptr;
    const Assignments* assignments_ = nullptr;
    std::span<const std::string> values_;
    Sinks sinks_;
    std::size_t next_ = 0;
};

} // namespace florin::allocate
