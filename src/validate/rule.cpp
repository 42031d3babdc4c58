#include "validate/rule.hpp"

#include "base/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace florin::embedded {
extern const std::string_view validate_rules;
extern const std::string_view validate_criteria;
extern const std::string_view validate_errata;
} // namespace florin::embedded

namespace florin::validate {
namespace {

struct CheckName {
    Check check;
    std::string_view name;
    std::string_view what;
};
constexpr CheckName kChecks[] = {
    {Check::kPresent, "present", "A file is without the column."},
    {Check::kType, "type", "A cell cannot be read as what the column holds."},
    {Check::kString, "string", "A cell holds U+FFFD, which stands for bytes that someone could not read."},
    {Check::kNumber, "number", "A cell is not a minus, digits, a point with digits and an exponent without a plus."},
    {Check::kDateTime, "datetime", "A cell is not YYYY-MM-DDTHH:mm:ssZ."},
    {Check::kUnit, "unit", "A unit of measure does not follow the unit format."},
    {Check::kCurrency, "currency", "A cell is no ISO 4217 code that was in use since 2010."},
    {Check::kVirtualCurrency, "virtual_currency",
     "A cell is neither an ISO 4217 code nor another name: three capital letters that are no code."},
    {Check::kKeyValue, "key_value", "A cell is no JSON object with unique keys and plain values."},
    {Check::kJsonObject, "json_object", "A cell is no JSON object with unique keys and at most three levels."},
    {Check::kNotNull, "not_null", "A cell is null."},
    {Check::kNull, "null", "A cell has a value."},
    {Check::kAllowed, "allowed", "A cell has a value that is not in the list."},
    {Check::kValue, "value", "A cell has none of the values."},
    {Check::kNotValue, "not_value", "A cell has one of the values."},
    {Check::kNonNegative, "non_negative", "A number is below 0."},
    {Check::kZero, "zero", "A number is not 0."},
    {Check::kEqual, "equal", "Two amounts of a row differ, be it in the last digit."},
    {Check::kZeroOrEqual, "zero_or_equal", "An amount is neither 0 nor the other one of the row."},
    {Check::kSame, "same", "Two texts of a row differ."},
    {Check::kNotSame, "not_same", "Two texts of a row are the same."},
    {Check::kBefore, "before", "A start is not before the end."},
    {Check::kExclusiveEnd, "exclusive_end", "An end is not after the start, or is the last second of an hour."},
    {Check::kParent, "parent", "A subcategory stands with a category it does not belong to."},
    {Check::kPlaceholder, "placeholder",
     "A cell is blank, or one of n/a, na, none, nil, not applicable, null, undefined and -, in any case. Of a CSV an "
     "empty cell and NULL without quotes are null, and none of these."},
    {Check::kPriceKeysPascal, "price_keys_pascal", "A key is not in Pascal case."},
    {Check::kPriceKeysKnown, "price_keys_known", "A key is neither one of FOCUS nor starts with x_."},
    {Check::kPriceKeysCase, "price_keys_case", "A key differs from one of FOCUS in upper and lower case only."},
    {Check::kProduct, "product", "A cost is not the price times the quantity, and rounding alone does not explain it."},
    {Check::kSuspectZero, "suspect_zero", "Never: rows that might violate it are counted."},
    {Check::kOnePer, "one_per", "One key has several values; all rows of the key count."},
    {Check::kCommitmentEffective, "commitment_effective",
     "The sums of a commitment whose term is wholly in the files differ by more than rounding."},
    {Check::kCommitmentCovering, "commitment_covering",
     "EffectiveCost and BilledCost of all charges of a commitment whose term is wholly in the files differ."},
    {Check::kCommitmentStatus, "commitment_status", "Usage of a commitment is neither Used nor Unused, with a cost."},
    {Check::kCommitmentQuantity, "commitment_quantity",
     "What was used and unused of a commitment whose term is wholly in the files is not what was bought."},
    {Check::kCommitmentUnused, "commitment_unused",
     "Less than was bought was used of a commitment whose term is wholly in the files, and nothing is unused."},
    {Check::kInvoiceSum, "invoice_sum",
     "The charges of an invoice differ from it by more than the greater of 100 minor units and half a minor unit "
     "times the square root of their number."},
    {Check::kInvoiceDetail, "invoice_detail",
     "The InvoiceDetail files have the invoice that a charge names, and no line of that InvoiceDetailId in it."},
    {Check::kClosedPeriod, "closed_period",
     "A charge is a correction, and the BillingPeriod files say last that the period it corrects is open."},
    {Check::kSplitSum, "split_sum",
     "Allocated charges differ in a sum from the charge they were split from, or their ratios do not add up to 1."},
    {Check::kSplitSame, "split_same", "Charges split from one charge have different unit prices or units."},
    {Check::kColumnsPascal, "columns_pascal", "A custom column is not named in Pascal case."},
    {Check::kColumnsLength, "columns_length", "A column has a longer name."},
    {Check::kColumnsPrefix, "columns_prefix", "A column that the version does not know is without x_."},
    {Check::kColumnsOrder, "columns_order", "A FOCUS column stands behind a custom one."},
    {Check::kUnchecked, "unchecked", "Never: the file does not tell."},
};
constexpr std::array<std::string_view, 5> kKeywords = {"MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "RECOMMENDED"};

const CheckName& entry(Check check) {
    return *std::ranges::find(kChecks, check, &CheckName::check);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(end + 1);
    }
}

std::string cell(std::string_view text) {
    return text == "-" ? std::string() : std::string(text);
}

std::vector<std::string> list(std::string_view text) {
    std::vector<std::string> parts;
    if (text != "-") {
        for (const std::string_view part : split(text, '|')) {
            parts.emplace_back(part);
        }
    }
    return parts;
}

/// The rows of a table behind its comments and header.
std::vector<std::vector<std::string_view>> rows_of(std::string_view table, std::size_t column_count) {
    std::vector<std::vector<std::string_view>> rows;
    bool header = true;
    for (const std::string_view line : split(table, '\n')) {
        if (line.empty() || line.starts_with('#') || std::exchange(header, false)) {
            continue;
        }
        rows.push_back(split(line, '\t'));
        FLORIN_CHECK(rows.back().size() == column_count, std::string(line));
    }
    return rows;
}

Rule rule_of(const std::vector<std::string_view>& row) {
    Rule rule;
    rule.id = row[0];
    rule.since = focus::parse_version(row[1]).value();
    if (row[2] != "-") {
        rule.until = focus::parse_version(row[2]).value();
    }
    rule.column = cell(row[3]);
    const auto check = std::ranges::find(kChecks, row[4], &CheckName::name);
    FLORIN_CHECK(check != std::end(kChecks), std::string(row[4]));
    rule.check = check->check;
    const auto keyword = std::ranges::find(kKeywords, row[5]);
    FLORIN_CHECK(keyword != kKeywords.end(), std::string(row[5]));
    rule.keyword = static_cast<Keyword>(keyword - kKeywords.begin());
    rule.when = parse_condition(cell(row[6])).value();
    rule.parameter = cell(row[7]);
    rule.needs = list(row[8]);
    for (const std::string& need : rule.needs) {
        FLORIN_CHECK(find_criterion(need) != nullptr, need);
    }
    rule.what = row[9];
    return rule;
}

} // namespace

std::string_view name(Check check) {
    return entry(check).name;
}

std::string_view describe(Check check) {
    return entry(check).what;
}

std::string_view name(Keyword keyword) {
    return kKeywords[static_cast<std::size_t>(keyword)];
}

std::string_view level(Keyword keyword) {
    return name(keyword).substr(0, name(keyword).find(' '));
}

std::span<const Rule> rules() {
    static const std::vector<Rule> all = [] {
        std::vector<Rule> read;
        for (const auto& row : rows_of(embedded::validate_rules, 10)) {
            read.push_back(rule_of(row));
        }
        return read;
    }();
    return all;
}

std::span<const Criterion> criteria() {
    static const std::vector<Criterion> all = [] {
        std::vector<Criterion> read;
        for (const auto& row : rows_of(embedded::validate_criteria, 3)) {
            read.push_back({.name = std::string(row[0]), .evidence = list(row[1]), .what = std::string(row[2])});
        }
        return read;
    }();
    return all;
}

std::span<const Erratum> errata() {
    static const std::vector<Erratum> all = [] {
        std::vector<Erratum> read;
        for (const auto& row : rows_of(embedded::validate_errata, 5)) {
            read.push_back({.rule = std::string(row[0]),
                            .versions = std::string(row[1]),
                            .published = std::string(row[2]),
                            .decision = std::string(row[3]),
                            .source = std::string(row[4])});
        }
        return read;
    }();
    return all;
}

const Criterion* find_criterion(std::string_view name) {
    const auto all = criteria();
    const auto found = std::ranges::find(all, name, &Criterion::name);
    return found == all.end() ? nullptr : &*found;
}

bool applies(const Rule& rule, focus::Version version) {
    return rule.since <= version && (!rule.until || version < *rule.until);
}

std::string published_id(const Rule& rule, focus::Version version) {
    const bool is_attribute = rule.id.find("-A-") != std::string::npos;
    return (version >= focus::Version::k1_3 && !is_attribute ? "CAU-" : "") + rule.id;
}

bool is_named(const Rule& rule, std::string_view text) {
    text.remove_prefix(text.starts_with("CAU-") ? 4 : 0);
    return rule.id == text ||
           (rule.id.starts_with(text) && rule.id.size() > text.size() && rule.id[text.size()] == '-');
}

} // namespace florin::validate
