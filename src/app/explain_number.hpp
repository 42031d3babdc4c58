// The use case "explain this number": from the cell of an answer down to the rows of the bills.
#pragma once

#include "app/raw_rows.hpp"
#include "app/workspace.hpp"
#include "query/answer.hpp"
#include "query/explanation.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace florin::app {

/// A version of a scope beside the one that counts.
struct OtherVersion {
    enum class State : std::uint8_t { kSuperseded, kPending, kWithdrawn, kPruned };
    lake::DeliveryId delivery;
    State state = State::kSuperseded;
    period::Instant received_at;
    std::optional<query::Figures>
        figures; ///< what it says of the same question; null: its files are gone, or units do not add
};
std::string_view name(OtherVersion::State state); ///< `superseded`, `pending`, `withdrawn`, `pruned`

/// One scope of one delivery that counts.
struct ExplainedScope {
    lake::DeliveryId delivery;
    std::string source;
    std::string scope;
    period::Instant received_at;
    std::vector<std::string> files; ///< those of the delivery, as they were called
    query::Figures figures;
    std::vector<OtherVersion> others; ///< by delivery
};

/// Everything of one currency.
struct ExplainedBlock {
    query::ExplainedCurrency parts; ///< `files` are the scopes below, in their order
    std::vector<ExplainedScope> scopes;
    std::vector<RawRow> rows;                  ///< one for each of the charges
    std::vector<std::size_t> scope_of_charges; ///< likewise, into scopes
};

struct ExplainedNumber {
    query::Question question;
    query::Explanation explanation; ///< its currencies are moved into blocks
    std::vector<ExplainedBlock> blocks;
    /// Of effective cost: billed and effective cost by charge category and commitment status.
    std::optional<query::Answer> amortisation;
};

struct ExplainRequest {
    query::Question question; ///< as for query::explain_measure
    std::optional<period::Instant> as_of;
    std::size_t tuples_max = 5;
    std::size_t charges_max = 5;
    std::function<void(engine::Engine*)> running; ///< told the engine at work, then null; for interruption
};

/// Errors: those of query::explain_measure, of the lake, and of a raw file that is there and cannot be read.
base::Result<ExplainedNumber> explain_number(Workspace& workspace, const ExplainRequest& request);

/// A condition of `NAME=VALUE,…` as answers show a row: `service_category=Compute,region=(none)`. A value with a comma
/// stands in quotes. Errors `explain.bad_row`, those of the filter language.
base::Result<std::string> row_filter(std::string_view row);

} // namespace florin::app
