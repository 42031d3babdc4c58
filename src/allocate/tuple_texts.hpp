// What rules look at: the texts of the tuples, column by column, each text once.
#pragma once

#include "query/field.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace florin::allocate {

/// One column: a code for each tuple. Code 0 is no value; code c stands for texts[c - 1].
struct TextColumn {
    std::vector<std::uint32_t> codes;
    std::vector<std::string> texts; ///< distinct, in any order

    /// What code `code` stands for.
    std::optional<std::string_view> text(std::uint32_t code) const {
        return code == 0 ? std::nullopt : std::optional<std::string_view>(texts[code - 1]);
    }
};

/// Whether what was found of a text may help with other tuples: not where there are many texts and most of them stand
/// on one tuple, such as the identifiers of resources.
bool is_worth_remembering(const TextColumn& column);

/// Makes a column from texts in the order of the tuples. At most 2^32 - 2 different ones.
class TextColumnMaker {
public:
    TextColumnMaker();
    ~TextColumnMaker();
    TextColumnMaker(TextColumnMaker&&) noexcept;
    TextColumnMaker& operator=(TextColumnMaker&&) noexcept;
    void add(std::optional<std::string_view> text);
    /// The column; the maker is spent.
    TextColumn finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The tuples 0 to count - 1, and a column for each field that the rules read.
struct TupleTexts {
    std::size_t count = 0;
    std::map<query::Field, TextColumn> columns;

    /// The field's column, which is there.
    const TextColumn& column(const query::Field& field) const;
};

} // namespace florin::allocate
