// What a question needs: its names resolved against the catalogue, and the files it is read from.
#pragma once

#include "base/result.hpp"
#include "lake/storage.hpp"
#include "period/period.hpp"
#include "query/catalogue.hpp"
#include "query/filter.hpp"
#include "query/question.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace florin::query {

/// A stored value that is summed: a column of the cells, counted only for charges that have the
/// other cost `known` too (empty: for all).
struct Input {
    std::string of;
    std::string known;
    friend bool operator==(const Input&, const Input&) = default;
};
bool is_quantity(const Input& input);
/// Neither a quantity nor a number of rows.
bool is_money(const Input& input);
/// An amount of the currency of the bill; an amount of a pricing currency is money, but never converted.
bool is_billing_money(const Input& input);
/// Whether cells hold its sums.
bool is_in_cells(const Input& input);

/// Sum of an input over the rows that meet a condition.
struct Sum {
    std::size_t input = 0;
    std::optional<std::size_t> condition; ///< index into Resolved::conditions; none: all rows
    friend bool operator==(const Sum&, const Sum&) = default;
};

struct SignedSum {
    std::size_t sum = 0; ///< index into Resolved::sums
    bool minus = false;
};

/// A measure that was asked for.
struct AskedMeasure {
    const Measure* measure = nullptr;
    std::string name; ///< as asked: `cost`, `tag_coverage.env`
    std::string label;
    std::vector<SignedSum> sum;
    std::vector<SignedSum> over;
    std::optional<std::size_t> unit; ///< quantities: index of the dimension that is their unit
};

/// A dimension that was asked for, or the unit of a quantity that was.
struct AskedDimension {
    Field field;
    std::string name;
    std::string label;
};

/// A question whose names are known to exist.
struct Resolved {
    Question question;
    const Catalogue* catalogue = nullptr;
    std::vector<AskedDimension> dimensions;
    std::vector<AskedMeasure> measures;
    std::optional<Filter> filter;
    std::vector<Filter> conditions;
    std::vector<Input> inputs;
    std::vector<Sum> sums;
    bool needs_charges = false; ///< a dimension or the filter is not in the tuples
    std::optional<std::size_t> order_measure;
    std::optional<std::size_t> order_dimension;
    std::optional<money::Currency> target; ///< what amounts are converted to, day by day
    bool by_tuple = false;                 ///< the statement has one more column, `tuple_key`, that it groups by
};

/// Errors `question.*` and `filter.*`.
base::Result<Resolved> resolve(const Question& question, const Catalogue& catalogue);

/// The period a question compares with; nothing where it does not compare.
std::optional<period::Period> period_before(const Question& question);

/// Whether the files may hold charges of the period; of none they always do.
bool touches(const lake::FileSet& files, const Question& question, const std::optional<period::Period>& period);

/// The files that hold the period, by how they are read.
struct Sources {
    std::vector<const lake::FileSet*> cells; ///< compacted ones in place of their members
    std::vector<const lake::FileSet*> charges;
    std::uint64_t scopes_from_cells = 0;
    bool with_spread = false; ///< days matter, be it for their rates alone, so what spans them is spread
    std::vector<const lake::FileSet*> all() const;
};

/// Whether the engine can cut the answer to the question's limit by itself, so that a question for the
/// first few of very many groups does not fetch them all: no grain, no comparison, no units, no
/// conversion, and an order by a dimension or by a measure that is one sum.
bool cuts_in_engine(const Resolved& resolved);

/// `files` and `compacted`, which is about them, must live as long as the result. `charges_only` leaves the
/// daily sums unused.
Sources choose_sources(const Resolved& resolved, std::span<const lake::FileSet> files,
                       const std::optional<period::Period>& period, bool charges_only,
                       std::span<const lake::CompactedGroup> compacted);

} // namespace florin::query
