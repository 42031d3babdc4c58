#include "app/summary.hpp"

#include "app/commitments.hpp"
#include "app/late_deliveries.hpp"
#include "app/tag_coverage.hpp"

#include "query/field.hpp"
#include "report/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace florin::app {
namespace {

using query::Answer;
using query::Question;

constexpr std::uint64_t kTopRows = 10;
constexpr std::size_t kMovers = 5;
constexpr int kTrendMonths = 13;
constexpr int kTrendDays = 62;
constexpr std::uint64_t kTagKeys = 6;
constexpr std::size_t kCommitmentEnds = 5;

std::size_t column(const Answer& answer, std::string_view name) {
    const auto found = std::ranges::find(answer.columns, name, &query::AnswerColumn::name);
    FLORIN_CHECK(found != answer.columns.end(), fmt::format("the answer has no column {}", name));
    return static_cast<std::size_t>(found - answer.columns.begin());
}

report::Amount amount(const engine::Value& value) {
    const auto* decimal = std::get_if<money::Decimal>(&value);
    return decimal == nullptr ? report::Amount() : *decimal;
}

/// Puts one measure's total where the report shows it.
void take_savings(const std::string& measure, const report::Amount& total, report::Savings& savings) {
    const auto rate = total.has_value() ? std::optional(money::Rate(*total)) : std::nullopt;
    if (measure == "list_cost") {
        savings.list = total;
    } else if (measure == "contracted_cost") {
        savings.contracted = total;
    } else if (measure == "effective_cost") {
        savings.effective = total;
    } else if (measure == "savings") {
        savings.savings = total;
    } else if (measure == "effective_savings_rate") {
        savings.effective_savings_rate = rate;
    } else if (measure == "commitment_used") {
        savings.commitment_used = total;
    } else if (measure == "commitment_unused") {
        savings.commitment_unused = total;
    } else {
        savings.commitment_utilisation = rate;
    }
}

/// One breakdown: which dimension, what it is called, and how many rows are shown.
struct Wanted {
    std::string dimension;
    std::string title;
    std::string plural;
    std::uint64_t limit = 0; ///< 0: all

    std::string in_sentence() const { return report::lower_first(title); }
};

class Summariser {
public:
    Summariser(Workspace& workspace, const SummaryRequest& request, Asker asker)
        : workspace_(workspace), request_(request), asker_(std::move(asker)) {}

    base::Result<report::Summary> run() {
        summary_.workspace_title = workspace_.configuration().name;
        summary_.basis = static_cast<report::Basis>(request_.basis == query::Basis::kEffective ? 0
                                                    : request_.basis == query::Basis::kBilled  ? 1
                                                    : request_.basis == query::Basis::kList    ? 2
                                                                                               : 3);
        summary_.generated_at = workspace_.now();
        summary_.as_of = request_.as_of;
        FLORIN_TRY(choose_period());
        FLORIN_TRY(totals());
        FLORIN_TRY(trend(period::Grain::kMonth, kTrendMonths));
        FLORIN_TRY(trend(period::Grain::kDay, kTrendDays));
        for (const Wanted& wanted : {Wanted{"service_provider_name", "Provider", "providers", 0},
                                     Wanted{"service_category", "Service category", "service categories", 0},
                                     Wanted{"service_name", "Service", "services", kTopRows},
                                     Wanted{"account", "Account", "accounts", kTopRows}, team()}) {
            FLORIN_TRY(breakdown(wanted));
        }
        FLORIN_TRY(movers());
        FLORIN_TRY(tags());
        FLORIN_TRY(savings());
        FLORIN_TRY(commitments());
        freshness();
        for (const std::string& sentence : asker_.notes(true, Question())) {
            summary_.marks.push_back({.text = sentence});
        }
        return std::move(summary_);
    }

private:
    base::Result<void> choose_period();
    base::Result<void> totals();
    base::Result<void> trend(period::Grain grain, int steps);
    base::Result<void> breakdown(const Wanted& wanted);
    base::Result<void> movers();
    base::Result<void> tags();
    base::Result<void> savings();
    base::Result<void> commitments();
    void freshness();

    Wanted team() const {
        const std::string& key = workspace_.configuration().team_tag;
        return {query::to_text(query::Field{query::Field::Kind::kTag, key}), "Team", "teams", kTopRows};
    }

    /// A question about the period of the summary, with its previous period beside it.
    Question about(std::vector<std::string> measures) const {
        Question question;
        question.measures = std::move(measures);
        question.basis = request_.basis;
        question.period = summary_.period;
        question.calendar = workspace_.configuration().fiscal_calendar;
        return question;
    }
    report::CurrencyBlock* block(const std::string& currency) {
        const auto found = std::ranges::find_if(
            summary_.blocks, [&](const report::CurrencyBlock& one) { return one.currency.code() == currency; });
        return found == summary_.blocks.end() ? nullptr : &*found;
    }

    Workspace& workspace_;
    const SummaryRequest& request_;
    Asker asker_;
    report::Summary summary_;
    period::Day last_charge_day_{};
};

base::Result<void> Summariser::choose_period() {
    // The last day with charges, looked for in the months that the files touch, the last one first.
    FLORIN_TRY_ASSIGN(const std::optional<period::Day> last_month, last_month_with_charges(asker_));
    if (!last_month.has_value()) {
        summary_.period = request_.period.value_or(period::month_of(workspace_.today()));
        summary_.previous_period = period::previous(summary_.period);
        return {};
    }
    Question charge_days;
    charge_days.measures = {"charge_count"};
    charge_days.grain = period::Grain::kDay;
    charge_days.period = period::month_of(*last_month);
    FLORIN_TRY_ASSIGN(const Answer by_day, asker_.ask(charge_days));
    last_charge_day_ = *last_month;
    const std::size_t time = column(by_day, "day");
    const std::size_t count = column(by_day, "charge_count");
    for (const query::CurrencyBlock& one : by_day.blocks) {
        for (const query::AnswerRow& row : one.rows) {
            const auto* charges = std::get_if<std::int64_t>(&row.values[count]);
            if (charges != nullptr && *charges > 0) {
                last_charge_day_ = std::max(last_charge_day_, std::get<period::Day>(row.values[time]));
            }
        }
    }
    summary_.period = request_.period.value_or(period::month_of(*last_month));
    summary_.previous_period = period::previous(summary_.period);
    if (!request_.period.has_value() && last_charge_day_ + std::chrono::days(1) < summary_.period.end) {
        // A month that is not over is compared with the same days of the month before.
        const int days_so_far = static_cast<int>((last_charge_day_ - summary_.period.start).count()) + 1;
        summary_.period.end = last_charge_day_ + std::chrono::days(1);
        const period::Period whole = period::month_of(summary_.period.start - std::chrono::days(1));
        summary_.previous_period = {whole.start, std::min(whole.end, whole.start + std::chrono::days(days_so_far))};
    }
    return {};
}

base::Result<void> Summariser::totals() {
    for (const bool is_previous : {false, true}) {
        Question question = about({"cost", "billed_cost"});
        question.period = is_previous ? summary_.previous_period : summary_.period;
        FLORIN_TRY_ASSIGN(const Answer answer, asker_.ask(question));
        const std::size_t cost = column(answer, "cost");
        const std::size_t billed = column(answer, "billed_cost");
        for (const query::CurrencyBlock& found : answer.blocks) {
            FLORIN_TRY_ASSIGN(const money::Currency currency, money::Currency::parse(found.currency));
            if (!is_previous) {
                report::CurrencyBlock one{.currency = currency};
                one.spend = amount(found.total.values[cost]);
                one.spend_billed = amount(found.total.values[billed]);
                summary_.blocks.push_back(std::move(one));
            } else if (report::CurrencyBlock* one = block(found.currency); one != nullptr) {
                one->previous = amount(found.total.values[cost]);
                one->previous_billed = amount(found.total.values[billed]);
            }
        }
    }
    // The largest currency first: that is the one a reader looks for.
    std::ranges::stable_sort(summary_.blocks, [](const report::CurrencyBlock& a, const report::CurrencyBlock& b) {
        return a.spend.value_or(money::Decimal()) > b.spend.value_or(money::Decimal());
    });
    return {};
}

base::Result<void> Summariser::trend(period::Grain grain, int steps) {
    Question question = about({"cost", "billed_cost"});
    question.grain = grain;
    question.period->start = grain == period::Grain::kMonth
                                 ? period::add_months(summary_.period.end - std::chrono::days(1), 1 - steps)
                                 : std::min(summary_.period.start, summary_.period.end - std::chrono::days(steps));
    FLORIN_TRY_ASSIGN(const Answer answer, asker_.ask(question));
    const std::size_t time = column(answer, period::name(grain));
    const std::size_t cost = column(answer, "cost");
    const std::size_t billed = column(answer, "billed_cost");
    for (const query::CurrencyBlock& found : answer.blocks) {
        report::CurrencyBlock* one = block(found.currency);
        if (one == nullptr) {
            continue;
        }
        auto& points = grain == period::Grain::kMonth ? one->monthly : one->daily;
        for (const query::AnswerRow& row : found.rows) {
            const auto day = std::get<period::Day>(row.values[time]);
            const period::Period step = period::step_of(day, grain, question.calendar);
            points.push_back({.period = step,
                              .amount = amount(row.values[cost]),
                              .billed = amount(row.values[billed]),
                              .is_complete = step.end <= last_charge_day_ + std::chrono::days(1)});
        }
        std::ranges::sort(points, {}, &report::TrendPoint::period);
    }
    return {};
}

base::Result<void> Summariser::breakdown(const Wanted& wanted) {
    Question question = about({"cost", "billed_cost"});
    question.dimensions = {wanted.dimension};
    question.limit = wanted.limit;
    FLORIN_TRY_ASSIGN(const Answer answer, asker_.ask(question));
    // The previous amounts of the same values; what is not among them comes with the rest.
    Question before = question;
    before.period = summary_.previous_period;
    before.limit = 0;
    before.measures = {"cost"};
    FLORIN_TRY_ASSIGN(const Answer previous, asker_.ask(before));
    const std::size_t cost = column(answer, "cost");
    const std::size_t billed = column(answer, "billed_cost");
    const std::size_t value = column(answer, wanted.dimension);
    const std::size_t previous_cost = column(previous, "cost");
    const std::size_t previous_value = column(previous, wanted.dimension);
    for (const query::CurrencyBlock& found : answer.blocks) {
        report::CurrencyBlock* one = block(found.currency);
        if (one == nullptr) {
            continue;
        }
        std::map<std::string, money::Decimal> earlier;
        const auto key = [](const engine::Value& of) {
            const auto* text = std::get_if<std::string>(&of);
            return text == nullptr ? std::string(1, '\0') : *text;
        };
        report::Breakdown breakdown{.dimension = wanted.title, .dimension_plural = wanted.plural};
        money::Decimal earlier_rest;
        for (const query::CurrencyBlock& then : previous.blocks) {
            if (then.currency == found.currency) {
                for (const query::AnswerRow& row : then.rows) {
                    earlier[key(row.values[previous_value])] =
                        amount(row.values[previous_cost]).value_or(money::Decimal());
                }
                breakdown.total_previous = amount(then.total.values[previous_cost]);
                earlier_rest = breakdown.total_previous.value_or(money::Decimal());
            }
        }
        breakdown.total = amount(found.total.values[cost]);
        breakdown.total_billed = amount(found.total.values[billed]);
        for (const query::AnswerRow& row : found.rows) {
            report::BreakdownRow line{.amount = amount(row.values[cost]), .billed = amount(row.values[billed])};
            if (row.kind == query::AnswerRow::Kind::kRest) {
                line.kind = report::BreakdownRow::Kind::kRest;
                line.member_count = found.rest_groups;
                line.previous = earlier_rest;
            } else {
                const std::string name = key(row.values[value]);
                line.kind = name == std::string(1, '\0') ? report::BreakdownRow::Kind::kMissing
                                                         : report::BreakdownRow::Kind::kNamed;
                line.name = line.kind == report::BreakdownRow::Kind::kMissing ? std::string() : name;
                line.previous = earlier.contains(name) ? earlier[name] : money::Decimal();
                FLORIN_TRY_ASSIGN(earlier_rest, earlier_rest.minus(*line.previous));
            }
            breakdown.rows.push_back(std::move(line));
        }
        one->breakdowns.push_back(std::move(breakdown));
    }
    return {};
}

base::Result<void> Summariser::movers() {
    // Whatever moved most, seen as services, accounts and teams: the same money may be in one of each.
    std::map<std::string, std::vector<std::pair<money::Decimal, report::Mover>>> by_currency;
    for (const Wanted& wanted : {Wanted{"service_name", "Service"}, Wanted{"account", "Account"}, team()}) {
        // Every value of both periods, so that what came and what went are there too.
        std::map<std::pair<std::string, std::string>, report::Mover> movers;
        for (const bool is_previous : {false, true}) {
            Question question = about({"cost"});
            question.dimensions = {wanted.dimension};
            question.period = is_previous ? summary_.previous_period : summary_.period;
            FLORIN_TRY_ASSIGN(const Answer answer, asker_.ask(question));
            const std::size_t cost = column(answer, "cost");
            const std::size_t value = column(answer, wanted.dimension);
            for (const query::CurrencyBlock& found : answer.blocks) {
                for (const query::AnswerRow& row : found.rows) {
                    const auto* name = std::get_if<std::string>(&row.values[value]);
                    const std::string shown = name == nullptr ? "no " + wanted.in_sentence() : *name;
                    report::Mover& mover = movers[{found.currency, shown}];
                    mover.dimension = wanted.title;
                    mover.name = shown;
                    (is_previous ? mover.previous : mover.amount) = amount(row.values[cost]).value_or(money::Decimal());
                }
            }
        }
        for (auto& [key, mover] : movers) {
            mover.amount = mover.amount.value_or(money::Decimal());
            mover.previous = mover.previous.value_or(money::Decimal());
            FLORIN_TRY_ASSIGN(const money::Decimal change, mover.amount->minus(*mover.previous));
            by_currency[key.first].emplace_back(change, std::move(mover));
        }
    }
    for (report::CurrencyBlock& one : summary_.blocks) {
        auto& moved = by_currency[one.currency.code()];
        std::ranges::stable_sort(moved, [](const auto& a, const auto& b) { return a.first > b.first; });
        for (std::size_t i = 0; i < moved.size() && i < kMovers && moved[i].first > money::Decimal(); ++i) {
            one.increases.push_back(moved[i].second);
        }
        std::ranges::stable_sort(moved, [](const auto& a, const auto& b) { return a.first < b.first; });
        for (std::size_t i = 0; i < moved.size() && i < kMovers && moved[i].first.is_negative(); ++i) {
            one.decreases.push_back(moved[i].second);
        }
    }
    return {};
}

base::Result<void> Summariser::tags() {
    FLORIN_TRY_ASSIGN(const std::vector<std::string> keys, reported_tag_keys(asker_, workspace_, kTagKeys));
    FLORIN_TRY_ASSIGN(const std::vector<TagCoverageAt> coverage, tag_coverage(asker_, about({"cost"}), keys));
    for (report::CurrencyBlock& one : summary_.blocks) {
        for (const std::string& key : keys) {
            one.tags.push_back({.key = key, .tagged = money::Decimal(), .untagged = money::Decimal()});
        }
    }
    for (const TagCoverageAt& each : coverage) {
        if (report::CurrencyBlock* one = block(each.currency); one != nullptr) {
            report::TagCoverage& tag = *std::ranges::find(one->tags, each.key, &report::TagCoverage::key);
            FLORIN_TRY_ASSIGN(const money::Decimal untagged, each.cost.untagged.plus(each.cost.untaggable));
            tag.tagged = each.cost.tagged;
            tag.untagged = untagged;
        }
    }
    return {};
}

/// The charges that savings are about: without covering purchases, tax and credits. An unused
/// commitment is a cost without a price to be saved from.
constexpr std::string_view kSavingsScope =
    "not (charge_category = 'Purchase' and commitment_discount_category is not null) "
    "and charge_category not in ('Tax', 'Credit')";

base::Result<void> Summariser::savings() {
    Question priced = about({"list_cost", "contracted_cost"});
    priced.filter = fmt::format("{} and commitment_discount_status != 'Unused'", kSavingsScope);
    Question paid = about({"effective_cost"});
    paid.filter = kSavingsScope;
    const Question rates =
        about({"savings", "effective_savings_rate", "commitment_used", "commitment_unused", "commitment_utilization"});
    for (const Question& question : {rates, priced, paid}) {
        FLORIN_TRY_ASSIGN(const Answer answer, asker_.ask(question));
        for (const query::CurrencyBlock& found : answer.blocks) {
            report::CurrencyBlock* one = block(found.currency);
            if (one == nullptr) {
                continue;
            }
            for (const std::string& measure : question.measures) {
                take_savings(measure, amount(found.total.values[column(answer, measure)]), one->savings);
            }
        }
    }
    return {};
}

std::optional<money::Rate> rate(const report::Amount& ratio) {
    return ratio ? std::optional(money::Rate(*ratio)) : std::nullopt;
}

/// The commitments that end next, at most so many.
void take_ends(const CommitmentBlock& block, report::Commitments& commitments) {
    for (const CommitmentLine& line : block.lines) {
        if (line.id && !line.term.end) {
            ++commitments.without_end_count;
        }
        if (line.days_left && *line.days_left >= 0) {
            commitments.ends.push_back({.name = line.name.value_or(line.id.value_or("")),
                                        .type = line.type.value_or(""),
                                        .provider = line.provider.value_or(""),
                                        .end = period::day_of(*line.term.end),
                                        .days_left = *line.days_left,
                                        .cost = line.figures.cost});
        }
    }
    std::ranges::stable_sort(commitments.ends, {}, &report::CommitmentEnd::days_left);
    commitments.ends.resize(std::min(commitments.ends.size(), kCommitmentEnds));
}

base::Result<void> Summariser::commitments() {
    FLORIN_TRY_ASSIGN(const std::vector<CommitmentList> lists,
                      list_commitments(asker_, summary_.period,
                                       {CommitmentGrouping::kType, CommitmentGrouping::kCommitment},
                                       workspace_.today()));
    for (std::size_t i = 0; i < lists.front().blocks.size(); ++i) {
        const CommitmentBlock& found = lists.front().blocks[i];
        report::CurrencyBlock* one = block(found.currency);
        if (one == nullptr) {
            continue;
        }
        const CommitmentFigures& total = found.total.figures;
        one->commitments = {.used = total.used,
                            .unused = total.unused,
                            .utilisation = rate(total.utilization),
                            .coverage = rate(total.coverage.ratio),
                            .coverage_note = coverage_sentence(total.coverage.eligibility)};
        for (const CommitmentLine& line : found.lines) {
            one->commitments.rows.push_back({.type = line.type.value_or(""),
                                             .provider = line.provider.value_or(""),
                                             .used = line.figures.used,
                                             .unused = line.figures.unused,
                                             .utilisation = rate(line.figures.utilization),
                                             .coverage = rate(line.figures.coverage.ratio)});
        }
        take_ends(lists.back().blocks[i], one->commitments);
    }
    return {};
}

void Summariser::freshness() {
    struct Bill {
        std::string source;
        std::string account;
        auto operator<=>(const Bill&) const = default;
    };
    std::map<Bill, report::Freshness> by_account;
    const lake::CurrentFiles& current = asker_.current();
    for (const lake::PartReference& reference : current.parts) {
        const lake::Delivery& delivery = current.deliveries[reference.delivery];
        const lake::Part& part = delivery.parts[reference.part];
        report::Freshness& line = by_account[{delivery.source, part.billing_account_id}];
        line.source = delivery.source;
        line.billing_account = part.billing_account_id;
        const period::Day last =
            std::min(part.days.end, period::day_of(part.billing_period_end)) - std::chrono::days(1);
        line.last_charge_day = std::max(line.last_charge_day.value_or(last), last);
        line.received_at = std::max(line.received_at.value_or(delivery.received_at), delivery.received_at);
        line.row_count += part.rows;
        line.state =
            delivery.complete.value_or(false) ? report::Freshness::State::kComplete : report::Freshness::State::kOpen;
    }
    for (const lake::Delivery& delivery : current.deliveries) {
        for (const lake::Part& part : delivery.parts) {
            const auto found = by_account.find({delivery.source, part.billing_account_id});
            if (part.pending() && !delivery.withdrawn_at.has_value() && found != by_account.end()) {
                ++found->second.pending_delivery_count;
            }
        }
    }
    if (!request_.as_of) { // what was late by then is of no use by now
        for (const DeliveryRhythm& rhythm : delivery_rhythms(current.deliveries)) {
            for (const std::string& account : rhythm.billing_accounts) {
                const auto found = by_account.find({rhythm.source, account});
                if (rhythm.is_late(workspace_.now()) && found != by_account.end()) {
                    found->second.note = "late: " + describe_late(rhythm, workspace_.now());
                }
            }
        }
    }
    for (auto& [key, line] : by_account) {
        summary_.freshness.push_back(std::move(line));
    }
}

} // namespace

base::Result<report::Summary> summarise(Workspace& workspace, const SummaryRequest& request) {
    FLORIN_TRY_ASSIGN(Asker asker, Asker::open(workspace, request.as_of));
    if (request.running) {
        request.running(&asker.engine());
    }
    // Named, so that the engine outlives the word that it no longer runs.
    Summariser summariser(workspace, request, std::move(asker));
    auto summary = summariser.run();
    if (request.running) {
        request.running(nullptr);
    }
    return summary;
}

} // namespace florin::app
