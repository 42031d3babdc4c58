#include "cli/progress.hpp"
#include "cli/session.hpp"

#include "app/convert_bills.hpp"
#include "demo/broken.hpp"
#include "demo/estate.hpp"
#include "demo/native/native.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace florin::cli {
namespace {

std::string files_text(std::size_t count) {
    return fmt::format("{} {}", count, count == 1 ? "file" : "files");
}

constexpr std::uint64_t kEstateRows = 1'000'000;
constexpr std::uint64_t kNativeRows = 20'000;

/// The first day of the month that was named, or of the one before this.
base::Result<period::Day> month_of(const Session& session, const DemoCommand& command) {
    const auto today = std::chrono::floor<std::chrono::days>(session.clock().now());
    if (command.last_month.empty()) {
        return period::add_months(today, -1);
    }
    FLORIN_TRY_ASSIGN(const period::Period month, period::parse_period(command.last_month, today, {}));
    return month.start;
}

base::Result<std::vector<demo::NativeFormat>> native_formats(const std::vector<std::string>& names) {
    const auto known = demo::native_formats();
    if (names == std::vector<std::string>{"all"}) {
        return std::vector<demo::NativeFormat>(known.begin(), known.end());
    }
    std::vector<demo::NativeFormat> formats;
    for (const std::string& wanted : names) {
        const auto format = demo::find_native_format(wanted);
        if (!format) {
            std::string list;
            for (const demo::NativeFormat one : known) {
                list += fmt::format("{}, ", demo::name(one));
            }
            return base::user_error("demo.unknown_format", fmt::format("there is no format {}", wanted))
                .with_remedy(fmt::format("there are: {}and all", list));
        }
        if (std::ranges::find(formats, *format) == formats.end()) {
            formats.push_back(*format);
        }
    }
    return formats;
}

base::Result<int> generate_native(Session& session, const DemoCommand& command) {
    demo::NativeOptions options;
    FLORIN_TRY_ASSIGN(options.formats, native_formats(command.native));
    FLORIN_TRY_ASSIGN(options.month_start, month_of(session, command));
    options.rows = command.rows.value_or(kNativeRows);
    options.seed = command.seed;
    options.folder = command.out;
    options.gzip = command.gzip;
    options.parquet = command.format == "parquet";
    ProgressBar bar(session.terminal(), !session.quiet());
    options.progress = [&bar](std::uint64_t done, std::uint64_t all) {
        bar.show({.what = "inventing line items", .done = done, .all = all});
    };
    const auto month = demo::generate_native(options);
    bar.clear();
    if (!month.ok()) {
        return month.error();
    }
    session.say(fmt::format("{} line items in {}, exact sums in {}", count_text(month->rows),
                            files_text(month->files.size()), (options.folder / month->truth).string()));
    return 0;
}

base::Result<int> generate(Session& session, const DemoCommand& command) {
    demo::EstateOptions options;
    options.rows = command.rows.value_or(kEstateRows);
    options.months = command.months;
    options.seed = command.seed;
    options.folder = command.out;
    options.gzip = command.gzip;
    options.single_file = command.single_file;
    FLORIN_TRY_ASSIGN(options.last_month_start, month_of(session, command));
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
        const bool wanted =
            command.defects.empty() || std::ranges::find(command.defects, info.name) != command.defects.end();
        if (wanted) {
            FLORIN_TRY_ASSIGN(const demo::BrokenFile file, demo::write_broken_file(info.defect, command.out));
            session.terminal().out << fmt::format("{}: {}\n", file.path.string(), info.sentence);
        }
    }
    return 0;
}

} // namespace

base::Result<int> run_demo(Session& session, const DemoCommand& command) {
    if (command.action == DemoCommand::Action::kBreak) {
        return break_bills(session, command);
    }
    return command.native.empty() ? generate(session, command) : generate_native(session, command);
}

} // namespace florin::cli
