// A number taken apart: what each file, each tuple and each charge gives to one measure.
#pragma once

#include "base/result.hpp"
#include "engine/engine.hpp"
#include "lake/storage.hpp"
#include "query/joined.hpp"
#include "query/plan.hpp"
#include "query/question.hpp"
#include "query/sums.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace florin::query {

/// One stored sum that a measure is made of.
struct ExplainedTerm {
    std::string column; ///< a cost, a quantity, ChargeRows, CappedSavings
    std::string label;  ///< `Effective cost`
    std::string where;  ///< filter on its charges; empty: all
    std::string known;  ///< only charges that have this other cost too; empty: all
};

/// What some charges give to the measure.
struct Figures {
    engine::Value value;              ///< the measure of them; null where it is not known or a ratio over zero
    std::vector<engine::Value> terms; ///< one for each term; null: none of the charges has it
    std::uint64_t charges = 0;        ///< that are on their first day here
    Sums sums;                        ///< of Resolved::sums
};

/// The charges of one tuple in all files.
struct ExplainedTuple {
    std::string key;                                            ///< TupleKey
    std::vector<std::pair<std::string, std::string>> columns{}; ///< FOCUS columns that have a value, by name
    Figures figures{};
};

/// One charge, as far as it counts in the period.
struct ExplainedCharge {
    std::size_t file = 0;   ///< into the files asked about
    std::int64_t row = 0;   ///< `file_row_number` in its `charges`, from 0
    bool is_spread = false; ///< it spans days, and its effective, list and contracted costs lie on all of them
    std::vector<std::pair<std::string, engine::Value>>
        columns{}; ///< of FOCUS and `x_` ones that have a value, in order
    Figures figures{};
};

/// What lies in a period of charges that span days.
struct ExplainedSpread {
    std::uint64_t charges = 0; ///< with a day in the period
    Figures first_day{};       ///< those whose first day is in the period, as if all of them lay there
    Figures spread{};          ///< what counts of them in the period
};

/// Everything of one currency. The parts of a list and its others add up to the total, term by term.
struct ExplainedCurrency {
    std::string currency;
    Figures total;
    std::vector<std::pair<std::size_t, Figures>> files; ///< by place in the files; those that have something in it
    std::vector<ExplainedTuple> tuples;                 ///< the largest by the size of what they give
    std::uint64_t other_tuple_count = 0;
    Figures other_tuples;
    std::vector<ExplainedCharge> charges; ///< likewise
    Figures other_charges;
    std::optional<ExplainedSpread> spread; ///< where days matter and some charge spans them
};

struct Explanation {
    std::string measure; ///< its name in the catalogue
    std::string label;
    std::string description;
    Unit unit = Unit::kMoney;
    std::vector<ExplainedTerm> terms;
    std::string formula; ///< of the terms as a, b, c, …: `(a - b - c) / a`
    std::vector<ExplainedCurrency> currencies;
    std::vector<std::string> notes; ///< basis, period, what is missing
};

struct ExplainOptions {
    std::size_t tuples_max = 5;
    std::size_t charges_max = 5;
    std::span<const lake::CompactedGroup> compacted; ///< of the files
    std::span<const DatasetRows> datasets = {};      ///< the other FOCUS datasets, for filters that ask them
};

/// Takes the first measure of the question apart over `files`, which are all that counts. The question has a filter
/// and a period and neither dimensions, grain, comparison nor currency. Errors: those of ask(),
/// `explain.several_units` (a quantity of charges in more than one unit).
base::Result<Explanation> explain_measure(const Question& question, std::span<const lake::FileSet> files,
                                          engine::Engine& engine, const ExplainOptions& options);

/// What each of the files gives to the first measure by itself, by currency; for files that do not count, of which none
/// is compacted. Files that
/// have nothing in it are left out.
struct FileFigures {
    std::size_t file = 0;
    std::string currency;
    Figures figures{};
};
base::Result<std::vector<FileFigures>> figures_by_file(const Question& question, std::span<const lake::FileSet> files,
                                                       engine::Engine& engine, const ExplainOptions& options);

} // namespace florin::query
