// An independent evaluator of questions for tests: charge by charge, in plain C++, with integers of
// any size. It shares the values of the question with the real one, and nothing of how it is answered.
#pragma once

#include "query/answer.hpp"
#include "query/filter.hpp"
#include "query/test_bill.hpp"

#include <vector>

namespace florin::query::test {

/// Whether the charge passes, by the written meaning of the filter language.
bool passes(const Filter& filter, const Charge& charge, const Bill& bill);

struct NaiveRates;

/// The blocks the real answer must have. `filter` is the question's, parsed; `rates` are for its currency, or null.
std::vector<CurrencyBlock> naive_answer(const Question& question, const Filter* filter, const std::vector<Bill>& bills,
                                        const NaiveRates* rates = nullptr);

} // namespace florin::query::test
