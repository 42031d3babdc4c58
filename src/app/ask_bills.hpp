// The use case "ask the lake": a question over what is current, with what a reader must know beside it.
#pragma once

#include "app/workspace.hpp"
#include "query/answer.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace florin::app {

struct AskRequest {
    query::Question question;
    std::optional<period::Instant> as_of; ///< only what was received by then
    bool charges_only = false;
    std::optional<period::Day> owners_on;         ///< owners as on this day; none: as they were on each day
    std::function<void(engine::Engine*)> running; ///< told the engine at work, then null; for interruption
};

/// Answers questions over one state of the lake, holding it still while it lives.
class Asker {
public:
    /// Errors of the lake and the engine.
    static base::Result<Asker> open(Workspace& workspace, std::optional<period::Instant> as_of);

    /// Errors of the question, its filter and the engine, and of the workspace's exchange rates where the
    /// question converts. The notes say what is pending or odd.
    base::Result<query::Answer> ask(const query::Question& question, bool charges_only = false);

    /// The same of some of the files that count.
    base::Result<query::Answer> ask_of(const query::Question& question, std::span<const lake::FileSet> files);

    const lake::CurrentFiles& current() const { return current_; }
    engine::Engine& engine() { return *engine_; }
    /// The FOCUS datasets beside Cost and Usage, as they count.
    const std::vector<query::DatasetRows>& datasets() const { return datasets_; }
    query::AskOptions options(bool charges_only = false) const {
        return {.charges_only = charges_only,
                .compacted = current_.compacted,
                .rates = rates_ ? &*rates_ : nullptr,
                .today = today_,
                .datasets = datasets_};
    }
    /// Reads the workspace's exchange rates where the question converts and they are not read yet.
    base::Result<void> read_rates(const query::Question& question);
    /// Sentences about pending parts, and about oddities of the deliveries that count and that have a part which the
    /// question reads. An answer says by itself which costs are missing.
    std::vector<std::string> notes(bool with_missing_costs, const query::Question& question) const;

private:
    Asker(base::FileLock lock, lake::CurrentFiles current, std::optional<period::Instant> as_of,
          std::unique_ptr<engine::Engine> engine, const Workspace& workspace)
        : lock_(std::move(lock)), current_(std::move(current)), as_of_(as_of), engine_(std::move(engine)),
          folder_(workspace.folder()), today_(workspace.today()) {}
    base::FileLock lock_;
    lake::CurrentFiles current_;
    std::optional<period::Instant> as_of_;
    std::unique_ptr<engine::Engine> engine_;
    base::Path folder_;
    period::Day today_;
    std::optional<fx::Table> rates_; ///< read when a question first converts
    std::vector<query::DatasetRows> datasets_;
};

base::Result<query::Answer> ask_bills(Workspace& workspace, const AskRequest& request);

/// A sentence for each kind of oddity, with its rows summed.
std::vector<std::string> mark_sentences(const std::vector<lake::QualityMark>& marks);

} // namespace florin::app
