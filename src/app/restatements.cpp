#include "app/restatements.hpp"

#include "query/catalogue.hpp"
#include "query/filter_sql.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace florin::app {
namespace {

using Parts = std::set<lake::PartReference>;

/// A month, who closed it, and which parts counted then.
struct Closed {
    period::Day month;
    std::string source; ///< of a provider's close: only its bills; empty for the company's own
    std::string sentence;
    Parts parts;
};

class Finder {
public:
    explicit Finder(Workspace& workspace) : workspace_(workspace) {}

    base::Result<void> open();
    /// The months that are closed, the company's own close before a provider's.
    std::vector<Closed> closed_months() const;
    base::Result<void> find(const Closed& closed, std::vector<Restatement>& found) const;
    engine::Engine* engine() const { return engine_.get(); }

private:
    Parts of_month(const Closed& closed, const std::vector<lake::PartReference>& parts) const;
    Parts concerned(const Closed& closed, const std::vector<lake::PartReference>& parts) const;
    std::vector<lake::PartReference> select(std::optional<period::Instant> as_of) const {
        return lake::select_current(all_, as_of, workspace_.configuration().precedence);
    }
    /// What would count if everything of the month that waits were released.
    std::vector<lake::PartReference> with_released(period::Day month) const;
    base::Result<std::vector<std::string>> files(const Parts& parts) const;
    base::Result<void> add(const Closed& closed, RestatementKind kind, const Parts& before, const Parts& after,
                           const std::string& condition, std::vector<Restatement>& found) const;
    Parts possible_corrections(const Closed& closed) const;
    std::vector<ComparedDimension> dimensions() const;
    const lake::Part& part(const lake::PartReference& reference) const {
        return all_[reference.delivery].parts[reference.part];
    }

    Workspace& workspace_;
    std::vector<lake::Delivery> all_;
    std::vector<lake::PeriodClose> closes_;
    std::vector<lake::ProviderPeriod> statements_;
    std::vector<lake::PartReference> current_;
    std::unique_ptr<engine::Engine> engine_;
};

base::Result<void> Finder::open() {
    lake::Catalog& catalog = workspace_.lake().catalog();
    FLORIN_TRY_ASSIGN(all_, catalog.deliveries(lake::Detail::kWithoutProfiles));
    FLORIN_TRY_ASSIGN(closes_, catalog.closes());
    FLORIN_TRY_ASSIGN(statements_, catalog.provider_periods());
    FLORIN_TRY_ASSIGN(engine_, workspace_.open_engine(workspace_.folder() / "lake" / "staging"));
    current_ = select(std::nullopt);
    return {};
}

Parts Finder::of_month(const Closed& closed, const std::vector<lake::PartReference>& parts) const {
    Parts found;
    for (const lake::PartReference& reference : parts) {
        const bool is_source = closed.source.empty() || all_[reference.delivery].source == closed.source;
        if (is_source && lake::month_of_part(part(reference)) == closed.month && part(reference).has_files()) {
            found.insert(reference);
        }
    }
    return found;
}

std::vector<Closed> Finder::closed_months() const {
    std::map<std::pair<period::Day, std::string>, Closed> months;
    for (const lake::PeriodClose& close : closes_) {
        if (!close.holds()) {
            continue;
        }
        std::vector<lake::PartReference> parts;
        for (const auto& [id, position] : close.parts) {
            const auto at = std::ranges::lower_bound(all_, id, {}, &lake::Delivery::id);
            parts.push_back({static_cast<std::size_t>(at - all_.begin()), position});
        }
        Closed& closed = months[{close.month, ""}];
        closed.month = close.month;
        closed.parts = of_month(closed, parts);
        closed.sentence =
            fmt::format("closed on {} by {}", period::to_string(period::day_of(close.closed_at)), close.closed_by);
    }
    for (const lake::ProviderState& state : lake::provider_states(statements_)) {
        const period::Day month = period::month_start(period::day_of(state.latest.start));
        if (state.state != lake::PeriodState::kClosed || months.contains({month, ""})) {
            continue;
        }
        Closed& closed = months[{month, state.latest.source}];
        closed.month = month;
        closed.source = state.latest.source;
        closed.parts = of_month(closed, select(state.latest.stated_at));
        closed.sentence =
            fmt::format("closed on {} by {}", period::to_string(period::day_of(state.latest.stated_at)),
                        state.latest.invoice_issuer.empty() ? state.latest.source : state.latest.invoice_issuer);
    }
    std::vector<Closed> list;
    for (auto& [key, closed] : months) {
        list.push_back(std::move(closed));
    }
    return list;
}

/// Of what counts, the bills that a close is about: those of its month, of a provider's only such as were there
/// when it closed it.
Parts Finder::concerned(const Closed& closed, const std::vector<lake::PartReference>& parts) const {
    Parts found = of_month(closed, parts);
    if (closed.source.empty()) {
        return found;
    }
    const auto bill = [&](const lake::PartReference& reference) {
        return std::pair(part(reference).billing_account_id, part(reference).billing_period_start);
    };
    std::set<std::pair<std::string, period::Instant>> there;
    for (const lake::PartReference& reference : closed.parts) {
        there.insert(bill(reference));
    }
    std::erase_if(found, [&](const lake::PartReference& reference) { return !there.contains(bill(reference)); });
    return found;
}

std::vector<lake::PartReference> Finder::with_released(period::Day month) const {
    std::vector<lake::Delivery> released = all_;
    for (lake::Delivery& delivery : released) {
        for (lake::Part& one : delivery.parts) {
            if (one.pending() && lake::month_of_part(one) == month) {
                one.released_at = workspace_.now();
            }
        }
    }
    return lake::select_current(released, std::nullopt, workspace_.configuration().precedence);
}

base::Result<std::vector<std::string>> Finder::files(const Parts& parts) const {
    std::vector<std::string> paths;
    for (const lake::PartReference& reference : parts) {
        const lake::Delivery& delivery = all_[reference.delivery];
        if (delivery.pruned_at.has_value()) {
            return base::conflict_error("lake.pruned", fmt::format("delivery {} counted at that time, and its files "
                                                                   "were removed by the retention rule",
                                                                   delivery.id.value()));
        }
        paths.push_back(workspace_.lake().files_of(part(reference)).charges);
    }
    return paths;
}

std::vector<ComparedDimension> Finder::dimensions() const {
    const std::string& team = workspace_.configuration().team_tag;
    return {{"BillingAccountId", "BillingAccountId"},
            {"ServiceName", "ServiceName"},
            {"ChargeCategory", "ChargeCategory"},
            {"tag." + team, query::field_sql({query::Field::Kind::kTag, team}, "charge", query::catalogue())}};
}

base::Result<void> Finder::add(const Closed& closed, RestatementKind kind, const Parts& before, const Parts& after,
                               const std::string& condition, std::vector<Restatement>& found) const {
    // What counts on both sides is the same to the last row.
    Parts gone;
    Parts come;
    std::ranges::set_difference(before, after, std::inserter(gone, gone.end()));
    std::ranges::set_difference(after, before, std::inserter(come, come.end()));
    if (gone.empty() && come.empty()) {
        return {};
    }
    FLORIN_TRY_ASSIGN(const std::vector<std::string> files_gone, files(gone));
    FLORIN_TRY_ASSIGN(const std::vector<std::string> files_come, files(come));
    Restatement restatement{.month = closed.month, .kind = kind, .closed = closed.sentence};
    FLORIN_TRY_ASSIGN(restatement.changes, compare_charges(*engine_, files_gone, files_come, dimensions(), condition));
    if (restatement.changes.empty()) {
        return {};
    }
    std::set<lake::DeliveryId> deliveries;
    for (const lake::PartReference& reference : come.empty() ? gone : come) {
        deliveries.insert(all_[reference.delivery].id);
    }
    restatement.deliveries.assign(deliveries.begin(), deliveries.end());
    found.push_back(std::move(restatement));
    return {};
}

/// Parts of later billing periods that hold days of the month.
Parts Finder::possible_corrections(const Closed& closed) const {
    const period::Period days = period::month_of(closed.month);
    Parts found;
    for (const lake::PartReference& reference : current_) {
        const lake::Part& one = part(reference);
        const bool is_source = closed.source.empty() || all_[reference.delivery].source == closed.source;
        if (is_source && one.has_files() && lake::month_of_part(one) > closed.month && one.days.start < days.end &&
            days.start < one.days.end) {
            found.insert(reference);
        }
    }
    return found;
}

base::Result<void> Finder::find(const Closed& closed, std::vector<Restatement>& found) const {
    const Parts now = concerned(closed, current_);
    FLORIN_TRY(add(closed, RestatementKind::kMoved, closed.parts, now, "", found));
    const Parts released = concerned(closed, with_released(closed.month));
    FLORIN_TRY(add(closed, RestatementKind::kWaiting, now, released, "", found));
    const period::Period days = period::month_of(closed.month);
    const std::string condition = fmt::format(
        "charge.ChargeClass = 'Correction' AND charge.ChargeDay >= DATE '{}' AND charge.ChargeDay < DATE '{}'",
        period::to_string(days.start), period::to_string(days.end));
    return add(closed, RestatementKind::kCorrection, {}, possible_corrections(closed), condition, found);
}

} // namespace

std::string_view name(RestatementKind kind) {
    switch (kind) {
    case RestatementKind::kMoved: return "moved";
    case RestatementKind::kWaiting: return "waiting";
    case RestatementKind::kCorrection: return "correction";
    }
    return "moved";
}

base::Result<std::vector<Restatement>> find_restatements(Workspace& workspace, std::optional<period::Day> month,
                                                         const std::function<void(engine::Engine*)>& running) {
    FLORIN_TRY_ASSIGN(const base::FileLock lock, workspace.lake().read_lock());
    Finder finder(workspace);
    FLORIN_TRY(finder.open());
    std::vector<Closed> closed = finder.closed_months();
    if (month.has_value()) {
        std::erase_if(closed, [month](const Closed& one) { return one.month != *month; });
        if (closed.empty()) {
            return base::conflict_error("period.not_closed", fmt::format("{} is not closed", lake::month_name(*month)))
                .with_remedy("see `florin period list`");
        }
    }
    if (running) {
        running(finder.engine());
    }
    std::vector<Restatement> found;
    base::Result<void> done;
    for (std::size_t i = 0; i < closed.size() && done.ok(); ++i) {
        done = finder.find(closed[i], found);
    }
    if (running) {
        running(nullptr);
    }
    if (!done.ok()) {
        return std::move(done).error();
    }
    return found;
}

} // namespace florin::app
