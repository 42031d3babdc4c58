// The commands `florin budget` and `florin accrual` as a person types them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace florin::cli {

struct BudgetCommand {
    enum class Action : std::uint8_t { kStatus, kCheck, kShow, kAmend };
    Action action = Action::kStatus;
    std::vector<std::string> names;
    std::string as_of;
    std::string format = "table";
    std::string out;
    // of `amend`
    std::string name;
    std::string amount;
    std::string add;
    std::vector<std::string> steps;
    std::string spread;
    std::string date;
    std::string reason;
    std::string by;
    std::string approved_by;
    bool dry_run = false;
};

struct AccrualCommand {
    std::string period = "last-month";
    std::vector<std::string> by;
    std::string filter;
    std::string basis = "effective";
    std::string currency;
    std::string as_of;
    bool book = false;
    bool compare = false;
    std::string format = "table";
    std::string out;
};

void define_budget(CLI::App& app, BudgetCommand& target);
void define_accrual(CLI::App& app, AccrualCommand& target);

} // namespace florin::cli
