#include "cli/ingested.hpp"

#include "cli/delivery_quality.hpp"
#include "cli/progress.hpp"

#include "lake/storage.hpp"
#include "report/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace florin::cli {
namespace {

using report::Style;
using report::TextPage;

std::string outcome(const app::IngestedDelivery& taken) {
    switch (taken.outcome) {
    case app::IngestOutcome::kDryRun: return "checked, not taken in";
    case app::IngestOutcome::kAlreadyThere:
        return fmt::format("delivery {}, which is there already: nothing changed", taken.delivery.id.value());
    case app::IngestOutcome::kCommitted: break;
    }
    const auto pending =
        std::ranges::count_if(taken.delivery.parts, [](const lake::Part& part) { return part.pending(); });
    std::string text = fmt::format("delivery {}", taken.delivery.id.value());
    if (pending > 0) {
        text += fmt::format(", {} pending", count_text(static_cast<std::uint64_t>(pending), "scope"));
    }
    return text;
}

void show_files(const app::IngestedDelivery& taken, TextPage& page) {
    std::uint64_t rows = 0;
    for (const app::IngestedFile& file : taken.files) {
        rows += file.rows;
    }
    const std::string name = taken.files.front().path.string();
    const std::string more = taken.files.size() > 1 ? fmt::format(" and {} more", taken.files.size() - 1) : "";
    page.paragraph(fmt::format("{}{}: {}, {}, {}", report::terminal_text(name), more,
                               report::terminal_text(taken.files.front().recognised), count_text(rows, "row"),
                               outcome(taken)),
                   0, 2, Style::kBold);
}

/// The four costs of what was taken in; one that no charge has is not known.
void show_sums(const app::IngestedDelivery& taken, TextPage& page) {
    struct Sums {
        std::uint64_t rows = 0;
        std::array<std::uint64_t, 4> null_costs{};
        std::array<money::DecimalSum, 4> costs;
    };
    std::map<std::string, Sums> by_currency;
    if (taken.outcome == app::IngestOutcome::kCommitted) {
        for (const lake::Part& part : taken.delivery.parts) {
            for (const auto& [currency, costs] : part.sums) {
                Sums& sums = by_currency[currency];
                sums.rows += costs.rows;
                for (std::size_t i = 0; i < 4; ++i) {
                    sums.null_costs[i] += costs.null_costs[i];
                    sums.costs[i].add(costs.costs[i]);
                }
            }
        }
    }
    for (const auto& [currency, sums] : by_currency) {
        std::string text;
        for (std::size_t i = 0; i < 4; ++i) {
            const auto total = sums.costs[i].total();
            const std::string amount = total.ok() ? total->to_string() : std::string("beyond range");
            text += fmt::format("{}{} {}", i == 0 ? "" : "  ", lake::kCosts[i],
                                sums.null_costs[i] == sums.rows ? std::string("unavailable") : amount);
        }
        page.paragraph(fmt::format("{} {}", currency, text), 2, 4);
    }
}

/// What the files of a delivery that is only looked at add up to.
void show_stated(const app::IngestedDelivery& taken, TextPage& page) {
    for (const auto& [currency, costs] : taken.stated) {
        std::string text;
        for (std::size_t i = 0; i < costs.size(); ++i) {
            if (costs[i]) {
                text += fmt::format("{}{} {}", text.empty() ? "" : "  ", lake::kCosts[i], *costs[i]);
            }
        }
        page.paragraph(fmt::format("{} {}", report::terminal_text(currency), text), 2, 4);
    }
}

void show_quarantine(const app::IngestedDelivery& taken, const std::string& target, TextPage& page) {
    for (const ingest::Inspection& file : taken.inspections) {
        if (file.quarantined.rows == 0) {
            continue;
        }
        std::string billed;
        for (const auto& [currency, sum] : file.quarantined.billed_cost) {
            billed += fmt::format(", {} {}", sum, currency);
        }
        page.paragraph(fmt::format("{} set aside in {}{}; the cost of {} cannot be read",
                                   count_text(file.quarantined.rows, "bad row"), target, billed,
                                   file.quarantined.unreadable_cost_rows),
                       2, 4, Style::kWarning);
    }
}

void show_delivery(const app::IngestedDelivery& taken, const IngestedView& view, TextPage& page) {
    show_files(taken, page);
    if (taken.outcome == app::IngestOutcome::kDryRun) {
        show_stated(taken, page);
    }
    show_sums(taken, page);
    show_quarantine(taken, view.quarantine, page);
    for (const std::string& superseded : taken.superseded) {
        page.paragraph("replaces " + report::terminal_text(superseded), 2, 4);
    }
    for (const std::string& older : taken.older) {
        page.paragraph("does not count: " + report::terminal_text(older), 2, 4, Style::kWarning);
    }
    for (const std::string& restated : taken.restated) {
        page.paragraph("restates " + report::terminal_text(restated), 2, 4, Style::kWarning);
    }
    for (const lake::Part& part : taken.delivery.parts) {
        if (taken.outcome == app::IngestOutcome::kCommitted && part.pending()) {
            page.paragraph(fmt::format("waits: {}: {}. `florin deliveries release {}` lets it count.",
                                       report::terminal_text(part.name()), report::terminal_text(part.pending_reason),
                                       taken.delivery.id.value()),
                           2, 4, Style::kWarning);
        }
    }
    const nlohmann::json quality = nlohmann::json::parse(taken.quality);
    const std::size_t findings = quality.at("findings").size();
    if (view.with_findings) {
        show_quality(quality, page);
    } else if (findings > 0 && taken.outcome == app::IngestOutcome::kCommitted) {
        page.paragraph(fmt::format("{} about the data: `florin deliveries show {}`", count_text(findings, "finding"),
                                   taken.delivery.id.value()),
                       2, 4, Style::kDim);
    }
}

} // namespace

void show_ingested(const app::IngestReport& report, const IngestedView& view, report::TextPage& page) {
    for (const app::IngestedDelivery& taken : report.deliveries) {
        if (!view.only_new || taken.outcome == app::IngestOutcome::kCommitted) {
            show_delivery(taken, view, page);
        }
    }
}

} // namespace florin::cli
