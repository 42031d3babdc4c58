// The answer to a question: exact values in one block for each currency.
#pragma once

#include "base/result.hpp"
#include "engine/engine.hpp"
#include "lake/storage.hpp"
#include "query/catalogue.hpp"
#include "query/question.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::query {

struct AnswerColumn {
    enum class Kind : std::uint8_t {
        kDimension, ///< text; null where the charges have no value
        kTime,      ///< a period::Day: the first day of the step
        kMeasure,
        kPrevious,      ///< the measure in the period compared with
        kChange,        ///< the measure minus the previous one
        kChangePercent, ///< the change in percent of the previous one's size, rounded to 6 places
    };
    Kind kind = Kind::kDimension;
    std::string name; ///< `service_name`, `cost`, `cost_previous`, `cost_change`, `cost_change_percent`
    std::string label;
    Unit unit = Unit::kCount;  ///< of measures and what is compared with them
    bool has_currency = false; ///< an amount of the block's currency
    friend bool operator==(const AnswerColumn&, const AnswerColumn&) = default;
};
std::string_view name(AnswerColumn::Kind kind);

struct AnswerRow {
    enum class Kind : std::uint8_t { kGroup, kRest, kTotal };
    Kind kind = Kind::kGroup;
    /// One for each column: text, Day, Decimal (money, ratios, percents), Quantity or int64 (counts).
    /// Null: no dimension value, a rest's or total's dimensions, nothing there in that period, a cost that
    /// is not known, a ratio over zero.
    std::vector<engine::Value> values;
    friend bool operator==(const AnswerRow&, const AnswerRow&) = default;
};

/// What is of one currency. Rows are ordered by the question's order, the series of one group together
/// and by time; a step without charges has no row. The total is the exact sum of the rows for
/// additive measures, and computed anew for ratios.
struct CurrencyBlock {
    std::string currency;
    std::vector<AnswerRow> rows;   ///< the rest's rows last
    std::uint64_t rest_groups = 0; ///< how many groups the rest stands for
    AnswerRow total;
    friend bool operator==(const CurrencyBlock&, const CurrencyBlock&) = default;
};

struct Answer {
    Question question;
    std::vector<AnswerColumn> columns;
    std::vector<CurrencyBlock> blocks; ///< in order of the currency's code
    std::vector<std::string> notes;    ///< what a reader must know: basis, period, what is missing
    std::vector<std::string> sql;      ///< the statements that were run
    std::uint64_t scopes_from_cells = 0;
    std::uint64_t scopes_from_charges = 0;
};

struct AskOptions {
    bool charges_only = false; ///< leave the daily sums unused; the answer is the same
    /// Of the files, to be read in place of their members.
    std::span<const lake::CompactedGroup> compacted;
};

/// Answers the question over `files`, which are all that counts. Errors `question.*` and `filter.*`
/// are the user's; `money.overflow` where a sum exceeds the range; `engine.*`.
base::Result<Answer> ask(const Question& question, std::span<const lake::FileSet> files, engine::Engine& engine,
                         const AskOptions& options = {});

/// The statements that `ask` would run, without running them.
base::Result<std::vector<std::string>> explain(const Question& question, std::span<const lake::FileSet> files,
                                               const AskOptions& options = {});

/// What a step is called, as in `2024-09` or `FY2024-Q3`.
std::string step_text(const Question& question, period::Day step);

} // namespace florin::query
