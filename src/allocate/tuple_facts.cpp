#include "allocate/tuple_facts.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <string_view>
#include <utility>

namespace florin::allocate {
namespace {

using Kind = query::Field::Kind;

enum FactField : std::size_t {
    kCurrencyField,
    kCategoryField,
    kClassField,
    kStatusField,
    kCommitmentField,
    kSkuField,
    kInvoiceField,
    kBillingAccountField,
    kSubAccountField,
    kServiceField,
    kFactFieldCount
};

const std::array<query::Field, kFactFieldCount>& fact_fields() {
    static const std::array<query::Field, kFactFieldCount> fields = {{{Kind::kDimension, "billing_currency"},
                                                                      {Kind::kDimension, "charge_category"},
                                                                      {Kind::kDimension, "charge_class"},
                                                                      {Kind::kDimension, "commitment_discount_status"},
                                                                      {Kind::kDimension, "commitment_discount_id"},
                                                                      {Kind::kDimension, "sku_id"},
                                                                      {Kind::kDimension, "invoice_id"},
                                                                      {Kind::kDimension, "billing_account_id"},
                                                                      {Kind::kDimension, "sub_account_id"},
                                                                      {Kind::kDimension, "service_name"}}};
    return fields;
}

/// A column with its texts in order: by code the place of the text among the sorted ones, from 1; no value is 0.
struct Ranked {
    const TextColumn* column = nullptr;
    std::vector<std::uint32_t> ranks;
    std::vector<std::string> texts; ///< by rank; [0] is empty

    std::uint32_t at(std::size_t tuple) const { return ranks[column->codes[tuple]]; }
};

Ranked ranked(const TextColumn& column) {
    std::vector<std::uint32_t> order(column.texts.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, {}, [&](std::uint32_t code) -> const std::string& { return column.texts[code]; });
    Ranked out{&column, std::vector<std::uint32_t>(column.texts.size() + 1, 0), {""}};
    for (const std::uint32_t code : order) {
        out.ranks[code + 1] = static_cast<std::uint32_t>(out.texts.size());
        out.texts.push_back(column.texts[code]);
    }
    return out;
}

CommitmentUse commitment_use(std::string_view status) {
    return status == "Used" ? CommitmentUse::kUsed : status == "Unused" ? CommitmentUse::kUnused : CommitmentUse::kNone;
}

/// Sets Tuple::bill_line and bill_whole.
void number_bill_lines(const std::array<Ranked, kFactFieldCount>& columns, std::vector<Tuple>& tuples) {
    using BillLine = std::array<std::uint32_t, 4>;
    const auto line_of = [&columns](std::size_t tuple) {
        return BillLine{columns[kInvoiceField].at(tuple), columns[kBillingAccountField].at(tuple),
                        columns[kSubAccountField].at(tuple), columns[kServiceField].at(tuple)};
    };
    std::vector<BillLine> lines;
    lines.reserve(tuples.size());
    for (std::size_t tuple = 0; tuple < tuples.size(); ++tuple) {
        lines.push_back(line_of(tuple));
    }
    std::ranges::sort(lines);
    lines.erase(std::ranges::unique(lines).begin(), lines.end());
    const auto number_of_line = [&lines](const BillLine& line) {
        const auto found = std::ranges::lower_bound(lines, line);
        return found == lines.end() || *found != line ? 0U : static_cast<std::uint32_t>(found - lines.begin()) + 1;
    };
    for (std::size_t tuple = 0; tuple < tuples.size(); ++tuple) {
        BillLine line = line_of(tuple);
        tuples[tuple].bill_line = number_of_line(line);
        if (std::exchange(line[2], 0U) != 0) { // the sub account
            tuples[tuple].bill_whole = number_of_line(line);
        }
    }
}

} // namespace

std::span<const query::Field> tuple_fact_fields() {
    return fact_fields();
}

TupleFacts facts_of(const TupleTexts& texts) {
    std::array<Ranked, kFactFieldCount> columns;
    for (std::size_t field = 0; field < kFactFieldCount; ++field) {
        columns[field] = ranked(texts.column(fact_fields()[field]));
    }
    TupleFacts facts;
    facts.programmes = columns[kCommitmentField].texts;
    // Where all have a currency, which bills do, the empty one is not among them.
    const std::vector<std::string>& currencies = columns[kCurrencyField].texts;
    const bool all_have_one =
        std::ranges::find(columns[kCurrencyField].column->codes, 0U) == columns[kCurrencyField].column->codes.end();
    facts.tuples.currencies.assign(currencies.begin() + (all_have_one ? 1 : 0), currencies.end());
    FLORIN_CHECK(currencies.size() < std::numeric_limits<std::uint16_t>::max(), "currencies are few");
    for (std::size_t tuple = 0; tuple < texts.count; ++tuple) {
        const auto text = [&](FactField field) -> const std::string& {
            return columns[field].texts[columns[field].at(tuple)];
        };
        const std::uint32_t currency = columns[kCurrencyField].at(tuple) - (all_have_one ? 1 : 0);
        facts.tuples.all.push_back({.currency = static_cast<std::uint16_t>(currency),
                                    .kind = charge_kind(text(kCategoryField), text(kClassField)),
                                    .commitment = commitment_use(text(kStatusField)),
                                    .programme = columns[kCommitmentField].at(tuple),
                                    .sku = columns[kSkuField].at(tuple)});
    }
    number_bill_lines(columns, facts.tuples.all);
    return facts;
}

} // namespace florin::allocate
