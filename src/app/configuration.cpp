#include "app/configuration.hpp"

#include "app/settings_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace florin::app {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"january",   "february", "march",    "april",
                                                      "may",       "june",     "july",     "august",
                                                      "september", "october",  "november", "december"};

/// What only florin.yaml has.
class Reader : public SettingsFile {
public:
    using SettingsFile::SettingsFile;

    base::Result<void> currency(const YAML::Node& map, const char* key, std::string& target) const {
        FLORIN_TRY(value(map, key, "a currency", target));
        if (map[key] && !money::Currency::parse(target).ok()) {
            return error("config.unknown_currency",
                         fmt::format("`{}` must be a code of ISO 4217 in capitals, such as EUR", key), map[key].Mark());
        }
        return {};
    }

    base::Result<void> fiscal(const YAML::Node& node, period::FiscalCalendar& calendar) const {
        FLORIN_TRY(only_keys(node, {"start", "pattern"}));
        std::string start = "january";
        std::string pattern = "months";
        FLORIN_TRY(value(node, "start", "the name of a month", start));
        FLORIN_TRY(value(node, "pattern", "months, 4-4-5, 4-5-4 or 5-4-4", pattern));
        std::ranges::transform(start, start.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        const auto month = std::ranges::find(kMonths, start);
        if (month == kMonths.end()) {
            return error("config.unknown_month", "`start` must be the English name of a month", node["start"].Mark());
        }
        calendar.start_month = std::chrono::month(static_cast<unsigned>(month - kMonths.begin()) + 1);
        if (pattern == "months") {
            calendar.pattern = period::FiscalPattern::kCalendarMonths;
        } else if (pattern == "4-4-5") {
            calendar.pattern = period::FiscalPattern::k445;
        } else if (pattern == "4-5-4") {
            calendar.pattern = period::FiscalPattern::k454;
        } else if (pattern == "5-4-4") {
            calendar.pattern = period::FiscalPattern::k544;
        } else {
            return error("config.unknown_pattern", "`pattern` must be months, 4-4-5, 4-5-4 or 5-4-4",
                         node["pattern"].Mark());
        }
        return {};
    }
};

base::Result<Configuration> read(const YAML::Node& root, const Reader& reader) {
    Configuration configuration;
    if (root.IsNull()) {
        return configuration;
    }
    FLORIN_TRY(reader.only_keys(root, {"name", "fiscal_year", "keep_raw_files", "retention", "precedence",
                                       "reporting_currency", "rate_type", "team_tag", "threads", "memory_mb"}));
    FLORIN_TRY(reader.value(root, "name", "a text", configuration.name));
    FLORIN_TRY(reader.value(root, "keep_raw_files", "true or false", configuration.keep_raw_files));
    FLORIN_TRY(reader.value(root, "precedence", "a list of sources", configuration.precedence));
    FLORIN_TRY(reader.value(root, "team_tag", "a text", configuration.team_tag));
    FLORIN_TRY(reader.positive(root, "threads", 0, configuration.threads));
    FLORIN_TRY(reader.positive(root, "memory_mb", 64, configuration.memory_mb));
    if (const YAML::Node node = root["fiscal_year"]; node) {
        FLORIN_TRY(reader.fiscal(node, configuration.fiscal_calendar));
    }
    FLORIN_TRY(reader.currency(root, "reporting_currency", configuration.reporting_currency));
    if (const YAML::Node node = root["rate_type"]; node) {
        const auto type = fx::parse_rate_type(node.as<std::string>(""));
        if (!type.ok()) {
            return reader.error("config.unknown_rate_type",
                                "`rate_type` must be transaction-day, month-average or budget", node.Mark());
        }
        configuration.rate_type = *type;
    }
    if (const YAML::Node node = root["retention"]; node) {
        FLORIN_TRY(reader.only_keys(node, {"superseded_days"}));
        FLORIN_TRY(reader.positive(node, "superseded_days", 0, configuration.retention.superseded_days));
    }
    return configuration;
}

} // namespace

base::Result<Configuration> parse_configuration(const std::string& text, const std::string& file_name) {
    const Reader reader(text, file_name);
    FLORIN_TRY_ASSIGN(const YAML::Node root, reader.load());
    return read(root, reader);
}

std::string configuration_template(const std::string& name) {
    return fmt::format(R"yaml(# A Florin workspace. Every setting is optional; these are the defaults.

# The company, as reports call it.
name: {}

# How the fiscal year is cut: the month it starts in, and months, 4-4-5, 4-5-4 or 5-4-4 (weeks).
# fiscal_year:
#   start: January
#   pattern: months

# Keep a copy of every bill in the lake. With false only its path and its hash are kept.
# keep_raw_files: true

# `florin deliveries prune` removes what has not counted for so many days and nothing refers to.
# retention:
#   superseded_days: 400

# Where two sources deliver the same bill, the one that counts comes first.
# precedence: []

# The currency that `florin query --currency reporting` converts to, and by which rate: that of the
# transaction-day, the month-average or the budget. The rates are in fx/*.csv.
# reporting_currency: EUR
# rate_type: transaction-day

# The tag key that names who owns a charge.
# team_tag: team

# What the engine may use: 0 threads means one a processor.
# threads: 0
# memory_mb: 2048
)yaml",
                       name);
}

} // namespace florin::app
