#include "demo/allocation_rules.hpp"

#include "base/check.hpp"
#include "demo/random.hpp"

#include <array>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace florin::embedded {
extern const std::string_view demo_organisation;
extern const std::string_view demo_team_rules;
extern const std::string_view demo_shared_costs;
} // namespace florin::embedded

namespace florin::demo {

namespace {

constexpr std::string_view kArchive = "log-archive";

/// Every account's team, as the company's directory has it. Two networks belong to nobody.
std::string accounts_csv(const Company& company, std::string_view archive_team) {
    std::map<std::string_view, std::string_view> teams;
    for (const SubAccount& account : company.sub_accounts) {
        teams[account.name] = account.name == kArchive ? archive_team : account.team;
    }
    std::string text = "account,team\n";
    for (const auto& [account, team] : teams) {
        text += fmt::format("{},{}\n", account, team);
    }
    return text;
}

struct LogSource {
    std::string_view team;
    std::int64_t million_events; ///< on an ordinary day
};
constexpr std::array<LogSource, 8> kLogSources = {
    LogSource{"storefront", 620}, {"payments", 410},         {"logistics", 180}, {"mobile", 350},
    {"data-platform", 240},       {"machine-learning", 130}, {"platform", 520},  {"security", 900},
};

std::string log_events_csv(std::uint64_t seed, const period::Period& days) {
    std::string text = "day,team,million_events\n";
    for (period::Day day = days.start; day < days.end; day += std::chrono::days(1)) {
        for (const LogSource& source : kLogSources) {
            const auto number = static_cast<std::uint64_t>(day.time_since_epoch().count());
            Random random(mix(mix(seed, hash_text(source.team)), number));
            const std::int64_t thousands = source.million_events * random.between(850, 1'150);
            text += fmt::format("{},{},{}.{:03}\n", period::to_string(day), source.team, thousands / 1000,
                                thousands % 1000);
        }
    }
    return text;
}

/// The observability pool by log events.
std::string by_events(std::string shared) {
    constexpr std::string_view kEven = "    takes: {where: service_name = 'Brightlog Platform', kinds: purchase}\n"
                                       "    method: even\n";
    const std::size_t at = shared.find(kEven);
    FLORIN_CHECK(at != std::string::npos, "the change no longer fits the shipped rules");
    return shared.replace(at, kEven.size(),
                          "    takes: {where: service_name = 'Brightlog Platform', kinds: purchase}\n"
                          "    method: metric\n"
                          "    driver: {metric: log events}\n");
}

} // namespace

std::vector<AllocationFile> allocation_rules(const Company& company, std::uint64_t seed, int months,
                                             period::Day last_month_start) {
    const period::Period days{period::add_months(last_month_start, 1 - months),
                              period::add_months(last_month_start, 1)};
    const std::string events = log_events_csv(seed, days);
    const std::string shared(embedded::demo_shared_costs);
    std::vector<AllocationFile> files;
    const auto add = [&](const base::Path& folder, std::string pools, std::string_view archive_team) {
        files.push_back({folder / "organisation.yaml", std::string(embedded::demo_organisation)});
        files.push_back({folder / "team.yaml", std::string(embedded::demo_team_rules)});
        files.push_back({folder / "shared.yaml", std::move(pools)});
        files.push_back({folder / "accounts.csv", accounts_csv(company, archive_team)});
        files.push_back({folder / "log_events.csv", events});
    };
    add("allocation", shared, "security");
    add("allocation-changed", by_events(shared), "platform");
    return files;
}

} // namespace florin::demo
