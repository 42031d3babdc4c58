#include "app/owner_questions.hpp"

#include "app/applied_rules.hpp"
#include "base/sha256.hpp"
#include "query/plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace florin::app {
namespace {

namespace fs = std::filesystem;
using engine::sql_name;
using engine::sql_text;

constexpr std::string_view kDerivedFolder = "allocation/daily";
constexpr std::string_view kLayout = "2"; ///< of the files; another one is derived anew
constexpr std::string_view kPart = "_part";
constexpr std::string_view kPool = "_pool";
constexpr std::string_view kLevel = "_level_";
/// Columns of the files beside those of tuples. A dimension cannot be called by a FOCUS name.
constexpr std::string_view kOwnerColumn = "x_owner";

std::string level_column(std::size_t level) {
    return fmt::format("{}{}{}", kOwnerColumn, kLevel, level);
}

std::size_t depth_of(const RulesHistory& history, const std::string& dimension) {
    std::size_t depth = 0;
    for (const RulesInForce& rules : history) {
        const auto found = rules.set->find_dimension(dimension);
        if (found && found->hierarchy) {
            depth = std::max(depth, found->hierarchy->depth());
        }
    }
    return depth;
}

/// Adds what a dimension's owners can be asked by. Its own name is in `known` already, as those of all dimensions are:
/// a dimension that is called as another one's part comes before that.
void add_names(const RulesHistory& history, const std::string& dimension, std::map<std::string, std::string>& known,
               std::vector<query::Dimension>& names) {
    const auto add = [&](std::string name, std::string column, std::string label, std::string description) {
        if (name == dimension || known.try_emplace(name, dimension).second) {
            names.push_back({std::move(name), {std::move(column)}, std::move(label), std::move(description), true});
        }
    };
    add(dimension, std::string(kOwnerColumn), dimension, "Who the rules give the cost to.");
    const std::size_t depth = depth_of(history, dimension);
    for (std::size_t level = 1; level <= depth; ++level) {
        add(fmt::format("{}{}{}", dimension, kLevel, level), level_column(level),
            fmt::format("{} level {}", dimension, level), "The owner's place in the hierarchy, from the root.");
    }
    add(dimension + std::string(kPart), std::string(kOwnerColumn) + std::string(kPart), dimension + " part",
        "Own cost, a share of a pool, or unallocated.");
    add(dimension + std::string(kPool), std::string(kOwnerColumn) + std::string(kPool), dimension + " pool",
        "The pool that gave a shared part.");
}

/// Where parts of cost end, numbered: owner, part, pool and place in the hierarchy.
class Ends {
public:
    Ends(std::size_t levels, std::optional<period::Day> as_on) : levels_(levels), as_on_(as_on) {}

    std::uint32_t number(const Allocation& allocation, const AllocatedMonth& month, std::size_t via,
                         allocate::Sink sink, period::Day day) {
        std::uint32_t& known = known_.try_emplace({via, sink, day}, 0U).first->second;
        if (known == 0) {
            std::vector<std::string> texts = texts_of(allocation, month, via, sink, day);
            known =
                numbers_.try_emplace(std::move(texts), static_cast<std::uint32_t>(numbers_.size() + 1)).first->second;
        }
        return known;
    }
    const std::map<std::vector<std::string>, std::uint32_t>& numbers() const { return numbers_; }
    /// Pools are numbered anew in another stretch.
    void forget_numbers_of_pools() { known_.clear(); }

private:
    std::vector<std::string> texts_of(const Allocation& allocation, const AllocatedMonth& month, std::size_t via,
                                      allocate::Sink sink, period::Day day) const {
        const allocate::Sinks& sinks = allocation.run_of(month).stages().sinks();
        const bool is_lost = sinks.is_unallocated(sink);
        const std::string owner = is_lost ? fmt::format("(unallocated: {})", allocate::name(sinks.reason(sink)))
                                          : allocation.owners().values[sink];
        std::vector<std::string> texts = {owner,
                                          is_lost                    ? "unallocated"
                                          : via == allocate::kDirect ? "own"
                                                                     : "shared",
                                          via == allocate::kDirect ? "" : allocation.pool_name(month, via)};
        const std::vector<std::string> path =
            is_lost ? std::vector<std::string>() : path_of(allocation, owner, as_on_.value_or(day));
        for (std::size_t level = 0; level < levels_; ++level) {
            texts.push_back(path.empty() ? owner : path[std::min(level, path.size() - 1)]);
        }
        return texts;
    }

    /// From the root to the owner, as it is in force on the day; of an owner that the hierarchy does not have, itself.
    static std::vector<std::string> path_of(const Allocation& allocation, const std::string& owner, period::Day day) {
        std::shared_ptr<const allocate::Dimension> dimension;
        for (const allocate::InForce& one : allocation.history()) {
            dimension = one.from <= day ? one.dimension : dimension;
        }
        std::vector<std::string> names;
        if (dimension && dimension->hierarchy) {
            const allocate::Hierarchy& hierarchy = *dimension->hierarchy;
            if (const auto node = hierarchy.find(owner)) {
                for (const std::uint32_t each : hierarchy.path(*node, day)) {
                    names.push_back(hierarchy.names()[each]);
                }
            }
        }
        return names;
    }

    struct KeyHash {
        std::size_t operator()(const std::tuple<std::size_t, allocate::Sink, period::Day>& key) const {
            const auto& [via, sink, day] = key;
            return (via * 1'000'003U + sink) * 1'000'003U + static_cast<std::size_t>(day.time_since_epoch().count());
        }
    };
    std::size_t levels_;
    std::optional<period::Day> as_on_;
    std::unordered_map<std::tuple<std::size_t, allocate::Sink, period::Day>, std::uint32_t, KeyHash> known_;
    std::map<std::vector<std::string>, std::uint32_t> numbers_;
};

/// Writes whole numbers and amounts as lines of text.
class PartLines {
public:
    explicit PartLines(const base::Path& file) : out_(file, std::ios::binary) {}

    void add(std::uint32_t tuple, std::uint32_t end, period::Day day, const allocate::Amounts& amounts) {
        line_.clear();
        fmt::format_to(std::back_inserter(line_), "{},{},{}", tuple, end, day.time_since_epoch().count());
        for (const money::Decimal amount : amounts) {
            line_ += ',';
            line_ += amount.is_zero() ? "0" : amount.to_string();
        }
        line_ += '\n';
        out_ << line_;
        ++count_;
    }
    std::uint64_t count() const { return count_; }
    base::Result<void> finish(const base::Path& file) {
        out_.close();
        return out_ ? base::Result<void>() : base::system_error("system.io", "cannot write " + file.string());
    }

private:
    std::ofstream out_;
    std::string line_;
    std::uint64_t count_ = 0;
};

/// Derives the files of each month into a folder.
class Deriver {
public:
    Deriver(base::Path folder, engine::Engine& engine, const lake::CurrentFiles& current, std::size_t levels,
            std::optional<period::Day> as_on)
        : folder_(std::move(folder)), engine_(engine), current_(current), levels_(levels), ends_(levels, as_on) {}

    base::Result<void> month(const Allocation& allocation, const allocate::Month& month) {
        if (allocation.months().empty() || allocation.months().back().result.period != month.period) {
            return {};
        }
        const base::Path lines = folder_ / "parts.csv";
        FLORIN_TRY(write_lines(allocation, month, lines));
        FLORIN_TRY(write_ends());
        const base::Path stem = folder_ / lake::month_name(month.period.start);
        FLORIN_TRY(write_parquet(lines, stem, month.period.start, allocation.tuples().ledger.split_by.size()));
        return base::remove_all(lines);
    }

private:
    base::Result<void> write_lines(const Allocation& allocation, const allocate::Month& month, const base::Path& file) {
        const AllocatedMonth& result = allocation.months().back();
        const allocate::Run& run = allocation.run_of(result);
        const allocate::Assignments& assignments = run.assignments();
        const allocate::Sinks& sinks = run.stages().sinks();
        ends_.forget_numbers_of_pools();
        PartLines lines(file);
        for (std::size_t cell = 0; cell < month.cells.size(); ++cell) {
            const std::uint32_t tuple = month.cells.tuples[cell];
            const period::Day day = month.cells.days[cell];
            const allocate::Sink sink = allocate::at(assignments.of(tuple), day).sink;
            const allocate::Amounts amounts = month.cells.amounts(cell);
            if (!sinks.is_pool(sink) && !assignments.saves[tuple]) {
                lines.add(tuple, ends_.number(allocation, result, allocate::kDirect, sink, day), day, amounts);
                continue;
            }
            FLORIN_TRY_ASSIGN(const std::vector<allocate::Step> steps, run.explain(result.result, tuple, day, amounts));
            for (const allocate::Step& step : steps) {
                if (!sinks.is_pool(step.sink) && step.units != allocate::Units{}) {
                    allocate::Amounts part;
                    for (std::size_t basis = 0; basis < allocate::kBasisCount; ++basis) {
                        part[basis] = money::Decimal::from_units(step.units[basis]);
                    }
                    lines.add(tuple, ends_.number(allocation, result, step.via, step.sink, day), day, part);
                }
            }
        }
        return lines.finish(file);
    }

    base::Result<void> write_ends() {
        std::string columns =
            fmt::format("EndNumber INTEGER, {0} VARCHAR, {0}{1} VARCHAR, {0}{2} VARCHAR", kOwnerColumn, kPart, kPool);
        for (std::size_t level = 1; level <= levels_; ++level) {
            columns += fmt::format(", {} VARCHAR", level_column(level));
        }
        FLORIN_TRY(engine_.execute(fmt::format("CREATE OR REPLACE TEMP TABLE allocation_end ({})", columns)));
        std::vector<std::string> rows;
        const auto insert = [&]() -> base::Result<void> {
            if (!rows.empty()) {
                FLORIN_TRY(engine_.execute(fmt::format("INSERT INTO allocation_end VALUES {}", fmt::join(rows, ", "))));
                rows.clear();
            }
            return {};
        };
        for (const auto& [texts, number] : ends_.numbers()) {
            std::string row = fmt::format("({}", number);
            for (std::size_t i = 0; i < texts.size(); ++i) {
                row += texts[i].empty() ? ", NULL" : ", " + sql_text(texts[i]);
            }
            rows.push_back(row + ")");
            if (rows.size() == 1000) {
                FLORIN_TRY(insert());
            }
        }
        return insert();
    }

    base::Result<void> write_parquet(const base::Path& lines, const base::Path& stem, period::Day month,
                                     std::size_t split_count) {
        std::string end_columns = fmt::format("{0}, {0}{1}, {0}{2}", kOwnerColumn, kPart, kPool);
        for (std::size_t level = 1; level <= levels_; ++level) {
            end_columns += ", " + level_column(level);
        }
        std::string split;
        for (std::size_t i = 0; i < split_count; ++i) {
            split += fmt::format(", split_{}", i);
        }
        // A key of what the tuple and the end say, not of numbers, so that it is the same in all months.
        FLORIN_TRY(engine_.execute(fmt::format(
            "CREATE OR REPLACE TEMP TABLE allocation_part AS SELECT florin_tuple_key(CAST(TupleKey AS VARCHAR){}, {}) "
            "AS OwnedKey, TupleKey, part.EndNumber, DATE '1970-01-01' + Day AS Day, "
            "florin_decimal(b) AS BilledCost, florin_decimal(e) AS EffectiveCost, florin_decimal(l) AS ListCost, "
            "florin_decimal(c) AS ContractedCost FROM read_csv({}, header = false, auto_detect = false, delim = ',', "
            "columns = {{'Number': 'BIGINT', 'EndNumber': 'INTEGER', 'Day': 'INTEGER', 'b': 'VARCHAR', 'e': 'VARCHAR', "
            "'l': 'VARCHAR', 'c': 'VARCHAR'}}) AS part JOIN {} AS tuple ON tuple.Number = part.Number "
            "JOIN allocation_end ON allocation_end.EndNumber = part.EndNumber",
            split, end_columns, sql_text(lines.string()), kTupleTable)));
        FLORIN_TRY(engine_.execute(fmt::format(
            "COPY (SELECT OwnedKey AS TupleKey, Day, CAST(sum(BilledCost) AS DECIMAL(38,18)) AS BilledCost, "
            "CAST(sum(EffectiveCost) AS DECIMAL(38,18)) AS EffectiveCost, CAST(sum(ListCost) AS DECIMAL(38,18)) AS "
            "ListCost, CAST(sum(ContractedCost) AS DECIMAL(38,18)) AS ContractedCost FROM allocation_part GROUP BY "
            "OwnedKey, Day ORDER BY OwnedKey, Day) TO {} {}",
            sql_text(stem.string() + ".cells.parquet"), lake::kSumsParquet)));
        std::string columns;
        for (const std::string& column : lake::tuple_columns()) {
            columns += fmt::format(", first(tuple.{0}) AS {0}", sql_name(column));
        }
        FLORIN_TRY(engine_.execute(fmt::format(
            "COPY (SELECT owned.OwnedKey AS TupleKey{0}, {1} FROM (SELECT OwnedKey, first(TupleKey) AS TupleKey, "
            "first(EndNumber) AS EndNumber FROM allocation_part GROUP BY OwnedKey) AS owned JOIN {2} "
            "AS tuple ON tuple.TupleKey = owned.TupleKey JOIN allocation_end ON "
            "allocation_end.EndNumber = owned.EndNumber GROUP BY owned.OwnedKey ORDER BY owned.OwnedKey) TO {3} {4}",
            columns, first_of(end_columns), engine::sql_parquet(tuple_paths(month)),
            sql_text(stem.string() + ".tuples.parquet"), lake::kSumsParquet)));
        FLORIN_TRY(engine_.execute("DROP TABLE allocation_part"));
        return {};
    }

    static std::string first_of(const std::string& columns) {
        std::string out;
        std::size_t start = 0;
        while (start < columns.size()) {
            const std::size_t end = std::min(columns.find(", ", start), columns.size());
            const std::string name = columns.substr(start, end - start);
            out += fmt::format("{0}first(allocation_end.{1}) AS {1}", out.empty() ? "" : ", ", name);
            start = end + 2;
        }
        return out;
    }

    std::vector<std::string> tuple_paths(period::Day month) const {
        std::vector<std::string> paths;
        for (const lake::FileSet& set : current_.files) {
            if (period::month_start(set.billing_period_start) == month) {
                paths.push_back(set.tuples);
            }
        }
        return paths;
    }

    base::Path folder_;
    engine::Engine& engine_;
    const lake::CurrentFiles& current_;
    std::size_t levels_;
    Ends ends_;
};

/// Names what the files are derived from: any of it another, and they are others.
std::string key_of(const RulesHistory& history, const std::string& dimension, std::optional<period::Day> as_on,
                   const lake::CurrentFiles& current, const MonthStates& states) {
    base::Sha256 hash;
    hash.add(fmt::format("{}\n{}\n{}\n{}\n", kLayout, dimension, hash_of(history),
                         as_on ? period::to_string(*as_on) : "as they were"));
    for (const lake::FileSet& set : current.files) {
        hash.add(set.charges + "\n");
    }
    for (const period::Day month : billing_months(current)) { // what a metric must know of
        if (states.is_open(month)) {
            hash.add(fmt::format("{} {}\n", period::to_string(month), period::to_string(states.today)));
        }
    }
    return hash.finish();
}

/// Removes what was derived of the dimension before, unless it was used so lately that somebody may be reading it.
void remove_older(const base::Path& folder, const std::string& kept) {
    std::error_code code;
    for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
        std::error_code of_entry;
        const auto age = fs::file_time_type::clock::now() - it->last_write_time(of_entry);
        if (!of_entry && it->path().filename() != kept && age > std::chrono::hours(24)) {
            fs::remove_all(it->path(), of_entry);
        }
    }
}

std::vector<lake::FileSet> sets_in(const base::Path& folder, const lake::CurrentFiles& current) {
    std::vector<lake::FileSet> sets;
    for (const period::Day month : billing_months(current)) {
        lake::FileSet set;
        const std::string stem = (folder / lake::month_name(month)).string();
        set.tuples = stem + ".tuples.parquet";
        set.cells = stem + ".cells.parquet";
        set.billing_period_start = month;
        bool is_first = true;
        for (const lake::FileSet& one : current.files) {
            if (period::month_start(one.billing_period_start) != month) {
                continue;
            }
            set.days = is_first ? one.days
                                : period::Period{std::min(set.days.start, one.days.start),
                                                 std::max(set.days.end, one.days.end)};
            is_first = false;
            set.charge_rows += one.charge_rows;
            set.spread_charges += one.spread_charges;
            for (std::size_t cost = 0; cost < set.null_costs.size(); ++cost) {
                set.null_costs[cost] += one.null_costs[cost];
            }
        }
        sets.push_back(std::move(set));
    }
    return sets;
}

bool is_divided(const query::Input& input, std::span<const lake::FileSet> files) {
    const auto cost = [](const std::string& name) { return std::ranges::find(lake::kCosts, name); };
    if (cost(input.of) == lake::kCosts.end()) {
        return false;
    }
    const auto known = cost(input.known);
    return known == lake::kCosts.end() || std::ranges::all_of(files, [&](const lake::FileSet& set) {
               return set.null_costs[static_cast<std::size_t>(known - lake::kCosts.begin())] == 0;
           });
}

/// The dimension whose owners a question names: one, for several are divided apart, and nothing that needs charges,
/// which are not divided.
base::Result<std::string> owner_dimension(const query::Resolved& resolved, const OwnerNames& names) {
    std::set<std::string> named;
    std::vector<query::Field> fields;
    for (const query::AskedDimension& dimension : resolved.dimensions) {
        fields.push_back(dimension.field);
    }
    if (resolved.filter) {
        std::ranges::move(query::fields_of(*resolved.filter), std::back_inserter(fields));
    }
    for (const query::Field& field : fields) {
        if (field.kind != query::Field::Kind::kDimension || query::catalogue().find_dimension(field.name) != nullptr) {
            continue;
        }
        if (const auto found = names.dimensions.find(field.name); found != names.dimensions.end()) {
            named.insert(found->second);
        }
    }
    if (named.size() > 1) {
        return base::user_error("question.two_owners",
                                fmt::format("the question names owners of {}, whose costs are divided apart",
                                            fmt::join(named, " and ")))
            .with_remedy("ask for one of them at a time");
    }
    FLORIN_CHECK(!named.empty(), "a question that names an owner");
    const bool converts_bills =
        resolved.target && resolved.question.period_kind == query::PeriodKind::kBilling; // on first days
    if (resolved.needs_charges || converts_bills) {
        return base::user_error(
                   "question.owner_needs_charges",
                   fmt::format("{} is known of daily sums, and the question reads single charges", *named.begin()))
            .with_remedy("leave out what belongs to single charges, such as resource_id or x.NAME");
    }
    return *named.begin();
}

base::Result<void> check_divided(const query::Resolved& resolved, std::span<const lake::FileSet> files) {
    for (const query::AskedMeasure& measure : resolved.measures) {
        for (const auto* sums : {&measure.sum, &measure.over}) {
            for (const query::SignedSum& one : *sums) {
                if (!is_divided(resolved.inputs[resolved.sums[one.sum].input], files)) {
                    return base::user_error("question.owner_measure",
                                            fmt::format("{} is not divided among owners", measure.name))
                        .with_remedy("costs are: effective_cost, billed_cost, list_cost, contracted_cost");
                }
            }
        }
    }
    return {};
}

base::Result<std::vector<lake::FileSet>> allocated_files(Workspace& workspace, Asker& asker,
                                                         const std::string& dimension,
                                                         std::optional<period::Day> as_on) {
    FLORIN_TRY_ASSIGN(const RulesHistory history, rules_in_force(workspace));
    FLORIN_TRY_ASSIGN(const AllocationGround ground, ground_of(workspace, asker));
    const std::string key = key_of(history, dimension, as_on, asker.current(), ground.states);
    const base::Path folder = workspace.lake().folder() / kDerivedFolder / dimension;
    std::error_code code;
    if (!fs::is_directory(folder / key, code)) {
        const base::Path partial = folder / fmt::format("{}.{}", key, ::getpid());
        FLORIN_TRY(base::make_folders(partial));
        Deriver deriver(partial, asker.engine(), asker.current(), depth_of(history, dimension), as_on);
        const auto derived =
            allocate_bills(workspace, asker, history, {.dimension = dimension, .months = {}, .as_on = as_on}, {},
                           [&deriver](std::span<const Allocation> all, const allocate::Month& month) {
                               return deriver.month(all.front(), month);
                           });
        if (!derived.ok()) {
            fs::remove_all(partial, code);
            return derived.error();
        }
        FLORIN_TRY(base::sync_tree(partial));
        const auto renamed = base::rename_durably(partial, folder / key);
        if (!renamed.ok()) {
            fs::remove_all(partial, code);
            if (!fs::is_directory(folder / key, code)) { // else another process was faster
                return renamed.error();
            }
        }
        remove_older(folder, key);
    } else {
        fs::last_write_time(folder / key, fs::file_time_type::clock::now(), code); // it is in use
    }
    return sets_in(folder / key, asker.current());
}

std::string owners_note(const std::string& dimension, std::optional<period::Day> as_on, const MonthStates& states,
                        const lake::CurrentFiles& current) {
    std::vector<std::string> open;
    for (const period::Day month : billing_months(current)) {
        if (states.is_open(month)) {
            open.push_back(lake::month_name(month));
        }
    }
    return fmt::format("Owners: {} {}, by the rules in force.{}", dimension,
                       as_on ? "as on " + period::to_string(*as_on) : "as they were on each day",
                       open.empty() ? "" : fmt::format(" Provisional: {}.", fmt::join(open, ", ")));
}

} // namespace

base::Result<std::optional<OwnerNames>> owner_names(Workspace& workspace) {
    FLORIN_TRY_ASSIGN(const RulesHistory history, rules_in_force(workspace));
    if (history.empty()) {
        return std::optional<OwnerNames>();
    }
    const std::vector<std::string> dimensions = dimensions_of(history);
    std::map<std::string, std::string> known;
    for (const std::string& dimension : dimensions) {
        known.emplace(dimension, dimension);
    }
    std::vector<query::Dimension> names;
    for (const std::string& dimension : dimensions) {
        add_names(history, dimension, known, names);
    }
    return std::optional(OwnerNames{query::catalogue().with_dimensions(names), std::move(known)});
}

base::Result<query::Answer> ask_owners(Workspace& workspace, Asker& asker, const OwnerNames& names,
                                       const AskRequest& request) {
    FLORIN_TRY_ASSIGN(const query::Resolved resolved, query::resolve(request.question, names.catalogue));
    FLORIN_TRY_ASSIGN(const std::string dimension, owner_dimension(resolved, names));
    if (request.charges_only) {
        return base::user_error("question.owner_needs_charges",
                                fmt::format("{} is known of daily sums only", dimension))
            .with_remedy("leave out --charges-only");
    }
    FLORIN_TRY(check_divided(resolved, asker.current().files));
    FLORIN_TRY_ASSIGN(const std::vector<lake::FileSet> files,
                      allocated_files(workspace, asker, dimension, request.owners_on));
    FLORIN_TRY(asker.read_rates(request.question));
    query::AskOptions options = asker.options();
    options.compacted = {};
    options.names = &names.catalogue;
    FLORIN_TRY_ASSIGN(query::Answer answer, query::ask(request.question, files, asker.engine(), options));
    FLORIN_TRY_ASSIGN(const MonthStates states, month_states(workspace, workspace.now()));
    answer.notes.push_back(owners_note(dimension, request.owners_on, states, asker.current()));
    return answer;
}

} // namespace florin::app
