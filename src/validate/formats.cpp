#include "validate/formats.hpp"

#include "money/money.hpp"
#include "period/period.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>
#include <vector>

namespace florin::validate {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
bool is_letter(char c) {
    return is_upper(c) || (c >= 'a' && c <= 'z');
}
char lower(char c) {
    return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}
bool same_but_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

/// Takes digits off the front; false where there is none.
bool take_digits(std::string_view& text) {
    const std::size_t before = text.size();
    while (!text.empty() && is_digit(text.front())) {
        text.remove_prefix(1);
    }
    return text.size() != before;
}

bool is_number(std::string_view text, bool plus_in_exponent) {
    text.remove_prefix(text.starts_with('-') ? 1 : 0);
    if (!take_digits(text)) {
        return false;
    }
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        if (!take_digits(text)) {
            return false;
        }
    }
    if (text.starts_with('E') || text.starts_with('e')) {
        text.remove_prefix(1);
        text.remove_prefix(text.starts_with('-') || (plus_in_exponent && text.starts_with('+')) ? 1 : 0);
        if (!take_digits(text)) {
            return false;
        }
    }
    return text.empty();
}

// --- units ----------------------------------------------------------------------------------------

constexpr std::array<std::string_view, 26> kDataSizes = {"b",   "Kb",  "Mb",  "Gb",  "Tb",  "Pb",  "Eb",  "Kib", "Mib",
                                                         "Gib", "Tib", "Pib", "Eib", "B",   "KB",  "MB",  "GB",  "TB",
                                                         "PB",  "EB",  "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
constexpr std::array<std::string_view, 8> kTimes = {"Year",   "Month",  "Day",         "Hour",
                                                    "Minute", "Second", "Millisecond", "Microsecond"};
/// Data sizes that someone spelled out, without their plural.
constexpr std::array<std::string_view, 14> kSpelledSizes = {"bit",      "byte",     "kilobyte", "megabyte", "gigabyte",
                                                            "terabyte", "petabyte", "exabyte",  "kibibyte", "mebibyte",
                                                            "gibibyte", "tebibyte", "pebibyte", "exbibyte"};

bool is_time(std::string_view word, bool plural) {
    if (plural && word.ends_with('s')) {
        word.remove_suffix(1);
        return std::ranges::find(kTimes, word) != kTimes.end();
    }
    return !plural && std::ranges::find(kTimes, word) != kTimes.end();
}

/// One word that stands for what is counted or measured.
bool is_base_unit(std::string_view word) {
    if (std::ranges::find(kDataSizes, word) != kDataSizes.end()) {
        return true;
    }
    const std::string_view singular = word.ends_with('s') ? word.substr(0, word.size() - 1) : word;
    if (std::ranges::any_of(kSpelledSizes, [&](std::string_view size) { return same_but_case(size, singular); })) {
        return false;
    }
    const auto capital = std::ranges::find_if(word, is_upper) - word.begin(); // vCPU and kWh are written so
    return !word.empty() && (capital == 0 || (capital < 2 && word.size() > 2)) &&
           std::ranges::all_of(word, [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

/// One or more words: a count of something with a name of several words.
bool is_named_unit(std::string_view text) {
    std::vector<std::string_view> words;
    while (true) {
        const std::size_t end = text.find(' ');
        words.push_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            break;
        }
        text.remove_prefix(end + 1);
    }
    if (words.size() > 1) {
        const std::string_view last = words.back();
        const bool lacks_sign = is_time(last, true) || is_time(last, false) ||
                                std::ranges::any_of(words, [](std::string_view w) { return same_but_case(w, "per"); });
        if (lacks_sign) {
            return false;
        }
    }
    return std::ranges::all_of(words, is_base_unit);
}

/// `<unit>` or `<unit>-<unit>`.
bool is_simple_or_compound(std::string_view text) {
    const std::size_t hyphen = text.find('-');
    if (hyphen == std::string_view::npos) {
        return is_named_unit(text);
    }
    return is_named_unit(text.substr(0, hyphen)) && is_named_unit(text.substr(hyphen + 1));
}

/// `<singular time>` or `<number> <plural time>`; other base units may be a denominator, too.
bool is_denominator(std::string_view text) {
    const std::size_t blank = text.find(' ');
    if (!text.empty() && is_digit(text.front())) {
        std::string_view number = text.substr(0, blank);
        return blank != std::string_view::npos && take_digits(number) && number.empty() &&
               is_time(text.substr(blank + 1), true);
    }
    return blank == std::string_view::npos && is_base_unit(text) && !is_time(text, true);
}

// --- JSON -----------------------------------------------------------------------------------------

/// Walks a JSON text and stops at what must not be there.
class ObjectCheck {
public:
    using number_integer_t = nlohmann::json::number_integer_t;
    using number_unsigned_t = nlohmann::json::number_unsigned_t;
    using number_float_t = nlohmann::json::number_float_t;

    explicit ObjectCheck(std::size_t levels_max) : levels_max_(levels_max) {}

    bool null() { return is_inside(); }
    bool boolean(bool) { return is_inside(); }
    bool number_integer(number_integer_t) { return is_inside(); }
    bool number_unsigned(number_unsigned_t) { return is_inside(); }
    bool number_float(number_float_t, const std::string&) { return is_inside(); }
    bool string(const std::string&) { return is_inside(); }
    bool binary(nlohmann::json::binary_t&) { return false; }
    bool start_object(std::size_t) {
        keys_.emplace_back();
        return keys_.size() <= levels_max_;
    }
    bool key(const std::string& key) {
        if (keys_.size() == 1) {
            outer.push_back(key);
        }
        return keys_.back().insert(key).second;
    }
    bool end_object() {
        keys_.pop_back();
        return true;
    }
    bool start_array(std::size_t) {
        keys_.emplace_back();
        return keys_.size() > 1 && keys_.size() <= levels_max_; // the text itself is an object
    }
    bool end_array() {
        keys_.pop_back();
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) { return false; }

    std::vector<std::string> outer; ///< keys of the object itself

private:
    bool is_inside() const { return !keys_.empty(); }

    std::size_t levels_max_;
    std::vector<std::unordered_set<std::string>> keys_; ///< of each open object; empty for an array
};

constexpr std::size_t kAnyLevels = 64;

bool is_object(std::string_view text, std::size_t levels_max) {
    ObjectCheck check(levels_max);
    return nlohmann::json::sax_parse(text.begin(), text.end(), &check);
}

std::vector<std::string> keys_of(std::string_view text) {
    ObjectCheck check(kAnyLevels);
    return nlohmann::json::sax_parse(text.begin(), text.end(), &check) ? check.outer : std::vector<std::string>();
}

/// The properties of SkuPriceDetails that FOCUS 1.2 and later define.
constexpr std::array<std::string_view, 13> kPriceKeys = {
    "CoreCount",       "DiskMaxIops",    "DiskSpace",   "DiskType",       "GpuCount",
    "InstanceType",    "InstanceSeries", "MemorySize",  "NetworkMaxIops", "NetworkMaxThroughput",
    "OperatingSystem", "Redundancy",     "StorageClass"};

bool is_price_key(std::string_view key) {
    return std::ranges::any_of(kPriceKeys, [&](std::string_view known) { return same_but_case(known, key); });
}

} // namespace

bool is_readable_number(std::string_view text) {
    return is_number(text, true);
}

bool is_number_format(std::string_view text) {
    return is_number(text, false);
}

bool is_readable_instant(std::string_view text) {
    return period::parse_instant(text).ok();
}

bool is_instant_format(std::string_view text) {
    constexpr std::string_view kShape = "0000-00-00T00:00:00Z";
    if (text.size() != kShape.size()) {
        return false;
    }
    for (std::size_t i = 0; i < kShape.size(); ++i) {
        if (kShape[i] == '0' ? !is_digit(text[i]) : text[i] != kShape[i]) {
            return false;
        }
    }
    return is_readable_instant(text);
}

bool is_sound_text(std::string_view text) {
    return text.find("\xEF\xBF\xBD") == std::string_view::npos;
}

bool is_unit_format(std::string_view text) {
    if (!text.empty() && is_digit(text.front())) { // a quantity in front
        take_digits(text);
        if (!text.starts_with(' ')) {
            return false;
        }
        text.remove_prefix(1);
    }
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) {
        return is_simple_or_compound(text);
    }
    return is_simple_or_compound(text.substr(0, slash)) && is_denominator(text.substr(slash + 1));
}

bool is_currency(std::string_view text) {
    return money::Currency::parse(text).ok();
}

bool is_currency_or_virtual(std::string_view text) {
    return is_currency(text) || (!text.empty() && !(text.size() == 3 && std::ranges::all_of(text, is_upper)));
}

bool is_key_value(std::string_view text) {
    return is_object(text, 1);
}

bool is_json_object(std::string_view text) {
    return is_object(text, 3);
}

bool is_any_json_object(std::string_view text) {
    return is_object(text, kAnyLevels);
}

bool is_placeholder(std::string_view text) {
    constexpr std::array<std::string_view, 8> kWords = {"n/a",  "na",        "none", "nil", "not applicable",
                                                        "null", "undefined", "-"};
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) {
        return true;
    }
    text = text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
    return text.size() <= 14 &&
           std::ranges::any_of(kWords, [&](std::string_view word) { return same_but_case(word, text); });
}

bool has_pascal_keys(std::string_view text) {
    return std::ranges::all_of(keys_of(text), [](std::string_view key) {
        key.remove_prefix(key.starts_with("x_") ? 2 : 0);
        return is_pascal_case(key);
    });
}

bool has_known_keys(std::string_view text) {
    return std::ranges::all_of(keys_of(text),
                               [](std::string_view key) { return key.starts_with("x_") || is_price_key(key); });
}

bool has_keys_as_written(std::string_view text) {
    return std::ranges::all_of(keys_of(text), [](std::string_view key) {
        return !is_price_key(key) || std::ranges::find(kPriceKeys, key) != kPriceKeys.end();
    });
}

bool is_pascal_case(std::string_view name) {
    return !name.empty() && is_upper(name.front()) &&
           std::ranges::all_of(name, [](char c) { return is_letter(c) || is_digit(c); });
}

} // namespace florin::validate
