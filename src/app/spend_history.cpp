#include "app/spend_history.hpp"

#include "query/question.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace florin::app {
namespace {

using period::Day;
using std::chrono::days;

constexpr std::size_t kPeriodsRead = 4; ///< billing periods whose days tell how often charges come
constexpr days kProviderLag{1};

using FeedName = std::pair<std::string, std::string>; ///< source, billing account

struct Feed {
    FeedDays known;
    std::vector<std::size_t> files; ///< into CurrentFiles::files
    Day first;                      ///< of its first billing period
};

/// The parts of one feed by the start of their billing period.
using PartsByPeriod = std::map<Day, std::vector<std::size_t>>;

base::Result<Feed> read_feed(Workspace& workspace, const lake::CurrentFiles& current, const PartsByPeriod& periods) {
    Feed feed{.known = {}, .files = {}, .first = periods.begin()->first};
    std::set<Day> charge_days;
    std::size_t read = 0;
    for (auto at = periods.rbegin(); at != periods.rend(); ++at, ++read) {
        for (const std::size_t file : at->second) {
            feed.files.push_back(file);
            const lake::PartReference& reference = current.parts[file];
            const lake::Delivery& delivery = current.deliveries[reference.delivery];
            lake::Part part = delivery.parts[reference.part];
            if (read == 0) {
                feed.known.period_end = std::max(feed.known.period_end, period::day_of(part.billing_period_end));
                if (delivery.ordered_at >= feed.known.ordered_at) {
                    feed.known.ordered_at = delivery.ordered_at;
                    feed.known.stated_complete = delivery.complete.value_or(false);
                }
            }
            if (read < kPeriodsRead) {
                FLORIN_TRY(workspace.lake().catalog().read_profile(delivery.id, reference.part, part));
                for (const std::string& text : part.charge_days) {
                    FLORIN_TRY_ASSIGN(const Day day, period::parse_day(text));
                    charge_days.insert(day);
                }
            }
        }
    }
    feed.known.charge_days.assign(charge_days.begin(), charge_days.end());
    return feed;
}

base::Result<std::map<FeedName, Feed>> read_feeds_of(Workspace& workspace, const lake::CurrentFiles& current) {
    std::map<FeedName, PartsByPeriod> parts;
    for (std::size_t i = 0; i < current.files.size(); ++i) {
        const lake::PartReference& reference = current.parts[i];
        const lake::Delivery& delivery = current.deliveries[reference.delivery];
        const lake::Part& part = delivery.parts[reference.part];
        parts[{delivery.source, part.billing_account_id}][period::day_of(part.billing_period_start)].push_back(i);
    }
    std::map<FeedName, Feed> feeds;
    for (const auto& [name, periods] : parts) {
        FLORIN_TRY_ASSIGN(feeds[name], read_feed(workspace, current, periods));
    }
    return feeds;
}

/// The gap that nine in ten gaps do not exceed, by nearest rank; a day where there is no gap.
days usual_gap(const std::vector<Day>& charge_days) {
    std::vector<days> gaps;
    for (std::size_t i = 1; i < charge_days.size(); ++i) {
        gaps.push_back(charge_days[i] - charge_days[i - 1]);
    }
    std::ranges::sort(gaps);
    return gaps.empty() ? days(1) : gaps[(gaps.size() * 9 + 9) / 10 - 1];
}

/// Gives each feed its end and says which have ended; the ends in use, ascending, no two nearer than they may be.
std::vector<Day> settle_ends(const std::map<FeedName, Feed>& feeds, std::vector<FeedCompleteness>& settled) {
    Day last{};
    for (const auto& [name, feed] : feeds) {
        settled.push_back({.source = name.first, .billing_account = name.second, .end = complete_end(feed.known)});
        last = std::max(last, settled.back().end);
    }
    std::set<Day> ends;
    auto feed = feeds.begin();
    for (FeedCompleteness& one : settled) {
        one.has_ended = one.end + days(kFeedEndedDays) + usual_gap(feed->second.known.charge_days) < last;
        ++feed;
        if (!one.has_ended) {
            ends.insert(one.end);
        }
    }
    std::vector<Day> kept;
    for (const Day end : ends) {
        if (kept.empty() || end - kept.back() > days(kFeedTogetherDays)) {
            kept.push_back(end);
        }
    }
    return kept;
}

/// The cohort that a feed is in: the last end that is not after its own; of an ended one the last of all.
std::size_t cohort_of(const FeedCompleteness& feed, const std::vector<Day>& ends) {
    if (feed.has_ended) {
        return ends.size() - 1;
    }
    const auto after = std::ranges::upper_bound(ends, feed.end);
    return static_cast<std::size_t>(after - ends.begin()) - 1;
}

std::string feed_text(const FeedCompleteness& feed) {
    return fmt::format("{} ({})", feed.source, feed.billing_account);
}

void add_feed_notes(const std::map<FeedName, Feed>& feeds, SpendHistory& history) {
    auto feed = feeds.begin();
    for (const FeedCompleteness& one : history.feeds) {
        const std::vector<Day>& charged = (feed++)->second.known.charge_days;
        if (one.has_ended) {
            history.notes.push_back(fmt::format("{} delivered nothing after {}: it is taken to have ended.",
                                                feed_text(one), period::to_string(one.end - days(1))));
            continue;
        }
        const Day cut = history.cohort_ends[cohort_of(one, history.cohort_ends)];
        if (!charged.empty() && charged.back() >= cut) {
            history.notes.push_back(
                fmt::format("{} has charges up to {}; from {} on they are not complete, and left out.", feed_text(one),
                            period::to_string(charged.back()), period::to_string(cut)));
        } else if (cut != history.cohort_ends.back()) {
            history.notes.push_back(fmt::format("{} is complete up to {}, others up to {}.", feed_text(one),
                                                period::to_string(cut - days(1)),
                                                period::to_string(history.cohort_ends.back() - days(1))));
        }
    }
}

using Key = std::vector<std::optional<std::string>>;

/// Puts an answer by day into leaves.
base::Result<void> add_leaves(const query::Answer& answer, std::size_t cohort, SpendHistory& history) {
    const std::size_t dimensions = answer.question.dimensions.size();
    const auto day_count = static_cast<std::size_t>((history.cohort_ends[cohort] - history.start).count());
    const auto time = std::ranges::find(answer.columns, query::AnswerColumn::Kind::kTime, &query::AnswerColumn::kind);
    const auto cost =
        std::ranges::find(answer.columns, query::AnswerColumn::Kind::kMeasure, &query::AnswerColumn::kind);
    FLORIN_CHECK(time != answer.columns.end() && cost != answer.columns.end(), "an answer by day has days and a cost");
    const auto time_at = static_cast<std::size_t>(time - answer.columns.begin());
    const auto cost_at = static_cast<std::size_t>(cost - answer.columns.begin());
    for (const query::CurrencyBlock& found : answer.blocks) {
        auto block = std::ranges::find(history.blocks, found.currency, &SpendHistoryBlock::currency);
        if (block == history.blocks.end()) {
            history.blocks.push_back({.currency = found.currency, .leaves = {}});
            block = history.blocks.end() - 1;
        }
        std::map<std::pair<bool, Key>, std::size_t> at;
        for (const query::AnswerRow& row : found.rows) {
            const bool is_rest = row.kind == query::AnswerRow::Kind::kRest;
            Key key;
            for (std::size_t i = 0; i < dimensions && !is_rest; ++i) {
                const auto* text = std::get_if<std::string>(&row.values[i]);
                key.push_back(text == nullptr ? std::nullopt : std::optional(*text));
            }
            const auto [leaf, is_new] = at.try_emplace({is_rest, key}, block->leaves.size());
            if (is_new) {
                block->leaves.push_back({.key = key, .is_rest = is_rest, .cohort = cohort, .amounts = {}});
                block->leaves.back().amounts.resize(day_count);
            }
            const auto* day = std::get_if<Day>(&row.values[time_at]);
            const auto* amount = std::get_if<money::Decimal>(&row.values[cost_at]);
            if (day != nullptr && amount != nullptr) { // a cost that is not known counts as nothing; the notes say so
                money::Decimal& sum =
                    block->leaves[leaf->second].amounts[static_cast<std::size_t>((*day - history.start).count())];
                FLORIN_TRY_ASSIGN(sum, sum.plus(*amount));
            }
        }
    }
    return {};
}

query::Question daily(const SpendQuestion& question) {
    query::Question asked;
    asked.basis = question.basis;
    asked.filter = question.filter;
    asked.dimensions = question.dimensions;
    asked.currency = question.currency;
    asked.rate_type = question.rate_type;
    asked.grain = period::Grain::kDay;
    asked.limit = question.dimensions.empty() ? 0 : kSpendPartsMax;
    return asked;
}

} // namespace

period::Day complete_end(const FeedDays& known) {
    if (known.stated_complete || known.charge_days.empty()) {
        return known.period_end;
    }
    const Day next = known.charge_days.back() + usual_gap(known.charge_days);
    return std::min({known.period_end, period::day_of(known.ordered_at - kProviderLag), next});
}

base::Result<SpendHistory> read_spend_history(Workspace& workspace, Asker& asker, const SpendQuestion& question) {
    const lake::CurrentFiles& current = asker.current();
    FLORIN_TRY_ASSIGN(const auto feeds, read_feeds_of(workspace, current));
    if (feeds.empty()) {
        return base::user_error("forecast.no_charges", "there are no charges to forecast from")
            .with_remedy("ingest bills first: florin ingest FOLDER");
    }
    SpendHistory history;
    history.cohort_ends = settle_ends(feeds, history.feeds);
    history.start = feeds.begin()->second.first;
    std::vector<std::vector<lake::FileSet>> files(history.cohort_ends.size());
    auto settled = history.feeds.begin();
    for (const auto& [name, feed] : feeds) {
        history.start = std::min(history.start, feed.first);
        auto& cohort = files[cohort_of(*settled++, history.cohort_ends)];
        for (const std::size_t file : feed.files) {
            cohort.push_back(current.files[file]);
        }
    }
    add_feed_notes(feeds, history);
    if (history.cohort_ends.front() <= history.start) {
        return base::data_error("forecast.too_short", fmt::format("no day is complete yet: the first bill starts on {}",
                                                                  period::to_string(history.start)))
            .with_remedy("forecast once there is a week of complete days");
    }
    for (std::size_t cohort = 0; cohort < files.size(); ++cohort) {
        query::Question asked = daily(question);
        asked.period = period::Period{history.start, history.cohort_ends[cohort]};
        FLORIN_TRY_ASSIGN(const query::Answer answer,
                          files.size() == 1 ? asker.ask(asked) : asker.ask_of(asked, files[cohort]));
        FLORIN_TRY(add_leaves(answer, cohort, history));
    }
    std::ranges::sort(history.blocks, {}, &SpendHistoryBlock::currency);
    std::ranges::move(asker.notes(true, daily(question)), std::back_inserter(history.notes));
    return history;
}

} // namespace florin::app
