#include "app/commitments.hpp"

#include "base/check.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace florin::app {
namespace {

using query::Answer;
using query::AnswerRow;
using query::Question;

using Text = std::optional<std::string>;

/// The charges of commitments, those included that name none.
constexpr const char* kOfCommitments = "commitment_discount_id is not null or charge_category = 'Usage' and "
                                       "commitment_discount_status is not null";
constexpr const char* kCovered = "charge_category = 'Usage' and commitment_discount_status = 'Used'";
/// Usage at a dynamic price, such as spot, is not what commitments are for.
constexpr const char* kUncovered = "charge_category = 'Usage' and commitment_discount_status is null and "
                                   "commitment_discount_id is null and pricing_category != 'Dynamic'";
constexpr const char* kOfOwner =
    "commitment_discount_id is not null and (charge_category = 'Purchase' or commitment_discount_status = 'Unused')";

Text text(const engine::Value& value) {
    const auto* found = std::get_if<std::string>(&value);
    return found == nullptr ? Text() : Text(*found);
}

Amount amount_in(const engine::Value& value) {
    const auto* found = std::get_if<money::Decimal>(&value);
    return found == nullptr ? Amount() : Amount(*found);
}

/// Adds as answers do: what is not known adds nothing.
base::Result<void> add(Amount& to, const Amount& more) {
    if (more) {
        FLORIN_TRY_ASSIGN(to, to.value_or(money::Decimal()).plus(*more));
    }
    return {};
}

Amount ratio(const Amount& part, const Amount& whole) {
    if (!part || !whole || whole->is_zero()) {
        return std::nullopt;
    }
    const auto divided = money::divide(*part, *whole, money::Rounding::kHalfEven);
    return divided.ok() ? Amount(*divided) : Amount();
}

/// Used and unused quantity of one commitment.
struct Quantities {
    money::Quantity used;
    money::Quantity unused;
    std::set<std::string> units;
    bool is_stated = true;

    base::Result<void> add(const Text& unit, const engine::Value& used_here, const engine::Value& unused_here) {
        const auto* more_used = std::get_if<money::Quantity>(&used_here);
        const auto* more_unused = std::get_if<money::Quantity>(&unused_here);
        is_stated = is_stated && unit && (more_used != nullptr || more_unused != nullptr);
        units.insert(unit.value_or(""));
        FLORIN_TRY_ASSIGN(used, used.plus(more_used == nullptr ? money::Quantity() : *more_used));
        FLORIN_TRY_ASSIGN(unused, unused.plus(more_unused == nullptr ? money::Quantity() : *more_unused));
        return {};
    }
    base::Result<Amount> utilization() const {
        FLORIN_TRY_ASSIGN(const money::Quantity whole, used.plus(unused));
        if (!is_stated || units.size() != 1 || whole.is_zero()) {
            return Amount();
        }
        const auto divided = money::divide(used, whole, money::Rounding::kHalfEven);
        return divided.ok() ? Amount(*divided) : Amount();
    }
};

/// What is known of one commitment in one currency.
struct Member {
    Text type;
    Text name;
    std::optional<period::Day> named_in;
    std::set<std::string> accounts; ///< of the latest month
    std::optional<period::Day> owned_in;
    Amount used;
    Amount unused;
    Amount billed;
    Quantities quantities;
};

struct Currency {
    std::map<CommitmentKey, Member> members;
    CoverageData coverage;
    CommitmentFigures total;
};

class Lister {
public:
    Lister(Asker& asker, const period::Period& period, period::Day today)
        : asker_(asker), period_(period), today_(today) {}

    base::Result<void> read() {
        FLORIN_TRY(read_costs());
        if (currencies_.empty()) {
            return {};
        }
        FLORIN_TRY(read_names());
        FLORIN_TRY(read_owners());
        FLORIN_TRY(read_coverage());
        FLORIN_TRY(read_stated_programs());
        FLORIN_TRY(read_quantities());
        FLORIN_TRY_ASSIGN(const auto terms, query::commitment_terms(asker_.current().files, asker_.engine()));
        for (const query::CommitmentTerm& term : terms) {
            terms_[{term.provider, term.id}] = term;
        }
        return read_contracts();
    }

    base::Result<CommitmentList> list(CommitmentGrouping grouping) {
        grouping_ = grouping;
        CommitmentList list{.period = period_, .grouping = grouping};
        for (const auto& [code, currency] : currencies_) {
            FLORIN_TRY_ASSIGN(CommitmentBlock block, make_block(code, currency));
            list.blocks.push_back(std::move(block));
        }
        add_notes(list);
        return list;
    }

private:
    using Members = std::vector<std::pair<CommitmentKey, const Member*>>;

    /// Rows of an answer by currency: dimensions first, then the time if there is a grain, then measures.
    template <class Row>
    base::Result<void> each_row(std::vector<std::string> measures, std::vector<std::string> dimensions,
                                std::string filter, period::Grain grain, const Row& row) {
        Question question;
        question.measures = std::move(measures);
        question.dimensions = std::move(dimensions);
        question.filter = std::move(filter);
        question.period = period_;
        question.grain = grain;
        FLORIN_TRY_ASSIGN(const Answer answer, asker_.ask(question));
        for (const query::CurrencyBlock& block : answer.blocks) {
            for (const AnswerRow& one : block.rows) {
                FLORIN_TRY(row(block, one.values));
            }
        }
        return {};
    }

    static CommitmentKey key_of(const engine::Value& provider, const engine::Value& id) {
        return {text(provider).value_or(""), text(id).value_or("")};
    }

    base::Result<void> read_costs() {
        return each_row(
            {"commitment_used", "commitment_unused", "billed_cost"},
            {"provider", "commitment_discount_id", "commitment_discount_type"}, kOfCommitments, period::Grain::kNone,
            [this](const query::CurrencyBlock& block, const auto& values) { return add_costs(block, values); });
    }

    base::Result<void> add_costs(const query::CurrencyBlock& block, const std::vector<engine::Value>& values) {
        Currency& currency = currencies_[block.currency];
        currency.total.used = amount_in(block.total.values[3]);
        currency.total.unused = amount_in(block.total.values[4]);
        currency.total.billed = amount_in(block.total.values[5]);
        Member& member = currency.members[key_of(values[0], values[1])];
        member.type = member.type ? member.type : text(values[2]);
        FLORIN_TRY(add(member.used, amount_in(values[3])));
        FLORIN_TRY(add(member.unused, amount_in(values[4])));
        FLORIN_TRY(add(member.billed, amount_in(values[5])));
        return {};
    }

    Member* find(const query::CurrencyBlock& block, const CommitmentKey& key) {
        const auto currency = currencies_.find(block.currency);
        if (currency == currencies_.end()) {
            return nullptr;
        }
        const auto member = currency->second.members.find(key);
        return member == currency->second.members.end() ? nullptr : &member->second;
    }

    base::Result<void> read_names() {
        return each_row({"charge_count"}, {"provider", "commitment_discount_id", "commitment_discount_name"},
                        "commitment_discount_name is not null", period::Grain::kMonth,
                        [this](const query::CurrencyBlock& block, const auto& values) -> base::Result<void> {
                            const auto month = std::get<period::Day>(values[3]);
                            Member* member = find(block, key_of(values[0], values[1]));
                            if (member != nullptr && (!member->named_in || *member->named_in <= month)) {
                                member->named_in = month;
                                member->name = text(values[2]);
                            }
                            return {};
                        });
    }

    base::Result<void> read_owners() {
        return each_row({"charge_count"}, {"provider", "commitment_discount_id", "account"}, kOfOwner,
                        period::Grain::kMonth,
                        [this](const query::CurrencyBlock& block, const auto& values) -> base::Result<void> {
                            const auto month = std::get<period::Day>(values[3]);
                            Member* member = find(block, key_of(values[0], values[1]));
                            const Text account = text(values[2]);
                            if (member == nullptr || !account || (member->owned_in && *member->owned_in > month)) {
                                return {};
                            }
                            if (member->owned_in != month) {
                                member->accounts.clear();
                            }
                            member->owned_in = month;
                            member->accounts.insert(*account);
                            return {};
                        });
    }

    base::Result<void> read_coverage() {
        FLORIN_TRY(each_row(
            {"list_cost"}, {"provider", "commitment_discount_id", "sku_id", "service_name", "region_id", "sku_meter"},
            kCovered, period::Grain::kNone,
            [this](const query::CurrencyBlock& block, const auto& values) -> base::Result<void> {
                const std::string sku = sku_key(text(values[2]), text(values[3]), text(values[4]), text(values[5]));
                currencies_[block.currency].coverage.add_covered(key_of(values[0], values[1]), sku,
                                                                 amount_in(values[6]));
                return {};
            }));
        return each_row(
            {"list_cost"}, {"provider", "sku_id", "service_name", "region_id", "sku_meter"}, kUncovered,
            period::Grain::kNone, [this](const query::CurrencyBlock& block, const auto& values) -> base::Result<void> {
                const std::string sku = sku_key(text(values[1]), text(values[2]), text(values[3]), text(values[4]));
                if (const auto currency = currencies_.find(block.currency); currency != currencies_.end()) {
                    currency->second.coverage.add_uncovered(text(values[0]).value_or(""), sku, amount_in(values[5]));
                }
                return {};
            });
    }

    static std::set<std::string> programs_of(const std::string& details) {
        std::set<std::string> programs;
        const auto json = nlohmann::json::parse(details, nullptr, false);
        const auto list = json.is_object() ? json.find("CommitmentPrograms") : json.end();
        if (json.is_object() && list != json.end() && list->is_array()) {
            for (const auto& program : *list) {
                if (program.is_object() && program.contains("ProgramType") && program["ProgramType"].is_string()) {
                    programs.insert(program["ProgramType"].template get<std::string>());
                }
            }
        }
        return programs;
    }

    base::Result<void> read_stated_programs() {
        const std::string stated = "commitment_program_eligibility_details is not null";
        FLORIN_TRY(each_row({"list_cost"}, {"provider"}, fmt::format("{} and {}", kCovered, stated),
                            period::Grain::kNone,
                            [this](const query::CurrencyBlock& block, const auto& values) -> base::Result<void> {
                                currencies_[block.currency].coverage.add_covered_stated(text(values[0]).value_or(""),
                                                                                        amount_in(values[1]));
                                return {};
                            }));
        return each_row({"list_cost"}, {"provider", "commitment_program_eligibility_details"},
                        fmt::format("{} and {}", kUncovered, stated), period::Grain::kNone,
                        [this](const query::CurrencyBlock& block, const auto& values) -> base::Result<void> {
                            if (const auto currency = currencies_.find(block.currency); currency != currencies_.end()) {
                                currency->second.coverage.add_uncovered_stated(
                                    text(values[0]).value_or(""), programs_of(text(values[1]).value_or("")),
                                    amount_in(values[2]));
                            }
                            return {};
                        });
    }

    base::Result<void> read_quantities() {
        return each_row({"commitment_used_quantity", "commitment_unused_quantity"},
                        {"provider", "commitment_discount_id", "commitment_discount_unit"},
                        "charge_category = 'Usage' and commitment_discount_status is not null", period::Grain::kNone,
                        [this](const query::CurrencyBlock& block, const auto& values) -> base::Result<void> {
                            Member* member = find(block, key_of(values[0], values[1]));
                            return member == nullptr ? base::Result<void>()
                                                     : member->quantities.add(text(values[2]), values[3], values[4]);
                        });
    }

    /// What a contract says of a commitment's term is surer than what its charges do.
    base::Result<void> read_contracts() {
        const auto rows =
            std::ranges::find(asker_.datasets(), focus::Dataset::kContractCommitment, &query::DatasetRows::dataset);
        FLORIN_TRY_ASSIGN(contracts_, query::contract_commitments(asker_.current().files, asker_.engine(), *rows));
        for (const auto& [code, currency] : currencies_) {
            for (const auto& [key, member] : currency.members) {
                const auto contract = contracts_.find(key.id);
                if (contract != contracts_.end()) {
                    terms_[key] = {.provider = key.provider,
                                   .id = key.id,
                                   .start = contract->second.start,
                                   .end = contract->second.end,
                                   .source = query::TermSource::kContract};
                }
            }
        }
        return {};
    }

    static Text shown(const std::string& value) { return value.empty() ? Text() : Text(value); }

    static Text account_of(const Member& member) {
        return member.accounts.size() == 1 ? Text(*member.accounts.begin()) : Text();
    }

    base::Result<void> complete(const Currency& currency, const Members& members, CommitmentLine& line) const {
        CommitmentFigures& figures = line.figures;
        FLORIN_TRY(add(figures.cost, figures.used));
        FLORIN_TRY(add(figures.cost, figures.unused));
        figures.utilization = ratio(figures.used, figures.cost);
        std::vector<std::pair<CommitmentKey, std::string>> typed;
        for (const auto& [key, member] : members) {
            typed.emplace_back(key, member->type.value_or(""));
        }
        FLORIN_TRY_ASSIGN(figures.coverage, currency.coverage.coverage_of(typed));
        line.count = static_cast<std::uint64_t>(
            std::ranges::count_if(members, [](const auto& member) { return !member.first.id.empty(); }));
        for (const auto& [key, member] : members) {
            const auto found = terms_.find(key);
            if (found == terms_.end()) {
                continue;
            }
            const query::CommitmentTerm& term = found->second;
            const auto left =
                term.end ? std::optional(static_cast<int>((period::day_of(*term.end) - today_).count())) : std::nullopt;
            const bool ends_next = left && *left >= 0 && (!line.days_left || *left < *line.days_left);
            if (members.size() == 1 || ends_next) {
                line.term = term;
                line.days_left = left;
            }
        }
        return {};
    }

    base::Result<CommitmentLine> make_line(const Currency& currency, const Members& members) const {
        CommitmentLine line;
        const auto& [key, first] = members.front();
        const bool single = grouping_ == CommitmentGrouping::kCommitment;
        const bool by_account = grouping_ == CommitmentGrouping::kAccount;
        line.provider = by_account ? Text() : shown(key.provider);
        line.type = single || grouping_ == CommitmentGrouping::kType ? first->type : Text();
        line.account = single || by_account ? account_of(*first) : Text();
        if (single) {
            line.id = shown(key.id);
            line.name = first->name;
            FLORIN_TRY_ASSIGN(line.quantity_utilization, first->quantities.utilization());
            if (const auto contract = contracts_.find(key.id); contract != contracts_.end()) {
                line.contract = contract->second;
            }
            line.quantity_unit = first->quantities.units.size() == 1 ? *first->quantities.units.begin() : "";
        }
        for (const auto& [unused, member] : members) {
            FLORIN_TRY(add(line.figures.used, member->used));
            FLORIN_TRY(add(line.figures.unused, member->unused));
            FLORIN_TRY(add(line.figures.billed, member->billed));
        }
        FLORIN_TRY(complete(currency, members, line));
        return line;
    }

    std::vector<Text> group_of(const CommitmentKey& key, const Member& member) const {
        switch (grouping_) {
        case CommitmentGrouping::kCommitment: return {key.provider, key.id};
        case CommitmentGrouping::kProvider: return {key.provider};
        case CommitmentGrouping::kType: return {key.provider, member.type};
        case CommitmentGrouping::kAccount: return {account_of(member)};
        }
        return {};
    }

    base::Result<CommitmentBlock> make_block(const std::string& code, const Currency& currency) const {
        std::map<std::vector<Text>, Members> groups;
        Members all;
        for (const auto& [key, member] : currency.members) {
            groups[group_of(key, member)].emplace_back(key, &member);
            all.emplace_back(key, &member);
        }
        CommitmentBlock block{.currency = code};
        for (const auto& [group, members] : groups) {
            FLORIN_TRY_ASSIGN(CommitmentLine line, make_line(currency, members));
            block.lines.push_back(std::move(line));
        }
        std::ranges::stable_sort(block.lines, [](const CommitmentLine& a, const CommitmentLine& b) {
            return a.figures.cost > b.figures.cost;
        });
        block.total.figures = currency.total;
        FLORIN_TRY(complete(currency, all, block.total));
        return block;
    }

    void add_notes(CommitmentList& list) const {
        std::set<Eligibility> known;
        std::uint64_t without_end = 0;
        for (const CommitmentBlock& block : list.blocks) {
            known.insert(block.total.figures.coverage.eligibility);
            for (const auto& [key, member] : currencies_.at(block.currency).members) {
                const auto term = terms_.find(key);
                without_end += !key.id.empty() && (term == terms_.end() || !term->second.end) ? 1U : 0U;
            }
        }
        for (const Eligibility eligibility : known) {
            list.notes.push_back(coverage_sentence(eligibility));
        }
        if (without_end != 0) {
            list.notes.push_back(fmt::format("The bills do not say when {} {}.", without_end,
                                             without_end == 1 ? "commitment ends" : "commitments end"));
        }
    }

    Asker& asker_;
    period::Period period_;
    period::Day today_;
    CommitmentGrouping grouping_ = CommitmentGrouping::kCommitment;
    std::map<std::string, Currency> currencies_;
    std::map<CommitmentKey, query::CommitmentTerm> terms_;
    std::map<std::string, query::ContractCommitment> contracts_; ///< by commitment
};

} // namespace

std::string_view name(CommitmentGrouping grouping) {
    switch (grouping) {
    case CommitmentGrouping::kCommitment: return "commitment";
    case CommitmentGrouping::kProvider: return "provider";
    case CommitmentGrouping::kType: return "type";
    case CommitmentGrouping::kAccount: return "account";
    }
    return "";
}

base::Result<CommitmentGrouping> parse_commitment_grouping(const std::string& text) {
    for (const CommitmentGrouping each : {CommitmentGrouping::kCommitment, CommitmentGrouping::kProvider,
                                          CommitmentGrouping::kType, CommitmentGrouping::kAccount}) {
        if (name(each) == text) {
            return each;
        }
    }
    return base::user_error("usage", fmt::format("commitments are not listed by `{}`", text))
        .with_remedy("There are commitment, provider, type and account.");
}

base::Result<std::optional<period::Day>> last_month_with_charges(Asker& asker) {
    Question question;
    question.measures = {"charge_count"};
    question.grain = period::Grain::kMonth;
    FLORIN_TRY_ASSIGN(const Answer answer, asker.ask(question));
    std::optional<period::Day> last;
    for (const query::CurrencyBlock& block : answer.blocks) {
        for (const AnswerRow& row : block.rows) {
            const auto* charges = std::get_if<std::int64_t>(&row.values[1]);
            const auto month = std::get<period::Day>(row.values[0]);
            if (charges != nullptr && *charges > 0) {
                last = std::max(last.value_or(month), month);
            }
        }
    }
    return last;
}

base::Result<std::vector<CommitmentList>> list_commitments(Asker& asker, const period::Period& period,
                                                           const std::vector<CommitmentGrouping>& groupings,
                                                           period::Day today) {
    Lister lister(asker, period, today);
    FLORIN_TRY(lister.read());
    std::vector<CommitmentList> lists;
    for (const CommitmentGrouping grouping : groupings) {
        FLORIN_TRY_ASSIGN(CommitmentList list, lister.list(grouping));
        lists.push_back(std::move(list));
    }
    return lists;
}

base::Result<CommitmentList> list_commitments(Workspace& workspace, const CommitmentRequest& request) {
    FLORIN_TRY_ASSIGN(Asker asker, Asker::open(workspace, request.as_of));
    if (request.running) {
        request.running(&asker.engine());
    }
    const auto list = [&]() -> base::Result<CommitmentList> {
        std::optional<period::Period> period = request.period;
        if (!period) {
            FLORIN_TRY_ASSIGN(const std::optional<period::Day> month, last_month_with_charges(asker));
            period = period::month_of(month.value_or(workspace.today()));
        }
        FLORIN_TRY_ASSIGN(std::vector<CommitmentList> lists,
                          list_commitments(asker, *period, {request.grouping}, workspace.today()));
        return std::move(lists.front());
    };
    auto found = list();
    if (request.running) {
        request.running(nullptr);
    }
    if (found.ok()) {
        std::ranges::move(asker.notes(true, Question{.period = found->period}), std::back_inserter(found->notes));
    }
    return found;
}

} // namespace florin::app
