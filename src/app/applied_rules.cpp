#include "app/applied_rules.hpp"

#include "allocate/verify.hpp"
#include "app/allocation_rules.hpp"
#include "base/sha256.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace florin::app {
namespace {

constexpr std::string_view kCertificatesFolder = "allocation";

std::string sha256_of(std::string_view bytes) {
    base::Sha256 hash;
    hash.add(bytes);
    return hash.finish();
}

base::Error no_state(std::int64_t wanted) {
    return base::user_error("allocation.no_state", wanted == 0
                                                       ? "no rules were ever applied"
                                                       : fmt::format("no rules were applied as state {}", wanted))
        .with_remedy(wanted == 0 ? "see what they would move with `florin allocate plan`, then `florin allocate apply`"
                                 : "see `florin allocate history`");
}

base::Result<lake::AllocationState> find_state(Workspace& workspace, std::optional<std::int64_t> wanted) {
    FLORIN_TRY_ASSIGN(const std::vector<lake::AllocationState> states, workspace.lake().catalog().allocation_states());
    if (!wanted && !states.empty()) {
        return states.back();
    }
    const auto found = std::ranges::find(states, wanted.value_or(0), &lake::AllocationState::id);
    if (found == states.end()) {
        return no_state(wanted.value_or(0));
    }
    return *found;
}

/// The history until `from`, and what the other one says from then on; nothing is in force twice in a row.
RulesHistory continued(const RulesHistory& before, const RulesHistory& then, period::Day from) {
    RulesHistory joined;
    const auto add = [&joined](const RulesInForce& rules, period::Day day) {
        if (!joined.empty() && joined.back().from == day) {
            joined.pop_back();
        }
        if (joined.empty() || joined.back().hash != rules.hash) {
            joined.push_back(rules);
            joined.back().from = day;
        }
    };
    for (const RulesInForce& rules : before) {
        if (rules.from < from) {
            add(rules, rules.from);
        }
    }
    for (const RulesInForce& rules : then) {
        add(rules, std::max(rules.from, from));
    }
    return joined;
}

std::vector<std::pair<period::Day, std::string>> timeline_of(const RulesHistory& history) {
    std::vector<std::pair<period::Day, std::string>> timeline;
    for (const RulesInForce& rules : history) {
        timeline.emplace_back(rules.from, rules.hash);
    }
    return timeline;
}

/// The closed months in the periods.
base::Result<std::vector<period::Day>> named_months(const MonthStates& states,
                                                    const std::vector<period::Period>& restate) {
    std::set<period::Day> named;
    for (const period::Period& period : restate) {
        const std::size_t before = named.size();
        std::ranges::copy_if(states.closed, std::inserter(named, named.end()),
                             [&period](period::Day month) { return period.contains(month); });
        if (named.size() == before) {
            return base::user_error("allocation.not_closed",
                                    fmt::format("{} holds no closed month", period::to_string(period)))
                .with_remedy("only closed months are restated by name; see `florin period list`");
        }
    }
    return std::vector<period::Day>(named.begin(), named.end());
}

/// `then` is in force since ever; the change makes it so from the first day it may.
base::Result<RulesChange> change_to(Workspace& workspace, const RulesHistory& then,
                                    const std::vector<period::Period>& restate) {
    RulesChange change;
    FLORIN_TRY_ASSIGN(const std::vector<lake::AllocationState> states, workspace.lake().catalog().allocation_states());
    if (!states.empty()) {
        change.last_state = states.back().id;
        FLORIN_TRY_ASSIGN(change.before, rules_of_state(workspace, states.back()));
    }
    FLORIN_TRY_ASSIGN(const MonthStates months, month_states(workspace, workspace.now()));
    FLORIN_TRY_ASSIGN(change.state.restated, named_months(months, restate));
    change.state.from = change.state.restated.empty() ? months.first_open()
                                                      : std::min(months.first_open(), change.state.restated.front());
    change.after = continued(change.before, then, change.state.from);
    change.state.timeline = timeline_of(change.after);
    change.changes_something = change.state.timeline != timeline_of(change.before);
    FLORIN_TRY_ASSIGN(const std::vector<lake::PeriodClose> closes, workspace.lake().closes());
    FLORIN_TRY(lake::check_closes(change.state, closes));
    return change;
}

CertificateSummary summary_of(const allocate::Certificate& certificate, const lake::AppliedCertificate& applied) {
    CertificateSummary summary{.dimension = applied.dimension, .path = applied.path, .sha256 = applied.sha256};
    for (const allocate::MonthCertificate& month : certificate.months) {
        ++summary.months;
        summary.provisional_months += month.provisional ? 1U : 0U;
        summary.cells += month.cell_count;
        summary.days += month.days.size();
    }
    return summary;
}

/// One job a dimension.
std::vector<AllocationJob> jobs_of(const RulesHistory& history) {
    std::vector<AllocationJob> jobs;
    for (const std::string& dimension : dimensions_of(history)) {
        jobs.push_back({history, {.dimension = dimension}});
    }
    return jobs;
}

/// The files that counted when the state was applied.
base::Result<lake::CurrentFiles> files_of_state(Workspace& workspace, const lake::AllocationState& state) {
    lake::CurrentFiles files;
    FLORIN_TRY_ASSIGN(files.deliveries, workspace.lake().catalog().deliveries(lake::Detail::kWithoutProfiles));
    for (const auto& [id, position] : state.parts) {
        const auto found = std::ranges::lower_bound(files.deliveries, id, {}, &lake::Delivery::id);
        FLORIN_CHECK(found != files.deliveries.end() && found->id == id, "a state over a delivery that is not there");
        if (found->pruned_at) {
            return base::conflict_error("lake.pruned",
                                        fmt::format("the files of delivery {} were removed", id.value()));
        }
        files.files.push_back(workspace.lake().files_of(found->parts.at(position)));
        files.parts.push_back({static_cast<std::size_t>(found - files.deliveries.begin()), position});
    }
    return files;
}

std::vector<std::pair<lake::DeliveryId, std::size_t>> parts_of(const lake::CurrentFiles& current) {
    std::vector<std::pair<lake::DeliveryId, std::size_t>> parts;
    for (const lake::PartReference& reference : current.parts) {
        parts.emplace_back(current.deliveries[reference.delivery].id, reference.part);
    }
    std::ranges::sort(parts);
    return parts;
}

/// Months as they stood when the state was applied.
MonthStates states_then(const lake::AllocationState& state, const std::vector<period::Day>& months) {
    MonthStates states{.today = period::day_of(state.applied_at)};
    states.provider_open.insert(state.open_months.begin(), state.open_months.end());
    for (const period::Day month : months) {
        if (!states.provider_open.contains(month)) {
            states.provider_closed.insert(month);
        }
    }
    return states;
}

/// The certificates of a state as they were written.
struct WrittenCertificate {
    lake::AppliedCertificate applied;
    std::string bytes;
    allocate::Certificate certificate;
};

base::Result<std::vector<WrittenCertificate>> read_certificates(Workspace& workspace,
                                                                const lake::AllocationState& state) {
    constexpr std::uint64_t kCertificateBytesMax = std::uint64_t{1} << 30U;
    std::vector<WrittenCertificate> written;
    for (const lake::AppliedCertificate& applied : state.certificates) {
        WrittenCertificate one{.applied = applied};
        FLORIN_TRY_ASSIGN(one.bytes, base::read_file(workspace.lake().folder() / applied.path, kCertificateBytesMax));
        if (sha256_of(one.bytes) != applied.sha256) {
            return base::data_error("allocation.certificate_differs",
                                    "the certificate is not the file that was written when the rules were applied")
                .at({.file = (workspace.lake().folder() / applied.path).string()})
                .with_remedy("bring the file back from a backup, or apply the rules again");
        }
        FLORIN_TRY_ASSIGN(one.certificate, allocate::certificate_from_json(one.bytes));
        written.push_back(std::move(one));
    }
    return written;
}

/// Counts every month of every stretch again, by other code, while its cells are at hand.
class Recounting {
public:
    explicit Recounting(const std::vector<WrittenCertificate>& written) : written_(written) {}

    base::Result<void> month(std::span<const Allocation> allocations, const allocate::Month& month) {
        std::size_t number = 0;
        for (const Allocation& allocation : allocations) {
            for (std::size_t stretch = 0; stretch < allocation.stretches().size(); ++stretch, ++number) {
                if (allocation.months().empty() || allocation.months().back().stretch != stretch ||
                    allocation.months().back().result.period != month.period) {
                    continue;
                }
                FLORIN_TRY(check(allocation, allocation.stretches()[stretch], number, month.cells));
            }
        }
        return {};
    }
    /// Whether every certificate was there, and was counted to its end; and is what the rules give.
    base::Result<void> finish(std::span<const Allocation> allocations) const {
        std::size_t number = 0;
        for (const Allocation& allocation : allocations) {
            for (const AllocatedStretch& stretch : allocation.stretches()) {
                if (number >= written_.size() || allocate::to_json(stretch.certificate) != written_[number].bytes) {
                    return refused(allocation.dimension(), "the recorded rules over the recorded deliveries give "
                                                           "another certificate");
                }
                if (const auto found = verifiers_.find(number); found != verifiers_.end()) {
                    FLORIN_TRY(found->second.finish());
                } else if (!written_[number].certificate.months.empty()) {
                    return refused(allocation.dimension(), "the certificate has months that no bill has");
                }
                ++number;
            }
        }
        return number == written_.size() ? base::Result<void>() : refused("", "there are more certificates than runs");
    }

private:
    static base::Error refused(const std::string& dimension, std::string_view what) {
        return base::data_error("allocation.certificate_refused",
                                dimension.empty() ? std::string(what) : fmt::format("{}: {}", dimension, what));
    }
    base::Result<void> check(const Allocation& allocation, const AllocatedStretch& stretch, std::size_t number,
                             const allocate::Cells& cells) {
        if (number >= written_.size()) {
            return refused(allocation.dimension(), "a certificate is missing");
        }
        auto found = verifiers_.find(number);
        if (found == verifiers_.end()) {
            FLORIN_TRY_ASSIGN(allocate::Verifier verifier,
                              allocate::Verifier::start(written_[number].certificate, allocation.tuples().facts.tuples,
                                                        stretch.run.assignments(), allocation.owners().values));
            found = verifiers_.emplace(number, std::move(verifier)).first;
        }
        const allocate::MonthResult& result = allocation.months().back().result;
        return found->second.check(cells, result.ratios.sets(), result.sums);
    }

    const std::vector<WrittenCertificate>& written_;
    std::map<std::size_t, allocate::Verifier> verifiers_; ///< by certificate
};

} // namespace

base::Result<RulesHistory> rules_of_state(Workspace& workspace, const lake::AllocationState& state) {
    RulesHistory history;
    std::map<std::string, RulesInForce> read; // a rollback may bring the same back
    for (const auto& [from, hash] : state.timeline) {
        auto found = read.find(hash);
        if (found == read.end()) {
            FLORIN_TRY_ASSIGN(const lake::AppliedFiles files, workspace.lake().catalog().allocation_files(hash));
            std::vector<allocate::RuleText> texts;
            for (const lake::AppliedFile& file : files.files) {
                texts.push_back({file.name, file.text});
            }
            FLORIN_TRY_ASSIGN(RulesInForce rules, rules_from(texts, from));
            FLORIN_CHECK(rules.hash == hash, "the files of applied rules are those that were applied");
            found = read.emplace(hash, std::move(rules)).first;
        }
        history.push_back(found->second);
        history.back().from = from;
    }
    return history;
}

base::Result<RulesHistory> rules_in_force(Workspace& workspace) {
    FLORIN_TRY_ASSIGN(const std::vector<lake::AllocationState> states, workspace.lake().catalog().allocation_states());
    return states.empty() ? base::Result<RulesHistory>(RulesHistory()) : rules_of_state(workspace, states.back());
}

std::vector<std::string> dimensions_of(const RulesHistory& history) {
    std::set<std::string> names;
    for (const RulesInForce& rules : history) {
        for (const auto& dimension : rules.set->dimensions) {
            names.insert(dimension->name);
        }
    }
    return {names.begin(), names.end()};
}

base::Result<RulesChange> change_to_files(Workspace& workspace, const std::vector<period::Period>& restate) {
    FLORIN_TRY_ASSIGN(const std::vector<allocate::RuleText> texts, read_rule_texts(workspace.folder()));
    FLORIN_TRY_ASSIGN(RulesInForce rules, rules_from(texts, allocate::kAlways.start));
    if (rules.set->dimensions.empty()) {
        return base::user_error("allocation.no_rules", fmt::format("no file in {}/ defines a dimension", kRulesFolder))
            .with_remedy("put one there that begins with `dimension: team`; docs/guides/allocation.md shows how");
    }
    lake::AppliedFiles files{.hash = rules.hash};
    for (const allocate::RuleText& text : texts) {
        files.files.push_back({text.name, text.text});
    }
    FLORIN_TRY_ASSIGN(RulesChange change, change_to(workspace, {std::move(rules)}, restate));
    change.files = {std::move(files)};
    return change;
}

base::Result<RulesChange> change_to_state(Workspace& workspace, std::int64_t state,
                                          const std::vector<period::Period>& restate) {
    FLORIN_TRY_ASSIGN(const lake::AllocationState earlier, find_state(workspace, state));
    FLORIN_TRY_ASSIGN(const RulesHistory history, rules_of_state(workspace, earlier));
    FLORIN_TRY_ASSIGN(RulesChange change, change_to(workspace, history, restate));
    change.state.restored = earlier.id;
    return change;
}

base::Result<AppliedRules> apply_rules(Workspace& workspace, RulesChange change, const std::string& by,
                                       const std::string& reason) {
    const auto is_blank = [](const std::string& text) { return text.find_first_not_of(" \t") == std::string::npos; };
    if (is_blank(by) || is_blank(reason)) {
        return base::user_error("allocation.unnamed", "rules are applied by somebody, for a reason")
            .with_remedy("name them with --by NAME and --reason TEXT");
    }
    FLORIN_TRY_ASSIGN(Asker asker, Asker::open(workspace, {}));
    AllocationGround ground{.current = &asker.current(), .engine = &asker.engine()};
    ground.workers = workspace.limits("").threads;
    change.state.applied_at = workspace.now();
    FLORIN_TRY_ASSIGN(ground.states, month_states(workspace, change.state.applied_at));
    const std::vector<AllocationJob> jobs = jobs_of(change.after);
    FLORIN_TRY_ASSIGN(const std::vector<Allocation> allocations, allocate_all(ground, jobs));
    lake::AllocationState& state = change.state;
    state.applied_by = by;
    state.reason = reason;
    state.parts = parts_of(asker.current());
    for (const period::Day month : billing_months(asker.current())) {
        if (ground.states.is_open(month)) {
            state.open_months.push_back(month);
        }
    }
    AppliedRules applied;
    FLORIN_TRY(base::make_folders(workspace.lake().folder() / kCertificatesFolder));
    for (const Allocation& allocation : allocations) {
        for (const AllocatedStretch& stretch : allocation.stretches()) {
            const std::string bytes = allocate::to_json(stretch.certificate);
            lake::AppliedCertificate one{.dimension = allocation.dimension(), .path = {}, .sha256 = sha256_of(bytes)};
            one.path = fmt::format("{}/{}.json", kCertificatesFolder, one.sha256);
            FLORIN_TRY(base::write_file_atomically(workspace.lake().folder() / one.path, bytes));
            applied.certificates.push_back(summary_of(stretch.certificate, one));
            state.certificates.push_back(std::move(one));
        }
    }
    FLORIN_TRY_ASSIGN(applied.state,
                      workspace.lake().apply_allocation(std::move(state), change.files, change.last_state));
    return applied;
}

base::Result<VerifiedState> verify_rules(Workspace& workspace, std::optional<std::int64_t> wanted) {
    VerifiedState verified;
    FLORIN_TRY_ASSIGN(verified.state, find_state(workspace, wanted));
    FLORIN_TRY_ASSIGN(Asker asker, Asker::open(workspace, {}));
    FLORIN_TRY_ASSIGN(const std::vector<WrittenCertificate> written, read_certificates(workspace, verified.state));
    FLORIN_TRY_ASSIGN(const lake::CurrentFiles current, files_of_state(workspace, verified.state));
    FLORIN_TRY_ASSIGN(const RulesHistory history, rules_of_state(workspace, verified.state));
    AllocationGround ground{.current = &current, .engine = &asker.engine()};
    ground.states = states_then(verified.state, billing_months(current));
    ground.workers = workspace.limits("").threads;
    Recounting recounting(written);
    const std::vector<AllocationJob> jobs = jobs_of(history);
    FLORIN_TRY_ASSIGN(const std::vector<Allocation> allocations,
                      allocate_all(ground, jobs, {}, [&recounting](const auto& all, const allocate::Month& month) {
                          return recounting.month(all, month);
                      }));
    FLORIN_TRY(recounting.finish(allocations));
    for (const WrittenCertificate& one : written) {
        verified.certificates.push_back(summary_of(one.certificate, one.applied));
    }
    const auto parts_by_month = [](const lake::CurrentFiles& files) {
        std::map<period::Day, std::set<std::string>> by_month;
        for (const lake::FileSet& set : files.files) {
            by_month[period::month_start(set.billing_period_start)].insert(set.charges);
        }
        return by_month;
    };
    const auto then = parts_by_month(current);
    const auto now = parts_by_month(asker.current());
    std::set<period::Day> months;
    for (const auto* side : {&then, &now}) {
        for (const auto& [month, files] : *side) {
            const auto a = then.find(month);
            const auto b = now.find(month);
            if (a == then.end() || b == now.end() || a->second != b->second) {
                months.insert(month);
            }
        }
    }
    verified.moved_months.assign(months.begin(), months.end());
    return verified;
}

} // namespace florin::app
