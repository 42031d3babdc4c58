// The name that somebody probably meant.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace florin::base {

/// A name without its capitals, underscores and other punctuation: `ServiceName` and `service_name` are one.
std::string plain_name(std::string_view name);

/// Of `known` the name nearest to `name` by Levenshtein's distance, a swap of two neighbours being one change, between
/// their plain names; nothing where none differs in at most a third of its letters. The first of equals.
std::optional<std::string_view> nearest(std::string_view name, std::span<const std::string_view> known);

/// The remedy of an unknown name: asks for the nearest of `known`, and is `otherwise` where none is near.
std::string did_you_mean(std::string_view name, std::span<const std::string_view> known, std::string otherwise = {});

} // namespace florin::base
