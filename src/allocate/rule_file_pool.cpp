#include "allocate/rule_file_pool.hpp"

#include "base/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

namespace florin::allocate {
namespace {

using base::Result;

constexpr std::array<std::string_view, 5> kMethods = {"even", "fixed", "cost", "metric", "bill"};
constexpr std::array<std::string_view, 4> kBases = {"billed", "effective", "list", "contracted"};
constexpr std::array<std::string_view, kChargeKindCount> kKinds = {"usage",  "purchase", "tax",
                                                                   "credit", "refund",   "adjustment"};
constexpr int kStageMax = 100;
constexpr int kWindowMonthsMax = 36;

/// The number that is all of `text`, from 1 to `most`.
std::optional<int> number_of(std::string_view text, int most) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_number = error == std::errc() && end == text.data() + text.size() && number >= 1 && number <= most;
    return is_number ? std::optional(number) : std::nullopt;
}

/// `0.4` or `40%`, exactly.
std::optional<money::Decimal> ratio_of(std::string_view text) {
    const bool is_percent = text.ends_with('%');
    text.remove_suffix(is_percent ? 1 : 0);
    while (is_percent && text.ends_with(' ')) {
        text.remove_suffix(1);
    }
    const auto number = money::Decimal::parse(text);
    if (!number.ok() || number->is_negative() || !is_percent) {
        return number.ok() ? std::optional(*number) : std::nullopt;
    }
    return number->units() % 100 == 0 ? std::optional(money::Decimal::from_units(number->units() / 100)) : std::nullopt;
}

/// Reads one pool; errors end it.
class PoolReader {
public:
    PoolReader(const RuleFileReader& reader, const ValueReader& values, std::span<const NamedMetric> metrics,
               const YAML::Node& node)
        : reader_(reader), values_(values), metrics_(metrics), node_(node) {}

    Result<NamedPool> run() {
        static constexpr std::array<std::string_view, 10> kKeys = {
            "name", "description", "from", "to", "stage", "reciprocal", "takes", "method", "driver", "targets"};
        FLORIN_TRY(reader_.only_keys(node_, kKeys, "a pool"));
        pool_.place = reader_.place(node_.Mark());
        FLORIN_TRY_ASSIGN(pool_.name, reader_.required_text(node_, "name", "a pool"));
        FLORIN_TRY_ASSIGN(const auto description, reader_.text(node_, "description"));
        pool_.description = description.value_or("");
        FLORIN_TRY(read_months());
        FLORIN_TRY(read_stage());
        FLORIN_TRY_ASSIGN(const auto reciprocal, reader_.flag(node_, "reciprocal"));
        pool_.reciprocal = reciprocal.value_or(false);
        if (!node_["takes"]) {
            return reader_
                .error("allocation.no_source", fmt::format("pool `{}` does not say what it takes", pool_.name),
                       node_.Mark())
                .with_remedy("As in: takes: {where: \"service_subcategory = 'Support'\"}");
        }
        FLORIN_TRY(read_takes(node_["takes"]));
        FLORIN_TRY_ASSIGN(const auto method, reader_.choice(node_, "method", kMethods));
        if (!method) {
            return reader_.error("allocation.missing_key",
                                 fmt::format("a pool needs `method`, one of: {}", fmt::join(kMethods, ", ")),
                                 node_.Mark());
        }
        pool_.method = static_cast<Method>(*method);
        FLORIN_TRY(read_driver(node_["driver"]));
        FLORIN_TRY(read_targets(node_["targets"]));
        return std::move(pool_);
    }

private:
    /// The month of a key, by its first day; nothing where the key is missing.
    Result<std::optional<period::Day>> month(const char* key) const {
        FLORIN_TRY_ASSIGN(const auto text, reader_.text(node_, key));
        if (!text) {
            return std::optional<period::Day>();
        }
        const auto day = period::parse_day(*text + "-01");
        if (!day.ok()) {
            return reader_
                .error("allocation.bad_date", fmt::format("`{}` is a month, as in 2024-09", key), node_[key].Mark())
                .with_remedy("Pools are in force for whole billing months.");
        }
        return std::optional(*day);
    }

    Result<void> read_months() {
        FLORIN_TRY_ASSIGN(const auto from, month("from"));
        FLORIN_TRY_ASSIGN(const auto last, month("to"));
        pool_.months = {from.value_or(kAlways.start), last ? period::add_months(*last, 1) : kAlways.end};
        if (pool_.months.start >= pool_.months.end) {
            return reader_.error("allocation.dates_reversed", "`to` is before `from`", node_["to"].Mark());
        }
        return {};
    }

    Result<void> read_stage() {
        FLORIN_TRY_ASSIGN(const auto text, reader_.text(node_, "stage"));
        const auto stage = text ? number_of(*text, kStageMax) : 1;
        if (!stage) {
            return reader_.error("allocation.wrong_type", fmt::format("`stage` is a number from 1 to {}", kStageMax),
                                 node_["stage"].Mark());
        }
        pool_.stage = *stage;
        return {};
    }

    Result<void> read_takes(const YAML::Node& node) {
        static constexpr std::array<std::string_view, 5> kKeys = {"where", "kinds", "unused_commitments", "owners",
                                                                  "without_owner"};
        FLORIN_TRY(reader_.only_keys(node, kKeys, "what a pool takes"));
        NamedSelection& takes = pool_.takes;
        takes.place = reader_.place(node.Mark());
        FLORIN_TRY_ASSIGN(takes.where, reader_.filter(node, "where"));
        if (node["kinds"]) {
            FLORIN_TRY(read_kinds(node["kinds"]));
        }
        FLORIN_TRY_ASSIGN(const auto unused, reader_.flag(node, "unused_commitments"));
        takes.unused_commitments = unused.value_or(false);
        if (node["owners"]) {
            FLORIN_TRY_ASSIGN(takes.owners, values_of(node["owners"]));
        }
        FLORIN_TRY_ASSIGN(const auto without, reader_.flag(node, "without_owner"));
        if (without.value_or(false)) {
            takes.owners.emplace_back();
        }
        return {};
    }

    Result<void> read_kinds(const YAML::Node& node) {
        FLORIN_TRY(reader_.texts(node_["takes"], "kinds"));
        for (const YAML::Node& one : items(node)) {
            const auto known = std::ranges::find(kKinds, one.Scalar());
            if (known == kKinds.end()) {
                return reader_
                    .error("allocation.wrong_type",
                           fmt::format("a kind of charge is one of: {}", fmt::join(kKinds, ", ")), one.Mark())
                    .with_remedy(base::did_you_mean(one.Scalar(), kKinds));
            }
            pool_.takes.kinds.push_back(static_cast<ChargeKind>(known - kKinds.begin()));
        }
        return {};
    }

    /// One node, or those of a list.
    static std::vector<YAML::Node> items(const YAML::Node& node) {
        return node.IsSequence() ? std::vector<YAML::Node>(node.begin(), node.end()) : std::vector<YAML::Node>{node};
    }

    Result<std::vector<std::string>> values_of(const YAML::Node& node) const {
        std::vector<std::string> values;
        for (const YAML::Node& one : items(node)) {
            FLORIN_TRY_ASSIGN(values.emplace_back(), values_.read(one));
        }
        if (values.empty()) {
            return reader_.error("allocation.wrong_type", "expected a value of the dimension, or a list of them",
                                 node.Mark());
        }
        return values;
    }

    /// What ratios come from, of the methods that measure.
    Result<void> read_driver(const YAML::Node& node) {
        static constexpr std::array<std::string_view, 5> kCostKeys = {"basis", "where", "window", "negative",
                                                                      "currencies"};
        static constexpr std::array<std::string_view, 4> kMetricKeys = {"metric", "window", "negative", "missing_days"};
        static constexpr std::array<std::string_view, 1> kBillKeys = {"negative"};
        static constexpr std::array<std::string_view, 2> kNegatives = {"refuse", "as-zero"};
        static constexpr std::array<std::string_view, 2> kMissing = {"refuse", "carry"};
        static constexpr std::array<std::string_view, 2> kCurrencies = {"refuse", "each-by-itself"};
        if (!node) {
            return pool_.method == Method::kMetric
                       ? Result<void>(reader_.error("allocation.missing_key",
                                                    "a pool by `metric` needs `driver: {metric: NAME}`", node_.Mark()))
                       : Result<void>();
        }
        switch (pool_.method) {
        case Method::kEven:
        case Method::kFixed:
            return reader_.error(
                "allocation.unknown_key",
                fmt::format("a pool by `{}` has no `driver`: its ratios are not measured", name(pool_.method)),
                node.Mark());
        case Method::kCost: FLORIN_TRY(reader_.only_keys(node, kCostKeys, "the driver of a pool by cost")); break;
        case Method::kMetric: FLORIN_TRY(reader_.only_keys(node, kMetricKeys, "the driver of a pool by metric")); break;
        case Method::kBill: FLORIN_TRY(reader_.only_keys(node, kBillKeys, "the driver of a pool by bill")); break;
        }
        FLORIN_TRY_ASSIGN(const auto basis, reader_.choice(node, "basis", kBases));
        pool_.driver_basis = basis ? static_cast<Basis>(*basis) : Basis::kEffective;
        FLORIN_TRY_ASSIGN(pool_.driver_where, reader_.filter(node, "where"));
        FLORIN_TRY_ASSIGN(const auto negative, reader_.choice(node, "negative", kNegatives));
        pool_.negative = negative == 1 ? NegativeDriver::kAsZero : NegativeDriver::kRefuse;
        FLORIN_TRY_ASSIGN(const auto missing, reader_.choice(node, "missing_days", kMissing));
        pool_.missing = missing == 1 ? MissingDay::kCarry : MissingDay::kRefuse;
        FLORIN_TRY_ASSIGN(const auto currencies, reader_.choice(node, "currencies", kCurrencies));
        pool_.currencies = currencies == 1 ? MixedCurrencies::kEachByItself : MixedCurrencies::kRefuse;
        FLORIN_TRY(read_window(node));
        return pool_.method == Method::kMetric ? read_metric_name(node) : Result<void>();
    }

    Result<void> read_metric_name(const YAML::Node& node) {
        FLORIN_TRY_ASSIGN(pool_.metric, reader_.required_text(node, "metric", "the driver of a pool by metric"));
        if (std::ranges::find(metrics_, pool_.metric, &NamedMetric::name) != metrics_.end()) {
            return {};
        }
        std::vector<std::string_view> names;
        for (const NamedMetric& metric : metrics_) {
            names.push_back(metric.name);
        }
        return reader_
            .error("allocation.unknown_name", fmt::format("there is no metric `{}`", pool_.metric),
                   node["metric"].Mark())
            .with_remedy(base::did_you_mean(pool_.metric, names, "`metrics` of the file lists them."));
    }

    /// `month`, `day`, `previous month`, `previous 3 months`, `3 months`.
    Result<void> read_window(const YAML::Node& node) {
        FLORIN_TRY_ASSIGN(const auto text, reader_.text(node, "window"));
        if (!text || *text == "month") {
            return {};
        }
        Window& window = pool_.window;
        std::string_view rest = *text;
        const bool is_previous = rest.starts_with("previous ");
        rest.remove_prefix(is_previous ? std::string_view("previous ").size() : 0);
        std::optional<int> count;
        if (rest == "month") {
            count = 1;
        } else if (rest.ends_with(" months")) {
            count = number_of(rest.substr(0, rest.size() - std::string_view(" months").size()), kWindowMonthsMax);
        }
        if (*text == "day") {
            window.by_day = true;
        } else if (!count) {
            return reader_
                .error("allocation.window",
                       "`window` is `month` (that of the charge), `day`, `previous month`, "
                       "`previous 3 months` or `3 months`",
                       node["window"].Mark())
                .with_remedy(fmt::format("At most {} months.", kWindowMonthsMax));
        } else {
            window.months_first = is_previous ? *count : *count - 1;
            window.months_last = is_previous ? 1 : 0;
        }
        return {};
    }

    Result<void> read_targets(const YAML::Node& node) {
        if (pool_.method == Method::kBill) {
            return node ? Result<void>(reader_.error(
                              "allocation.unknown_key",
                              "a pool by `bill` has no `targets`: its money follows other charges", node.Mark()))
                        : Result<void>();
        }
        if (!node || node.IsNull() || (node.IsSequence() && node.size() == 0)) {
            return reader_
                .error("allocation.no_target", fmt::format("pool `{}` has no target", pool_.name),
                       node ? node.Mark() : node_.Mark())
                .with_remedy("Say who gets its cost: `targets: all`, or a list of values.");
        }
        if (node.IsScalar() && node.Scalar() == "all") {
            if (pool_.method == Method::kFixed) {
                return reader_.error("allocation.wrong_type", "fixed ratios belong to targets that are named",
                                     node.Mark());
            }
            pool_.to_all = true;
            return {};
        }
        if (node.IsMap()) { // value: ratio
            for (const auto& entry : node) {
                NamedTarget target{.place = reader_.place(entry.first.Mark())};
                FLORIN_TRY_ASSIGN(target.name, values_.read(entry.first));
                FLORIN_TRY_ASSIGN(target.ratio, ratio(entry.second));
                pool_.targets.push_back(std::move(target));
            }
            return pool_.method == Method::kFixed ? Result<void>() : ratio_without_use(node);
        }
        for (const YAML::Node& one : items(node)) {
            FLORIN_TRY_ASSIGN(NamedTarget target, read_target(one));
            pool_.targets.push_back(std::move(target));
        }
        return {};
    }

    Result<NamedTarget> read_target(const YAML::Node& node) const {
        static constexpr std::array<std::string_view, 3> kKeys = {"value", "pool", "ratio"};
        NamedTarget target{.place = reader_.place(node.Mark())};
        const bool is_fixed = pool_.method == Method::kFixed;
        if (!node.IsMap()) {
            FLORIN_TRY_ASSIGN(target.name, values_.read(node));
            return is_fixed ? missing_ratio(node) : Result<NamedTarget>(std::move(target));
        }
        FLORIN_TRY(reader_.only_keys(node, kKeys, "a target"));
        if (node["value"].IsDefined() == node["pool"].IsDefined()) {
            return reader_.error("allocation.missing_key", "a target is either a `value` or a `pool`", node.Mark());
        }
        target.is_pool = node["pool"].IsDefined();
        if (target.is_pool) {
            FLORIN_TRY_ASSIGN(target.name, reader_.required_text(node, "pool", "a target"));
        } else {
            FLORIN_TRY_ASSIGN(target.name, values_.read(node["value"]));
        }
        if (is_fixed != node["ratio"].IsDefined()) {
            return is_fixed ? missing_ratio(node) : Result<NamedTarget>(ratio_without_use(node["ratio"]).error());
        }
        if (is_fixed) {
            FLORIN_TRY_ASSIGN(target.ratio, ratio(node["ratio"]));
        }
        return target;
    }

    Result<NamedTarget> missing_ratio(const YAML::Node& node) const {
        return reader_
            .error("allocation.missing_key", fmt::format("each target of pool `{}` needs a ratio", pool_.name),
                   node.Mark())
            .with_remedy("As in: targets: {search: 40%, checkout: 60%}");
    }
    Result<void> ratio_without_use(const YAML::Node& node) const {
        return reader_.error(
            "allocation.unknown_key",
            fmt::format("a pool by `{}` has no ratios; those of `method: fixed` are written", name(pool_.method)),
            node.Mark());
    }

    Result<money::Decimal> ratio(const YAML::Node& node) const {
        const auto ratio = node.IsScalar() ? ratio_of(node.Scalar()) : std::nullopt;
        if (!ratio) {
            return reader_
                .error("allocation.wrong_type", "expected a ratio, as in 0.4 or 40%, of at most 18 decimal places",
                       node.Mark())
                .with_remedy("Thirds have no end: `method: even` divides into them.");
        }
        if (ratio->is_negative()) {
            return reader_.error("allocation.negative_ratio", "a ratio below zero", node.Mark())
                .with_remedy("Ratios are zero or more and sum to 1.");
        }
        return *ratio;
    }

    const RuleFileReader& reader_;
    const ValueReader& values_;
    std::span<const NamedMetric> metrics_;
    const YAML::Node& node_;
    NamedPool pool_;
};

/// Each target that is a pool is one in all months in which the giving one is in force.
Result<void> check_pool_targets(const std::vector<NamedPool>& pools) {
    std::vector<std::string_view> names;
    for (const NamedPool& pool : pools) {
        names.push_back(pool.name);
    }
    for (const NamedPool& pool : pools) {
        for (const NamedTarget& target : pool.targets) {
            const auto found = std::ranges::find(names, target.name);
            if (!target.is_pool) {
                continue;
            }
            if (found == names.end()) {
                return base::user_error("allocation.unknown_name", fmt::format("there is no pool `{}`", target.name))
                    .at(target.place)
                    .with_remedy(base::did_you_mean(target.name, names));
            }
            const period::Period& months = pools[static_cast<std::size_t>(found - names.begin())].months;
            if (pool.months.start < months.start || months.end < pool.months.end) {
                return base::user_error(
                           "allocation.not_in_force",
                           fmt::format("pool `{}` is not in force in all months of pool `{}`", target.name, pool.name))
                    .at(target.place)
                    .with_remedy("Give both the same `from` and `to`, or end the one that gives before.");
            }
        }
    }
    return {};
}

} // namespace

Result<std::vector<NamedPool>> read_pools(const RuleFileReader& reader, const ValueReader& values,
                                          std::span<const NamedMetric> metrics, const YAML::Node& node) {
    if (!node.IsSequence()) {
        return reader.error("allocation.wrong_type", "`pools` is a list: lines that begin with `- `", node.Mark());
    }
    if (node.size() > kPoolsMax) {
        return reader.error("allocation.too_large",
                            fmt::format("{} pools, at most {} are read", node.size(), kPoolsMax), node.Mark());
    }
    std::vector<NamedPool> pools;
    for (const YAML::Node& one : node) {
        FLORIN_TRY_ASSIGN(NamedPool pool, PoolReader(reader, values, metrics, one).run());
        pools.push_back(std::move(pool));
    }
    FLORIN_TRY(check_pool_targets(pools));
    return pools;
}

} // namespace florin::allocate
