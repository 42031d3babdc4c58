#include "app/late_deliveries.hpp"

#include "ingest/disjoint_sets.hpp"
#include "period/duration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace florin::app {
namespace {

using std::chrono::seconds;
constexpr seconds kSlackMin = std::chrono::hours(6);
constexpr seconds kSlackMax = std::chrono::days(3);

/// A billing account of a source.
using Payer = std::pair<std::string, std::string>;

/// The payers that share deliveries, by the number of their set.
std::map<Payer, std::size_t> feeds_of(std::span<const lake::Delivery> deliveries) {
    std::map<Payer, std::size_t> numbers;
    for (const lake::Delivery& delivery : deliveries) {
        for (const lake::Part& part : delivery.parts) {
            numbers.try_emplace({delivery.source, part.billing_account_id}, numbers.size());
        }
    }
    ingest::DisjointSets sets(numbers.size());
    for (const lake::Delivery& delivery : deliveries) {
        for (const lake::Part& part : delivery.parts) {
            sets.join(numbers[{delivery.source, delivery.parts.front().billing_account_id}],
                      numbers[{delivery.source, part.billing_account_id}]);
        }
    }
    std::vector<std::size_t> feed(numbers.size());
    const auto members = sets.sets();
    for (std::size_t set = 0; set < members.size(); ++set) {
        for (const std::size_t payer : members[set]) {
            feed[payer] = set;
        }
    }
    for (auto& [payer, number] : numbers) {
        number = feed[number];
    }
    return numbers;
}

/// The least of the sorted values that `numerator` of `denominator` of them do not exceed.
seconds nearest_rank(const std::vector<seconds>& sorted, std::size_t numerator, std::size_t denominator) {
    return sorted[(sorted.size() * numerator + denominator - 1) / denominator - 1];
}

void take_rhythm(const std::map<period::Day, period::Instant>& first_of_day, DeliveryRhythm& rhythm) {
    std::vector<seconds> gaps;
    for (auto at = first_of_day.rbegin(); std::next(at) != first_of_day.rend() && gaps.size() < kGapsMax; ++at) {
        gaps.push_back(std::chrono::duration_cast<seconds>(at->second - std::next(at)->second));
    }
    rhythm.gaps = gaps.size();
    if (gaps.size() < kGapsMin) {
        return;
    }
    std::ranges::sort(gaps);
    rhythm.usual_gap = nearest_rank(gaps, 1, 2);
    rhythm.due_by =
        rhythm.last_delivery + nearest_rank(gaps, 9, 10) + std::clamp(*rhythm.usual_gap / 4, kSlackMin, kSlackMax);
}

} // namespace

std::vector<DeliveryRhythm> delivery_rhythms(std::span<const lake::Delivery> deliveries) {
    const std::map<Payer, std::size_t> feeds = feeds_of(deliveries);
    struct FeedTimes {
        std::string source;
        std::set<std::string> accounts;
        std::map<period::Day, period::Instant> first_of_day;
        period::Instant last;
    };
    std::map<std::size_t, FeedTimes> by_number;
    for (const lake::Delivery& delivery : deliveries) {
        for (const lake::Part& part : delivery.parts) {
            FeedTimes& feed = by_number[feeds.at({delivery.source, part.billing_account_id})];
            feed.source = delivery.source;
            feed.accounts.insert(part.billing_account_id);
            const auto [at, added] =
                feed.first_of_day.try_emplace(period::day_of(delivery.ordered_at), delivery.ordered_at);
            at->second = std::min(at->second, delivery.ordered_at);
            feed.last = std::max(feed.last, delivery.ordered_at);
        }
    }
    std::vector<DeliveryRhythm> rhythms;
    for (const auto& [number, feed] : by_number) {
        DeliveryRhythm rhythm{.source = feed.source,
                              .billing_accounts = {feed.accounts.begin(), feed.accounts.end()},
                              .last_delivery = feed.last};
        take_rhythm(feed.first_of_day, rhythm);
        rhythms.push_back(std::move(rhythm));
    }
    std::ranges::sort(rhythms, {}, [](const DeliveryRhythm& rhythm) {
        return std::pair(rhythm.source, rhythm.billing_accounts.front());
    });
    return rhythms;
}

std::string describe_late(const DeliveryRhythm& rhythm, period::Instant now) {
    const auto since = std::chrono::duration_cast<seconds>(now - rhythm.last_delivery);
    std::string due_by = period::to_string(*rhythm.due_by).substr(0, 16);
    due_by[10] = ' ';
    return fmt::format("nothing for {}, usually there is something after {}; it was due by {} UTC",
                       period::describe_duration(since), period::describe_duration(*rhythm.usual_gap), due_by);
}

} // namespace florin::app
