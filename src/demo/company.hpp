// The invented company: what it runs, where, who owns it, and what each thing costs on an ordinary
// day. Everything follows from the seed; amounts and quantities are integers.
#pragma once

#include "period/period.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace florin::demo {

/// What of a feed is taxed at the end of the month.
enum class TaxBase : std::uint8_t { kNothing, kFees, kEverything };

/// One bill that arrives every month: one billing account of one invoice issuer.
struct Feed {
    std::string_view name; ///< folder of its files
    std::string_view provider;
    std::string_view issuer;
    std::string_view account_name;
    std::string_view currency;
    std::string_view invoice_prefix;
    std::int64_t monthly_spend = 0; ///< of its usage in the last month, whole units of the currency
    int discount_percent = 0;       ///< negotiated, off the list price
    int tax_per_myriad = 0;
    TaxBase tax_base = TaxBase::kNothing;
    std::string account_id;
};

/// How usage moves in the week, the year and the month.
enum class Rhythm : std::uint8_t {
    kFlat,     ///< always on
    kOffice,   ///< less on weekends
    kConsumer, ///< more on weekends and before the winter holidays
    kMonthEnd, ///< three times as much on the last two days and the first day of a month
};

/// Something with a price.
struct Sku {
    std::string_view feed;
    std::string_view id;
    std::string_view service;
    std::string_view category;
    std::string_view subcategory;
    std::string_view description;
    std::string_view meter;
    std::string_view pricing_unit;
    std::string_view consumed_unit;
    std::int64_t list_price = 0;  ///< 10^-8 of the currency per pricing unit
    std::int64_t block = 1;       ///< consumed units in a pricing unit
    std::int64_t quantum = 1'000; ///< smallest step of the pricing quantity, 10^-6
    int share = 1;                ///< of an account's spend, relative to its other SKUs
    Rhythm rhythm = Rhythm::kFlat;
    bool hourly = false;       ///< billed by the hour rather than by the day
    bool dynamic = false;      ///< spot market
    std::string_view resource; ///< kind of resource, in its id
};

struct SubAccount {
    std::size_t feed = 0;
    std::string id;
    std::string name;
    std::string_view application;
    std::string_view team;
    std::string_view env; ///< "prod" or "nonprod"
    std::string_view cost_center;
    std::string_view region; ///< empty where the provider has none
    std::string_view second_region;
    int weight = 1;           ///< share of the feed's spend
    int growth_per_mille = 0; ///< a month
};

enum class Move : std::uint8_t { kStays, kLeaves, kArrives };

/// A planted anomaly: usage multiplied for some days.
enum class AnomalyKind : std::uint8_t { kDataTransfer, kForgottenCluster, kLogging };
inline constexpr int kAnomalyCount = 3;
struct Anomaly {
    AnomalyKind kind = AnomalyKind::kDataTransfer;
    std::string_view name;
    std::string_view sentence;
    std::string_view sub_account; ///< SubAccount::name
    std::string_view sku;         ///< Sku::id
    std::int64_t daily_spend = 0; ///< on an ordinary day, whole units of the currency
    int factor = 1;               ///< usage is so many times the ordinary
    period::Period days;
};

/// One SKU used by one sub account in one region: what becomes many charges.
struct Line {
    std::size_t feed = 0;
    std::size_t sub_account = 0;
    std::size_t sku = 0;
    std::string_view region;
    std::optional<std::string> team;       ///< the tag's value, as somebody typed it
    std::vector<std::string> tag_variants; ///< the cell Tags, one per component; an empty one is null
    std::int64_t daily_quantity = 0;       ///< pricing quantity on an ordinary day of the last month, 10^-6
    Move move = Move::kStays;
    int anomaly = -1; ///< index into Company::anomalies
    std::uint64_t seed = 0;
};

struct Company {
    std::vector<Feed> feeds;
    std::vector<Sku> skus;
    std::vector<SubAccount> sub_accounts;
    std::vector<Line> lines; ///< ordered by feed
    std::vector<Anomaly> anomalies;
    std::optional<period::Period> migration; ///< two months; none when the estate is shorter than four
};

/// Every SKU of every feed.
std::vector<Sku> price_list();

/// `last_month_start` is the first day of the last of `months` months.
Company make_company(std::uint64_t seed, int months, period::Day last_month_start);

/// Places in the lists of the company; that it is there is checked.
std::size_t find_sku(const Company& company, std::string_view id);
std::size_t find_account(const Company& company, std::size_t feed, std::string_view name);

/// A team's cost tags as JSON with sorted keys; parts that are empty are left out, all empty is null.
std::string tags_json(std::string_view application, std::string_view component, std::string_view cost_center,
                      std::string_view env, std::string_view team);

/// 10^-10 of the currency per pricing unit, after the feed's discount.
std::int64_t contracted_price(const Feed& feed, const Sku& sku);
std::int64_t list_price(const Sku& sku);

/// Pricing quantity of a line on a day in 10^-6, 0 where it does not run, and what it would be without
/// its anomaly.
struct DayQuantity {
    std::int64_t actual = 0;
    std::int64_t ordinary = 0;
};
DayQuantity day_quantity(const Company& company, const Line& line, period::Day day, int months_before_last);

} // namespace florin::demo
