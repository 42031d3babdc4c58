// Times questions inside the program, over one opened workspace, as a server would ask them.
//
//   ask_bench WORKSPACE RUNS QUESTION...
//
// A question is JSON as question.hpp says. Each is asked once to warm up, once from the charges, which must
// give the same blocks, and RUNS times for the figures: milliseconds from the question to the answer, and
// milliseconds of processor time of all threads. Prints a line of JSON a question.
#include "app/ask_bills.hpp"
#include "base/clock.hpp"
#include "query/question.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <ctime>
#include <iostream>
#include <span>
#include <string_view>
#include <vector>

namespace {

using florin::base::Result;

std::int64_t microseconds_of_processor() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_nsec / 1'000;
}

nlohmann::json figures(std::vector<std::int64_t> microseconds) {
    std::ranges::sort(microseconds);
    const auto tenths = [](std::int64_t value) { return static_cast<double>((value + 50) / 100) / 10; };
    return {{"median_ms", tenths(microseconds[microseconds.size() / 2])},
            {"least_ms", tenths(microseconds.front())},
            {"most_ms", tenths(microseconds.back())}};
}

Result<nlohmann::json> measure(florin::app::Asker& asker, std::string_view text, int runs) {
    FLORIN_TRY_ASSIGN(const florin::query::Question question, florin::query::question_from_json(text));
    FLORIN_TRY_ASSIGN(const florin::query::Answer first, asker.ask(question));
    FLORIN_TRY_ASSIGN(const florin::query::Answer charges, asker.ask(question, true));
    std::vector<std::int64_t> wall;
    std::vector<std::int64_t> processor;
    bool equal = first.blocks == charges.blocks;
    for (int run = 0; run < runs; ++run) {
        const std::int64_t processor_start = microseconds_of_processor();
        const auto start = std::chrono::steady_clock::now();
        FLORIN_TRY_ASSIGN(const florin::query::Answer answer, asker.ask(question));
        wall.push_back(
            std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start).count());
        processor.push_back(microseconds_of_processor() - processor_start);
        equal = equal && answer.blocks == first.blocks;
    }
    std::size_t groups = 0;
    for (const florin::query::CurrencyBlock& block : first.blocks) {
        groups += block.rows.size();
    }
    return nlohmann::json{{"question", nlohmann::json::parse(text)},
                          {"groups", groups},
                          {"same_from_charges", equal},
                          {"wall", figures(wall)},
                          {"processor", figures(processor)}};
}

Result<bool> run(std::span<char*> arguments) {
    int runs = 0;
    const std::string_view count = arguments[1];
    std::from_chars(count.data(), count.data() + count.size(), runs);
    const florin::base::SystemClock clock;
    FLORIN_TRY_ASSIGN(auto workspace, florin::app::Workspace::open(arguments[0], clock));
    FLORIN_TRY_ASSIGN(auto asker, florin::app::Asker::open(workspace, std::nullopt));
    bool equal = true;
    for (const char* question : arguments.subspan(2)) {
        FLORIN_TRY_ASSIGN(const nlohmann::json line, measure(asker, question, std::max(runs, 1)));
        equal = equal && line.at("same_from_charges");
        std::cout << line.dump() << "\n";
    }
    return equal;
}

} // namespace

int main(int count, char** arguments) {
    if (count < 4) {
        std::cerr << "ask_bench WORKSPACE RUNS QUESTION...\n";
        return 2;
    }
    const auto done = run(std::span(arguments, static_cast<std::size_t>(count)).subspan(1));
    if (!done.ok()) {
        std::cerr << done.error().describe() << "\n";
        return 1;
    }
    return *done ? 0 : 1;
}
