#include "app/accrual.hpp"

#include "app/forecast_spend.hpp"
#include "base/files.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace florin::app {
namespace {

using base::Result;
using money::Decimal;
using Json = nlohmann::json;

Result<void> sum_days(const SpendHistory& history, const SpendLeaf& leaf, const period::Period& month, Decimal& sum) {
    for (std::size_t i = 0; i < leaf.amounts.size(); ++i) {
        if (month.contains(history.start + std::chrono::days(i))) {
            FLORIN_TRY_ASSIGN(sum, sum.plus(leaf.amounts[i]));
        }
    }
    return {};
}

/// A month whose bills are complete: nothing is expected.
Result<std::vector<AccrualBlock>> billed_blocks(const SpendHistory& history, const period::Period& month,
                                                bool has_lines) {
    std::vector<AccrualBlock> blocks;
    for (const SpendHistoryBlock& from : history.blocks) {
        AccrualBlock& block = blocks.emplace_back();
        block.currency = from.currency;
        for (const SpendLeaf& leaf : from.leaves) {
            auto line = std::ranges::find_if(block.lines, [&](const AccrualLine& one) {
                return one.key == leaf.key && one.is_rest == leaf.is_rest;
            });
            if (line == block.lines.end()) {
                line = block.lines.insert(line, AccrualLine{.key = leaf.key, .is_rest = leaf.is_rest});
            }
            FLORIN_TRY(sum_days(history, leaf, month, line->billed));
            FLORIN_TRY(sum_days(history, leaf, month, block.total.billed));
            line->total = line->billed;
        }
        block.total.total = block.total.billed;
        if (!has_lines) {
            block.lines.clear();
        }
    }
    return blocks;
}

Result<AccrualLine> accrual_line(const SpendLine& from, const period::Period& month) {
    AccrualLine line{.key = from.key, .is_rest = from.is_rest};
    const auto step = std::ranges::find(from.steps, month, &SpendStep::period);
    FLORIN_CHECK(step != from.steps.end(), "a month that is not over is a step of its forecast");
    line.billed = step->actual;
    line.expected = step->expected;
    FLORIN_TRY_ASSIGN(line.total, step->total());
    if (!step->bands.empty()) {
        line.low = step->bands.front().lower;
        line.high = step->bands.front().upper;
    }
    return line;
}

Result<std::vector<AccrualBlock>> expected_blocks(const SpendForecast& forecast, const period::Period& month) {
    std::vector<AccrualBlock> blocks;
    for (const SpendForecastBlock& from : forecast.blocks) {
        AccrualBlock& block = blocks.emplace_back();
        block.currency = from.currency;
        FLORIN_TRY_ASSIGN(block.total, accrual_line(from.total, month));
        for (const SpendLine& part : from.parts) {
            FLORIN_TRY_ASSIGN(block.lines.emplace_back(), accrual_line(part, month));
        }
    }
    return blocks;
}

Result<Accrual> accrue_from(Workspace& workspace, Asker& asker, const AccrualRequest& request) {
    const Configuration& configuration = workspace.configuration();
    FLORIN_TRY_ASSIGN(const SpendHistory history, read_spend_history(workspace, asker, request.question));
    Accrual accrual{.month = request.month,
                    .complete_until = std::clamp(history.complete_end(), request.month.start, request.month.end),
                    .made_at = workspace.now(),
                    .question = request.question,
                    .notes = history.notes};
    if (history.complete_end() >= request.month.end) {
        FLORIN_TRY_ASSIGN(accrual.blocks, billed_blocks(history, request.month, !request.question.dimensions.empty()));
    } else {
        ForecastSpendRequest ahead;
        ahead.question = request.question;
        ahead.horizon = {.end = request.month.end};
        ahead.levels = {0.80};
        FLORIN_TRY_ASSIGN(const SpendForecast forecast, forecast_history(history, ahead, configuration.fiscal_calendar,
                                                                         workspace.limits({}).threads));
        FLORIN_TRY_ASSIGN(accrual.blocks, expected_blocks(forecast, request.month));
        accrual.notes = forecast.notes;
    }
    for (AccrualBlock& block : accrual.blocks) {
        std::ranges::stable_sort(block.lines, {},
                                 [](const AccrualLine& line) { return std::pair(line.is_rest, line.total.negated()); });
    }
    return accrual;
}

base::Path accrual_folder(const Workspace& workspace, const period::Period& month) {
    return workspace.folder() / "lake" / "accruals" / period::to_string(month);
}

Json line_json(const AccrualLine& line) {
    Json key = Json::array();
    for (const std::optional<std::string>& value : line.key) {
        key.push_back(value ? Json(*value) : Json(nullptr));
    }
    const auto or_null = [](const std::optional<Decimal>& value) {
        return value ? Json(value->to_string()) : Json(nullptr);
    };
    return {{"key", std::move(key)},
            {"is_rest", line.is_rest},
            {"billed", line.billed.to_string()},
            {"expected", line.expected.to_string()},
            {"total", line.total.to_string()},
            {"low", or_null(line.low)},
            {"high", or_null(line.high)}};
}

Json accrual_json(const Accrual& accrual) {
    Json object = {{"month", period::to_string(accrual.month)},
                   {"complete_until", period::to_string(accrual.complete_until)},
                   {"made_at", period::to_string(accrual.made_at)},
                   {"by", accrual.question.dimensions},
                   {"where", accrual.question.filter},
                   {"basis", query::name(accrual.question.basis)},
                   {"currency", accrual.question.currency},
                   {"rate_type", fx::name(accrual.question.rate_type)},
                   {"blocks", Json::array()}};
    for (const AccrualBlock& block : accrual.blocks) {
        Json lines = Json::array();
        for (const AccrualLine& line : block.lines) {
            lines.push_back(line_json(line));
        }
        object["blocks"].push_back(
            {{"currency", block.currency}, {"lines", std::move(lines)}, {"total", line_json(block.total)}});
    }
    return object;
}

Result<AccrualLine> line_of(const Json& object) {
    AccrualLine line;
    for (const Json& value : object.at("key")) {
        line.key.push_back(value.is_null() ? std::nullopt : std::optional(value.get<std::string>()));
    }
    line.is_rest = object.at("is_rest").get<bool>();
    const auto amount = [&object](const char* name) { return Decimal::parse(object.at(name).get<std::string>()); };
    FLORIN_TRY_ASSIGN(line.billed, amount("billed"));
    FLORIN_TRY_ASSIGN(line.expected, amount("expected"));
    FLORIN_TRY_ASSIGN(line.total, amount("total"));
    if (!object.at("low").is_null()) {
        FLORIN_TRY_ASSIGN(line.low, amount("low"));
        FLORIN_TRY_ASSIGN(line.high, amount("high"));
    }
    return line;
}

Result<Accrual> accrual_of(const Json& object, const period::Period& month) {
    Accrual accrual{.month = month};
    FLORIN_TRY_ASSIGN(accrual.complete_until, period::parse_day(object.at("complete_until").get<std::string>()));
    FLORIN_TRY_ASSIGN(const period::ParsedInstant made, period::parse_instant(object.at("made_at").get<std::string>()));
    accrual.made_at = made.instant;
    accrual.question.dimensions = object.at("by").get<std::vector<std::string>>();
    accrual.question.filter = object.at("where").get<std::string>();
    FLORIN_TRY_ASSIGN(accrual.question.basis, query::parse_basis(object.at("basis").get<std::string>()));
    accrual.question.currency = object.at("currency").get<std::string>();
    FLORIN_TRY_ASSIGN(accrual.question.rate_type, fx::parse_rate_type(object.at("rate_type").get<std::string>()));
    for (const Json& from : object.at("blocks")) {
        AccrualBlock& block = accrual.blocks.emplace_back();
        block.currency = from.at("currency").get<std::string>();
        for (const Json& line : from.at("lines")) {
            FLORIN_TRY_ASSIGN(block.lines.emplace_back(), line_of(line));
        }
        FLORIN_TRY_ASSIGN(block.total, line_of(from.at("total")));
    }
    return accrual;
}

Result<Accrual> read_booking(const base::Path& path, const period::Period& month) {
    FLORIN_TRY_ASSIGN(const std::string text, base::read_file(path));
    const auto unreadable = [&path](const std::string& why) {
        return base::system_error("accrual.unreadable", "a booking cannot be read: " + why)
            .at({.file = path.string()})
            .with_remedy("It was written by `florin accrual --book`, and changed since: take it from a copy, or away.");
    };
    try {
        auto read = accrual_of(Json::parse(text), month);
        return read.ok() ? std::move(read) : Result<Accrual>(unreadable(read.error().message));
    } catch (const Json::exception& exception) {
        return unreadable(exception.what());
    }
}

/// The bookings of a month by their numbers, ascending.
Result<std::vector<std::pair<std::int64_t, base::Path>>> bookings_of(const base::Path& folder) {
    std::vector<std::pair<std::int64_t, base::Path>> found;
    std::error_code code;
    if (!std::filesystem::is_directory(folder, code)) {
        return found;
    }
    FLORIN_TRY_ASSIGN(const std::vector<base::Path> paths, base::list_files(folder));
    for (const base::Path& path : paths) {
        const std::string stem = path.stem().string();
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(stem.data(), stem.data() + stem.size(), number);
        if (path.extension() == ".json" && error == std::errc() && end == stem.data() + stem.size()) {
            found.emplace_back(number, path);
        }
    }
    std::ranges::sort(found);
    return found;
}

/// What each booking's question gives now; asked once where the one before is the same.
Result<void> accrue_again(Workspace& workspace, Asker& asker, const AccrualRequest& request,
                          std::vector<AccrualComparison>& comparisons) {
    for (std::size_t i = 0; i < comparisons.size(); ++i) {
        AccrualComparison& one = comparisons[i];
        if (i > 0 && one.booked.question == comparisons[i - 1].booked.question) {
            one.now = comparisons[i - 1].now;
            continue;
        }
        AccrualRequest again = request;
        again.question = one.booked.question;
        FLORIN_TRY_ASSIGN(one.now, accrue_from(workspace, asker, again));
    }
    return {};
}

Result<void> check_month(const period::Period& month) {
    if (month != period::month_of(month.start)) {
        return base::user_error("accrual.not_a_month",
                                fmt::format("{} is not one calendar month", period::to_string(month)))
            .with_remedy("Name it as in --period 2026-10.");
    }
    return {};
}

} // namespace

Result<Accrual> accrue(Workspace& workspace, const AccrualRequest& request) {
    FLORIN_TRY(check_month(request.month));
    FLORIN_TRY_ASSIGN(Asker asker, Asker::open(workspace, request.as_of));
    if (request.running) {
        request.running(&asker.engine());
    }
    auto accrual = accrue_from(workspace, asker, request);
    if (request.running) {
        request.running(nullptr);
    }
    return accrual;
}

Result<std::int64_t> book_accrual(Workspace& workspace, const Accrual& accrual) {
    const base::Path folder = accrual_folder(workspace, accrual.month);
    FLORIN_TRY(base::make_folders(folder));
    FLORIN_TRY_ASSIGN(const base::FileLock lock,
                      base::FileLock::acquire(folder / ".lock", base::FileLock::Kind::kExclusive, 10'000));
    FLORIN_TRY_ASSIGN(const auto before, bookings_of(folder));
    const std::int64_t number = before.empty() ? 1 : before.back().first + 1;
    FLORIN_TRY(
        base::write_file_atomically(folder / fmt::format("{:04}.json", number), accrual_json(accrual).dump(1) + "\n"));
    return number;
}

Result<std::vector<AccrualComparison>> compare_accruals(Workspace& workspace, const AccrualRequest& request) {
    FLORIN_TRY(check_month(request.month));
    FLORIN_TRY_ASSIGN(const auto bookings, bookings_of(accrual_folder(workspace, request.month)));
    if (bookings.empty()) {
        return base::user_error("accrual.none",
                                fmt::format("nothing was booked for {}", period::to_string(request.month)))
            .with_remedy("`florin accrual --period … --book` keeps an accrual.");
    }
    std::vector<AccrualComparison> comparisons;
    for (const auto& [number, path] : bookings) {
        FLORIN_TRY_ASSIGN(Accrual booked, read_booking(path, request.month));
        comparisons.push_back({.number = number, .booked = std::move(booked), .now = {}});
    }
    FLORIN_TRY_ASSIGN(Asker asker, Asker::open(workspace, request.as_of));
    if (request.running) {
        request.running(&asker.engine());
    }
    const auto done = accrue_again(workspace, asker, request, comparisons);
    if (request.running) {
        request.running(nullptr);
    }
    FLORIN_TRY(done);
    return comparisons;
}

} // namespace florin::app
