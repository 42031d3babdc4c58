#include "lake/judgement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace florin::lake {
namespace {

std::string period_text(const Part& part) {
    return period::to_string(
        period::Period{period::day_of(part.billing_period_start), period::day_of(part.billing_period_end)});
}

base::Error overlap_error(const std::string& source, const Part& part, const Delivery& delivery) {
    return base::conflict_error(
               "lake.overlap",
               fmt::format("billing account {} and its period from {} are delivered by source {} already (delivery {})",
                           part.billing_account_id, period::to_string(period::day_of(part.billing_period_start)),
                           delivery.source, delivery.id.value()))
        .with_remedy(fmt::format("nothing is counted twice: withdraw that delivery, or say in florin.yaml which source "
                                 "counts, as in precedence: [{}, {}]",
                                 source, delivery.source));
}

/// Whether a snapshot may speak of what this part's delivery says of its billing period.
bool is_comparable(const Delivery& draft, const Delivery& delivery, const Part& part) {
    return draft.mode == Mode::kSnapshot && delivery.mode == Mode::kSnapshot && delivery.source == draft.source &&
           part.has_files() && !part.counts_as_stray();
}

Part vanished(const Part& part, DeliveryId id, const std::string& folder) {
    Part empty;
    empty.scope = part.scope;
    empty.role = part.role;
    empty.yields_to = part.yields_to;
    empty.billing_account_id = part.billing_account_id;
    empty.billing_period_start = part.billing_period_start;
    empty.billing_period_end = part.billing_period_end;
    const period::Day start = period::day_of(part.billing_period_start);
    empty.days = {start, start};
    empty.folder = folder;
    empty.pending_reason = fmt::format("it has no charges of billing account {} for {} any more, delivery {} has",
                                       part.billing_account_id, period_text(part), id.value());
    return empty;
}

void add_reason(Part& part, const std::string& reason) {
    part.pending_reason += (part.pending_reason.empty() ? "" : "; ") + reason;
}

} // namespace

base::Result<void> check_overlap(std::span<const Delivery> deliveries, const std::string& source,
                                 std::span<const Part> parts, const std::vector<std::string>& precedence) {
    const auto declared = [&](const std::string& name) {
        return std::ranges::find(precedence, name) != precedence.end();
    };
    std::map<std::pair<std::string, period::Instant>, const Part*> bills;
    for (const Part& part : parts) {
        if (part.has_files()) {
            bills.emplace(std::pair(part.billing_account_id, part.billing_period_start), &part);
        }
    }
    for (const PartReference& reference : select_standing(deliveries, std::nullopt)) {
        const Delivery& delivery = deliveries[reference.delivery];
        const Part& other = delivery.parts[reference.part];
        if (delivery.source == source || !other.has_files() || (declared(source) && declared(delivery.source))) {
            continue;
        }
        const auto found = bills.find({other.billing_account_id, other.billing_period_start});
        if (found != bills.end()) {
            return overlap_error(source, *found->second, delivery);
        }
    }
    return {};
}

Judgement::Judgement(Catalog& catalog, const std::vector<Delivery>& existing,
                     const std::vector<std::string>& precedence)
    : catalog_(catalog), existing_(existing), precedence_(precedence), standing_(select_standing(existing, {})) {
    for (const PartReference& reference : standing_) {
        const Part& part = part_at(reference);
        by_scope_[{existing_[reference.delivery].source, part.scope}].push_back(reference);
        by_bill_[{part.billing_account_id, part.billing_period_start}].push_back(reference);
    }
}

base::Result<Judgement> Judgement::open(Catalog& catalog, const std::vector<Delivery>& existing,
                                        const std::vector<std::string>& precedence) {
    Judgement judgement(catalog, existing, precedence);
    FLORIN_TRY_ASSIGN(judgement.closes_, catalog.closes());
    FLORIN_TRY_ASSIGN(judgement.statements_, catalog.provider_periods());
    return judgement;
}

base::Result<void> Judgement::judge(Delivery& draft, Committed& outcome) {
    FLORIN_TRY(check_overlap(existing_, draft.source, draft.parts, precedence_));
    std::erase_if(statements_, [&](const ProviderPeriod& statement) {
        return statement.source != draft.source || statement.stated_at > draft.ordered_at;
    });
    notice_missing_in_newer(draft);
    for (Part& part : draft.parts) {
        FLORIN_TRY(judge_part(draft, part, outcome));
    }
    notice_vanished(draft);
    return {};
}

base::Result<void> Judgement::judge_part(const Delivery& draft, Part& part, Committed& outcome) {
    std::vector<std::string> superseded;
    const auto found = by_scope_.find({draft.source, part.scope});
    for (const PartReference& with : found == by_scope_.end() ? std::vector<PartReference>() : found->second) {
        const Delivery& delivery = existing_[with.delivery];
        const Part& other = part_at(with);
        if (delivery.mode == Mode::kAppend) {
            continue;
        }
        const bool is_stray = draft.mode != Mode::kAppend && part.stray;
        if (is_stray && !other.counts_as_stray()) {
            part.pending_reason = fmt::format("{} stray {} of a billing period that delivery {} covers", part.rows,
                                              part.rows == 1 ? "row" : "rows", delivery.id.value());
            return {};
        }
        if (other.role != part.role || (!is_stray && other.counts_as_stray())) {
            continue;
        }
        if (delivery.ordered_at > draft.ordered_at) {
            outcome.older.push_back(fmt::format("{}: delivery {} is newer", part.name(), delivery.id.value()));
            return {};
        }
        if (is_stray) {
            continue; // few rows instead of few rows
        }
        if (draft.mode != Mode::kAppend) {
            FLORIN_TRY(compare(part, with));
            superseded.push_back(fmt::format("delivery {}: {}", delivery.id.value(), part.name()));
        }
    }
    mind_closed_period(draft, part, outcome);
    if (!part.pending()) {
        std::ranges::move(superseded, std::back_inserter(outcome.superseded));
    }
    return {};
}

base::Result<void> Judgement::compare(Part& part, const PartReference& with) {
    const DeliveryId id = existing_[with.delivery].id;
    Part other = part_at(with);
    FLORIN_TRY(catalog_.read_profile(id, with.part, other));
    if (const auto loss = loss_against(other, part); loss.has_value()) {
        add_reason(part, fmt::format("{} (delivery {})", *loss, id.value()));
    }
    return {};
}

void Judgement::mind_closed_period(const Delivery& draft, Part& part, Committed& outcome) const {
    const period::Day month = month_of_part(part);
    if (const PeriodClose* close = find_close(closes_, month); close != nullptr) {
        add_reason(part,
                   fmt::format("{} was closed on {} by {}: release takes it in as a restatement", month_name(month),
                               period::to_string(period::day_of(close->closed_at)), close->closed_by));
    }
    if (part.pending()) {
        return; // it changes nothing yet
    }
    const auto bill = by_bill_.find({part.billing_account_id, part.billing_period_start});
    if (bill == by_bill_.end()) {
        return; // the first that is heard of it is no change of it
    }
    for (const ProviderState& state : provider_states(statements_)) {
        if (state.state == PeriodState::kClosed && state.latest.start == part.billing_period_start) {
            outcome.restated.push_back(
                fmt::format("{}: {} closed {} on {}", part.name(),
                            state.latest.invoice_issuer.empty() ? draft.source : state.latest.invoice_issuer,
                            period_text(part), period::to_string(period::day_of(state.latest.stated_at))));
        }
    }
}

/// Where the draft replaces one scope of an older delivery, it speaks for the others which that delivery has in
/// the same billing period too.
void Judgement::notice_vanished(Delivery& draft) const {
    std::map<Key, bool> delivered; // whether as more than stray rows
    for (const Part& part : draft.parts) {
        delivered.emplace(Key(part.scope, part.role), !part.stray);
    }
    const auto is_older = [&](const PartReference& reference) {
        const Delivery& delivery = existing_[reference.delivery];
        return delivery.ordered_at <= draft.ordered_at && is_comparable(draft, delivery, part_at(reference));
    };
    std::set<std::pair<std::size_t, period::Instant>> replaced;
    for (const PartReference& reference : standing_) {
        const Part& part = part_at(reference);
        const auto found = delivered.find({part.scope, part.role});
        if (is_older(reference) && found != delivered.end() && found->second) {
            replaced.emplace(reference.delivery, part.billing_period_start);
        }
    }
    for (const PartReference& reference : standing_) {
        const Part& part = part_at(reference);
        if (is_older(reference) && !delivered.contains({part.scope, part.role}) &&
            replaced.contains({reference.delivery, part.billing_period_start})) {
            draft.parts.push_back(vanished(part, existing_[reference.delivery].id, draft.parts.front().folder));
        }
    }
}

bool Judgement::is_covered_by_newer(const Delivery& draft, const Part& part) const {
    const auto found = by_scope_.find({draft.source, part.scope});
    return found != by_scope_.end() && std::ranges::any_of(found->second, [&](const PartReference& reference) {
               return part_at(reference).role == part.role && !part_at(reference).counts_as_stray() &&
                      existing_[reference.delivery].ordered_at > draft.ordered_at;
           });
}

/// The same seen from the other side: a newer run was there first, and has said what there is in the period.
void Judgement::notice_missing_in_newer(Delivery& draft) const {
    std::set<Key> delivered;
    for (const Part& part : draft.parts) {
        if (!part.stray) {
            delivered.emplace(part.scope, part.role);
        }
    }
    std::set<std::pair<std::size_t, period::Instant>> newer;
    for (const PartReference& reference : standing_) {
        const Delivery& delivery = existing_[reference.delivery];
        const Part& part = part_at(reference);
        if (delivery.ordered_at > draft.ordered_at && is_comparable(draft, delivery, part) &&
            delivered.contains({part.scope, part.role})) {
            newer.emplace(reference.delivery, part.billing_period_start);
        }
    }
    for (Part& part : draft.parts) {
        if (newer.empty() || part.stray || is_covered_by_newer(draft, part)) {
            continue;
        }
        for (const auto& [index, start] : newer) {
            const Delivery& delivery = existing_[index];
            const bool has_it = std::ranges::any_of(delivery.parts, [&](const Part& other) {
                return other.scope == part.scope && other.role == part.role;
            });
            if (start == part.billing_period_start && !has_it) {
                add_reason(part, fmt::format("delivery {}, a newer run, has no charges of billing account {} for {}",
                                             delivery.id.value(), part.billing_account_id, period_text(part)));
                break;
            }
        }
    }
}

} // namespace florin::lake
