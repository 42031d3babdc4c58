#include "allocate/assignment.hpp"

#include "base/check.hpp"
#include "base/sha256.hpp"

#include <algorithm>
#include <array>

namespace florin::allocate {
namespace {

/// A selection in the form in which it is asked for each tuple.
struct Filter {
    const std::vector<bool>* tuples = nullptr; ///< null: any
    std::uint32_t kinds = ~0U;                 ///< a bit a kind
    bool unused_commitments = false;
    std::vector<bool> owners; ///< by value; empty: any
    Sink sink = 0;

    bool takes(std::size_t index, const Tuple& tuple) const {
        return (kinds >> static_cast<unsigned>(tuple.kind) & 1U) != 0 &&
               (!unused_commitments || tuple.commitment == CommitmentUse::kUnused) &&
               (tuples == nullptr || (*tuples)[index]);
    }
};

std::vector<Filter> filters_of(const Stages& stages, std::size_t tuple_count) {
    std::vector<Filter> out;
    for (std::size_t pool = 0; pool < stages.pools().size(); ++pool) {
        const Selection& takes = stages.pools()[pool].takes;
        Filter filter{.unused_commitments = takes.unused_commitments, .sink = stages.sinks().of_pool(pool)};
        if (!takes.tuples.empty()) {
            FLORIN_CHECK(takes.tuples.size() == tuple_count, "a pool chooses among other tuples");
            filter.tuples = &takes.tuples;
        }
        if (!takes.kinds.empty()) {
            filter.kinds = 0;
            for (const ChargeKind kind : takes.kinds) {
                filter.kinds |= 1U << static_cast<unsigned>(kind);
            }
        }
        if (!takes.owners.empty()) {
            filter.owners.resize(stages.sinks().value_count);
            for (const std::uint32_t value : takes.owners) {
                filter.owners[value] = true;
            }
        }
        out.push_back(std::move(filter));
    }
    return out;
}

} // namespace

std::span<const Assignment> Assignments::of(std::size_t tuple) const {
    const std::size_t first = starts[tuple];
    return std::span(all).subspan(first, starts[tuple + 1] - first);
}

const Assignment& at(std::span<const Assignment> assignments, period::Day day) {
    std::size_t last = assignments.size() - 1;
    while (last > 0 && assignments[last].from > day) {
        --last;
    }
    return assignments[last];
}

Assignments assign(const Owners& owners, const Tuples& tuples, const Stages& stages, const Benefit& benefit) {
    FLORIN_CHECK(owners.tuple_count() == tuples.all.size(), "owners of other tuples");
    FLORIN_CHECK(owners.values.size() == stages.sinks().value_count, "stages of another dimension");
    const std::vector<Filter> filters = filters_of(stages, tuples.all.size());
    Assignments out;
    out.starts.reserve(tuples.all.size() + 1);
    out.all.reserve(owners.intervals.size());
    out.saves.resize(tuples.all.size());
    std::vector<const Filter*> taking; // what takes the tuple, but for its owner
    for (std::size_t index = 0; index < tuples.all.size(); ++index) {
        const Tuple& tuple = tuples.all[index];
        taking.clear();
        for (const Filter& filter : filters) {
            if (filter.takes(index, tuple)) {
                taking.push_back(&filter);
            }
        }
        out.saves[index] = benefit.moves_savings() && tuple.commitment == CommitmentUse::kUsed &&
                           tuple.kind == ChargeKind::kUsage &&
                           (benefit.rule == BenefitRule::kCentral || (tuple.programme != 0 && tuple.sku != 0));
        const bool of_buyer = benefit.unused == UnusedRule::kToBuyer && tuple.commitment == CommitmentUse::kUnused;
        const std::uint32_t buyer = of_buyer ? benefit.buyer_of(tuple.programme) : 0;
        const std::size_t first = out.all.size();
        out.starts.push_back(first);
        for (const OwnerInterval& interval : owners.of(index)) {
            FLORIN_CHECK(out.all.size() == first || out.all.back().from < interval.from,
                         "owners are not in order of days");
            const std::uint32_t owner = buyer != 0 ? buyer : interval.value;
            const auto pool = std::ranges::find_if(
                taking, [owner](const Filter* filter) { return filter->owners.empty() || filter->owners[owner]; });
            const Sink sink = pool == taking.end() ? owner : (*pool)->sink;
            const bool counts = pool == taking.end() || stages.drain_of(owner) == sink;
            const Assignment next{.from = interval.from, .sink = sink, .measured = counts ? owner : 0};
            if (out.all.size() == first || out.all.back().sink != next.sink ||
                out.all.back().measured != next.measured) {
                out.all.push_back(next);
            }
        }
        FLORIN_CHECK(out.all.size() > first, "a tuple has no owner, not even none");
    }
    out.starts.push_back(out.all.size());
    return out;
}

std::string hash_of(const Assignments& assignments) {
    base::Sha256 hash;
    std::string block;
    const auto put = [&block](std::uint64_t value) {
        for (unsigned byte = 0; byte < 8; ++byte) {
            block.push_back(static_cast<char>(value >> (8 * byte) & 0xFFU));
        }
    };
    for (std::size_t tuple = 0; tuple < assignments.tuple_count(); ++tuple) {
        put(tuple * 2 + (assignments.saves[tuple] ? 1 : 0));
        for (const Assignment& assignment : assignments.of(tuple)) {
            put(static_cast<std::uint64_t>(assignment.from.time_since_epoch().count()));
            put((std::uint64_t{assignment.sink} << 32U) | assignment.measured);
        }
        hash.add(block);
        block.clear();
    }
    return hash.finish();
}

} // namespace florin::allocate
