#include "demo/company.hpp"

#include "base/check.hpp"
#include "base/int128.hpp"
#include "demo/random.hpp"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

namespace florin::demo {

namespace {

constexpr std::size_t kAws = 0;
constexpr std::size_t kAzure = 1;
constexpr std::size_t kGcp = 2;
constexpr std::size_t kSaas = 3;
constexpr std::size_t kAi = 4;
constexpr std::size_t kDatacenter = 5;

std::vector<Feed> make_feeds() {
    return {
        {"aws", "AWS", "Amazon Web Services EMEA SARL", "Halden Group (payer)", "USD", "EUINDE", 520'000, 7, 810,
         TaxBase::kFees, ""},
        {"azure", "Microsoft", "Microsoft", "Halden Group enterprise agreement", "USD", "E0", 240'000, 5, 810,
         TaxBase::kFees, ""},
        {"gcp", "Google Cloud", "Google Cloud", "halden-billing", "USD", "GC", 260'000, 6, 810, TaxBase::kFees, ""},
        {"saas", "Brightlog", "Brightlog", "Halden Group", "EUR", "BL", 60'000, 12, 1'900, TaxBase::kEverything, ""},
        {"ai", "Tessera AI", "Tessera AI", "Halden Group", "USD", "TSR", 90'000, 0, 0, TaxBase::kNothing, ""},
        {"datacenter", "Halden IT", "Halden IT", "Data centre Frankfurt, cost centre CC-4100", "EUR", "DC", 110'000, 0,
         0, TaxBase::kNothing, ""},
    };
}

struct Application {
    std::size_t feed;
    std::string_view name, team, cost_center;
    int weight, growth;
};

// Each has a prod and a nonprod sub account.
constexpr std::array kApplications = {
    Application{kAws, "web-shop", "storefront", "CC-1010", 30, 14},
    Application{kAws, "checkout", "payments", "CC-1020", 24, 18},
    Application{kAws, "ledger", "payments", "CC-1020", 14, 10},
    Application{kAws, "tracking", "logistics", "CC-1030", 12, 12},
    Application{kAws, "mobile-api", "mobile", "CC-1060", 18, 22},
    Application{kAws, "ci", "platform", "CC-1070", 8, 9},
    Application{kAws, "siem", "security", "CC-1080", 7, 11},
    Application{kAzure, "search", "storefront", "CC-1010", 12, 16},
    Application{kAzure, "routing", "logistics", "CC-1030", 16, 8},
    Application{kAzure, "reporting", "data-platform", "CC-1040", 18, 13},
    Application{kAzure, "kubernetes", "platform", "CC-1070", 12, 10},
    Application{kGcp, "web-shop", "storefront", "CC-1010", 28, 14},
    Application{kGcp, "lakehouse", "data-platform", "CC-1040", 30, 20},
    Application{kGcp, "recommender", "machine-learning", "CC-1050", 22, 25},
    Application{kGcp, "forecasting", "machine-learning", "CC-1050", 12, 15},
};

struct Single {
    std::size_t feed;
    std::string_view name, application, team, env, cost_center;
    int weight, growth;
};

constexpr std::array kSingles = {
    Single{kAws, "shared-network", "", "", "prod", "CC-1070", 10, 8},
    Single{kAws, "log-archive", "", "", "prod", "CC-1080", 6, 12},
    Single{kAzure, "corporate-it", "", "platform", "prod", "CC-1070", 14, 5},
    Single{kGcp, "shared-vpc", "", "", "prod", "CC-1070", 6, 8},
    Single{kSaas, "observability-prod", "observability", "platform", "prod", "CC-1070", 30, 10},
    Single{kSaas, "observability-nonprod", "observability", "platform", "nonprod", "CC-1070", 8, 6},
    Single{kSaas, "apm-storefront", "web-shop", "storefront", "prod", "CC-1010", 12, 12},
    Single{kSaas, "apm-payments", "checkout", "payments", "prod", "CC-1020", 10, 12},
    Single{kSaas, "security-logs", "siem", "security", "prod", "CC-1080", 9, 9},
    Single{kAi, "assistant-prod", "assistant", "mobile", "prod", "CC-1060", 25, 85},
    Single{kAi, "assistant-nonprod", "assistant", "mobile", "nonprod", "CC-1060", 5, 40},
    Single{kAi, "search-ranking", "search", "storefront", "prod", "CC-1010", 16, 60},
    Single{kAi, "document-extraction", "ledger", "payments", "prod", "CC-1020", 12, 70},
    Single{kAi, "code-assistant", "ci", "platform", "nonprod", "CC-1070", 14, 90},
    Single{kAi, "forecasting-experiments", "forecasting", "machine-learning", "nonprod", "CC-1050", 6, 50},
    Single{kDatacenter, "erp", "erp", "platform", "prod", "CC-4110", 12, 2},
    Single{kDatacenter, "warehouse-control", "tracking", "logistics", "prod", "CC-4120", 9, 3},
    Single{kDatacenter, "ledger-archive", "ledger", "payments", "prod", "CC-4130", 6, 4},
    Single{kDatacenter, "backup", "", "platform", "prod", "CC-4140", 5, 5},
};

struct Regions {
    std::string_view first, second;
};
constexpr std::array<Regions, 6> kRegions = {Regions{"eu-west-1", "eu-central-1"},
                                             {"westeurope", "northeurope"},
                                             {"europe-west4", "europe-west1"},
                                             {"", ""},
                                             {"", ""},
                                             {"fra-1", "fra-2"}};

std::string account_id(std::size_t feed, std::uint64_t hash) {
    switch (feed) {
    case kAws: return fmt::format("{:012}", 100'000'000'000U + hash % 900'000'000'000U);
    case kAzure:
        return fmt::format("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", hash >> 32U, (hash >> 16U) & 0xffffU, hash & 0xfffU,
                           scramble(hash) & 0xfffU, scramble(hash + 1) >> 16U);
    case kGcp:
        return fmt::format("{:06X}-{:06X}-{:06X}", hash >> 40U, (hash >> 16U) & 0xffffffU, scramble(hash) >> 40U);
    default: return fmt::format("{:08}", hash % 100'000'000U);
    }
}

std::string sub_account_id(std::size_t feed, std::string_view name, std::uint64_t hash) {
    switch (feed) {
    case kAws:
    case kAzure: return account_id(feed, hash);
    case kGcp: return fmt::format("halden-{}-{:04x}", name, hash & 0xffffU);
    case kSaas: return fmt::format("org_{:08x}", hash & 0xffff'ffffU);
    case kAi: return fmt::format("proj_{:012x}", hash >> 16U);
    default: return fmt::format("DC-{}", name);
    }
}

std::vector<SubAccount> make_sub_accounts(std::uint64_t seed) {
    std::vector<SubAccount> all;
    const auto add = [&](std::size_t feed, std::string name, std::string_view application, std::string_view team,
                         std::string_view env, std::string_view cost_center, int weight, int growth) {
        SubAccount account;
        account.feed = feed;
        account.id = sub_account_id(feed, name, mix(seed, hash_text(name) + feed));
        account.name = std::move(name);
        account.application = application;
        account.team = team;
        account.env = env;
        account.cost_center = cost_center;
        account.region = kRegions[feed].first;
        account.second_region = kRegions[feed].second;
        account.weight = weight;
        account.growth_per_mille = growth;
        all.push_back(std::move(account));
    };
    for (const Application& app : kApplications) {
        add(app.feed, fmt::format("{}-prod", app.name), app.name, app.team, "prod", app.cost_center, 10 * app.weight,
            app.growth);
        add(app.feed, fmt::format("{}-nonprod", app.name), app.name, app.team, "nonprod", app.cost_center,
            2 * app.weight, app.growth);
    }
    for (const Single& one : kSingles) {
        add(one.feed, std::string(one.name), one.application, one.team, one.env, one.cost_center, 10 * one.weight,
            one.growth);
    }
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.feed < b.feed; });
    return all;
}

std::vector<Anomaly> make_anomalies(std::uint64_t seed, int months, period::Day last_month_start) {
    Random random(mix(seed, hash_text("anomalies")));
    const auto place = [&](int months_back, std::int64_t day_first, std::int64_t day_last, int days) {
        const period::Day month = period::add_months(last_month_start, -std::min(months_back, months - 1));
        const period::Day start = month + std::chrono::days(random.between(day_first, day_last) - 1);
        return period::Period{start, start + std::chrono::days(days)};
    };
    return {
        {AnomalyKind::kDataTransfer, "runaway-data-transfer",
         "A cache was switched off, and a week of responses went out to the internet at full size.", "tracking-prod",
         "AWS-DT-OUT", 240, 14, place(4, 6, 15, 7)},
        {AnomalyKind::kForgottenCluster, "forgotten-gpu-cluster",
         "A training cluster of an experiment was left running until somebody saw it on the bill.",
         "forecasting-nonprod", "GCP-CE-A100", 180, 13, place(2, 4, 8, 18)},
        {AnomalyKind::kLogging, "logging-explosion", "A debug log level reached production and stayed for four days.",
         "routing-prod", "AZ-MON-LOGS", 210, 24, place(6, 10, 20, 4)},
    };
}

/// The value somebody typed for `right`: mostly right, sometimes one of `wrong`.
std::string typed(std::string_view right, std::span<const std::string_view> wrong, int wrong_percent, Random& random) {
    if (wrong.empty() || random.between(1, 100) > wrong_percent) {
        return std::string(right);
    }
    return std::string(wrong[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(wrong.size()) - 1))]);
}

void tag(Line& line, const SubAccount& account, int components, Random& random) {
    static constexpr std::array<std::string_view, 2> kPaymentsWrong = {"paymnts", "Payments"};
    static constexpr std::array<std::string_view, 1> kDataWrong = {"dataplatform"};
    static constexpr std::array<std::string_view, 2> kProdWrong = {"production", "Prod"};
    static constexpr std::array<std::string_view, 8> kComponents = {"api",    "worker", "web",   "batch",
                                                                    "ingest", "index",  "cache", "jobs"};
    std::span<const std::string_view> team_wrong;
    if (account.team == "payments") {
        team_wrong = kPaymentsWrong;
    } else if (account.team == "data-platform") {
        team_wrong = kDataWrong;
    }
    std::string team = typed(account.team, team_wrong, 15, random);
    std::string env = account.env == "prod" ? typed("prod", kProdWrong, 10, random)
                                            : std::string(random.between(0, 2) == 0 ? "staging" : "dev");
    const std::int64_t luck = random.between(1, 100);
    const bool untagged = luck <= (account.env == "prod" ? 5 : 11) || account.team.empty();
    if (untagged) {
        line.tag_variants = {""};
        return;
    }
    if (luck >= 96) {
        team.clear();
    }
    const bool has_cost_center = random.between(1, 100) <= 80;
    for (int i = 0; i < components; ++i) {
        line.tag_variants.push_back(tags_json(account.application, kComponents[static_cast<std::size_t>(i)],
                                              has_cost_center ? account.cost_center : "", env, team));
    }
    if (!team.empty()) {
        line.team = team;
    }
}

/// Spend per ordinary day in 10^-6 of the currency as a pricing quantity in 10^-6.
std::int64_t quantity_for(base::int128 daily_micro, std::int64_t price) {
    return static_cast<std::int64_t>(daily_micro * 10'000'000'000 / price);
}

void size_lines(Company& company) {
    std::vector<base::int128> weights(company.feeds.size(), 0);
    const auto weight_of = [&](const Line& line) {
        Random random(mix(line.seed, 7));
        return base::int128{company.sub_accounts[line.sub_account].weight} * company.skus[line.sku].share *
               random.between(60, 140);
    };
    for (const Line& line : company.lines) {
        if (line.anomaly < 0 && line.move != Move::kArrives) {
            weights[line.feed] += weight_of(line);
        }
    }
    for (Line& line : company.lines) {
        const Feed& feed = company.feeds[line.feed];
        const base::int128 daily_micro =
            line.anomaly >= 0
                ? base::int128{company.anomalies[static_cast<std::size_t>(line.anomaly)].daily_spend} * 1'000'000
                : base::int128{feed.monthly_spend} * 1'000'000 / 30 * weight_of(line) / weights[line.feed];
        line.daily_quantity = quantity_for(daily_micro, contracted_price(feed, company.skus[line.sku]));
    }
}

void add_lines(Company& company, std::size_t account_index, int components, std::uint64_t seed) {
    const SubAccount& account = company.sub_accounts[account_index];
    Random random(mix(seed, hash_text(account.id)));
    for (std::size_t sku = 0; sku < company.skus.size(); ++sku) {
        if (company.skus[sku].feed != company.feeds[account.feed].name) {
            continue;
        }
        int anomaly = -1;
        for (std::size_t i = 0; i < company.anomalies.size(); ++i) {
            if (company.anomalies[i].sub_account == account.name && company.anomalies[i].sku == company.skus[sku].id) {
                anomaly = static_cast<int>(i);
            }
        }
        const bool cloud = account.feed <= kGcp;
        const bool used = random.between(1, 100) <= (cloud ? 65 : 100);
        const bool twice = random.between(1, 100) <= (cloud ? 18 : 0);
        if (!used && anomaly < 0) {
            continue;
        }
        for (int copy = 0; copy < (twice && anomaly < 0 ? 2 : 1); ++copy) {
            Line line;
            line.feed = account.feed;
            line.sub_account = account_index;
            line.sku = sku;
            line.region = copy == 0 ? account.region : account.second_region;
            line.anomaly = anomaly;
            line.seed = mix(mix(seed, hash_text(account.id)),
                            mix(hash_text(company.skus[sku].id), static_cast<std::uint64_t>(copy)));
            if (account.application == "web-shop" && company.migration && account.feed == kAws) {
                line.move = Move::kLeaves;
            }
            if (account.application == "web-shop" && company.migration && account.feed == kGcp) {
                line.move = Move::kArrives;
            }
            tag(line, account, components, random);
            company.lines.push_back(std::move(line));
        }
    }
}

constexpr std::int64_t kMille = 1'000;

/// Monday first.
constexpr std::array<std::int64_t, 7> kOfficeWeek = {1'090, 1'100, 1'095, 1'085, 1'060, 790, 780};
constexpr std::array<std::int64_t, 7> kConsumerWeek = {950, 940, 945, 965, 1'030, 1'100, 1'070};
constexpr std::array<std::int64_t, 12> kConsumerYear = {940, 930, 960, 970,   985,   985,
                                                        970, 975, 995, 1'020, 1'170, 1'200};

std::int64_t rhythm_per_million(Rhythm rhythm, period::Day day) {
    const std::chrono::year_month_day date(day);
    const std::size_t weekday = std::chrono::weekday(day).iso_encoding() - 1;
    switch (rhythm) {
    case Rhythm::kFlat: return kMille * kMille;
    case Rhythm::kOffice: return kOfficeWeek[weekday] * kMille;
    case Rhythm::kConsumer: return kConsumerWeek[weekday] * kConsumerYear[static_cast<unsigned>(date.month()) - 1];
    case Rhythm::kMonthEnd: {
        const bool peak = date.day() == std::chrono::day{1} || period::month_of(day).end - day <= std::chrono::days(2);
        return (peak ? 2'500 : 840) * kMille;
    }
    }
    return kMille * kMille;
}

std::int64_t migration_per_mille(const Company& company, Move move, period::Day day) {
    if (move == Move::kStays || !company.migration) {
        return kMille;
    }
    const period::Period& days = *company.migration;
    std::int64_t arrived = 0;
    if (day >= days.end) {
        arrived = kMille;
    } else if (day >= days.start) {
        arrived = kMille * ((day - days.start).count() + 1) / (days.days() + 1);
    }
    return move == Move::kArrives ? arrived : kMille - arrived;
}

/// 10^-6; 1 in the last month and less before, by the month's growth.
std::int64_t growth_per_million(int growth_per_mille, int months_before_last) {
    std::int64_t factor = kMille * kMille;
    for (int i = 0; i < months_before_last; ++i) {
        factor = factor * kMille / (kMille + growth_per_mille);
    }
    return factor;
}

} // namespace

std::string tags_json(std::string_view application, std::string_view component, std::string_view cost_center,
                      std::string_view env, std::string_view team) {
    std::string json;
    const auto add = [&](std::string_view key, std::string_view value) {
        if (!value.empty()) {
            json += fmt::format("{}\"{}\":\"{}\"", json.empty() ? "{" : ",", key, value);
        }
    };
    add("application", application);
    add("component", component);
    add("cost_center", cost_center);
    add("env", env);
    add("team", team);
    return json.empty() ? json : json + "}";
}

std::size_t find_sku(const Company& company, std::string_view id) {
    const auto found = std::ranges::find(company.skus, id, &Sku::id);
    FLORIN_CHECK(found != company.skus.end(), "no such SKU: " + std::string(id));
    return static_cast<std::size_t>(found - company.skus.begin());
}

std::size_t find_account(const Company& company, std::size_t feed, std::string_view name) {
    const auto found = std::ranges::find_if(
        company.sub_accounts, [&](const SubAccount& one) { return one.feed == feed && one.name == name; });
    FLORIN_CHECK(found != company.sub_accounts.end(), "no such sub account: " + std::string(name));
    return static_cast<std::size_t>(found - company.sub_accounts.begin());
}

std::int64_t list_price(const Sku& sku) {
    return sku.list_price * 100;
}

std::int64_t contracted_price(const Feed& feed, const Sku& sku) {
    return sku.list_price * (100 - feed.discount_percent);
}

Company make_company(std::uint64_t seed, int months, period::Day last_month_start) {
    Company company;
    company.feeds = make_feeds();
    for (std::size_t i = 0; i < company.feeds.size(); ++i) {
        company.feeds[i].account_id = account_id(i, mix(seed, hash_text(company.feeds[i].name)));
    }
    company.skus = price_list();
    company.sub_accounts = make_sub_accounts(seed);
    company.anomalies = make_anomalies(seed, months, last_month_start);
    if (months >= 4) {
        const period::Day start = period::add_months(last_month_start, -(months / 2));
        company.migration = period::Period{start, period::add_months(start, 2)};
    }
    // A short estate has fewer invoices to tell charges apart by, so its applications have more components.
    const int components = months >= 6 ? 3 : 8;
    for (std::size_t i = 0; i < company.sub_accounts.size(); ++i) {
        add_lines(company, i, components, seed);
    }
    size_lines(company);
    return company;
}

DayQuantity day_quantity(const Company& company, const Line& line, period::Day day, int months_before_last) {
    const SubAccount& account = company.sub_accounts[line.sub_account];
    const auto day_number = static_cast<std::uint64_t>(day.time_since_epoch().count());
    Random random(mix(line.seed, day_number));
    const std::int64_t noise = random.between(930, 1'070);
    const std::int64_t migration = migration_per_mille(company, line.move, day);
    const std::int64_t growth = growth_per_million(account.growth_per_mille, months_before_last);
    base::int128 quantity = base::int128{line.daily_quantity} * growth;
    quantity = quantity / 1'000'000 * rhythm_per_million(company.skus[line.sku].rhythm, day) / 1'000'000;
    quantity = quantity * migration * noise / 1'000'000;
    DayQuantity result;
    result.ordinary = static_cast<std::int64_t>(quantity);
    result.actual = result.ordinary;
    if (line.anomaly >= 0) {
        const Anomaly& anomaly = company.anomalies[static_cast<std::size_t>(line.anomaly)];
        if (anomaly.days.contains(day)) {
            result.actual *= anomaly.factor;
        }
    }
    return result;
}

} // namespace florin::demo
