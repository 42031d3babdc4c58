#include "allocate/run.hpp"

#include "allocate/measure.hpp"
#include "base/check.hpp"

#include <algorithm>
#include <exception>
#include <future>
#include <optional>
#include <thread>

namespace florin::allocate {
namespace {

/// Cells below which a second thread is not worth its start.
constexpr std::size_t kCellsPerWorkerMin = 4096;

/// Where cells [0, count) are cut for `workers`: between tuples. One more than there are parts.
std::vector<std::size_t> cuts_of(const Cells& cells, int workers) {
    const std::size_t parts =
        std::clamp<std::size_t>(cells.size() / kCellsPerWorkerMin, 1, static_cast<std::size_t>(std::max(workers, 1)));
    std::vector<std::size_t> cuts = {0};
    for (std::size_t part = 1; part < parts; ++part) {
        std::size_t cut = std::max(cells.size() / parts * part, cuts.back());
        while (cut < cells.size() && cut > 0 && cells.tuples[cut] == cells.tuples[cut - 1]) {
            ++cut;
        }
        cuts.push_back(cut);
    }
    cuts.push_back(cells.size());
    return cuts;
}

/// Calls work(part) for each part, each on a thread of its own but the first. An exception is thrown again here.
template <class Work>
void work_on_parts(std::size_t parts, const Work& work) {
    std::vector<std::exception_ptr> failures(parts);
    const auto guarded = [&](std::size_t part) {
        try {
            work(part);
        } catch (...) {
            failures[part] = std::current_exception();
        }
    };
    std::vector<std::jthread> threads; // joined also where one of them cannot be started
    for (std::size_t part = 1; part < parts; ++part) {
        threads.emplace_back(guarded, part);
    }
    guarded(0);
    threads.clear();
    for (const std::exception_ptr& failure : failures) {
        if (failure) {
            std::rethrow_exception(failure);
        }
    }
}

/// The sums of what pools give, by pool, then by place (currency and day), then by sink; empty where nothing.
using Given = std::vector<std::vector<std::vector<Units>>>;

bool is_zero(const Amounts& amounts) {
    return std::ranges::all_of(amounts, &money::Decimal::is_zero);
}

} // namespace

struct Run::State {
    const Tuples* tuples = nullptr;
    Rules rules;
    std::optional<Stages> stages;
    Assignments assignments;
    CostDrivers drivers;
    int workers = 1;
    int months_back_max = 0;
    DriverHistory history;
    std::map<period::Day, bool> open; ///< by month
    period::Day last_month{};

    Setting setting() const { return {tuples, &assignments, &*stages, &rules.benefit, rules.metrics}; }
    bool is_provisional(const Month& month) const;
};

namespace {

/// One month on its way.
class MonthRun {
public:
    MonthRun(const Setting& setting, const CostDrivers& drivers, const Cells& cells, int workers)
        : setting_(setting), drivers_(drivers), cells_(cells), slots_(slots_of(cells)), sight_(look_at(cells, setting)),
          cuts_(cuts_of(cells, workers)), measure_(setting_, drivers, slots_, sight_) {}

    base::Result<void> measure();
    DriverTotals driver_totals() const;
    base::Result<DrivenRatios> drive(const Month& month, const DriverHistory& history) const {
        return ratios_of(month, setting_, drivers_, measure_, slots_, sight_, history);
    }
    /// After drive(): gives what pools hold.
    base::Result<void> give(const Ratios& ratios);
    base::Result<void> write(MonthResult& result) const;

private:
    std::size_t part_count() const { return cuts_.size() - 1; }
    std::vector<std::size_t> flowing_cells(std::size_t first, std::size_t end) const;
    base::Result<void> give_part(std::size_t first, std::size_t end, Flow& flow, Given& given) const;
    base::Result<void> write_sum(MonthResult& result, Sum sum, const Units& units, Sums& out) const;
    base::Result<void> write_findings(MonthResult& result) const;

    const Setting& setting_;
    const CostDrivers& drivers_;
    const Cells& cells_;
    Slots slots_;
    Sight sight_;
    std::vector<std::size_t> cuts_;
    Measure measure_;
    Given given_;
    std::vector<std::vector<Sums>> through_; ///< by pool, then by currency
};

base::Result<void> MonthRun::measure() {
    std::vector<Measure> parts(part_count(), measure_);
    work_on_parts(part_count(), [&](std::size_t part) { parts[part].add(cells_, cuts_[part], cuts_[part + 1]); });
    for (Measure& part : parts) {
        measure_.merge(part);
    }
    return measure_.finish();
}

DriverTotals MonthRun::driver_totals() const {
    DriverTotals totals;
    for (std::size_t driver = 0; driver < drivers_.all.size(); ++driver) {
        totals.push_back(drivers_.all[driver].by_day ? std::vector<money::DecimalSum>() : measure_.costs[driver][0]);
    }
    return totals;
}

/// Those that do not go straight to their owners, by day: so the sums that they go to stay at hand.
std::vector<std::size_t> MonthRun::flowing_cells(std::size_t first, std::size_t end) const {
    const Sinks& sinks = setting_.stages->sinks();
    std::vector<std::size_t> cells;
    for (std::size_t cell = first; cell < end; ++cell) {
        const std::size_t tuple = cells_.tuples[cell];
        if (setting_.assignments->saves[tuple] ||
            sinks.is_pool(at(setting_.assignments->of(tuple), cells_.days[cell]).sink)) {
            cells.push_back(cell);
        }
    }
    std::ranges::stable_sort(cells, {}, [this](std::size_t cell) { return cells_.days[cell]; });
    return cells;
}

base::Result<void> MonthRun::give_part(std::size_t first, std::size_t end, Flow& flow, Given& given) const {
    bool overflows = false;
    const Sinks& sinks = setting_.stages->sinks();
    for (const std::size_t cell : flowing_cells(first, end)) {
        const std::size_t tuple = cells_.tuples[cell];
        const Assignment& assignment = at(setting_.assignments->of(tuple), cells_.days[cell]);
        const Amounts amounts = cells_.amounts(cell);
        if (flow.is_straight(tuple, assignment, amounts)) {
            continue;
        }
        const std::size_t place = measure_.at(setting_.tuples->all[tuple].currency, slots_.of(cells_.days[cell]));
        FLORIN_TRY(flow.walk(tuple, cells_.days[cell], assignment, amounts, [&](const Gift& gift) {
            // What goes to its owner at the reference cost is own cost: behind the pools.
            std::vector<Units>& sums = given[gift.via == kDirect ? given.size() - 1 : gift.via][place];
            sums.resize(sinks.first_pool());
            for (std::size_t basis = 0; basis < kBasisCount; ++basis) {
                for (std::size_t share = 0; share < gift.shares.size() && !gift.is_zero[basis]; ++share) {
                    if (const Sink sink = gift.shares[share].sink; !sinks.is_pool(sink)) {
                        base::int128& sum = sums[sink][basis];
                        overflows |= __builtin_add_overflow(sum, gift.parts[basis][share], &sum);
                    }
                }
            }
        }));
    }
    return overflows ? base::Result<void>(sum_overflow()) : base::Result<void>();
}

base::Result<void> MonthRun::give(const Ratios& ratios) {
    const std::size_t pool_count = setting_.stages->pool_count();
    const Given none(pool_count + 1, std::vector<std::vector<Units>>(measure_.in.size()));
    std::vector<Given> given(part_count(), none);
    std::vector<Flow> flows(part_count(), Flow(setting_, ratios));
    std::vector<base::Result<void>> results(part_count());
    work_on_parts(part_count(), [&](std::size_t part) {
        results[part] = give_part(cuts_[part], cuts_[part + 1], flows[part], given[part]);
    });
    for (base::Result<void>& result : results) {
        FLORIN_TRY(std::move(result));
    }
    bool overflows = false;
    const auto merge = [&overflows](std::vector<Units>& to, std::vector<Units>& from) {
        to.resize(std::max(to.size(), from.size()));
        for (std::size_t sink = 0; sink < from.size(); ++sink) {
            overflows |= add_units(to[sink], from[sink]);
        }
    };
    given_ = std::move(given.front());
    through_.assign(flows.front().through().begin(), flows.front().through().end());
    for (std::size_t part = 1; part < part_count(); ++part) {
        for (std::size_t pool = 0; pool <= pool_count; ++pool) {
            for (std::size_t place = 0; place < measure_.in.size(); ++place) {
                merge(given_[pool][place], given[part][pool][place]);
            }
        }
        for (std::size_t pool = 0; pool < pool_count; ++pool) {
            for (std::size_t currency = 0; currency < through_[pool].size(); ++currency) {
                allocate::add(through_[pool][currency], flows[part].through()[pool][currency]);
            }
        }
    }
    for (std::size_t place = 0; place < measure_.in.size(); ++place) {
        merge(measure_.direct[place], given_[pool_count][place]);
    }
    given_.pop_back();
    return overflows ? base::Result<void>(sum_overflow()) : base::Result<void>();
}

base::Result<void> MonthRun::write_sum(MonthResult& result, Sum sum, const Units& units, Sums& out) const {
    FLORIN_TRY_ASSIGN(sum.amounts, amounts_of(units));
    allocate::add(out, sum.amounts);
    if (!is_zero(sum.amounts)) {
        result.sums.push_back(sum);
    }
    return {};
}

base::Result<void> MonthRun::write(MonthResult& result) const {
    for (std::size_t currency = 0; currency < setting_.tuples->currencies.size(); ++currency) {
        for (std::size_t slot = 0; slot < slots_.count(); ++slot) {
            const auto code = static_cast<std::uint16_t>(currency);
            const std::size_t place = measure_.at(code, slot);
            Sum sum{.day = slots_.day(slot), .currency = code};
            Sums out;
            const std::size_t before = result.sums.size();
            for (sum.sink = 0; sum.sink < measure_.direct[place].size(); ++sum.sink) {
                FLORIN_TRY(write_sum(result, sum, measure_.direct[place][sum.sink], out));
            }
            for (sum.via = 0; sum.via < given_.size(); ++sum.via) {
                for (sum.sink = 0; sum.sink < given_[sum.via][place].size(); ++sum.sink) {
                    FLORIN_TRY(write_sum(result, sum, given_[sum.via][place][sum.sink], out));
                }
            }
            Balance balance{.day = slots_.day(slot), .currency = code};
            FLORIN_TRY_ASSIGN(balance.in, amounts_of(measure_.in[place]));
            FLORIN_TRY_ASSIGN(balance.out, totals(out));
            if (result.sums.size() != before || !is_zero(balance.in)) {
                result.balances.push_back(balance);
            }
        }
    }
    return write_findings(result);
}

/// Each finding with the money it touches, by currency.
base::Result<void> MonthRun::write_findings(MonthResult& result) const {
    std::vector<Finding> findings;
    for (const Finding& finding : result.findings) {
        const std::size_t before = findings.size();
        for (std::size_t currency = 0; finding.pool && currency < setting_.tuples->currencies.size(); ++currency) {
            Finding one = finding;
            FLORIN_TRY_ASSIGN(one.amounts, totals(through_[*finding.pool][currency]));
            one.currency = static_cast<std::uint16_t>(currency);
            if (!is_zero(one.amounts)) {
                findings.push_back(one);
            }
        }
        if (findings.size() == before) {
            findings.push_back(finding);
        }
    }
    for (std::size_t currency = 0; currency < setting_.tuples->currencies.size(); ++currency) {
        Finding finding{.kind = FindingKind::kWithoutReference, .currency = static_cast<std::uint16_t>(currency)};
        FLORIN_TRY_ASSIGN(finding.amounts, totals(measure_.without_reference[currency]));
        if (!is_zero(finding.amounts)) {
            findings.push_back(finding);
        }
    }
    result.findings = std::move(findings);
    return {};
}

} // namespace

bool Run::State::is_provisional(const Month& month) const {
    if (month.open) {
        return true;
    }
    return std::ranges::any_of(rules.pools, [&](const Pool& pool) {
        for (int back = pool.window.months_last; back <= pool.window.months_first; ++back) {
            const auto found = open.find(period::add_months(month.period.start, -back));
            if (found != open.end() && found->second) {
                return true;
            }
        }
        return false;
    });
}

Run::Run(std::unique_ptr<State> state) : state_(std::move(state)) {}
Run::Run(Run&&) noexcept = default;
Run& Run::operator=(Run&&) noexcept = default;
Run::~Run() = default;

const Stages& Run::stages() const {
    return *state_->stages;
}
const Assignments& Run::assignments() const {
    return state_->assignments;
}
const Rules& Run::rules() const {
    return state_->rules;
}

base::Result<Run> Run::start(const Owners& owners, const Tuples& tuples, Rules rules, int workers) {
    auto state = std::make_unique<State>();
    state->tuples = &tuples;
    state->rules = std::move(rules);
    state->workers = workers;
    FLORIN_TRY_ASSIGN(state->stages, Stages::of(state->rules.pools, static_cast<std::uint32_t>(owners.values.size())));
    for (const Pool& pool : state->rules.pools) {
        FLORIN_CHECK(pool.method != Method::kMetric || pool.metric < state->rules.metrics.size(),
                     "a pool splits by a metric that does not exist");
        state->months_back_max = std::max(state->months_back_max, pool.window.months_first);
    }
    FLORIN_CHECK(state->rules.benefit.rule != BenefitRule::kCentral || state->rules.benefit.central != kUnallocated,
                 "savings kept centrally need a value that keeps them");
    state->assignments = assign(owners, tuples, *state->stages, state->rules.benefit);
    state->drivers = cost_drivers(state->rules.pools);
    return Run(std::move(state));
}

base::Result<MonthResult> Run::add(const Month& month) {
    State& state = *state_;
    const period::Day key = period::month_start(month.period.start);
    if (!state.open.empty() && key <= state.last_month) {
        return base::conflict_error("allocation.month_order",
                                    "months are not added in order: " + period::to_string(month.period));
    }
    const Setting setting = state.setting();
    const bool is_canonical = month.cells.is_canonical();
    Cells sorted;
    if (!is_canonical) {
        FLORIN_TRY_ASSIGN(sorted, canonical(month.cells));
    }
    const Cells& cells = is_canonical ? month.cells : sorted;
    MonthResult result{.period = month.period,
                       .provisional = state.is_provisional(month),
                       .cell_count = cells.size(),
                       .ratios = Ratios(*state.stages)};
    // Beside the rest of the work, or at the end where there is one worker only.
    std::future<std::string> cells_hash =
        std::async(state.workers > 1 ? std::launch::async : std::launch::deferred, [&cells] { return hash_of(cells); });
    MonthRun run(setting, state.drivers, cells, state.workers);
    FLORIN_TRY(run.measure());
    state.history[key] = run.driver_totals();
    base::Result<DrivenRatios> driven = run.drive(month, state.history);
    if (!driven.ok()) {
        state.history.erase(key);
        return std::move(driven).error();
    }
    result.ratios = std::move(driven->ratios);
    result.findings = std::move(driven->findings);
    base::Result<void> done = run.give(result.ratios);
    if (done.ok()) {
        done = run.write(result);
    }
    if (!done.ok()) {
        state.history.erase(key);
        return std::move(done).error();
    }
    result.cells_hash = cells_hash.get();
    state.last_month = key;
    state.open[key] = month.open;
    while (!state.history.empty() && state.history.begin()->first <= period::add_months(key, -state.months_back_max)) {
        state.history.erase(state.history.begin());
    }
    return result;
}

base::Result<std::vector<Step>> Run::explain(const MonthResult& month, std::size_t tuple, period::Day day,
                                             const Amounts& amounts) const {
    const Setting setting = state_->setting();
    Flow flow(setting, month.ratios);
    std::vector<Step> steps;
    FLORIN_TRY(flow.walk(tuple, day, at(state_->assignments.of(tuple), day), amounts, [&steps](const Gift& gift) {
        for (std::size_t share = 0; share < gift.shares.size(); ++share) {
            steps.push_back(
                {.via = gift.via,
                 .sink = gift.shares[share].sink,
                 .units = {gift.parts[0][share], gift.parts[1][share], gift.parts[2][share], gift.parts[3][share]},
                 .set = gift.set,
                 .share = gift.set == kDirect ? kDirect : share});
        }
    }));
    return steps;
}

} // namespace florin::allocate
