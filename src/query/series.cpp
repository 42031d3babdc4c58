#include "query/series.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

namespace florin::query {
namespace {

using base::Result;
using period::Day;
using period::Grain;

/// Where the step of the earlier period stands in the later one.
class StepPartners {
public:
    StepPartners(const Question& question, const std::optional<period::Period>& before) : question_(question) {
        if (!before || question.grain == Grain::kNone) {
            return;
        }
        const std::vector<period::Period> later = period::steps(*question.period, question.grain, question.calendar);
        const std::vector<period::Period> earlier = period::steps(*before, question.grain, question.calendar);
        if (question.comparison == Comparison::kYear && question.grain == Grain::kDay) {
            for (const period::Period& step : later) {
                // 29 February has no partner: its charges would be compared with those of the 28th twice.
                partners_.try_emplace(period::year_earlier(step).start, step.start);
            }
            return;
        }
        for (std::size_t i = 0; i < std::min(later.size(), earlier.size()); ++i) {
            partners_.emplace(earlier[i].start, later[i].start);
        }
    }

    std::optional<Day> partner(Day earlier) const {
        if (question_.grain == Grain::kNone) {
            return earlier;
        }
        const auto found = partners_.find(earlier);
        return found == partners_.end() ? std::nullopt : std::optional(found->second);
    }

private:
    const Question& question_;
    std::map<Day, Day> partners_;
};

class Gatherer {
public:
    explicit Gatherer(const Resolved& resolved) : resolved_(resolved) {}

    Result<void> take(const engine::Table& table, bool is_now, const StepPartners& partners) {
        const std::size_t dimensions = resolved_.dimensions.size();
        const bool has_step = resolved_.question.grain != Grain::kNone;
        const std::size_t first_sum = table.columns.size() - resolved_.sums.size();
        for (const std::vector<engine::Value>& row : table.rows) {
            std::vector<DimensionValue> key;
            for (std::size_t i = 0; i < dimensions; ++i) {
                key.push_back(text_of(row[i]));
            }
            const std::string currency = text_of(row[dimensions]).value_or("");
            const bool is_rest = cuts_in_engine(resolved_) && std::get<bool>(row[dimensions + 1]);
            Group& group = is_rest ? gathered_.rest[currency] : find(currency, std::move(key));
            if (is_rest) {
                group.key.resize(dimensions);
                group.members = static_cast<std::uint64_t>(std::get<std::int64_t>(row[dimensions + 2]));
            }
            Sums sums;
            for (std::size_t i = first_sum; i < row.size(); ++i) {
                sums.push_back(to_amount(row[i]));
            }
            const Day start = has_step ? std::get<Day>(row[dimensions + 1]) : Day{};
            FLORIN_TRY(add(is_now ? group.now : group.before, sums));
            const std::optional<Day> placed = is_now ? std::optional(start) : partners.partner(start);
            if (!placed) {
                unpaired_.insert(start);
                continue;
            }
            group.steps.push_back(is_now ? Step{*placed, std::move(sums), {}} : Step{*placed, {}, std::move(sums)});
        }
        return {};
    }

    Gathered finish() {
        for (auto& [currency, groups] : gathered_.groups) {
            for (Group& group : groups) {
                pair_steps(group.steps);
            }
        }
        gathered_.unpaired_steps = unpaired_.size();
        return std::move(gathered_);
    }

private:
    Group& find(const std::string& currency, std::vector<DimensionValue> key) {
        std::vector<Group>& groups = gathered_.groups[currency];
        const auto [entry, is_new] = index_.try_emplace(packed(currency, key), groups.size());
        if (is_new) {
            Group group;
            for (const AskedMeasure& measure : resolved_.measures) {
                group.units.push_back({measure.unit ? key[*measure.unit] : std::nullopt, false});
            }
            group.key = std::move(key);
            groups.push_back(std::move(group));
        }
        return groups[entry->second];
    }

    /// Orders the steps; one that is there on both sides becomes one step.
    static void pair_steps(std::vector<Step>& steps) {
        std::ranges::stable_sort(steps, {}, &Step::start);
        std::vector<Step> paired;
        for (Step& step : steps) {
            if (!paired.empty() && paired.back().start == step.start) {
                // What is now came first, and each side has a step once only.
                paired.back().before = std::move(step.before);
            } else {
                paired.push_back(std::move(step));
            }
        }
        steps = std::move(paired);
    }

    const Resolved& resolved_;
    Gathered gathered_;
    std::unordered_map<std::string, std::size_t> index_;
    std::set<Day> unpaired_;
};

} // namespace

DimensionValue text_of(const engine::Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    return text == nullptr ? std::nullopt : DimensionValue(*text);
}

std::string packed(const std::string& currency, const std::vector<DimensionValue>& key) {
    std::string out = currency;
    for (const DimensionValue& part : key) {
        out += part ? '\1' : '\0';
        if (part) {
            out += std::to_string(part->size()) + ':' + *part;
        }
    }
    return out;
}

Result<Gathered> gather(const Resolved& resolved, const engine::Table& now, const engine::Table* before) {
    Gatherer gatherer(resolved);
    const StepPartners partners(resolved.question, period_before(resolved.question));
    FLORIN_TRY(gatherer.take(now, true, partners));
    if (before != nullptr) {
        FLORIN_TRY(gatherer.take(*before, false, partners));
    }
    return gatherer.finish();
}

Result<Group> merged(const std::vector<const Group*>& groups, std::size_t dimension_count) {
    Group out;
    out.key.resize(dimension_count);
    std::map<Day, Step> steps;
    bool first = true;
    for (const Group* group : groups) {
        for (const Step& each : group->steps) {
            Step& step = steps.try_emplace(each.start, Step{each.start, {}, {}}).first->second;
            if (!each.now.empty()) {
                FLORIN_TRY(add(step.now, each.now));
            }
            if (!each.before.empty()) {
                FLORIN_TRY(add(step.before, each.before));
            }
        }
        if (!group->now.empty()) {
            FLORIN_TRY(add(out.now, group->now));
        }
        if (!group->before.empty()) {
            FLORIN_TRY(add(out.before, group->before));
        }
        for (std::size_t i = 0; i < group->units.size(); ++i) {
            if (first) {
                out.units.push_back(group->units[i]);
            } else if (group->units[i].mixed || out.units[i].unit != group->units[i].unit) {
                out.units[i].mixed = true;
            }
        }
        first = false;
    }
    for (auto& [start, step] : steps) {
        out.steps.push_back(std::move(step));
    }
    return out;
}

} // namespace florin::query
