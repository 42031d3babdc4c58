// What bills say of how long commitments run. FOCUS's Cost and Usage has no column for it: providers state it
// in columns of their own, and a purchase that is paid once by its period or by its term.
#pragma once

#include "base/result.hpp"
#include "engine/engine.hpp"
#include "lake/storage.hpp"
#include "money/decimal.hpp"
#include "query/joined.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace florin::query {

/// Where a term comes from, the surest first.
enum class TermSource : std::uint8_t {
    kNone,
    kContract, ///< the period that the FOCUS dataset ContractCommitment states
    kProvider, ///< start and end that the provider states: `x_ReservationEndTime`, `x_SavingsPlanEndTime` (AWS)
    kPurchase, ///< the charge period of a purchase that is paid once, which is what it pays for (FOCUS 1.4,
               ///< EffectiveCost); only where it is longer than a month, as others are the day or month of the payment
    kMonths,   ///< the day of such a purchase and so many months: `x_Term`, `x_SkuTerm` (Azure)
};
std::string_view name(TermSource source); ///< `none`, `contract`, `provider`, …

/// Half-open [start, end); either may be unknown.
struct CommitmentTerm {
    std::string provider; ///< ServiceProviderName, else ProviderName
    std::string id;
    std::optional<period::Instant> start;
    std::optional<period::Instant> end;
    TermSource source = TermSource::kNone;
};

/// The term of each commitment that a purchase or an unused charge of the files names, as the latest of them states
/// it; in order of provider and id. A time or a number of months that cannot be read counts as not stated.
base::Result<std::vector<CommitmentTerm>> commitment_terms(std::span<const lake::FileSet> files,
                                                           engine::Engine& engine);

/// What the FOCUS dataset ContractCommitment states of a commitment.
struct ContractCommitment {
    std::string id; ///< ContractCommitmentId
    std::optional<std::string> description;
    std::optional<std::string> type;
    std::optional<period::Instant> start; ///< [start, end)
    std::optional<period::Instant> end;
    std::optional<money::Decimal> cost; ///< of the whole period; in `currency`
    std::optional<std::string> currency;
    std::optional<money::Quantity> quantity; ///< likewise; in `unit`
    std::optional<std::string> unit;
};

/// By CommitmentDiscountId: the contract commitment of the same id, else the only one that charges with that
/// CommitmentDiscountId count towards (ContractApplied). `rows` are those of the dataset.
base::Result<std::map<std::string, ContractCommitment>> contract_commitments(std::span<const lake::FileSet> files,
                                                                             engine::Engine& engine,
                                                                             const DatasetRows& rows);

} // namespace florin::query
