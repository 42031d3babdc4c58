#include "lake/delivery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <tuple>

namespace florin::lake {
namespace {

/// Source and scope; they live as long as the deliveries.
using ScopeOfSource = std::pair<std::string_view, std::string_view>;

bool counts(const Delivery& delivery, std::optional<period::Instant> as_of) {
    if (!as_of.has_value()) {
        return !delivery.withdrawn_at.has_value();
    }
    return delivery.received_at <= *as_of && !(delivery.withdrawn_at.has_value() && *delivery.withdrawn_at <= *as_of);
}

/// A release is a decision of its time, as a withdrawal is.
bool is_released(const Part& part, std::optional<period::Instant> as_of) {
    return part.released_at.has_value() && (!as_of.has_value() || *part.released_at <= *as_of);
}

/// Newer means ordered later; among equals the later in the catalog.
bool is_newer(const Delivery& a, const Delivery& b) {
    return std::tie(a.ordered_at, a.id) > std::tie(b.ordered_at, b.id);
}

/// Where one role of a scope stands: what replaced it last, if anything did, and what was appended.
struct RoleParts {
    std::optional<PartReference> newest;
    std::optional<PartReference> newest_stray;
    std::vector<PartReference> appended;
};
using Roles = std::map<std::string_view, RoleParts>;

const Part& part_at(std::span<const Delivery> deliveries, const PartReference& reference) {
    return deliveries[reference.delivery].parts[reference.part];
}

void keep_newer(std::optional<PartReference>& kept, PartReference candidate, std::span<const Delivery> deliveries) {
    if (!kept.has_value() || is_newer(deliveries[candidate.delivery], deliveries[kept->delivery])) {
        kept = candidate;
    }
}

/// Adds what stands of the roles of one scope.
void take_standing(const Roles& roles, std::span<const Delivery> deliveries, std::vector<PartReference>& standing) {
    const bool covered = std::ranges::any_of(roles, [](const auto& role) { return role.second.newest.has_value(); });
    for (const auto& [name, role] : roles) {
        const std::optional<PartReference> base = covered ? role.newest : role.newest_stray;
        if (base.has_value()) {
            standing.push_back(*base);
        }
        for (const PartReference& appended : role.appended) {
            if (!base.has_value() || is_newer(deliveries[appended.delivery], deliveries[base->delivery])) {
                standing.push_back(appended);
            }
        }
    }
}

/// Leaves out the parts whose rows a part of another role states again.
void drop_yielding(std::vector<PartReference>& standing, std::span<const Delivery> deliveries) {
    using Role = std::tuple<std::string_view, std::string_view, std::string_view>;
    std::set<Role> roles;
    const auto role_of = [&](const PartReference& reference, const std::string& role) {
        return Role(deliveries[reference.delivery].source, part_at(deliveries, reference).scope, role);
    };
    const auto yields = [&](const PartReference& reference) {
        return !part_at(deliveries, reference).yields_to.empty();
    };
    if (std::ranges::none_of(standing, yields)) {
        return;
    }
    for (const PartReference& reference : standing) {
        if (part_at(deliveries, reference).has_files()) {
            roles.insert(role_of(reference, part_at(deliveries, reference).role));
        }
    }
    std::erase_if(standing, [&](const PartReference& reference) {
        return yields(reference) && roles.contains(role_of(reference, part_at(deliveries, reference).yields_to));
    });
}

/// Leaves, for each billing account and period, only the sources that come first.
void drop_lower_precedence(std::vector<PartReference>& selected, std::span<const Delivery> deliveries,
                           std::span<const std::string> precedence) {
    const auto rank = [&](const PartReference& reference) {
        const auto found = std::ranges::find(precedence, deliveries[reference.delivery].source);
        return found - precedence.begin();
    };
    if (precedence.empty()) {
        return;
    }
    const auto bill = [&](const PartReference& reference) {
        const Part& part = part_at(deliveries, reference);
        return std::pair(std::string_view(part.billing_account_id), part.billing_period_start);
    };
    std::map<std::pair<std::string_view, period::Instant>, std::ptrdiff_t> best;
    for (const PartReference& reference : selected) {
        if (!part_at(deliveries, reference).has_files()) {
            continue; // its source has nothing to say of the account any more
        }
        const auto [at, added] = best.try_emplace(bill(reference), rank(reference));
        if (!added) {
            at->second = std::min(at->second, rank(reference));
        }
    }
    std::erase_if(selected, [&](const PartReference& reference) {
        const auto found = best.find(bill(reference));
        return found != best.end() && rank(reference) != found->second;
    });
}

std::string first_missing(const std::set<std::string>& from, const std::set<std::string>& in, std::size_t& count) {
    std::vector<std::string> missing;
    std::ranges::set_difference(from, in, std::back_inserter(missing));
    count = missing.size();
    return missing.empty() ? std::string() : missing.front();
}

} // namespace

std::string_view name(Mode mode) {
    switch (mode) {
    case Mode::kSnapshot: return "snapshot";
    case Mode::kAppend: return "append";
    case Mode::kPartition: return "partition";
    }
    return "snapshot";
}

std::uint64_t Delivery::rows() const {
    const auto add = [](std::uint64_t sum, const auto& part) { return sum + part.rows; };
    return std::accumulate(datasets.begin(), datasets.end(),
                           std::accumulate(parts.begin(), parts.end(), std::uint64_t{0}, add), add);
}

std::vector<PartReference> select_datasets(std::span<const Delivery> deliveries, std::optional<period::Instant> as_of) {
    std::map<std::pair<std::string_view, std::string_view>, PartReference> newest;
    for (std::size_t d = 0; d < deliveries.size(); ++d) {
        if (!counts(deliveries[d], as_of)) {
            continue;
        }
        for (std::size_t p = 0; p < deliveries[d].datasets.size(); ++p) {
            const DatasetPart& part = deliveries[d].datasets[p];
            const auto [at, added] = newest.try_emplace({part.dataset, part.scope}, PartReference{d, p});
            if (!added && deliveries[at->second.delivery].ordered_at <= deliveries[d].ordered_at) {
                at->second = {d, p};
            }
        }
    }
    std::vector<PartReference> selected;
    for (const auto& [scope, reference] : newest) {
        selected.push_back(reference);
    }
    std::ranges::sort(selected);
    return selected;
}

std::vector<PartReference> select_standing(std::span<const Delivery> deliveries, std::optional<period::Instant> as_of) {
    std::map<ScopeOfSource, Roles> scopes;
    for (std::size_t d = 0; d < deliveries.size(); ++d) {
        const Delivery& delivery = deliveries[d];
        if (!counts(delivery, as_of)) {
            continue;
        }
        for (std::size_t p = 0; p < delivery.parts.size(); ++p) {
            const Part& part = delivery.parts[p];
            if (!part.pending_reason.empty() && !is_released(part, as_of)) {
                continue;
            }
            RoleParts& role = scopes[{delivery.source, part.scope}][part.role];
            if (delivery.mode == Mode::kAppend) {
                role.appended.push_back({d, p});
            } else {
                keep_newer(part.stray && !is_released(part, as_of) ? role.newest_stray : role.newest, {d, p},
                           deliveries);
            }
        }
    }
    std::vector<PartReference> standing;
    for (const auto& [key, roles] : scopes) {
        take_standing(roles, deliveries, standing);
    }
    std::ranges::sort(standing);
    return standing;
}

std::vector<PartReference> select_current(std::span<const Delivery> deliveries, std::optional<period::Instant> as_of,
                                          std::span<const std::string> precedence) {
    std::vector<PartReference> selected = select_standing(deliveries, as_of);
    drop_yielding(selected, deliveries);
    drop_lower_precedence(selected, deliveries, precedence);
    return selected;
}

bool is_same_content(const RawFile& a, const RawFile& b) {
    const auto content = [](const RawFile& file) -> const std::string& {
        return file.content_sha256.empty() ? file.sha256 : file.content_sha256;
    };
    return a.sha256 == b.sha256 || content(a) == content(b);
}

std::optional<std::string> loss_against(const Part& current, const Part& incoming) {
    std::size_t count = 0;
    if (const std::string day = first_missing(current.charge_days, incoming.charge_days, count); count != 0) {
        return fmt::format("it has no charges on {}{}, the current delivery has", day,
                           count > 1 ? fmt::format(" and {} other days", count - 1) : "");
    }
    if (const std::string account = first_missing(current.sub_accounts, incoming.sub_accounts, count); count != 0) {
        return fmt::format("it has no charges of sub account {}{}, the current delivery has", account,
                           count > 1 ? fmt::format(" and {} others", count - 1) : "");
    }
    const auto hundredth = money::Decimal::from_units(money::Decimal::from_integer(1).units() / 100);
    for (const auto& [currency, sums] : current.sums) {
        const auto found = incoming.sums.find(currency);
        const money::Decimal now = found == incoming.sums.end() ? money::Decimal() : found->second.positive_billed;
        const auto lost = sums.positive_billed.minus(now);
        const auto allowed = money::multiply(sums.positive_billed, hundredth, money::Rounding::kTowardZero);
        if (lost.ok() && allowed.ok() && *lost > *allowed) {
            return fmt::format("its positive billed cost is {} {}, the current delivery's is {} {}", now.to_string(2),
                               currency, sums.positive_billed.to_string(2), currency);
        }
    }
    return std::nullopt;
}

} // namespace florin::lake
