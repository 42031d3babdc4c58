// A variance in the words that a manager would use, by fixed rules (docs/reference/variance-method.md).
#pragma once

#include "variance/decompose.hpp"

#include <span>
#include <string>

namespace florin::variance {

struct Wording {
    std::string currency; ///< its code
    int places = 2;       ///< in which the currency is paid
    std::string base;     ///< what the base is called: `2026-09`, `the plan`
};

/// What a row is called: `Compute in prod-eu`, `Compute without account`. `labels` are what the parts of its key are
/// called (`Service category`, `Account`), as many as the key has parts. Of no parts: `Spend`.
std::string subject(const Key& key, std::span<const std::string> labels);

/// `Compute in prod-eu is 18,400 USD over 2026-09: 61 % more hours at the same price, 2 days longer month.`
/// Of `comparison` only what its sides are is read.
std::string sentence(const Row& row, const std::string& subject, const Comparison& comparison, const Wording& wording);

/// A pricing unit in the middle of a sentence: `hours`, `GB-months`, `requests` of `1000000 Requests`; `units` where
/// it is not known.
std::string spoken_unit(const Text& unit);

} // namespace florin::variance
