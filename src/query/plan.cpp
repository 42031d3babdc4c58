#include "query/plan.hpp"

#include "base/check.hpp"
#include "base/terminal_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace florin::query {
namespace {

using base::Result;

constexpr std::string_view kPricingCurrencyCost = "PricingCurrencyEffectiveCost";
constexpr std::string_view kCommitmentQuantity = "CommitmentDiscountQuantity";

/// Index of `value` in `all`, which it is added to where it is missing.
template <class T>
std::size_t index_in(std::vector<T>& all, T value) {
    const auto found = std::ranges::find(all, value);
    if (found != all.end()) {
        return static_cast<std::size_t>(found - all.begin());
    }
    all.push_back(std::move(value));
    return all.size() - 1;
}

std::string_view basis_measure(Basis basis) {
    switch (basis) {
    case Basis::kBilled: return "billed_cost";
    case Basis::kEffective: return "effective_cost";
    case Basis::kList: return "list_cost";
    case Basis::kContracted: return "contracted_cost";
    }
    return "";
}

/// A condition of the catalogue with the question's tag in it.
std::string with_tag(std::string where, const std::optional<Field>& tag) {
    constexpr std::string_view kPlaceholder = "tag.{tag}";
    const std::size_t at = where.find(kPlaceholder);
    if (at != std::string::npos) {
        FLORIN_CHECK(tag.has_value(), "a parameter without a value in " + where);
        where.replace(at, kPlaceholder.size(), to_text(*tag));
    }
    return where;
}

class Resolver {
public:
    Resolver(const Question& question, const Catalogue& catalogue) : catalogue_(catalogue) {
        resolved_.question = question;
        resolved_.catalogue = &catalogue;
    }

    Result<Resolved> run() {
        const Question& question = resolved_.question;
        if (question.measures.empty()) {
            return base::user_error("question.no_measure", "the question asks for no measure")
                .with_remedy("Ask for `cost`, for example.");
        }
        if (question.comparison != Comparison::kNone && !question.period) {
            return base::user_error("question.comparison", "a comparison needs a period")
                .with_remedy("Name one, as in last-month.");
        }
        for (const std::string& name : question.dimensions) {
            FLORIN_TRY(add_dimension(name));
        }
        for (const std::string& name : question.measures) {
            FLORIN_TRY(add_measure(name));
        }
        if (!question.filter.empty()) {
            FLORIN_TRY_ASSIGN(resolved_.filter, parse_filter(question.filter, catalogue_));
        }
        FLORIN_TRY(set_order());
        FLORIN_TRY(set_target());
        resolved_.needs_charges = needs_charges();
        return std::move(resolved_);
    }

private:
    Result<void> add_dimension(const std::string& name) {
        FLORIN_TRY_ASSIGN(Field field, parse_field(name, catalogue_));
        if (field.kind == Field::Kind::kChargeValue) {
            return base::user_error("question.no_dimension",
                                    fmt::format("`{}` is a value of single charges, not a dimension", name))
                .with_remedy("It can stand in a filter. Time is chosen by period and grain.");
        }
        if (find(field)) {
            return base::user_error("question.twice", fmt::format("the dimension `{}` is asked for twice", name));
        }
        std::string label = to_text(field);
        std::string shown = label;
        if (field.kind == Field::Kind::kDimension) {
            label = catalogue_.find_dimension(field.name)->label;
        }
        resolved_.dimensions.push_back({std::move(field), std::move(shown), std::move(label)});
        return {};
    }

    std::optional<std::size_t> find(const Field& field) const {
        const auto found = std::ranges::find(resolved_.dimensions, field, &AskedDimension::field);
        return found == resolved_.dimensions.end()
                   ? std::nullopt
                   : std::optional(static_cast<std::size_t>(found - resolved_.dimensions.begin()));
    }

    Result<void> add_measure(const std::string& name) {
        std::optional<Field> tag;
        std::string wanted = name == "cost" ? std::string(basis_measure(resolved_.question.basis)) : name;
        if (const std::size_t dot = wanted.find('.'); dot != std::string::npos) {
            FLORIN_TRY_ASSIGN(tag, parse_field("tag." + wanted.substr(dot + 1), catalogue_));
            wanted.resize(dot);
        }
        const Measure* measure = catalogue_.find_measure(wanted);
        if (measure == nullptr) {
            return base::user_error("question.unknown_measure",
                                    fmt::format("there is no measure `{}`", base::terminal_text(wanted, 80)))
                .with_remedy(catalogue_.suggest_measure(wanted));
        }
        if (measure->has_tag_parameter != tag.has_value()) {
            return base::user_error("question.parameter",
                                    tag ? fmt::format("the measure `{}` takes no tag", wanted)
                                        : fmt::format("the measure `{}` needs a tag, as in `{}.env`", wanted, wanted));
        }
        if (std::ranges::find(resolved_.measures, name, &AskedMeasure::name) != resolved_.measures.end()) {
            return base::user_error("question.twice", fmt::format("the measure `{}` is asked for twice", name));
        }
        AskedMeasure asked{measure, name, measure->label, {}, {}, std::nullopt};
        if (tag) {
            asked.label += " " + tag->name;
        }
        FLORIN_TRY_ASSIGN(asked.sum, add_terms(measure->sum, tag));
        FLORIN_TRY_ASSIGN(asked.over, add_terms(measure->over, tag));
        if (!measure->unit_column.empty()) {
            asked.unit = add_unit(measure->unit_column);
        }
        resolved_.measures.push_back(std::move(asked));
        return {};
    }

    std::size_t add_unit(const std::string& column) {
        const Dimension* unit = catalogue_.find_dimension(column);
        FLORIN_CHECK(unit != nullptr, "no dimension for " + column);
        const Field field{Field::Kind::kDimension, unit->name};
        if (const auto found = find(field)) {
            return *found;
        }
        resolved_.dimensions.push_back({field, unit->name, unit->label});
        return resolved_.dimensions.size() - 1;
    }

    Result<std::vector<SignedSum>> add_terms(const std::vector<Term>& terms, const std::optional<Field>& tag) {
        std::vector<SignedSum> sums;
        for (const Term& term : terms) {
            Sum sum;
            sum.input = index_in(resolved_.inputs, Input{term.of, term.known});
            if (!term.where.empty()) {
                FLORIN_TRY_ASSIGN(Filter condition, parse_filter(with_tag(term.where, tag), catalogue_));
                sum.condition = index_in(resolved_.conditions, std::move(condition));
            }
            sums.push_back({index_in(resolved_.sums, sum), term.minus});
        }
        return sums;
    }

    Result<void> set_order() {
        const auto& order = resolved_.question.order;
        if (!order) {
            resolved_.order_measure = 0;
            return {};
        }
        const auto measure = std::ranges::find(resolved_.measures, order->by, &AskedMeasure::name);
        if (measure != resolved_.measures.end()) {
            resolved_.order_measure = static_cast<std::size_t>(measure - resolved_.measures.begin());
            return {};
        }
        if (const auto field = parse_field(order->by, catalogue_); field.ok()) {
            resolved_.order_dimension = find(*field);
        }
        if (!resolved_.order_dimension) {
            return base::user_error("question.order",
                                    fmt::format("`{}` is neither a measure nor a dimension of the question",
                                                base::terminal_text(order->by, 80)))
                .with_remedy("Order by something the answer shows.");
        }
        return {};
    }

    Result<void> set_target() {
        const std::string& currency = resolved_.question.currency;
        if (currency.empty()) {
            return {};
        }
        FLORIN_TRY_ASSIGN(resolved_.target, parse_currency(currency));
        return {};
    }

    bool needs_charges() const {
        const auto in_charges = [&](const Field& field) { return !is_tuple_field(field, catalogue_); };
        return std::ranges::any_of(resolved_.dimensions, in_charges, &AskedDimension::field) ||
               (resolved_.filter && std::ranges::any_of(fields_of(*resolved_.filter), in_charges));
    }

    const Catalogue& catalogue_;
    Resolved resolved_;
};

/// Whether the daily sums hold every input exactly: a difference over charges that have both costs
/// cannot be told from sums where a charge lacks one.
bool cells_suffice(const Resolved& resolved, const lake::FileSet& files) {
    return !files.cells.empty() && std::ranges::all_of(resolved.inputs, [&](const Input& input) {
        if (!is_in_cells(input)) {
            return false;
        }
        const auto at = std::ranges::find(lake::kCosts, input.known);
        return at == lake::kCosts.end() ||
               files.null_costs.at(static_cast<std::size_t>(at - lake::kCosts.begin())) == 0;
    });
}

/// Puts compacted files in the place of their members. Days and filters leave out what a member that
/// was not chosen adds; but a member that is read from its charges must not be read twice.
void use_compacted(std::span<const lake::FileSet> files, std::span<const lake::CompactedGroup> compacted,
                   Sources& sources) {
    const std::set<const lake::FileSet*> from_charges(sources.charges.begin(), sources.charges.end());
    const std::set<const lake::FileSet*> from_cells(sources.cells.begin(), sources.cells.end());
    std::set<const lake::FileSet*> replaced;
    std::vector<const lake::FileSet*> groups;
    for (const lake::CompactedGroup& group : compacted) {
        const auto is_in = [&files](const std::set<const lake::FileSet*>& set) {
            return [&files, &set](std::size_t member) { return set.contains(&files[member]); };
        };
        if (std::ranges::any_of(group.members, is_in(from_charges)) ||
            std::ranges::none_of(group.members, is_in(from_cells))) {
            continue;
        }
        groups.push_back(&group.files);
        for (const std::size_t member : group.members) {
            replaced.insert(&files[member]);
        }
    }
    std::erase_if(sources.cells, [&replaced](const lake::FileSet* set) { return replaced.contains(set); });
    sources.cells.insert(sources.cells.end(), groups.begin(), groups.end());
}

} // namespace

bool is_quantity(const Input& input) {
    return input.of == "ConsumedQuantity" || input.of == "PricingQuantity" || input.of == kCommitmentQuantity;
}
bool is_money(const Input& input) {
    return !is_quantity(input) && input.of != lake::column::kChargeRows;
}

bool is_in_cells(const Input& input) {
    return input.of != kPricingCurrencyCost && input.of != kCommitmentQuantity;
}
bool is_billing_money(const Input& input) {
    return is_money(input) && input.of != kPricingCurrencyCost;
}

Result<Resolved> resolve(const Question& question, const Catalogue& catalogue) {
    return Resolver(question, catalogue).run();
}

std::optional<period::Period> period_before(const Question& question) {
    switch (question.comparison) {
    case Comparison::kNone: return std::nullopt;
    case Comparison::kPrevious: return period::previous(*question.period);
    case Comparison::kYear: return period::year_earlier(*question.period);
    }
    return std::nullopt;
}

bool touches(const lake::FileSet& files, const Question& question, const std::optional<period::Period>& period) {
    if (!period) {
        return true;
    }
    if (question.period_kind == PeriodKind::kBilling) {
        return period->contains(files.billing_period_start);
    }
    return files.days.start < period->end && period->start < files.days.end;
}

bool cuts_in_engine(const Resolved& resolved) {
    const Question& question = resolved.question;
    const auto is_one_sum = [](const AskedMeasure& measure) {
        return measure.over.empty() && measure.sum.size() == 1 && !measure.sum.front().minus;
    };
    constexpr std::uint64_t kLimitMax = 1'000'000;
    return question.limit != 0 && question.limit <= kLimitMax && question.grain == period::Grain::kNone &&
           question.comparison == Comparison::kNone && !resolved.target &&
           std::ranges::none_of(resolved.measures,
                                [](const AskedMeasure& measure) { return measure.unit.has_value(); }) &&
           (!resolved.order_measure || is_one_sum(resolved.measures[*resolved.order_measure]));
}

std::vector<const lake::FileSet*> Sources::all() const {
    std::vector<const lake::FileSet*> out = cells;
    out.insert(out.end(), charges.begin(), charges.end());
    return out;
}

Sources choose_sources(const Resolved& resolved, std::span<const lake::FileSet> files,
                       const std::optional<period::Period>& period, bool charges_only,
                       std::span<const lake::CompactedGroup> compacted) {
    const Question& question = resolved.question;
    Sources sources;
    const bool by_billing_period = question.period_kind == PeriodKind::kBilling;
    sources.with_spread =
        !by_billing_period && (period || question.grain != period::Grain::kNone || resolved.target.has_value());
    for (const lake::FileSet& each : files) {
        if (touches(each, question, period)) {
            // By billing period a charge is converted on its first day, and daily sums are spread over all of them.
            const bool lacks_first_days = by_billing_period && resolved.target && !each.spread.empty();
            const bool from_charges =
                charges_only || resolved.needs_charges || lacks_first_days || !cells_suffice(resolved, each);
            (from_charges ? sources.charges : sources.cells).push_back(&each);
        }
    }
    sources.scopes_from_cells = sources.cells.size();
    use_compacted(files, compacted, sources);
    return sources;
}

} // namespace florin::query
