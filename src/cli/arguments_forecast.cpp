#include "cli/arguments_forecast.hpp"

#include "cli/add_command.hpp"

#include <CLI/CLI.hpp>

namespace florin::cli {

void define_forecast(CLI::App& app, ForecastCommand& command) {
    CLI::App* forecast =
        add_command(app, "forecast", "What it will cost: spend ahead, with bands",
                    "  florin forecast\n"
                    "  florin forecast --by service_category --horizon \"end of year\"\n"
                    "  florin forecast --where \"tag.team = 'shop'\" --horizon 30d --grain day --interval 80\n"
                    "  florin forecast --basis billed --currency EUR --format csv --out forecast.csv\n"
                    "  florin forecast backtest --by service_provider_name --horizon 30d");
    forecast->require_subcommand(0, 1);
    forecast
        ->add_option("--by", command.dimensions,
                     "What it is split by, one or several: service_name, account, tag.KEY, ...")
        ->delimiter(',')
        ->type_name("NAME");
    forecast
        ->add_option("--where", command.filter,
                     "Which charges, as in: service_category = 'Compute' and tag.env = 'prod'")
        ->type_name("FILTER");
    forecast
        ->add_option("--basis", command.basis,
                     "Which cost: effective (accrual), billed (cash: fees fall when they fall), list, contracted")
        ->capture_default_str();
    forecast
        ->add_option("--horizon", command.horizon, "How far: 90d, 12 weeks, 3 months, \"end of year\", 2027-03, ...")
        ->capture_default_str();
    forecast
        ->add_option("--grain", command.grain,
                     "Steps that are shown: day, week, month, quarter, year, fiscal-month, ...")
        ->capture_default_str();
    forecast
        ->add_option("--profile", command.profile,
                     "accurate or fast; by default accurate for up to six series, fast for more")
        ->check(CLI::IsMember({"accurate", "fast"}));
    forecast->add_option("--interval", command.levels, "What the bands hold, in percent")
        ->delimiter(',')
        ->type_name("PERCENT")
        ->capture_default_str();
    forecast->add_option("--holidays", command.holidays, "A file with a day on each line, as 2026-12-25")
        ->type_name("FILE");
    forecast->add_option("--currency", command.currency,
                         "Convert amounts to it day by day, as in EUR; `reporting` is that of florin.yaml");
    forecast->add_option("--rate-type", command.rate_type,
                         "By which rate: transaction-day (by default), month-average, budget");
    forecast->add_option("--as-of", command.as_of, "Only what was received by the end of that day")->type_name("DATE");
    add_format(*forecast, command.format, {"table", "csv", "json"});
    forecast->add_option("--out", command.out, "Write to this file instead of the terminal")->type_name("FILE");
    CLI::App* backtest =
        add_command(*forecast, "backtest", "How good the forecasts would have been, against seasonal naive",
                    "  florin forecast backtest\n"
                    "  florin forecast backtest --by service_category --horizon 30d --origins 4");
    backtest->callback([&command] { command.action = ForecastCommand::Action::kBacktest; });
    backtest->add_option("--origins", command.origin_count, "Days from which to forecast, at most")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
}

} // namespace florin::cli
