#include "base/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace florin::base {
namespace {

constexpr std::size_t kNameBytesMax = 80;

/// Levenshtein's distance with swaps: insertions, deletions, substitutions and swaps of two neighbours from one to
/// the other, none of them within what another has changed.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before;
    std::vector<std::size_t> last;
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before = std::exchange(last, row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t substituted = last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U);
            row[j] = std::min({substituted, last[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
    }
    return row.back();
}

} // namespace

std::string plain_name(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (c >= 'A' && c <= 'Z') {
            out += static_cast<char>(c - 'A' + 'a');
        } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80) {
            out += c;
        }
    }
    return out;
}

std::optional<std::string_view> nearest(std::string_view name, std::span<const std::string_view> known) {
    std::optional<std::string_view> best;
    if (name.size() > kNameBytesMax) {
        return best;
    }
    const std::string wanted = plain_name(name);
    std::size_t best_distance = std::max<std::size_t>(wanted.size() / 3, 1) + 1;
    for (const std::string_view candidate : known) {
        const std::size_t distance = edit_distance(wanted, plain_name(candidate.substr(0, kNameBytesMax)));
        if (distance < best_distance) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view name, std::span<const std::string_view> known, std::string otherwise) {
    const auto meant = nearest(name, known);
    return meant ? "Did you mean `" + std::string(*meant) + "`?" : std::move(otherwise);
}

} // namespace florin::base
