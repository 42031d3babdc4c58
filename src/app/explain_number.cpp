#include "app/explain_number.hpp"

#include "app/ask_bills.hpp"
#include "query/filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace florin::app {
namespace {

/// A part beside the current ones that covers a scope, and what its files say.
struct OtherPart {
    lake::PartReference at;
    lake::PartReference instead_of;
    OtherVersion version;
};

class NumberExplainer {
public:
    NumberExplainer(Workspace& workspace, const ExplainRequest& request, Asker& asker)
        : workspace_(workspace), request_(request), asker_(asker) {}

    base::Result<ExplainedNumber> run() {
        ExplainedNumber out;
        out.question = request_.question;
        FLORIN_TRY_ASSIGN(out.explanation, query::explain_measure(request_.question, current().files, asker_.engine(),
                                                                  {.tuples_max = request_.tuples_max,
                                                                   .charges_max = request_.charges_max,
                                                                   .compacted = current().compacted,
                                                                   .datasets = asker_.options().datasets}));
        std::ranges::move(asker_.notes(false, request_.question), std::back_inserter(out.explanation.notes));
        FLORIN_TRY_ASSIGN(whole_, workspace_.lake().deliveries());
        for (query::ExplainedCurrency& currency : out.explanation.currencies) {
            FLORIN_TRY_ASSIGN(ExplainedBlock block, explain(std::move(currency)));
            out.blocks.push_back(std::move(block));
        }
        out.explanation.currencies.clear();
        FLORIN_TRY(find_others(out.blocks));
        FLORIN_TRY_ASSIGN(out.amortisation, amortisation(out.explanation));
        return out;
    }

private:
    const lake::CurrentFiles& current() const { return asker_.current(); }
    const lake::Delivery& whole(std::size_t delivery) const {
        const auto found = std::ranges::find(whole_, current().deliveries[delivery].id, &lake::Delivery::id);
        FLORIN_CHECK(found != whole_.end(), "a delivery that counts is gone");
        return *found;
    }
    const lake::Part& part_at(const lake::PartReference& at) const {
        return current().deliveries[at.delivery].parts[at.part];
    }

    base::Result<ExplainedBlock> explain(query::ExplainedCurrency parts) {
        ExplainedBlock block;
        block.parts = std::move(parts);
        std::map<std::size_t, std::size_t> scope_of_file;
        for (const auto& [file, figures] : block.parts.files) {
            const lake::PartReference at = current().parts[file];
            const lake::Delivery& delivery = whole(at.delivery);
            ExplainedScope scope{.delivery = delivery.id,
                                 .source = delivery.source,
                                 .scope = part_at(at).name(),
                                 .received_at = delivery.received_at,
                                 .files = {},
                                 .figures = figures,
                                 .others = {}};
            for (const lake::RawFile& raw : delivery.raw_files) {
                scope.files.push_back(raw.name);
            }
            scope_of_file.emplace(file, block.scopes.size());
            block.scopes.push_back(std::move(scope));
        }
        FLORIN_TRY(find_rows(scope_of_file, block));
        return block;
    }

    /// The charges of one file together, so that it is opened once.
    base::Result<void> find_rows(const std::map<std::size_t, std::size_t>& scope_of_file, ExplainedBlock& block) {
        const std::vector<query::ExplainedCharge>& charges = block.parts.charges;
        block.rows.resize(charges.size());
        std::map<std::size_t, std::vector<std::size_t>> by_file;
        for (std::size_t i = 0; i < charges.size(); ++i) {
            by_file[charges[i].file].push_back(i);
            block.scope_of_charges.push_back(scope_of_file.at(charges[i].file));
        }
        for (const auto& [file, places] : by_file) {
            std::vector<ChargePlace> wanted;
            for (const std::size_t place : places) {
                wanted.push_back({charges[place].row, billed_cost(charges[place])});
            }
            const lake::PartReference at = current().parts[file];
            FLORIN_TRY_ASSIGN(const std::vector<RawRow> rows,
                              find_raw_rows(workspace_, asker_.engine(), whole(at.delivery), part_at(at), wanted));
            for (std::size_t i = 0; i < places.size(); ++i) {
                block.rows[places[i]] = rows[i];
            }
        }
        return {};
    }

    static std::optional<money::Decimal> billed_cost(const query::ExplainedCharge& charge) {
        for (const auto& [name, value] : charge.columns) {
            if (name == "BilledCost") {
                return std::get<money::Decimal>(value);
            }
        }
        return std::nullopt;
    }

    /// Every other version of the scopes that give something.
    std::vector<OtherPart> other_parts(const std::vector<ExplainedBlock>& blocks) const {
        std::set<std::size_t> files;
        for (const ExplainedBlock& block : blocks) {
            for (const auto& [file, figures] : block.parts.files) {
                files.insert(file);
            }
        }
        const std::set<lake::PartReference> counting(current().parts.begin(), current().parts.end());
        std::vector<OtherPart> others;
        for (const std::size_t file : files) {
            const lake::PartReference at = current().parts[file];
            const lake::Delivery& of = current().deliveries[at.delivery];
            for (std::size_t d = 0; d < current().deliveries.size(); ++d) {
                const lake::Delivery& delivery = current().deliveries[d];
                const bool is_there = !request_.as_of || delivery.received_at <= *request_.as_of;
                for (std::size_t p = 0; is_there && delivery.source == of.source && p < delivery.parts.size(); ++p) {
                    const lake::Part& part = delivery.parts[p];
                    if (part.scope == part_at(at).scope && part.role == part_at(at).role && part.has_files() &&
                        !counting.contains({d, p})) {
                        others.push_back({{d, p}, at, version_of(delivery, part)});
                    }
                }
            }
        }
        return others;
    }

    static OtherVersion version_of(const lake::Delivery& delivery, const lake::Part& part) {
        using State = OtherVersion::State;
        const State state = delivery.pruned_at      ? State::kPruned
                            : delivery.withdrawn_at ? State::kWithdrawn
                            : part.pending()        ? State::kPending
                                                    : State::kSuperseded;
        return {.delivery = delivery.id, .state = state, .received_at = delivery.received_at, .figures = {}};
    }

    base::Result<void> find_others(std::vector<ExplainedBlock>& blocks) {
        const std::vector<OtherPart> others = other_parts(blocks);
        std::vector<lake::FileSet> files;
        std::vector<std::size_t> other_of_file;
        for (std::size_t i = 0; i < others.size(); ++i) {
            if (others[i].version.state != OtherVersion::State::kPruned) {
                files.push_back(workspace_.lake().files_of(part_at(others[i].at)));
                other_of_file.push_back(i);
            }
        }
        FLORIN_TRY_ASSIGN(
            const std::vector<query::FileFigures> figures,
            query::figures_by_file(request_.question, files, asker_.engine(), {.datasets = asker_.options().datasets}));
        for (ExplainedBlock& block : blocks) {
            for (std::size_t i = 0; i < others.size(); ++i) {
                OtherVersion version = others[i].version;
                std::vector<const query::FileFigures*> of_version;
                for (const query::FileFigures& each : figures) {
                    if (other_of_file[each.file] == i && each.currency == block.parts.currency) {
                        of_version.push_back(&each);
                    }
                }
                if (of_version.size() == 1) { // more are quantities in several units, which do not add
                    version.figures = of_version.front()->figures;
                }
                for (std::size_t s = 0; s < block.scopes.size(); ++s) {
                    if (current().parts[block.parts.files[s].first] == others[i].instead_of) {
                        block.scopes[s].others.push_back(version);
                    }
                }
            }
        }
        return {};
    }

    base::Result<std::optional<query::Answer>> amortisation(const query::Explanation& explanation) {
        if (explanation.terms.size() != 1 || explanation.terms.front().column != "EffectiveCost" ||
            !explanation.terms.front().where.empty()) {
            return std::optional<query::Answer>();
        }
        query::Question question = request_.question;
        question.measures = {"billed_cost", "effective_cost"};
        question.dimensions = {"charge_category", "commitment_discount_status"};
        FLORIN_TRY_ASSIGN(query::Answer answer, asker_.ask(question));
        return std::optional(std::move(answer));
    }

    Workspace& workspace_;
    const ExplainRequest& request_;
    Asker& asker_;
    std::vector<lake::Delivery> whole_;
};

} // namespace

std::string_view name(OtherVersion::State state) {
    switch (state) {
    case OtherVersion::State::kSuperseded: return "superseded";
    case OtherVersion::State::kPending: return "pending";
    case OtherVersion::State::kWithdrawn: return "withdrawn";
    case OtherVersion::State::kPruned: return "pruned";
    }
    return "";
}

base::Result<ExplainedNumber> explain_number(Workspace& workspace, const ExplainRequest& request) {
    FLORIN_TRY_ASSIGN(Asker asker, Asker::open(workspace, request.as_of));
    if (request.running) {
        request.running(&asker.engine());
    }
    auto explained = NumberExplainer(workspace, request, asker).run();
    if (request.running) {
        request.running(nullptr);
    }
    return explained;
}

base::Result<std::string> row_filter(std::string_view row) {
    std::vector<query::Filter> conditions;
    for (std::size_t at = 0; at < row.size();) {
        const std::size_t equal = row.find('=', at);
        if (equal == std::string_view::npos) {
            return base::user_error("explain.bad_row", fmt::format("`{}` does not say which value", row.substr(at)))
                .with_remedy("write NAME=VALUE,NAME=VALUE, as in service_category=Compute,region=eu-west-1");
        }
        FLORIN_TRY_ASSIGN(query::Field field, query::parse_field(row.substr(at, equal - at), query::catalogue()));
        std::string value;
        at = equal + 1;
        const bool is_quoted = at < row.size() && (row[at] == '"' || row[at] == '\'');
        if (is_quoted) {
            const std::size_t end = row.find(row[at], at + 1);
            if (end == std::string_view::npos) {
                return base::user_error("explain.bad_row", "a quote is opened and never closed");
            }
            value = row.substr(at + 1, end - at - 1);
            at = end + 1;
        } else {
            const std::size_t end = std::min(row.find(',', at), row.size());
            value = row.substr(at, end - at);
            at = end;
        }
        if (at < row.size() && row[at] != ',') {
            return base::user_error("explain.bad_row", fmt::format("`{}` follows a value in quotes", row.substr(at)));
        }
        at += 1;
        if (!is_quoted && (value.empty() || value == "(none)")) {
            conditions.push_back({query::IsNull{.field = std::move(field)}});
        } else {
            conditions.push_back(
                {query::Compare{.field = std::move(field), .op = query::Operator::kEqual, .value = std::move(value)}});
        }
    }
    if (conditions.empty()) {
        return std::string();
    }
    return conditions.size() == 1 ? query::to_text(conditions.front())
                                  : query::to_text(query::Filter{query::And{std::move(conditions)}});
}

} // namespace florin::app
