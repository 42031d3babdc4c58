// The answer to a question: exact values in one block for each currency.
#pragma once

#include "base/result.hpp"
#include "engine/engine.hpp"
#include "fx/table.hpp"
#include "lake/storage.hpp"
#include "query/catalogue.hpp"
#include "query/joined.hpp"
#include "query/question.hpp"

#include <cstdint>
#include <optional>
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

/// What became of the amounts of one currency when an answer was converted. Amounts are exact; their
/// rate is what they were converted at on average, rounded half even to 18 places, null for nothing.
struct ConvertedAmount {
    std::string measure;
    engine::Value original;
    engine::Value converted;
    engine::Value rate;
    friend bool operator==(const ConvertedAmount&, const ConvertedAmount&) = default;
};
struct ConvertedCurrency {
    std::string currency;                        ///< of the bills
    std::vector<ConvertedAmount> amounts;        ///< one for each measure that is an amount
    std::vector<ConvertedAmount> amounts_before; ///< the same of the period compared with, where there is one
    std::uint64_t days = 0;                      ///< days whose rate was used; none for the target itself
    period::Day oldest_published;                ///< of the rates used, the one that was oldest on its day
    period::Day oldest_used_on;
    int oldest_age_days = 0;
    bool provisional = false; ///< an average of a month that is not over, or not published to its end
    friend bool operator==(const ConvertedCurrency&, const ConvertedCurrency&) = default;
};
struct Conversion {
    std::string currency;
    fx::RateType rate_type = fx::RateType::kTransactionDay;
    std::vector<ConvertedCurrency> from; ///< in order of the currency's code; they add up to the totals
    friend bool operator==(const Conversion&, const Conversion&) = default;
};

struct Answer {
    Question question;
    std::vector<AnswerColumn> columns;
    std::vector<CurrencyBlock> blocks;    ///< in order of the currency's code; one where amounts were converted
    std::optional<Conversion> conversion; ///< where the question asked for one
    std::vector<std::string> notes;       ///< what a reader must know: basis, period, what is missing
    std::vector<std::string> sql;         ///< the statements that were run
    std::uint64_t scopes_from_cells = 0;
    std::uint64_t scopes_from_charges = 0;
};

struct AskOptions {
    bool charges_only = false; ///< leave the daily sums unused; the answer is the same
    /// Of the files, to be read in place of their members.
    std::span<const lake::CompactedGroup> compacted;
    const fx::Table* rates = nullptr; ///< for questions that convert; null: there are none
    /// What can be named; null: Florin's own. One with more dimensions is for files that have their columns.
    const Catalogue* names = nullptr;
    period::Day today;                ///< which months are over, for averages of their rates
    /// The other FOCUS datasets, for dimensions that are joined; of one that is not there they have no values.
    std::span<const DatasetRows> datasets = {};
};

/// Answers the question over `files`, which are all that counts. Errors `question.*` and `filter.*`
/// are the user's, and so are `fx.*` where a question converts and a rate is missing or too old;
/// `money.overflow` where a sum exceeds the range; `engine.*`.
///
/// A question with a currency: the sums of each row and day in each currency of the bills are converted
/// at the rate of that day, rounded half even to 18 places, and then added up. A charge that spans days is
/// converted at the rate of each of them, its billed cost at that of the first; by billing period all of it
/// is at that of the first. Nothing else is converted:
/// quantities and counts are added over all currencies, filters compare what the bill says.
base::Result<Answer> ask(const Question& question, std::span<const lake::FileSet> files, engine::Engine& engine,
                         const AskOptions& options = {});

/// The statements that `ask` would run, without running them.
base::Result<std::vector<std::string>> explain(const Question& question, std::span<const lake::FileSet> files,
                                               const AskOptions& options = {});

/// What stands for the groups that a limit left out, as in `(2 others)`.
std::string rest_text(const CurrencyBlock& block);

/// What a step is called, as in `2024-09` or `FY2024-Q3`.
std::string step_text(const Question& question, period::Day step);

} // namespace florin::query
