#include "query/catalogue.hpp"

#include "query/joined.hpp"

#include "base/check.hpp"
#include "base/nearest.hpp"
#include "focus/focus.hpp"
#include "lake/storage.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>

namespace florin::embedded {
extern const std::string_view query_catalogue;
}

namespace florin::query {
namespace {

std::string text(const YAML::Node& node, const char* key) {
    const YAML::Node value = node[key];
    FLORIN_CHECK(value.IsDefined() && value.IsScalar(),
                 fmt::format("catalogue: {} is missing at line {}", key, node.Mark().line + 1));
    return value.Scalar();
}

std::string text_or(const YAML::Node& node, const char* key, std::string fallback) {
    const YAML::Node value = node[key];
    return value.IsDefined() ? value.Scalar() : std::move(fallback);
}

template <class Enum>
Enum one_of(const std::string& word, std::initializer_list<Enum> all) {
    for (const Enum each : all) {
        if (name(each) == word) {
            return each;
        }
    }
    base::stop_for_bug("one_of", "catalogue: unknown word " + word);
}

std::vector<Term> read_terms(const YAML::Node& nodes) {
    std::vector<Term> terms;
    for (const YAML::Node& node : nodes) {
        terms.push_back({text(node, "of"), text_or(node, "minus", "false") == "true", text_or(node, "where", ""),
                         text_or(node, "known", "")});
    }
    return terms;
}

Measure read_measure(const YAML::Node& node) {
    Measure measure;
    measure.name = text(node, "name");
    measure.label = text(node, "label");
    measure.unit = one_of(text(node, "unit"), {Unit::kMoney, Unit::kQuantity, Unit::kRatio, Unit::kCount});
    measure.has_currency = text(node, "currency") == "amount";
    measure.additivity =
        one_of(text(node, "additivity"), {Additivity::kAdditive, Additivity::kWithinUnit, Additivity::kRatio});
    measure.basis = text(node, "basis");
    measure.unit_column = text_or(node, "unit_column", "");
    measure.has_tag_parameter = text_or(node, "parameter", "") == "tag";
    measure.sum = read_terms(node["sum"]);
    measure.over = read_terms(node["over"]);
    measure.description = text(node, "description");
    FLORIN_CHECK(!measure.sum.empty() && measure.over.empty() == (measure.additivity != Additivity::kRatio),
                 "catalogue: terms of " + measure.name);
    return measure;
}

Dimension read_dimension(const YAML::Node& node) {
    FLORIN_CHECK(node.IsSequence() && node.size() == 4,
                 fmt::format("catalogue: a dimension has four parts, line {}", node.Mark().line + 1));
    Dimension dimension;
    dimension.name = node[0].Scalar();
    std::istringstream columns(node[1].Scalar());
    for (std::string column; columns >> column;) {
        FLORIN_CHECK(focus::find_column(focus::Dataset::kCostAndUsage, column) != nullptr,
                     "catalogue: no FOCUS column " + column);
        dimension.columns.push_back(column);
    }
    dimension.label = node[2].Scalar();
    dimension.description = node[3].Scalar();
    dimension.in_tuple =
        std::ranges::all_of(dimension.columns, [](const std::string& c) { return lake::is_tuple_column(c); });
    return dimension;
}

Dimension read_joined_dimension(const YAML::Node& node) {
    FLORIN_CHECK(node.IsSequence() && node.size() == 5,
                 fmt::format("catalogue: a joined dimension has five parts, line {}", node.Mark().line + 1));
    Dimension dimension;
    dimension.name = node[0].Scalar();
    for (const focus::Dataset dataset :
         {focus::Dataset::kBillingPeriod, focus::Dataset::kContractCommitment, focus::Dataset::kInvoiceDetail}) {
        if (focus::name(dataset) == node[1].Scalar()) {
            dimension.joined = dataset;
        }
    }
    dimension.joined_column = node[2].Scalar();
    FLORIN_CHECK(dimension.joined && focus::find_column(*dimension.joined, dimension.joined_column) != nullptr,
                 "catalogue: no FOCUS column " + dimension.joined_column);
    dimension.columns = join_columns(*dimension.joined);
    dimension.label = node[3].Scalar();
    dimension.description = node[4].Scalar();
    dimension.in_tuple =
        std::ranges::all_of(dimension.columns, [](const std::string& c) { return lake::is_tuple_column(c); });
    return dimension;
}

ChargeValue read_charge_value(const std::string& name, const std::string& column) {
    const focus::Column* found = focus::find_column(focus::Dataset::kCostAndUsage, column);
    FLORIN_CHECK(found != nullptr, "catalogue: no FOCUS column " + column);
    const ChargeValue::Type type = found->type == focus::ColumnType::kInstant ? ChargeValue::Type::kInstant
                                   : found->is_quantity                       ? ChargeValue::Type::kQuantity
                                                                              : ChargeValue::Type::kMoney;
    return {name, column, type};
}

template <class Named>
const Named* find(const std::vector<Named>& all, std::string_view name) {
    const auto found = std::ranges::find(all, name, &Named::name);
    return found == all.end() ? nullptr : &*found;
}

std::string formula(const std::vector<Term>& terms) {
    std::string out;
    for (const Term& term : terms) {
        out += out.empty() ? (term.minus ? "−" : "") : (term.minus ? " − " : " + ");
        out += "`" + term.of + "`";
    }
    return out;
}

/// Of the reference page.
std::string joined_section(const std::vector<Dimension>& dimensions) {
    std::string section =
        "\n### From the other FOCUS datasets\n\n"
        "What other datasets say of a charge, where they were [delivered](datasets.md); they are joined only when they "
        "are asked\n"
        "for. A charge that nothing is said of has no value.\n\n"
        "- An invoice is found by InvoiceIssuerName and InvoiceId. Where its lines differ, all values stand there.\n"
        "- A billing period is found by InvoiceIssuerName and BillingPeriodStart; what was said last counts.\n"
        "- A contract commitment is found by the ids in ContractApplied; for a charge without that, by its\n"
        "  CommitmentDiscountId, which some providers use for both. A charge that counts towards several shows the\n"
        "  values of all; its cost is not split.\n\n"
        "| dimension | dataset | column | read from | meaning |\n|---|---|---|---|---|\n";
    for (const Dimension& dimension : dimensions) {
        if (dimension.joined) {
            section +=
                fmt::format("| `{}` | {} | `{}` | {} | {}: {} |\n", dimension.name, focus::name(*dimension.joined),
                            dimension.joined_column, dimension.in_tuple ? "daily sums" : "charges", dimension.label,
                            dimension.description);
        }
    }
    return section;
}

} // namespace

std::string_view name(Unit unit) {
    switch (unit) {
    case Unit::kMoney: return "money";
    case Unit::kQuantity: return "quantity";
    case Unit::kRatio: return "ratio";
    case Unit::kCount: return "count";
    }
    return "";
}

std::string_view name(Additivity additivity) {
    switch (additivity) {
    case Additivity::kAdditive: return "additive";
    case Additivity::kWithinUnit: return "within-unit";
    case Additivity::kRatio: return "ratio";
    }
    return "";
}

Catalogue::Catalogue(std::string_view yaml) {
    const YAML::Node root = YAML::Load(std::string(yaml));
    for (const YAML::Node& node : root["measures"]) {
        measures_.push_back(read_measure(node));
    }
    for (const YAML::Node& node : root["dimensions"]) {
        dimensions_.push_back(read_dimension(node));
    }
    for (const YAML::Node& node : root["joined_dimensions"]) {
        dimensions_.push_back(read_joined_dimension(node));
    }
    for (const auto& entry : root["charge_values"]) {
        charge_values_.push_back(read_charge_value(entry.first.Scalar(), entry.second.Scalar()));
    }
}

Catalogue Catalogue::with_dimensions(const std::vector<Dimension>& more) const {
    Catalogue extended = *this;
    // In front: dimensions that are just one FOCUS column are looked for from the end.
    extended.dimensions_.insert(extended.dimensions_.begin(), more.begin(), more.end());
    return extended;
}

const Measure* Catalogue::find_measure(std::string_view name) const {
    return find(measures_, name);
}

const Dimension* Catalogue::find_dimension(std::string_view name) const {
    if (const Dimension* found = find(dimensions_, name)) {
        return found;
    }
    // Further down the list stand the dimensions that are just one column, under its own name.
    const auto by_column = std::find_if(dimensions_.rbegin(), dimensions_.rend(), [&](const Dimension& dimension) {
        const bool is_of_it = dimension.joined ? dimension.joined_column == name
                                               : dimension.columns.size() == 1 && dimension.columns.front() == name;
        return is_of_it && base::plain_name(dimension.name) == base::plain_name(name);
    });
    return by_column == dimensions_.rend() ? nullptr : &*by_column;
}

const ChargeValue* Catalogue::find_charge_value(std::string_view name) const {
    if (const ChargeValue* found = find(charge_values_, name)) {
        return found;
    }
    const auto by_column = std::ranges::find(charge_values_, name, &ChargeValue::column);
    return by_column == charge_values_.end() ? nullptr : &*by_column;
}

std::string Catalogue::suggest_field(std::string_view name) const {
    std::vector<std::string_view> known;
    for (const Dimension& dimension : dimensions_) {
        known.push_back(dimension.name);
    }
    for (const ChargeValue& value : charge_values_) {
        known.push_back(value.name);
    }
    return base::did_you_mean(name, known);
}

std::string Catalogue::suggest_measure(std::string_view name) const {
    std::vector<std::string_view> known{"cost"};
    for (const Measure& measure : measures_) {
        known.push_back(measure.name);
    }
    return base::did_you_mean(name, known);
}

std::string Catalogue::reference_page() const {
    std::string page =
        "# Measures and dimensions\n\n"
        "Generated from `src/query/catalogue.yaml`; a test compares the two.\n\n"
        "## Measures\n\n"
        "`cost` is the measure of the question's basis: `effective_cost` unless the basis is billed, list or\n"
        "contracted. Amounts of different currencies never add: an answer has one block for each currency, unless it\n"
        "is [converted](exchange-rates.md).\n"
        "A ratio is computed anew for every row and total, from sums, and has no value where it would divide by 0.\n\n"
        "| measure | unit | basis | totals | formula | meaning |\n|---|---|---|---|---|---|\n";
    for (const Measure& measure : measures_) {
        std::string computed = formula(measure.sum);
        if (!measure.over.empty()) {
            computed = fmt::format("({}) / ({})", computed, formula(measure.over));
        }
        page +=
            fmt::format("| `{}{}` | {} | {} | {} | {} | {} |\n", measure.name, measure.has_tag_parameter ? ".KEY" : "",
                        name(measure.unit), measure.basis, name(measure.additivity), computed, measure.description);
    }
    page += "\n### Which rows\n\n"
            "Terms of a formula that count some rows only, and the other cost a charge must have to be compared:\n\n"
            "| measure | term | rows | has |\n|---|---|---|---|\n";
    for (const Measure& measure : measures_) {
        for (const std::vector<Term>* terms : {&measure.sum, &measure.over}) {
            for (const Term& term : *terms) {
                if (!term.where.empty() || !term.known.empty()) {
                    page += fmt::format("| `{}` | {}`{}` | `{}` | {} |\n", measure.name, term.minus ? "−" : "", term.of,
                                        term.where, term.known.empty() ? "" : "`" + term.known + "`");
                }
            }
        }
    }
    page +=
        "\n## Dimensions\n\n"
        "Every dimension also answers to the FOCUS name of its column (`ServiceName`). `tag.KEY` is the value of one "
        "tag,\n"
        "`x.NAME` a column that FOCUS does not know. Time is chosen by period and grain, not by a dimension.\n"
        "Where the third column says charges, a question cannot be answered from daily sums and reads the charges.\n\n"
        "| dimension | FOCUS column | read from | meaning |\n|---|---|---|---|\n";
    for (const Dimension& dimension : dimensions_) {
        if (dimension.joined) {
            continue;
        }
        std::string columns;
        for (const std::string& column : dimension.columns) {
            columns += (columns.empty() ? "`" : ", else `") + column + "`";
        }
        page += fmt::format("| `{}` | {} | {} | {}: {} |\n", dimension.name, columns,
                            dimension.in_tuple ? "daily sums" : "charges", dimension.label, dimension.description);
    }
    page += "| `tag.KEY` | `Tags` | daily sums | One tag; a tag without a value is `true`. |\n"
            "| `x.NAME` | custom columns | charges | A column that FOCUS does not know, `x_NAME` in the lake. |\n";
    page += joined_section(dimensions_);
    page += "\n## Values of the single charge\n\nFor filters only; they make a question read the charges.\n\n"
            "| name | FOCUS column | compares with |\n|---|---|---|\n";
    for (const ChargeValue& value : charge_values_) {
        page += fmt::format("| `{}` | `{}` | {} |\n", value.name, value.column,
                            value.type == ChargeValue::Type::kInstant ? "a day: `'2024-09-18'`"
                                                                      : "a number: `100`, `0.25`");
    }
    return page;
}

const Catalogue& catalogue() {
    static const Catalogue instance(embedded::query_catalogue);
    return instance;
}

bool is_tuple_field(const Field& field, const Catalogue& catalogue) {
    switch (field.kind) {
    case Field::Kind::kTag: return true;
    case Field::Kind::kDimension: return catalogue.find_dimension(field.name)->in_tuple;
    case Field::Kind::kCustom:
    case Field::Kind::kChargeValue: return false;
    }
    return false;
}

} // namespace florin::query
