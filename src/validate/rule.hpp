// The rules of FOCUS Cost and Usage as data: what each asks, of which rows and since which version. Read from
// rules.tsv, criteria.tsv and errata.tsv, which are embedded in the program.
// Source: facts and ids of the FOCUS specification and its requirements models, https://focus.finops.org (CC-BY-4.0).
#pragma once

#include "focus/focus.hpp"
#include "validate/condition.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::validate {

/// How a rule is looked at. Row checks are of each row by itself; the others are of groups of rows, of
/// the columns' names, or none.
enum class Check : std::uint8_t {
    kPresent,
    kType,
    kString,
    kNumber,
    kDateTime,
    kUnit,
    kCurrency,
    kVirtualCurrency,
    kKeyValue,
    kJsonObject,
    kNotNull,
    kNull,
    kAllowed,
    kValue,
    kNotValue,
    kNonNegative,
    kZero,
    kEqual,
    kZeroOrEqual,
    kSame,
    kNotSame,
    kBefore,
    kExclusiveEnd,
    kParent,
    kPlaceholder,
    kPriceKeysPascal,
    kPriceKeysKnown,
    kPriceKeysCase,
    kProduct,
    kSuspectZero,
    kOnePer,
    kCommitmentEffective,
    kCommitmentCovering,
    kCommitmentStatus,
    kCommitmentQuantity,
    kCommitmentUnused,
    kInvoiceSum,
    kInvoiceDetail,
    kClosedPeriod,
    kSplitSum,
    kSplitSame,
    kColumnsPascal,
    kColumnsLength,
    kColumnsPrefix,
    kColumnsOrder,
    kUnchecked,
};
std::string_view name(Check check);     ///< as rules.tsv writes it
std::string_view describe(Check check); ///< what a violation is, in one sentence

enum class Keyword : std::uint8_t { kMust, kMustNot, kShould, kShouldNot, kRecommended };
std::string_view name(Keyword keyword); ///< of the specification's sentence: "MUST NOT"
/// How much a rule binds, for beside our own sentences, which say how it should be: "MUST", "SHOULD", "RECOMMENDED".
std::string_view level(Keyword keyword);
/// Whether a violation makes the file one that does not conform.
constexpr bool is_binding(Keyword keyword) {
    return keyword == Keyword::kMust || keyword == Keyword::kMustNot;
}

struct Rule {
    std::string id; ///< without the prefix of 1.3 and 1.4: `BilledCost-C-001-M`
    focus::Version since = focus::Version::k1_0;
    std::optional<focus::Version> until; ///< the first version without it
    std::string column;                  ///< empty: none in particular; `*`: each column of text
    Check check = Check::kUnchecked;
    Keyword keyword = Keyword::kMust;
    Condition when;
    std::string parameter;
    std::vector<std::string> needs; ///< names of criteria, all of which must hold
    std::string what;
};

/// What a rule asks of a provider, and the columns of which one shows that it is so.
struct Criterion {
    std::string name;
    std::vector<std::string> evidence;
    std::string what;
};

/// An error of the published rules, and what is done about it here.
struct Erratum {
    std::string rule;
    std::string versions;
    std::string published;
    std::string decision;
    std::string source;
};

/// All of them, in the order of the files. They live as long as the program.
std::span<const Rule> rules();
std::span<const Criterion> criteria();
std::span<const Erratum> errata();
/// The criterion of that name, or null.
const Criterion* find_criterion(std::string_view name);

bool applies(const Rule& rule, focus::Version version);
/// The id as the requirements model of the version writes it: `CAU-BilledCost-C-001-M` since 1.3.
std::string published_id(const Rule& rule, focus::Version version);
/// Whether `text` is the rule's id, with or without the prefix, or its beginning up to a hyphen: `BilledCost`.
bool is_named(const Rule& rule, std::string_view text);

/// Reference page in Markdown, generated from the same data.
std::string reference_page();

} // namespace florin::validate
