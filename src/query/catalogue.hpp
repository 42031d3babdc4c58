// What can be asked for: measures and dimensions, each defined once, in catalogue.yaml.
#pragma once

#include "base/result.hpp"
#include "focus/focus.hpp"
#include "query/field.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::query {

enum class Unit : std::uint8_t { kMoney, kQuantity, kRatio, kCount };
std::string_view name(Unit unit); ///< `money`, `quantity`, `ratio`, `count`

enum class Additivity : std::uint8_t {
    kAdditive,   ///< a total equals the sum of its parts
    kWithinUnit, ///< the same among rows of one unit
    kRatio,      ///< a total is computed anew from its parts' sums
};
std::string_view name(Additivity additivity);

/// One stored sum with its sign.
struct Term {
    std::string of; ///< a column of the cells: a cost, a quantity, ChargeRows, CappedSavings
    bool minus = false;
    std::string where; ///< filter on the rows; empty: all rows. `{tag}` stands for the parameter
    std::string known; ///< only charges that have this other cost too; empty: all
};

struct Measure {
    std::string name;
    std::string label;
    Unit unit = Unit::kMoney;
    bool has_currency = false; ///< the value is an amount of the billing currency
    Additivity additivity = Additivity::kAdditive;
    std::string basis;              ///< `billed`, `effective`, …, `none`
    std::string unit_column;        ///< of what adds within a unit: the FOCUS column of the unit
    bool has_tag_parameter = false; ///< asked for as `name.KEY`
    std::vector<Term> sum;
    std::vector<Term> over; ///< ratios only: what `sum` is divided by
    std::string description;
};

struct Dimension {
    std::string name;
    /// FOCUS columns; the first that is not null counts. Of a joined one those that the dataset is joined by.
    std::vector<std::string> columns;
    std::string label;
    std::string description;
    bool in_tuple = false;                ///< every column is one of lake::tuple_columns()
    std::optional<focus::Dataset> joined; ///< the dataset that says it; nothing where the charge itself does
    std::string joined_column;            ///< of the dataset
};

/// A value of the single charge, for filters only.
struct ChargeValue {
    enum class Type : std::uint8_t { kMoney, kQuantity, kInstant };
    std::string name;
    std::string column;
    Type type = Type::kMoney;
};

class Catalogue {
public:
    /// Reads a catalogue; a mistake in it is a bug.
    explicit Catalogue(std::string_view yaml);

    std::span<const Measure> measures() const { return measures_; }
    std::span<const Dimension> dimensions() const { return dimensions_; }
    std::span<const ChargeValue> charge_values() const { return charge_values_; }

    /// By name, or null. Dimensions also by the FOCUS name of their column (`ServiceName`).
    const Measure* find_measure(std::string_view name) const;
    const Dimension* find_dimension(std::string_view name) const;
    const ChargeValue* find_charge_value(std::string_view name) const;

    /// `Did you mean …?` for a name that is none of these, or empty where nothing is similar.
    std::string suggest_field(std::string_view name) const;
    std::string suggest_measure(std::string_view name) const;

    /// This catalogue with more dimensions, whose names it does not have: columns that the files asked have beside
    /// those of the lake.
    Catalogue with_dimensions(const std::vector<Dimension>& more) const;

    /// Reference page of measures and dimensions in Markdown.
    std::string reference_page() const;

private:
    std::vector<Measure> measures_;
    std::vector<Dimension> dimensions_;
    std::vector<ChargeValue> charge_values_;
};

/// Florin's own catalogue. Read at first use; from any thread.
const Catalogue& catalogue();

/// Whether the field can be read from tuples, without the charges.
bool is_tuple_field(const Field& field, const Catalogue& catalogue);

} // namespace florin::query
