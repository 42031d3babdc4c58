#include "app/ask_bills.hpp"

#include "app/focus_datasets.hpp"
#include "app/fx_tables.hpp"
#include "app/owner_questions.hpp"
#include "query/plan.hpp"
#include "query/tag_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace florin::app {

base::Result<Asker> Asker::open(Workspace& workspace, std::optional<period::Instant> as_of) {
    FLORIN_TRY_ASSIGN(base::FileLock lock, workspace.lake().read_lock());
    FLORIN_TRY_ASSIGN(lake::CurrentFiles current,
                      workspace.lake().current(as_of, workspace.configuration().precedence));
    FLORIN_TRY_ASSIGN(auto engine, workspace.open_engine(workspace.folder() / "lake" / "staging"));
    Asker asker(std::move(lock), std::move(current), as_of, std::move(engine), workspace);
    for (DatasetTable& table : dataset_tables(workspace.lake(), asker.current_.deliveries, as_of)) {
        asker.datasets_.push_back(
            {.dataset = table.dataset, .sql = std::move(table.sql), .is_empty = table.files.empty()});
    }
    return asker;
}

base::Result<void> Asker::read_rates(const query::Question& question) {
    if (!question.currency.empty() && !rates_) {
        FLORIN_TRY_ASSIGN(rates_, read_fx_tables(folder_));
    }
    return {};
}

base::Result<query::Answer> Asker::ask_of(const query::Question& question, std::span<const lake::FileSet> files) {
    FLORIN_TRY(read_rates(question));
    query::AskOptions some = options();
    some.compacted = {}; // compacted groups are about all files
    return query::ask(question, files, *engine_, some);
}

base::Result<query::Answer> Asker::ask(const query::Question& question, bool charges_only) {
    FLORIN_TRY(read_rates(question));
    return query::ask(question, current_.files, *engine_, options(charges_only));
}

std::vector<std::string> mark_sentences(const std::vector<lake::QualityMark>& marks) {
    std::map<std::pair<std::string, std::string>, std::uint64_t> rows;
    for (const lake::QualityMark& mark : marks) {
        rows[{mark.rule, mark.column}] += mark.rows;
    }
    std::vector<std::string> sentences;
    for (const auto& [rule_and_column, count] : rows) {
        const auto& [rule, column] = rule_and_column;
        const std::string charges = count == 1 ? "1 charge" : fmt::format("{} charges", count);
        if (rule == "cost-identity") {
            sentences.push_back(fmt::format("In {} EffectiveCost differs from BilledCost although no commitment covers "
                                            "them: savings on this data mean little.",
                                            charges));
        } else if (rule == "quarantined") {
            sentences.push_back(fmt::format("{} set aside in a quarantine file and not in these figures.",
                                            count == 1 ? "1 bad row was" : fmt::format("{} bad rows were", count)));
        } else {
            sentences.push_back(fmt::format("{} {} no {}: it counts as nothing in sums.", charges,
                                            count == 1 ? "has" : "have", column));
        }
    }
    return sentences;
}

namespace {

/// Azure's amortized export leaves out what commitments were bought for: a sentence where the actual one, which has it,
/// is not there. Empty otherwise.
std::string lone_amortized_note(const lake::CurrentFiles& current, std::span<const lake::PartReference> read,
                                std::optional<period::Instant> as_of) {
    const auto part_at = [&](const lake::PartReference& at) -> const lake::Part& {
        return current.deliveries[at.delivery].parts[at.part];
    };
    std::set<std::string> with_actual;
    for (const lake::PartReference& at : lake::select_standing(current.deliveries, as_of)) {
        if (part_at(at).role.starts_with("actual")) {
            with_actual.insert(part_at(at).scope);
        }
    }
    const auto lone = std::ranges::count_if(read, [&](const lake::PartReference& at) {
        return part_at(at).role == "amortized" && !with_actual.contains(part_at(at).scope);
    });
    return lone == 0 ? std::string()
                     : fmt::format("Of {} only the amortized export is there: billed cost lacks the purchases of "
                                   "commitments until the actual export is ingested, too.",
                                   lone == 1 ? "1 scope" : fmt::format("{} scopes", lone));
}

/// The parts with charges of the question's periods.
std::vector<lake::PartReference> parts_read(const lake::CurrentFiles& current, const query::Question& question) {
    std::vector<lake::PartReference> read;
    for (std::size_t i = 0; i < current.parts.size(); ++i) {
        const auto before = query::period_before(question);
        if (query::touches(current.files[i], question, question.period) ||
            (before && query::touches(current.files[i], question, before))) {
            read.push_back(current.parts[i]);
        }
    }
    return read;
}

} // namespace

std::vector<std::string> Asker::notes(bool with_missing_costs, const query::Question& question) const {
    std::vector<lake::QualityMark> marks;
    std::set<std::size_t> counting;
    const std::vector<lake::PartReference> read = parts_read(current_, question);
    for (const lake::PartReference& reference : read) {
        counting.insert(reference.delivery);
    }
    for (const std::size_t delivery : counting) {
        const auto& more = current_.deliveries[delivery].marks;
        marks.insert(marks.end(), more.begin(), more.end());
    }
    if (!with_missing_costs) {
        std::erase_if(marks, [](const lake::QualityMark& mark) { return mark.rule == "null-cost"; });
    }
    std::vector<std::string> sentences = mark_sentences(marks);
    if (std::string lone = lone_amortized_note(current_, read, as_of_); !lone.empty()) {
        sentences.push_back(std::move(lone));
    }
    for (const lake::Delivery& delivery : current_.deliveries) {
        const auto pending =
            std::ranges::count_if(delivery.parts, [](const lake::Part& part) { return part.pending(); });
        const bool was_there = !as_of_.has_value() || delivery.received_at <= *as_of_;
        if (pending > 0 && was_there && !delivery.withdrawn_at.has_value()) {
            sentences.push_back(
                fmt::format("Delivery {} waits with {} {} and does not count: see `florin deliveries show {}`.",
                            delivery.id.value(), pending, pending == 1 ? "scope" : "scopes", delivery.id.value()));
        }
    }
    return sentences;
}

namespace {

/// The names by which the question is to be read: nothing where it names no owner of an applied dimension.
base::Result<std::optional<OwnerNames>> names_of_owners(Workspace& workspace, const AskRequest& request) {
    if (query::resolve(request.question, query::catalogue()).ok()) {
        if (request.owners_on) {
            return base::user_error("question.no_owner", "the question names no owner")
                .with_remedy("ask by a dimension of the rules in force, as in --by team");
        }
        return std::optional<OwnerNames>();
    }
    return owner_names(workspace);
}

} // namespace

base::Result<query::Answer> ask_bills(Workspace& workspace, const AskRequest& request) {
    FLORIN_TRY_ASSIGN(Asker asker, Asker::open(workspace, request.as_of));
    FLORIN_TRY_ASSIGN(const std::optional<OwnerNames> owners, names_of_owners(workspace, request));
    if (request.running) {
        request.running(&asker.engine());
    }
    auto answer =
        owners ? ask_owners(workspace, asker, *owners, request) : asker.ask(request.question, request.charges_only);
    base::Result<std::vector<std::string>> unknown = std::vector<std::string>();
    if (answer.ok() && !owners) {
        unknown = query::unknown_key_notes(*answer, asker.current().files, asker.engine());
    }
    if (request.running) {
        request.running(nullptr);
    }
    if (answer.ok()) {
        FLORIN_TRY_ASSIGN(std::vector<std::string> notes, std::move(unknown));
        std::ranges::move(asker.notes(false, request.question), std::back_inserter(notes));
        std::ranges::move(notes, std::back_inserter(answer->notes));
    }
    return answer;
}

} // namespace florin::app
