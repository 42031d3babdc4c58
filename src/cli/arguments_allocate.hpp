// The command `florin allocate` as a person types it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace CLI {
class App;
} // namespace CLI

namespace florin::cli {

struct AllocateCommand {
    enum class Action : std::uint8_t { kCheck, kPlan, kApply, kHistory, kRollback, kVerify };
    Action action = Action::kPlan;
    std::vector<std::string> restate; ///< periods that name closed months
    std::string basis = "effective";
    std::string by;
    std::string reason;
    std::int64_t state = 0; ///< 0: the latest
    std::string format = "table";
    std::string out;
};

void define_allocate(CLI::App& app, AllocateCommand& target);

} // namespace florin::cli
