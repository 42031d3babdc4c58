#include "app/configuration.hpp"

#include <fmt/format.h>
#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <set>
#include <sstream>

namespace florin::app {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"january",   "february", "march",    "april",
                                                      "may",       "june",     "july",     "august",
                                                      "september", "october",  "november", "december"};

/// Knows the text, so that an error can point into it.
class Reader {
public:
    Reader(const std::string& text, const std::string& file_name) : text_(text), file_name_(file_name) {}

    base::Error error(const std::string& code, const std::string& message, const YAML::Mark& mark) const {
        base::Place place{.file = file_name_};
        if (!mark.is_null()) {
            place.row = static_cast<std::uint64_t>(mark.line) + 1;
            place.caret = static_cast<std::uint64_t>(mark.column) + 1;
            place.source_line = line(static_cast<std::size_t>(mark.line));
        }
        return base::user_error(code, message).at(std::move(place));
    }

    base::Result<void> only_keys(const YAML::Node& map, const std::vector<std::string_view>& keys) const {
        if (!map.IsMap()) {
            return error("config.not_a_map", "expected `key: value` lines", map.Mark());
        }
        std::set<std::string> seen;
        for (const auto& entry : map) {
            const auto key = entry.first.as<std::string>("");
            if (!seen.insert(key).second) {
                return error("config.syntax", fmt::format("`{}` stands here a second time", key), entry.first.Mark());
            }
            if (std::ranges::find(keys, key) == keys.end()) {
                return error("config.unknown_key",
                             fmt::format("there is no setting `{}`; there are: {}", key, fmt::join(keys, ", ")),
                             entry.first.Mark());
            }
        }
        return {};
    }

    template <class T>
    base::Result<void> value(const YAML::Node& map, const char* key, std::string_view expected, T& target) const {
        const YAML::Node node = map[key];
        if (!node || node.IsNull()) { // `name:` with nothing behind it is not the text "null"
            return {};
        }
        const bool has_gap =
            node.IsSequence() && std::any_of(node.begin(), node.end(), [](const auto& one) { return one.IsNull(); });
        if (has_gap) {
            return error("config.wrong_type", fmt::format("`{}` must be {}", key, expected), node.Mark());
        }
        try {
            target = node.as<T>();
        } catch (const YAML::Exception&) {
            return error("config.wrong_type", fmt::format("`{}` must be {}", key, expected), node.Mark());
        }
        return {};
    }

    base::Result<void> positive(const YAML::Node& map, const char* key, int least, int& target) const {
        FLORIN_TRY(value(map, key, "a whole number", target));
        if (target < least) {
            return error("config.out_of_range", fmt::format("`{}` must be at least {}", key, least), map[key].Mark());
        }
        return {};
    }

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

private:
    std::string line(std::size_t number) const {
        std::size_t at = 0;
        for (; number > 0 && at < text_.size(); --number) {
            at = std::min(text_.find('\n', at), text_.size() - 1) + 1;
        }
        return text_.substr(at, text_.find('\n', at) - at);
    }
    const std::string& text_;
    const std::string& file_name_;
};

/// Looks at the text before it is loaded. An alias stands for all that its anchor holds: a small file of them is
/// a huge configuration, or one that holds itself. What stands after the first document would be passed over.
class Admission : public YAML::EventHandler {
public:
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        throw YAML::ParserException(mark, "an alias (`*name`) is not read here: write out what it stands for");
    }
    void OnDocumentStart(const YAML::Mark& mark) override {
        if (is_started_) {
            throw YAML::ParserException(mark, "a second document starts here; a configuration is one");
        }
        is_started_ = true;
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnMapEnd() override {}

private:
    bool is_started_ = false;
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
    YAML::Node root;
    try {
        std::istringstream stream(text);
        YAML::Parser parser(stream);
        Admission admission;
        while (parser.HandleNextDocument(admission)) {
        }
        root = YAML::Load(text);
    } catch (const YAML::Exception& exception) {
        return reader.error("config.syntax", exception.msg, exception.mark);
    }
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
