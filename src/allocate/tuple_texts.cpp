#include "allocate/tuple_texts.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <deque>
#include <limits>
#include <unordered_map>
#include <utility>

namespace florin::allocate {

bool is_worth_remembering(const TextColumn& column) {
    constexpr std::size_t kFewTexts = std::size_t{1} << 16U;
    return column.texts.size() <= std::max(kFewTexts, column.codes.size() / 4);
}

const TextColumn& TupleTexts::column(const query::Field& field) const {
    const auto found = columns.find(field);
    FLORIN_CHECK(found != columns.end(), "the tuples have a column for " + query::to_text(field));
    FLORIN_CHECK(found->second.codes.size() == count, "a column has a code for each tuple");
    return found->second;
}

struct TextColumnMaker::State {
    std::vector<std::uint32_t> codes;
    std::deque<std::string> texts; // stays where it is: `known` looks into it
    std::unordered_map<std::string_view, std::uint32_t> known;
};

TextColumnMaker::TextColumnMaker() : state_(std::make_unique<State>()) {}
TextColumnMaker::~TextColumnMaker() = default;
TextColumnMaker::TextColumnMaker(TextColumnMaker&&) noexcept = default;
TextColumnMaker& TextColumnMaker::operator=(TextColumnMaker&&) noexcept = default;

void TextColumnMaker::add(std::optional<std::string_view> text) {
    if (!text) {
        state_->codes.push_back(0);
        return;
    }
    auto found = state_->known.find(*text);
    if (found == state_->known.end()) {
        FLORIN_CHECK(state_->texts.size() < std::numeric_limits<std::uint32_t>::max() - 1, "codes are 32 bits");
        state_->texts.emplace_back(*text);
        found = state_->known.emplace(state_->texts.back(), static_cast<std::uint32_t>(state_->texts.size())).first;
    }
    state_->codes.push_back(found->second);
}

TextColumn TextColumnMaker::finish() {
    state_->known.clear();
    return {std::move(state_->codes),
            {std::make_move_iterator(state_->texts.begin()), std::make_move_iterator(state_->texts.end())}};
}

} // namespace florin::allocate
