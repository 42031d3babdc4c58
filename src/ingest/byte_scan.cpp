#include "ingest/byte_scan.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace florin::ingest {
namespace {

/// One bit per byte of a word of 64.
struct Masks {
    std::uint64_t quote = 0;
    std::uint64_t delimiter = 0;
    std::uint64_t newline = 0;
    std::uint64_t carriage = 0;
    std::uint64_t nul = 0;
    std::uint64_t high = 0;

    void keep_first(unsigned bytes) {
        const std::uint64_t mask = (std::uint64_t{1} << bytes) - 1;
        for (std::uint64_t* bits : {&quote, &delimiter, &newline, &carriage, &nul, &high}) {
            *bits &= mask;
        }
    }
};

namespace plain {
#define FLORIN_SCAN_TARGET
#if defined(__x86_64__)
/// 16 bytes at a time: SSE2 is part of every x86-64.
template <class Function>
inline std::uint64_t gather(Function&& sixteen) {
    return std::uint64_t{sixteen(0)} | (std::uint64_t{sixteen(16)} << 16U) | (std::uint64_t{sixteen(32)} << 32U) |
           (std::uint64_t{sixteen(48)} << 48U);
}
inline std::uint64_t equal_to(const char* at, char byte) {
    const __m128i wanted = _mm_set1_epi8(byte);
    return gather([&](int offset) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + offset));
        return static_cast<std::uint16_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted)));
    });
}
inline std::uint64_t high_bits(const char* at) {
    return gather([&](int offset) {
        return static_cast<std::uint16_t>(
            _mm_movemask_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at + offset))));
    });
}
#else
inline std::uint64_t equal_to(const char* at, char byte) {
    std::uint64_t bits = 0;
    for (unsigned i = 0; i < 64; ++i) {
        bits |= std::uint64_t{at[i] == byte} << i;
    }
    return bits;
}
inline std::uint64_t high_bits(const char* at) {
    std::uint64_t bits = 0;
    for (unsigned i = 0; i < 64; ++i) {
        bits |= std::uint64_t{(static_cast<unsigned char>(at[i]) & 0x80U) != 0} << i;
    }
    return bits;
}
#endif
inline Masks masks_at(const char* at, char delimiter) {
    return {.quote = equal_to(at, '"'),
            .delimiter = equal_to(at, delimiter),
            .newline = equal_to(at, '\n'),
            .carriage = equal_to(at, '\r'),
            .nul = equal_to(at, '\0'),
            .high = high_bits(at)};
}
inline Masks quotes_and_newlines_at(const char* at) {
    Masks masks;
    masks.quote = equal_to(at, '"');
    masks.newline = equal_to(at, '\n');
    return masks;
}
#include "ingest/byte_scan_loop.inc"
#undef FLORIN_SCAN_TARGET
} // namespace plain

#if defined(__x86_64__)
namespace avx2 {
#define FLORIN_SCAN_TARGET __attribute__((target("avx2,bmi,popcnt,lzcnt")))
FLORIN_SCAN_TARGET inline std::uint64_t join(__m256i low, __m256i high) {
    return std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(low))} |
           (std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(high))} << 32U);
}
FLORIN_SCAN_TARGET inline std::uint64_t equal_to(__m256i low, __m256i high, char byte) {
    const __m256i wanted = _mm256_set1_epi8(byte);
    return join(_mm256_cmpeq_epi8(low, wanted), _mm256_cmpeq_epi8(high, wanted));
}
FLORIN_SCAN_TARGET inline Masks masks_at(const char* at, char delimiter) {
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + 32));
    Masks masks;
    masks.quote = equal_to(low, high, '"');
    masks.delimiter = equal_to(low, high, delimiter);
    masks.newline = equal_to(low, high, '\n');
    masks.carriage = equal_to(low, high, '\r');
    masks.nul = equal_to(low, high, '\0');
    masks.high = join(low, high);
    return masks;
}
FLORIN_SCAN_TARGET inline Masks quotes_and_newlines_at(const char* at) {
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + 32));
    Masks masks;
    masks.quote = equal_to(low, high, '"');
    masks.newline = equal_to(low, high, '\n');
    return masks;
}
#include "ingest/byte_scan_loop.inc"
#undef FLORIN_SCAN_TARGET
} // namespace avx2

bool machine_has_avx2() {
    return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi") != 0 &&
           __builtin_cpu_supports("popcnt") != 0 && __builtin_cpu_supports("lzcnt") != 0;
}
#endif

std::atomic<bool> plain_is_asked_for{false};

bool use_avx2() {
#if defined(__x86_64__)
    static const bool has = machine_has_avx2();
    return has && !plain_is_asked_for.load(std::memory_order_relaxed);
#else
    return false;
#endif
}

/// Length of the UTF-8 sequence at `at` (a byte above 0x7F), or 0 where it is none.
std::size_t sequence_length(const unsigned char* at, std::size_t room) {
    const unsigned lead = at[0];
    const auto follows = [&](std::size_t i, unsigned low, unsigned high) {
        return i < room && at[i] >= low && at[i] <= high;
    };
    if (lead >= 0xC2 && lead <= 0xDF) {
        return follows(1, 0x80, 0xBF) ? 2 : 0;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;  // no overlong forms
        const unsigned high = lead == 0xED ? 0x9F : 0xBF; // no surrogates
        return follows(1, low, high) && follows(2, 0x80, 0xBF) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
        const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
        return follows(1, low, high) && follows(2, 0x80, 0xBF) && follows(3, 0x80, 0xBF) ? 4 : 0;
    }
    return 0;
}

} // namespace

void use_plain_scan(bool plain) {
    plain_is_asked_for.store(plain, std::memory_order_relaxed);
}

void find_separators(std::string_view text, char delimiter, Separators& separators) {
    FLORIN_CHECK(text.size() < std::numeric_limits<std::uint32_t>::max() - 64, "a text below 4 GiB");
    constexpr std::size_t kEntriesMin = 1024;
    if (separators.ends.size() < kEntriesMin) {
        separators.ends.resize(kEntriesMin);
        separators.line_ends.resize(kEntriesMin);
    }
    separators.fault = Separators::Fault::kNone;
#if defined(__x86_64__)
    if (use_avx2()) {
        avx2::find_separators(text.data(), text.size(), delimiter, separators);
        return;
    }
#endif
    plain::find_separators(text.data(), text.size(), delimiter, separators);
}

void find_row_ends(const char* text, std::size_t from, std::size_t size, RowEnds& ends) {
#if defined(__x86_64__)
    if (use_avx2()) {
        avx2::find_row_ends(text, from, size, ends);
        return;
    }
#endif
    plain::find_row_ends(text, from, size, ends);
}

std::size_t find_invalid_utf8(std::string_view text) {
    const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t at = 0;
    while (at < text.size()) {
        if (text.size() - at >= 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, bytes + at, 8);
            if ((word & 0x8080808080808080U) == 0) {
                at += 8;
                continue;
            }
        }
        if (bytes[at] < 0x80) {
            ++at;
            continue;
        }
        const std::size_t length = sequence_length(bytes + at, text.size() - at);
        if (length == 0) {
            return at;
        }
        at += length;
    }
    return std::string_view::npos;
}

} // namespace florin::ingest
