// The generator's own random numbers: SplitMix64 (Steele, Lea, Flood 2014). Integers only, so that a
// seed gives the same bytes with every compiler and standard library.
#pragma once

#include "base/int128.hpp"

#include <cstdint>
#include <string_view>

namespace florin::demo {

/// SplitMix64's finaliser: spreads 64 bits over 64 bits.
constexpr std::uint64_t scramble(std::uint64_t value) noexcept {
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
}

/// A hash of two numbers in which their order counts.
constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept {
    return scramble(scramble(a + 0x9e3779b97f4a7c15U) ^ (b + 0x632be59bd9b4e019U));
}

/// FNV-1a, to seed from names.
constexpr std::uint64_t hash_text(std::string_view text) noexcept {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
    return scramble(hash);
}

/// A stream of numbers from one seed. One thread at a time.
class Random {
public:
    explicit constexpr Random(std::uint64_t seed) noexcept : state_(seed) {}

    constexpr std::uint64_t next() noexcept {
        state_ += 0x9e3779b97f4a7c15U;
        return scramble(state_);
    }
    /// Even in [first, last].
    constexpr std::int64_t between(std::int64_t first, std::int64_t last) noexcept {
        const auto width = static_cast<std::uint64_t>(last - first) + 1;
        const auto offset = static_cast<std::uint64_t>((static_cast<base::uint128>(next()) * width) >> 64U);
        return first + static_cast<std::int64_t>(offset);
    }

private:
    std::uint64_t state_;
};

} // namespace florin::demo
