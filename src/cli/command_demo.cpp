#include "cli/progress.hpp"
#include "cli/session.hpp"

#include "app/convert_bills.hpp"
#include "demo/broken.hpp"
#include "demo/estate.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace florin::cli {
namespace {

std::string files_text(std::size_t count) { return fmt::format("{} {}", count, count == 1 ? "file" : "files"); }

base::Result<int> generate(Session& session, const DemoCommand& command) {
    demo::EstateOptions options;
    options.rows = command.rows;
    options.months = command.months;
    options.seed = command.seed;
    options.folder = command.out;
    options.gzip = command.gzip;
    options.single_file = command.single_file;
    const auto today = std::chrono::floor<std::chrono::days>(session.clock().now());
    options.last_month_start = period::add_months(today, -1);
    if (!command.last_month.empty()) {
        FLORIN_TRY_ASSIGN(const period::Period month, period::parse_period(command.last_month, today, {}));
        options.last_month_start = month.start;
    }
    ProgressBar bar(session.terminal(), !session.quiet());
    options.progress = [&bar](std::uint64_t done, std::uint64_t all) {
        bar.show({.what = "inventing charges", .done = done, .all = all});
    };
    const auto estate = demo::generate_estate(options);
    bar.clear();
    if (!estate.ok()) {
        return estate.error();
    }
    if (command.format == "parquet") {
        std::vector<base::Path> files;
        for (const auto* list : {&estate->files, &estate->history}) {
            for (const demo::WrittenFile& file : *list) {
                files.push_back(options.folder / file.path);
            }
        }
        FLORIN_TRY(app::convert_to_parquet(files));
    }
    session.say(fmt::format("{} charges in {}, {} more in {} of history, exact sums in {}", count_text(estate->rows),
                            files_text(estate->files.size()), count_text(estate->history_rows),
                            files_text(estate->history.size()), (options.folder / estate->truth).string()));
    return 0;
}

base::Result<int> break_bills(Session& session, const DemoCommand& command) {
    FLORIN_TRY(base::make_folders(command.out));
    for (const std::string& wanted : command.defects) {
        if (std::ranges::find(demo::defects(), wanted, &demo::DefectInfo::name) == demo::defects().end()) {
            std::string names;
            for (const demo::DefectInfo& info : demo::defects()) {
                names += fmt::format("{}{}", names.empty() ? "" : ", ", info.name);
            }
            return base::user_error("demo.unknown_defect", fmt::format("there is no defect {}", wanted))
                .with_remedy("there are: " + names);
        }
    }
    for (const demo::DefectInfo& info : demo::defects()) {
        const bool wanted = command.defects.empty() ||
                            std::ranges::find(command.defects, info.name) != command.defects.end();
        if (wanted) {
            FLORIN_TRY_ASSIGN(const demo::BrokenFile file, demo::write_broken_file(info.defect, command.out));
            session.terminal().out << fmt::format("{}: {}\n", file.path.string(), info.sentence);
        }
    }
    return 0;
}

} // namespace

base::Result<int> run_demo(Session& session, const DemoCommand& command) {
    return command.action == DemoCommand::Action::kGenerate ? generate(session, command)
                                                            : break_bills(session, command);
}

} // namespace florin::cli
