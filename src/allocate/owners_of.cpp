#include "allocate/owners_of.hpp"

#include "allocate/owners_filters.hpp"
#include "allocate/owners_sources.hpp"
#include "base/check.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

namespace florin::allocate {
namespace {

bool is_empty(const period::Period& days) {
    return days.start >= days.end;
}

struct BoundRule {
    std::uint32_t index = 0;             ///< into Owners::rules
    period::Period days;                 ///< of those asked for
    std::unique_ptr<BoundFilter> filter; ///< null: every tuple
    std::unique_ptr<BoundSource> source;
    std::uint32_t constant = 0;

    bool matches(std::size_t tuple) const { return filter == nullptr || filter->holds(tuple); }
};

/// For each tuple the rules that may apply to it, in order: those that need its text of a column, and those that need
/// none.
class RuleIndex {
public:
    RuleIndex(const std::vector<BoundRule>& rules, std::size_t tuple_count) {
        std::map<const TextColumn*, std::vector<std::pair<std::uint32_t, std::uint32_t>>> by_column;
        for (std::uint32_t place = 0; place < rules.size(); ++place) {
            const BoundFilter* filter = rules[place].filter.get();
            const CodesNeeded* needed = filter == nullptr ? nullptr : filter->needed();
            if (needed == nullptr || needed->tuple_count > tuple_count / 2) {
                general_.push_back(place);
                continue;
            }
            for (const std::uint32_t code : needed->codes) {
                by_column[needed->column].emplace_back(code, place);
            }
        }
        for (auto& [column, pairs] : by_column) {
            std::ranges::sort(pairs);
            List list{column, std::vector<std::uint32_t>(column->texts.size() + 2, 0), {}};
            for (const auto& [code, place] : pairs) {
                ++list.starts[code + 1];
                list.places.push_back(place);
            }
            for (std::size_t i = 1; i < list.starts.size(); ++i) {
                list.starts[i] += list.starts[i - 1];
            }
            lists_.push_back(std::move(list));
        }
        heads_.resize(lists_.size() + 1);
    }

    /// Calls `take(place)` for each, until it returns false.
    template <class Take>
    void visit(std::size_t tuple, const Take& take) {
        heads_[0] = general_;
        for (std::size_t i = 0; i < lists_.size(); ++i) {
            const List& list = lists_[i];
            const std::uint32_t code = list.column->codes[tuple];
            heads_[i + 1] =
                std::span(list.places).subspan(list.starts[code], list.starts[code + 1] - list.starts[code]);
        }
        for (;;) {
            std::span<const std::uint32_t>* least = nullptr;
            for (auto& head : heads_) {
                if (!head.empty() && (least == nullptr || head.front() < least->front())) {
                    least = &head;
                }
            }
            if (least == nullptr || !take(least->front())) {
                return;
            }
            *least = least->subspan(1);
        }
    }

private:
    struct List {
        const TextColumn* column = nullptr;
        std::vector<std::uint32_t> starts; ///< by code
        std::vector<std::uint32_t> places;
    };
    std::vector<std::uint32_t> general_;
    std::vector<List> lists_;
    std::vector<std::span<const std::uint32_t>> heads_;
};

/// The tuples that have each code of a column.
class TuplesByCode {
public:
    TuplesByCode() = default;
    explicit TuplesByCode(const TextColumn& column)
        : starts_(column.texts.size() + 2, 0), tuples_(column.codes.size()) {
        for (const std::uint32_t code : column.codes) {
            ++starts_[code + 1];
        }
        for (std::size_t i = 1; i < starts_.size(); ++i) {
            starts_[i] += starts_[i - 1];
        }
        std::vector<std::uint32_t> next(starts_.begin(), starts_.end() - 1);
        for (std::uint32_t tuple = 0; tuple < tuples_.size(); ++tuple) {
            tuples_[next[column.codes[tuple]]++] = tuple;
        }
    }
    std::span<const std::uint32_t> of(std::uint32_t code) const {
        return std::span(tuples_).subspan(starts_[code], starts_[code + 1] - starts_[code]);
    }

private:
    std::vector<std::uint32_t> starts_;
    std::vector<std::uint32_t> tuples_;
};

class Evaluation {
public:
    Evaluation(std::span<const InForce> history, const TupleTexts& tuples, const OwnersQuestion& question)
        : tuples_(tuples), finder_(tuples), binder_(tuples, numbers_) {
        FLORIN_CHECK(!is_empty(question.days), "owners are asked for on some days");
        owners_.days = question.days;
        asked_ =
            question.as_on ? period::Period{*question.as_on, *question.as_on + std::chrono::days(1)} : question.days;
        for (std::size_t i = 0; i < history.size(); ++i) {
            const period::Day end = i + 1 < history.size() ? history[i + 1].from : kAlways.end;
            if (history[i].dimension) {
                owners_.dimension = history[i].dimension->name;
                bind(*history[i].dimension, overlap(asked_, {history[i].from, end}));
            }
        }
    }

    Owners run() {
        RuleIndex index(rules_, tuples_.count);
        owners_.starts.reserve(tuples_.count + 1);
        owners_.intervals.reserve(tuples_.count);
        owners_.starts.push_back(0);
        for (std::size_t tuple = 0; tuple < tuples_.count; ++tuple) {
            evaluate(tuple, index);
            owners_.starts.push_back(owners_.intervals.size());
        }
        name_values();
        for (const BoundRule& rule : rules_) {
            judge(rule);
        }
        return std::move(owners_);
    }

private:
    struct Taken {
        period::Period days;
        std::uint32_t value = 0;
        std::uint32_t rule = kNoRule;
    };

    void bind(const Dimension& dimension, const period::Period& days) {
        for (const Rule& rule : dimension.rules) {
            const auto index = static_cast<std::uint32_t>(owners_.rules.size());
            owners_.rules.push_back({rule.name, dimension.file, rule.line, source_of(rule), RuleState::kNotInForce, 0});
            const period::Period in_force = overlap(days, rule.days);
            if (is_empty(in_force)) {
                continue;
            }
            BoundRule bound;
            bound.index = index;
            bound.days = in_force;
            if (rule.where) {
                bound.filter = std::make_unique<BoundFilter>(*rule.where, finder_);
            }
            bound.source = binder_.bind(rule.source, dimension.normaliser);
            bound.constant = bound.source->constant();
            rules_.push_back(std::move(bound));
        }
    }

    void evaluate(std::size_t tuple, RuleIndex& index) {
        open_.assign(1, asked_);
        taken_.clear();
        index.visit(tuple, [&](std::uint32_t place) {
            BoundRule& rule = rules_[place];
            if (rule.matches(tuple)) {
                take(rule, tuple);
            }
            return !open_.empty();
        });
        for (const period::Period& days : open_) {
            taken_.push_back({days, kUnallocated, kNoRule});
        }
        write();
    }

    /// Gives the rule what is open on its days and has a value.
    void take(BoundRule& rule, std::size_t tuple) {
        still_open_.clear();
        for (const period::Period& days : open_) {
            const period::Period both = overlap(days, rule.days);
            if (is_empty(both)) {
                still_open_.push_back(days);
                continue;
            }
            found_.clear();
            if (rule.constant != 0) {
                found_.push_back({both, rule.constant});
            } else {
                rule.source->values(tuple, both, found_);
                std::ranges::sort(found_, {}, &DatedValue::days);
            }
            period::Day from = days.start;
            for (const DatedValue& value : found_) {
                if (from < value.days.start) {
                    still_open_.push_back({from, value.days.start});
                }
                taken_.push_back({value.days, value.value, rule.index});
                from = value.days.end;
            }
            if (from < days.end) {
                still_open_.push_back({from, days.end});
            }
        }
        std::swap(open_, still_open_);
    }

    void write() {
        if (taken_.size() > 1) {
            std::ranges::sort(taken_, {}, [](const Taken& taken) { return taken.days.start; });
        }
        const std::size_t first = owners_.intervals.size();
        for (const Taken& taken : taken_) {
            if (owners_.intervals.size() > first && owners_.intervals.back().value == taken.value &&
                owners_.intervals.back().rule == taken.rule) {
                continue;
            }
            const period::Day from = owners_.intervals.size() == first ? owners_.days.start : taken.days.start;
            owners_.intervals.push_back({from, taken.value, taken.rule});
        }
        count(std::span(owners_.intervals).subspan(first));
    }

    /// Each rule once for the tuple.
    void count(std::span<const OwnerInterval> intervals) {
        for (std::size_t i = 0; i < intervals.size(); ++i) {
            const std::uint32_t rule = intervals[i].rule;
            const auto before = intervals.first(i);
            if (rule != kNoRule && std::ranges::find(before, rule, &OwnerInterval::rule) == before.end()) {
                ++owners_.rules[rule].tuples_taken;
            }
        }
    }

    /// Numbers the values that are used anew, in the order of their names.
    void name_values() {
        const std::vector<std::string>& names = numbers_.names();
        std::vector<bool> is_used(names.size(), false);
        for (const OwnerInterval& interval : owners_.intervals) {
            is_used[interval.value] = true;
        }
        std::vector<std::uint32_t> used;
        for (std::uint32_t value = 1; value < names.size(); ++value) {
            if (is_used[value]) {
                used.push_back(value);
            }
        }
        std::ranges::sort(used, {}, [&](std::uint32_t value) -> const std::string& { return names[value]; });
        std::vector<std::uint32_t> renumbered(names.size(), kUnallocated);
        owners_.values.assign(1, "");
        for (const std::uint32_t value : used) {
            renumbered[value] = static_cast<std::uint32_t>(owners_.values.size());
            owners_.values.push_back(names[value]);
        }
        for (OwnerInterval& interval : owners_.intervals) {
            interval.value = renumbered[interval.value];
        }
    }

    /// Why a rule has no tuples: looked for only then.
    void judge(const BoundRule& rule) {
        RuleOutcome& outcome = owners_.rules[rule.index];
        if (outcome.tuples_taken > 0) {
            outcome.state = RuleState::kTakes;
            return;
        }
        outcome.state = RuleState::kMatchesNothing;
        const CodesNeeded* needed = rule.filter == nullptr ? nullptr : rule.filter->needed();
        if (needed == nullptr) {
            for (std::size_t tuple = 0; tuple < tuples_.count && judge_at(rule, tuple, outcome); ++tuple) {
            }
            return;
        }
        const TuplesByCode& tuples = tuples_by_code(*needed->column);
        for (const std::uint32_t code : needed->codes) {
            for (const std::uint32_t tuple : tuples.of(code)) {
                if (!judge_at(rule, tuple, outcome)) {
                    return;
                }
            }
        }
    }

    /// Whether to look further.
    bool judge_at(const BoundRule& rule, std::size_t tuple, RuleOutcome& outcome) {
        if (!rule.matches(tuple)) {
            return true;
        }
        outcome.state = RuleState::kGivesNothing;
        found_.clear();
        rule.source->values(tuple, rule.days, found_);
        if (!found_.empty()) {
            outcome.state = RuleState::kShadowed;
        }
        return found_.empty();
    }

    /// Made when a rule without tuples first asks for it.
    const TuplesByCode& tuples_by_code(const TextColumn& column) {
        const auto [found, is_new] = by_code_.try_emplace(&column);
        if (is_new) {
            found->second = TuplesByCode(column);
        }
        return found->second;
    }

    const TupleTexts& tuples_;
    period::Period asked_;
    Owners owners_;
    ValueNumbers numbers_;
    CodeFinder finder_;
    SourceBinder binder_;
    std::vector<BoundRule> rules_;
    std::vector<period::Period> open_;
    std::vector<period::Period> still_open_;
    std::vector<Taken> taken_;
    std::vector<DatedValue> found_;
    std::map<const TextColumn*, TuplesByCode> by_code_;
};

} // namespace

Owners owners_of(std::span<const InForce> history, const TupleTexts& tuples, const OwnersQuestion& question) {
    return Evaluation(history, tuples, question).run();
}

std::vector<Misspelling> misspellings(const Owners& owners, std::span<const InForce> history) {
    std::set<std::string, std::less<>> declared;
    std::vector<bool> is_free; // by rule: its value is what somebody else wrote
    for (const InForce& one : history) {
        if (!one.dimension) {
            continue;
        }
        for (const Rule& rule : one.dimension->rules) {
            is_free.push_back(!std::holds_alternative<ConstantSource>(rule.source));
        }
        declared = declared_values(*one.dimension);
    }
    std::vector<std::uint64_t> tuple_counts(owners.values.size(), 0);
    for (std::size_t tuple = 0; tuple < owners.tuple_count(); ++tuple) {
        const std::span<const OwnerInterval> intervals = owners.of(tuple);
        for (std::size_t i = 0; i < intervals.size(); ++i) {
            const auto before = intervals.first(i);
            const bool counts = intervals[i].rule != kNoRule && is_free[intervals[i].rule] &&
                                std::ranges::find(before, intervals[i].value, &OwnerInterval::value) == before.end();
            tuple_counts[intervals[i].value] += counts ? 1U : 0U;
        }
    }
    std::vector<std::pair<std::string, std::uint64_t>> found;
    for (std::size_t value = 1; value < owners.values.size(); ++value) {
        if (tuple_counts[value] > 0) {
            found.emplace_back(owners.values[value], tuple_counts[value]);
        }
    }
    return propose(found, declared);
}

} // namespace florin::allocate
