#include "allocate/rule_file_shared_cost.hpp"

#include "allocate/rule_file_pool.hpp"
#include "allocate/rule_file_values.hpp"
#include "base/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace florin::allocate {
namespace {

using base::Result;

constexpr std::array<BenefitRule, 4> kBenefitRules = {BenefitRule::kWhereItLanded, BenefitRule::kProRata,
                                                      BenefitRule::kBuyerFirst, BenefitRule::kCentral};
constexpr std::array<std::string_view, 4> kBenefitNames = {"where-it-landed", "pro-rata", "buyer-first", "central"};

/// Reads one file of shared cost; errors end it.
class SharedCostReader {
public:
    SharedCostReader(const RuleFileReader& reader, RuleTables& tables, const RuleSet& set)
        : reader_(reader), tables_(tables), set_(set) {}

    Result<SharedCost> run() {
        static constexpr std::array<std::string_view, 5> kKeys = {"shared_costs", "description", "pools", "metrics",
                                                                  "commitments"};
        const YAML::Node& root = reader_.root();
        FLORIN_TRY(reader_.only_keys(root, kKeys, "a file of shared costs"));
        shared_.file = reader_.file();
        FLORIN_TRY(read_dimension_name(root));
        FLORIN_TRY_ASSIGN(const auto description, reader_.text(root, "description"));
        shared_.description = description.value_or("");
        if (root["metrics"]) {
            FLORIN_TRY(read_metrics(root["metrics"]));
        }
        if (root["commitments"]) {
            FLORIN_TRY(read_commitments(root["commitments"]));
        }
        if (root["pools"]) {
            FLORIN_TRY_ASSIGN(shared_.pools, read_pools(reader_, *values_, shared_.metrics, root["pools"]));
        }
        FLORIN_TRY(check(shared_));
        return std::move(shared_);
    }

private:
    Result<void> read_dimension_name(const YAML::Node& root) {
        FLORIN_TRY_ASSIGN(shared_.dimension, reader_.required_text(root, "shared_costs", "a file of shared costs"));
        const auto dimension = set_.find_dimension(shared_.dimension);
        if (!dimension) {
            std::vector<std::string_view> names;
            for (const auto& each : set_.dimensions) {
                names.push_back(each->name);
            }
            return reader_
                .error("allocation.unknown_name", fmt::format("there is no dimension `{}`", shared_.dimension),
                       root["shared_costs"].Mark())
                .with_remedy(base::did_you_mean(shared_.dimension, names,
                                                "A file that begins with `dimension: NAME` describes one."));
        }
        values_.emplace(reader_, dimension);
        return {};
    }

    Result<void> read_metrics(const YAML::Node& node) {
        if (!node.IsSequence()) {
            return reader_.error("allocation.wrong_type", "`metrics` is a list: lines that begin with `- `",
                                 node.Mark());
        }
        for (const YAML::Node& one : node) {
            FLORIN_TRY_ASSIGN(NamedMetric metric, read_metric(one));
            if (std::ranges::find(shared_.metrics, metric.name, &NamedMetric::name) != shared_.metrics.end()) {
                return reader_.error("allocation.twice", fmt::format("a second metric `{}`", metric.name),
                                     one["name"].Mark());
            }
            shared_.metrics.push_back(std::move(metric));
        }
        return {};
    }

    Result<NamedMetric> read_metric(const YAML::Node& node) {
        static constexpr std::array<std::string_view, 5> kKeys = {"name", "table", "day", "owner", "quantity"};
        FLORIN_TRY(reader_.only_keys(node, kKeys, "a metric"));
        NamedMetric metric;
        metric.place = reader_.place(node.Mark());
        FLORIN_TRY_ASSIGN(metric.name, reader_.required_text(node, "name", "a metric"));
        FLORIN_TRY_ASSIGN(const CsvTable* table, tables_.table(reader_, node, "table"));
        metric.table = table->file;
        FLORIN_TRY_ASSIGN(const std::size_t day_at, tables_.column(reader_, node, "day", *table));
        FLORIN_TRY_ASSIGN(const std::size_t owner_at, tables_.column(reader_, node, "owner", *table));
        FLORIN_TRY_ASSIGN(const std::size_t quantity_at, tables_.column(reader_, node, "quantity", *table));
        std::map<std::pair<period::Day, std::string>, std::size_t> rows;
        for (std::size_t row = 0; row < table->rows.size(); ++row) {
            const auto cell_error = [&](std::string code, std::string message, std::size_t column) {
                return base::data_error(std::move(code), std::move(message))
                    .at({.file = table->file,
                         .row = row + 1,
                         .column = table->columns[column],
                         .cell = table->rows[row][column]});
            };
            const std::vector<std::string>& cells = table->rows[row];
            const auto day = period::parse_day(cells[day_at]);
            if (!day.ok()) {
                return cell_error("table.bad_date", "not a day", day_at).with_remedy("Write it as 2024-09-18.");
            }
            const auto owner = values_->normalised(cells[owner_at]);
            if (!owner) {
                return cell_error("table.no_key", "a row without an owner", owner_at)
                    .with_remedy("Name the owner, or take the row out.");
            }
            if (!values_->may_be(*owner)) {
                return cell_error("allocation.unknown_name", fmt::format("`{}` is no {}", *owner, shared_.dimension),
                                  owner_at)
                    .with_remedy(values_->suggestion(*owner));
            }
            const auto quantity = money::Quantity::parse(cells[quantity_at]);
            if (!quantity.ok()) {
                return cell_error("table.bad_number", "not a quantity", quantity_at)
                    .with_remedy("Write it as 1250.5: up to 12 decimal places, a point, no separators.");
            }
            const auto [first, is_new] = rows.try_emplace({*day, *owner}, row + 1);
            if (!is_new) {
                return cell_error("table.duplicate_key",
                                  fmt::format("rows {} and {} both say what `{}` used on {}", first->second, row + 1,
                                              *owner, period::to_string(*day)),
                                  owner_at)
                    .with_remedy("Add them up, or take one out.");
            }
            metric.days[*day].emplace_back(*owner, *quantity);
        }
        return metric;
    }

    Result<void> read_commitments(const YAML::Node& node) {
        static constexpr std::array<std::string_view, 5> kKeys = {"benefit", "reference", "central", "unused",
                                                                  "buyers"};
        static constexpr std::array<std::string_view, 2> kReferences = {"list", "contracted"};
        static constexpr std::array<std::string_view, 2> kUnused = {"owner", "buyer"};
        FLORIN_TRY(reader_.only_keys(node, kKeys, "`commitments`"));
        NamedBenefit& benefit = shared_.benefit;
        benefit.place = reader_.place(node.Mark());
        FLORIN_TRY_ASSIGN(const auto rule, reader_.choice(node, "benefit", kBenefitNames));
        benefit.rule = kBenefitRules[rule.value_or(0)];
        FLORIN_TRY_ASSIGN(const auto reference, reader_.choice(node, "reference", kReferences));
        benefit.reference = reference == 1 ? Basis::kContracted : Basis::kList;
        FLORIN_TRY_ASSIGN(const auto unused, reader_.choice(node, "unused", kUnused));
        benefit.unused = unused == 1 ? UnusedRule::kToBuyer : UnusedRule::kByOwner;
        const bool is_central = benefit.rule == BenefitRule::kCentral;
        if (is_central != node["central"].IsDefined()) {
            return reader_.error("allocation.missing_key",
                                 is_central ? "`benefit: central` needs `central`: who keeps the savings"
                                            : "`central` belongs to `benefit: central`",
                                 is_central ? node.Mark() : node["central"].Mark());
        }
        if (is_central) {
            FLORIN_TRY_ASSIGN(benefit.central, values_->read(node["central"]));
        }
        const bool asks_buyers = benefit.rule == BenefitRule::kBuyerFirst || benefit.unused == UnusedRule::kToBuyer;
        if (asks_buyers != node["buyers"].IsDefined()) {
            return reader_.error("allocation.missing_key",
                                 asks_buyers ? "buyers come first, or pay, only where `buyers` says who they are"
                                             : "nothing here asks for `buyers`",
                                 asks_buyers ? node.Mark() : node["buyers"].Mark());
        }
        return asks_buyers ? read_buyers(node["buyers"]) : Result<void>();
    }

    Result<void> read_buyers(const YAML::Node& node) {
        static constexpr std::array<std::string_view, 3> kKeys = {"table", "key", "value"};
        FLORIN_TRY(reader_.only_keys(node, kKeys, "`buyers`"));
        FLORIN_TRY_ASSIGN(const CsvTable* table, tables_.table(reader_, node, "table"));
        FLORIN_TRY_ASSIGN(const auto lookup, tables_.lookup(reader_, node));
        FLORIN_TRY_ASSIGN(const std::size_t key_at, tables_.column(reader_, node, "key", *table));
        for (const LookupTable::Entry& entry : lookup->entries()) {
            const std::string& commitment = table->rows[entry.row - 1][key_at];
            const auto refused = [&](std::string message) {
                return base::data_error("allocation.unknown_name", std::move(message))
                    .at({.file = table->file, .row = entry.row, .cell = entry.value});
            };
            if (entry.days != kAlways) {
                return base::data_error("table.dated", "a commitment is bought once: its row has no dates")
                    .at({.file = table->file, .row = entry.row})
                    .with_remedy("Leave valid_from and valid_to empty.");
            }
            const auto buyer = values_->normalised(entry.value);
            if (!buyer || !values_->may_be(*buyer)) {
                return refused(fmt::format("`{}` is no {}", entry.value, shared_.dimension))
                    .with_remedy(values_->suggestion(entry.value));
            }
            shared_.benefit.buyers.emplace(commitment, *buyer);
        }
        return {};
    }

    const RuleFileReader& reader_;
    RuleTables& tables_;
    const RuleSet& set_;
    std::optional<ValueReader> values_;
    SharedCost shared_;
};

} // namespace

Result<SharedCost> read_shared_cost(const RuleFileReader& reader, RuleTables& tables, const RuleSet& set) {
    return SharedCostReader(reader, tables, set).run();
}

} // namespace florin::allocate
