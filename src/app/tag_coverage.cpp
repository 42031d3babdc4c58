#include "app/tag_coverage.hpp"

#include "app/allocate_bills.hpp"
#include "app/allocation_rules.hpp"
#include "app/commitments.hpp"
#include "query/tag_keys.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace florin::app {
namespace {

constexpr int kTagTrendMonths = 6;
constexpr std::uint64_t kReportedKeys = 6;

std::string tag_field(const std::string& key) {
    return query::to_text(query::Field{query::Field::Kind::kTag, key});
}

std::string both(const std::string& filter, const std::string& more) {
    return filter.empty() ? more : fmt::format("({}) and {}", filter, more);
}

std::size_t place_of(const query::Answer& answer, query::AnswerColumn::Kind kind) {
    const auto found = std::ranges::find(answer.columns, kind, &query::AnswerColumn::kind);
    return static_cast<std::size_t>(found - answer.columns.begin());
}

money::Decimal known(const engine::Value& value) {
    const auto* amount = std::get_if<money::Decimal>(&value);
    return amount == nullptr ? money::Decimal() : *amount;
}

std::string text_at(const engine::Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    return text == nullptr ? std::string() : *text;
}

std::optional<money::Decimal> share(money::Decimal part, std::initializer_list<money::Decimal> others) {
    const money::Decimal zero;
    money::Decimal whole = part;
    bool negative = part < zero;
    for (const money::Decimal other : others) {
        negative = negative || other < zero;
        const auto sum = whole.plus(other);
        if (!sum.ok()) {
            return std::nullopt;
        }
        whole = *sum;
    }
    if (negative || whole.is_zero()) {
        return std::nullopt;
    }
    const auto ratio = money::divide(part, whole, money::Rounding::kHalfEven);
    return ratio.ok() ? std::optional(*ratio) : std::nullopt;
}

/// Currency and step of the rows of an answer.
using CostByStep = std::map<std::pair<std::string, period::Day>, money::Decimal>;

base::Result<CostByStep> cost_where(Asker& asker, query::Question question, const std::string& filter) {
    question.dimensions.clear();
    question.filter = both(question.filter, filter);
    FLORIN_TRY_ASSIGN(const query::Answer answer, asker.ask(question));
    const std::size_t cost = place_of(answer, query::AnswerColumn::Kind::kMeasure);
    CostByStep sums;
    for (const query::CurrencyBlock& block : answer.blocks) {
        for (const query::AnswerRow& row : block.rows) {
            const auto* step = std::get_if<period::Day>(&row.values.front());
            sums[{block.currency, step == nullptr ? period::Day() : *step}] = known(row.values[cost]);
        }
    }
    return sums;
}

} // namespace

std::optional<money::Decimal> TaggedCost::share_of_taggable() const {
    return share(tagged, {untagged});
}

std::optional<money::Decimal> TaggedCost::share_of_all() const {
    return share(tagged, {untagged, untaggable});
}

base::Result<std::vector<TagCoverageAt>> tag_coverage(Asker& asker, const query::Question& question,
                                                      std::span<const std::string> keys) {
    std::vector<TagCoverageAt> out;
    for (const std::string& key : keys) {
        std::map<std::pair<std::string, period::Day>, TaggedCost> costs;
        const auto add = [&](const std::string& filter, money::Decimal TaggedCost::* part) -> base::Result<void> {
            FLORIN_TRY_ASSIGN(const CostByStep sums, cost_where(asker, question, filter));
            for (const auto& [at, cost] : sums) {
                costs[at].*part = cost;
            }
            return {};
        };
        FLORIN_TRY(add(fmt::format("{} is not null", tag_field(key)), &TaggedCost::tagged));
        FLORIN_TRY(add(fmt::format("{} is null and not ({})", tag_field(key), kUntaggable), &TaggedCost::untagged));
        FLORIN_TRY(add(fmt::format("{} is null and ({})", tag_field(key), kUntaggable), &TaggedCost::untaggable));
        for (const auto& [at, cost] : costs) {
            out.push_back({.currency = at.first, .key = key, .step = at.second, .cost = cost});
        }
    }
    return out;
}

base::Result<std::vector<std::string>> reported_tag_keys(Asker& asker, const Workspace& workspace,
                                                         std::uint64_t count) {
    FLORIN_TRY_ASSIGN(std::vector<std::string> keys, query::tag_keys(asker.current().files, asker.engine(), count));
    const std::string& team = workspace.configuration().team_tag;
    std::ranges::stable_partition(keys, [&team](const std::string& key) { return key == team; });
    return keys;
}

namespace {

class TagReporter {
public:
    TagReporter(Workspace& workspace, const TagReportRequest& request, Asker& asker)
        : workspace_(workspace), request_(request), asker_(asker) {}

    base::Result<TagReport> run() {
        report_.basis = request_.basis;
        report_.keys = request_.keys;
        if (report_.keys.empty()) {
            FLORIN_TRY_ASSIGN(report_.keys, reported_tag_keys(asker_, workspace_, kReportedKeys));
        }
        if (report_.keys.empty()) {
            return base::user_error("report.no_tags", "no charge carries a tag")
                .with_remedy("name a key with --key, or see whether the bills were exported with their tags");
        }
        if (request_.period) {
            report_.period = *request_.period;
        } else {
            FLORIN_TRY_ASSIGN(const std::optional<period::Day> latest, last_month_with_charges(asker_));
            report_.period = period::month_of(latest.value_or(workspace_.today()));
        }
        FLORIN_TRY(totals());
        FLORIN_TRY(coverage());
        FLORIN_TRY(worst());
        FLORIN_TRY(allocated());
        std::ranges::move(asker_.notes(true, about()), std::back_inserter(report_.notes));
        return std::move(report_);
    }

private:
    query::Question about() const {
        query::Question question;
        question.measures = {"cost"};
        question.basis = request_.basis;
        question.period = report_.period;
        return question;
    }
    TagReportBlock* block(const std::string& currency) {
        const auto found = std::ranges::find(report_.blocks, currency, &TagReportBlock::currency);
        return found == report_.blocks.end() ? nullptr : &*found;
    }

    base::Result<void> totals() {
        FLORIN_TRY_ASSIGN(const query::Answer answer, asker_.ask(about()));
        std::vector<std::string> unknown;
        for (const query::CurrencyBlock& one : answer.blocks) {
            const engine::Value& cost = one.total.values[place_of(answer, query::AnswerColumn::Kind::kMeasure)];
            if (std::holds_alternative<std::monostate>(cost)) {
                unknown.push_back(one.currency);
                continue;
            }
            TagReportBlock made;
            made.currency = one.currency;
            made.cost = known(cost);
            report_.blocks.push_back(std::move(made));
        }
        if (unknown.empty()) {
            return {};
        }
        const std::string sentence =
            fmt::format("{} cost is not available in {}", query::name(request_.basis), fmt::join(unknown, ", "));
        if (report_.blocks.empty()) { // nothing is known, which is not zero
            return base::user_error("report.no_cost", sentence).with_remedy("ask for another, as in --basis billed");
        }
        report_.notes.push_back(sentence + ".");
        return {};
    }

    base::Result<void> coverage() {
        FLORIN_TRY_ASSIGN(const std::vector<TagCoverageAt> keys, tag_coverage(asker_, about(), report_.keys));
        query::Question by_month = about();
        by_month.grain = period::Grain::kMonth;
        const period::Day last = period::month_start(report_.period.end - std::chrono::days(1));
        by_month.period = {period::add_months(last, 1 - kTagTrendMonths), period::add_months(last, 1)};
        FLORIN_TRY_ASSIGN(const std::vector<TagCoverageAt> trend,
                          tag_coverage(asker_, by_month, std::span(report_.keys).first(1)));
        for (const TagCoverageAt& each : keys) {
            if (TagReportBlock* of = block(each.currency); of != nullptr) {
                of->keys.push_back(each);
            }
        }
        for (const TagCoverageAt& each : trend) {
            if (TagReportBlock* of = block(each.currency); of != nullptr) {
                of->trend.push_back(each);
            }
        }
        return {};
    }

    base::Result<void> worst() {
        query::Question question = about();
        question.dimensions = {"account", "service_name"};
        question.filter = fmt::format("{} is null and not ({})", tag_field(report_.keys.front()), kUntaggable);
        question.limit = request_.worst_max;
        FLORIN_TRY_ASSIGN(const query::Answer answer, asker_.ask(question));
        const std::size_t cost = place_of(answer, query::AnswerColumn::Kind::kMeasure);
        for (const query::CurrencyBlock& one : answer.blocks) {
            TagReportBlock* of = block(one.currency);
            for (const query::AnswerRow& row : one.rows) {
                if (of != nullptr && row.kind == query::AnswerRow::Kind::kRest) {
                    of->other_count = one.rest_groups;
                    of->others = known(row.values[cost]);
                } else if (of != nullptr) {
                    of->worst.push_back({text_at(row.values[0]), text_at(row.values[1]), known(row.values[cost])});
                }
            }
        }
        return {};
    }

    base::Result<void> allocated() {
        FLORIN_TRY_ASSIGN(const std::vector<allocate::RuleText> files, read_rule_texts(workspace_.folder()));
        if (files.empty()) {
            return {};
        }
        FLORIN_TRY_ASSIGN(const RulesInForce rules, rules_from(files, allocate::kAlways.start));
        for (const auto& dimension : rules.set->dimensions) {
            FLORIN_TRY(allocated({rules}, *dimension));
        }
        return {};
    }

    /// Which part of AllocatedCost a rule gives to.
    static money::Decimal AllocatedCost::* way_of(const allocate::Dimension& dimension,
                                                  const allocate::RuleOutcome& outcome) {
        const auto rule = std::ranges::find_if(dimension.rules, [&outcome](const allocate::Rule& each) {
            return each.name == outcome.name && each.line == outcome.line;
        });
        if (rule == dimension.rules.end()) {
            return &AllocatedCost::by_rule;
        }
        const auto* source = std::get_if<allocate::FieldSource>(&rule->source);
        const bool is_tag = source != nullptr && std::ranges::all_of(source->fields, [](const query::Field& field) {
                                return field.kind == query::Field::Kind::kTag;
                            });
        return rule->is_default ? &AllocatedCost::by_default
               : is_tag         ? &AllocatedCost::by_tag
                                : &AllocatedCost::by_rule;
    }

    base::Result<void> allocated(const RulesHistory& history, const allocate::Dimension& dimension) {
        std::map<std::string, AllocatedCost> sums;
        const auto basis = static_cast<std::size_t>(request_.basis);
        const OnMonth add = [&](std::span<const Allocation> all, const allocate::Month& month) -> base::Result<void> {
            const Allocation& allocation = all.front();
            const allocate::Owners& owners = allocation.owners();
            std::vector<money::Decimal AllocatedCost::*> ways;
            for (const allocate::RuleOutcome& outcome : owners.rules) {
                ways.push_back(way_of(dimension, outcome));
            }
            const allocate::Tuples& tuples = allocation.tuples().facts.tuples;
            for (std::size_t i = 0; i < month.cells.size(); ++i) {
                if (!report_.period.contains(month.cells.days[i])) {
                    continue;
                }
                const std::size_t tuple = month.cells.tuples[i];
                const std::uint32_t rule = owners.at(tuple, month.cells.days[i]).rule;
                AllocatedCost& of = sums[tuples.currencies[tuples.all[tuple].currency]];
                money::Decimal& part = rule == allocate::kNoRule ? of.unowned : of.*ways[rule];
                FLORIN_TRY_ASSIGN(part, part.plus(month.cells.costs[basis][i]));
            }
            return {};
        };
        FLORIN_TRY(allocate_bills(workspace_, asker_, history, {.dimension = dimension.name, .months = {}, .as_on = {}},
                                  {}, add));
        for (auto& [currency, cost] : sums) {
            cost.dimension = dimension.name;
            if (TagReportBlock* of = block(currency); of != nullptr) {
                of->allocated.push_back(cost);
            }
        }
        return {};
    }

    Workspace& workspace_;
    const TagReportRequest& request_;
    Asker& asker_;
    TagReport report_;
};

} // namespace

base::Result<TagReport> report_tags(Workspace& workspace, const TagReportRequest& request) {
    FLORIN_TRY_ASSIGN(Asker asker, Asker::open(workspace, request.as_of));
    if (request.running) {
        request.running(&asker.engine());
    }
    auto report = TagReporter(workspace, request, asker).run();
    if (request.running) {
        request.running(nullptr);
    }
    return report;
}

} // namespace florin::app
