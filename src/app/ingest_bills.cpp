#include "app/ingest_bills.hpp"

#include "app/copies.hpp"
#include "app/focus_bills.hpp"
#include "app/focus_datasets.hpp"
#include "app/quality_report.hpp"
#include "app/reconcile_delivery.hpp"
#include "app/source_bills.hpp"
#include "focus/metadata.hpp"
#include "ingest/exact_text.hpp"
#include "ingest/focus_files/mapping.hpp"
#include "ingest/inspection_repairs.hpp"
#include "ingest/intake.hpp"
#include "ingest/vendor_file/sources_folder.hpp"
#include "lake/compaction.hpp"
#include "lake/storage.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

namespace florin::app {
namespace {

using ingest::Inspection;
using DatasetFiles = std::vector<ingest::focus_datasets::DatasetFile>;

/// With so many scopes outside of compacted files these are made anew after an ingest.
constexpr std::uint64_t kScatteredScopesMax = 24;

/// What the side-cars beside a delivery's files say of it.
struct Provided {
    std::optional<period::Instant> ordered_at;
    std::optional<bool> complete;
};

/// Tells every now and then how far the engine is, as long as it lives.
class Watch {
public:
    Watch(const engine::Engine& engine, std::function<void(std::uint64_t percent)> tell)
        : tell_(std::move(tell)), thread_([this, &engine] {
              std::unique_lock lock(mutex_);
              while (!done_.wait_for(lock, std::chrono::milliseconds(100), [this] { return is_done_; })) {
                  if (const auto percent = static_cast<std::int64_t>(engine.progress()); percent > 0) {
                      tell_(static_cast<std::uint64_t>(percent));
                  }
              }
          }) {}
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch() {
        {
            const std::lock_guard lock(mutex_);
            is_done_ = true;
        }
        done_.notify_all();
        thread_.join();
    }

private:
    std::function<void(std::uint64_t)> tell_;
    std::mutex mutex_;
    std::condition_variable done_;
    bool is_done_ = false;
    std::thread thread_;
};

/// IngestedDelivery::stated of a FOCUS bill.
std::map<std::string, std::array<std::optional<std::string>, 4>> stated_costs(const std::vector<Inspection>& files) {
    std::map<std::string, std::array<std::optional<std::string>, 4>> stated;
    for (const Inspection& file : files) {
        for (const auto& [key, sums] : file.groups) {
            auto& costs = stated[key.currency];
            for (std::size_t i = 0; i < costs.size(); ++i) {
                if (sums.null_cells[i] < sums.rows) {
                    costs[i] = ingest::exact_plus(costs[i].value_or("0"), sums.sum[i]);
                }
            }
        }
    }
    return stated;
}

/// A delivery on its way in, whatever its source.
struct Incoming {
    std::string source;
    std::string variant; ///< ingest::FileGroup::variant
    lake::Mode mode = lake::Mode::kSnapshot;
    int mapping_version = 0;
    std::string focus_version;
    Provided provided;
    /// Writes the delivery's files into the folder and fills in what the ledger knows of them.
    std::function<base::Result<void>(const base::Path& folder, lake::Delivery& draft, IngestedDelivery& taken)> load;
};

class Ingest {
public:
    Ingest(Workspace& workspace, const IngestRequest& request) : workspace_(workspace), request_(request) {}

    base::Result<IngestReport> run();

private:
    base::Result<IngestReport> run_in(const base::Path& scratch, ingest::Intake intake);
    base::Result<std::vector<Inspection>> inspect_all(const std::vector<ingest::FileHead>& bills,
                                                      const base::Path& scratch);
    base::Result<std::vector<SourceDelivery>> survey_all(const std::vector<SourceBill>& bills,
                                                         const base::Path& scratch,
                                                         std::vector<std::string>& passed_over) const;
    template <class File>
    base::Result<void> check_strict(const std::vector<File>& files) const;
    base::Result<std::vector<DatasetFiles>> read_datasets(const std::vector<DatasetBill>& bills,
                                                          const base::Path& scratch,
                                                          std::vector<std::string>& passed_over);
    base::Result<Provided> read_metadata(const std::vector<IngestedFile>& files) const;
    base::Result<IngestReport> take_all(std::vector<FocusDelivery> of_focus, std::vector<SourceDelivery> of_sources,
                                        std::vector<DatasetFiles> datasets);
    void compact(IngestReport& report);
    base::Result<IngestedDelivery> take_focus(FocusDelivery delivery);
    base::Result<IngestedDelivery> take_source(const SourceDelivery& delivery);
    base::Result<IngestedDelivery> take_dataset(const DatasetFiles& files);
    base::Result<IngestedDelivery> take(const Incoming& incoming, IngestedDelivery taken);
    base::Result<void> check_counts_once(const lake::Delivery& draft) const;
    base::Result<void> keep_raw_files(const std::vector<IngestedFile>& files, const base::Path& folder,
                                      lake::Delivery& draft) const;
    void tell(const IngestProgress& progress) const {
        if (request_.progress) {
            request_.progress(progress);
        }
    }

    Workspace& workspace_;
    const IngestRequest& request_;
    std::vector<base::Path> metadata_;
    ingest::vendor_file::SourcesFolder sources_;
    std::unique_ptr<engine::Engine> engine_;
};

base::Result<IngestReport> Ingest::run() {
    FLORIN_TRY_ASSIGN(ingest::Intake intake, ingest::find_files(request_.paths));
    if (request_.quarantine.has_value() && intake.bills.size() != 1) {
        return base::user_error("ingest.quarantine_one_bill",
                                fmt::format("a quarantine file is for one bill, and these are {}", intake.bills.size()))
            .with_remedy("take the bills in one by one, each with a quarantine file of its own");
    }
    metadata_ = std::move(intake.metadata);
    for (const base::Path& manifest : request_.manifests) {
        if (std::ranges::find(metadata_, manifest) == metadata_.end()) {
            metadata_.push_back(manifest);
        }
    }
    FLORIN_TRY_ASSIGN(sources_, ingest::vendor_file::read_sources_folder(workspace_.sources_folder()));
    if (!request_.constants.empty() && sources_.constants_for({}, request_.constants) == nullptr) {
        return base::user_error("source.unknown", "there is no side-car of constants of that name")
            .at({.cell = request_.constants})
            .with_remedy("side-cars are sources/NAME.yaml in the workspace, with `kind: focus`");
    }
    // Staged copies of JSON lines and of quarantined files live here until they are loaded.
    FLORIN_TRY_ASSIGN(const lake::Staging scratch, workspace_.lake().stage(workspace_.now()));
    FLORIN_TRY(base::make_folders(scratch.folder() / "engine"));
    FLORIN_TRY_ASSIGN(engine_, workspace_.open_engine(scratch.folder() / "engine"));
    base::Result<IngestReport> report = run_in(scratch.folder(), std::move(intake));
    engine_.reset(); // before the folder it may spill to goes
    return report;
}

base::Result<IngestReport> Ingest::run_in(const base::Path& scratch, ingest::Intake intake) {
    FLORIN_TRY_ASSIGN(const SortedBills bills, sort_bills(*engine_, intake.bills, sources_.all(), request_.source));
    if (request_.quarantine.has_value() && bills.focus.empty()) {
        const ingest::FileHead& head =
            bills.datasets.empty() ? bills.of_sources.front().head : bills.datasets.front().head;
        return base::user_error("ingest.no_quarantine", "rows of this source's bills cannot be set aside")
            .at({.file = head.path.string()})
            .with_remedy("leave --quarantine out: a bill of which rows are missing has another total");
    }
    FLORIN_TRY_ASSIGN(std::vector<SourceDelivery> of_sources,
                      survey_all(bills.of_sources, scratch, intake.passed_over));
    FLORIN_TRY_ASSIGN(std::vector<DatasetFiles> datasets,
                      read_datasets(bills.datasets, scratch / "datasets", intake.passed_over));
    FLORIN_TRY_ASSIGN(std::vector<Inspection> inspections, inspect_all(bills.focus, scratch));
    Copies copies(intake.passed_over);
    std::erase_if(inspections,
                  [&copies](const Inspection& file) { return copies.is_copy(file.content_sha256, file.path); });
    FLORIN_TRY(check_strict(inspections));
    FLORIN_TRY_ASSIGN(std::vector<FocusDelivery> of_focus,
                      group_focus(std::move(inspections), metadata_, intake.passed_over));

    if (request_.running) {
        request_.running(engine_.get());
    }
    base::Result<IngestReport> report = take_all(std::move(of_focus), std::move(of_sources), std::move(datasets));
    if (report.ok()) {
        compact(*report);
        report->passed_over = std::move(intake.passed_over);
    }
    if (request_.running) {
        request_.running(nullptr);
    }
    return report;
}

/// Many scopes make questions slow unless their daily sums are in few files. The bills are in by now:
/// should this fail, it is a remark.
void Ingest::compact(IngestReport& report) {
    const std::vector<std::string>& precedence = workspace_.configuration().precedence;
    const auto scattered = lake::scopes_not_compacted(workspace_.lake(), precedence);
    if (request_.dry_run || !scattered.ok() || *scattered < kScatteredScopesMax) {
        return;
    }
    tell({.what = "putting daily sums together"});
    const auto compacted = lake::compact(workspace_.lake(), *engine_, precedence);
    if (!compacted.ok()) {
        report.remarks.push_back("the daily sums were not put together: " + compacted.error().describe());
    }
}

base::Result<IngestReport> Ingest::take_all(std::vector<FocusDelivery> of_focus, std::vector<SourceDelivery> of_sources,
                                            std::vector<DatasetFiles> datasets) {
    IngestReport report;
    const std::size_t bills = of_sources.size() + of_focus.size();
    const std::size_t all = bills + datasets.size();
    for (std::size_t i = 0; i < all; ++i) {
        auto taken = i < of_sources.size() ? take_source(of_sources[i])
                     : i < bills           ? take_focus(std::move(of_focus[i - of_sources.size()]))
                                           : take_dataset(datasets[i - bills]);
        if (!taken.ok()) {
            base::Error error = std::move(taken).error();
            if (!report.deliveries.empty()) {
                error.remedy += fmt::format("{}{} of {} deliveries were taken in before this",
                                            error.remedy.empty() ? "" : "; ", report.deliveries.size(), all);
            }
            return error;
        }
        report.deliveries.push_back(std::move(*taken));
    }
    return report;
}

base::Result<std::vector<SourceDelivery>> Ingest::survey_all(const std::vector<SourceBill>& bills,
                                                             const base::Path& scratch,
                                                             std::vector<std::string>& passed_over) const {
    SurveyBillsOptions options;
    options.threads = workspace_.limits({}).threads;
    options.staging_folder = scratch / "sources";
    options.progress = [this](const base::Path& bill, std::uint64_t done, std::uint64_t all) {
        tell({.what = "reading " + bill.filename().string(), .done = done, .all = all, .bytes = true});
    };
    return survey_bills(bills, metadata_, options, passed_over);
}

base::Result<std::vector<Inspection>> Ingest::inspect_all(const std::vector<ingest::FileHead>& bills,
                                                          const base::Path& scratch) {
    std::vector<Inspection> inspections;
    for (const ingest::FileHead& bill : bills) {
        ingest::InspectionOptions options;
        options.threads = workspace_.limits({}).threads;
        options.staging_folder = scratch / std::to_string(inspections.size());
        options.quarantine = request_.quarantine;
        options.progress = [this, &bill](std::uint64_t done, std::uint64_t all) {
            tell({.what = "reading " + bill.path.filename().string(), .done = done, .all = all, .bytes = true});
        };
        FLORIN_TRY(base::make_folders(options.staging_folder));
        const auto* constants = sources_.constants_for(bill.path, request_.constants);
        FLORIN_TRY_ASSIGN(Inspection inspection, constants == nullptr ? ingest::inspect(bill.path, options)
                                                                      : ingest::vendor_file::inspect_with_constants(
                                                                            bill, *constants, options));
        inspections.push_back(std::move(inspection));
    }
    return inspections;
}

template <class File>
base::Result<void> Ingest::check_strict(const std::vector<File>& files) const {
    if (!request_.strict) {
        return {};
    }
    for (const File& file : files) {
        for (const ingest::Finding& finding : file.findings) {
            if (finding.rule == ingest::id(ingest::Rule::kConstantColumn) ||
                finding.rule == ingest::id(ingest::Rule::kCorrectedCell)) {
                continue; // somebody has written it down
            }
            return base::data_error("ingest.strict",
                                    fmt::format("{} in {} of {} rows", finding.rule, finding.rows, file.rows))
                .at({.file = file.path.string(),
                     .row = finding.first_row,
                     .column = finding.column,
                     .cell = finding.example})
                .with_remedy("without --strict it is mended or kept, counted and shown in the quality report");
        }
    }
    return {};
}

base::Result<std::vector<DatasetFiles>> Ingest::read_datasets(const std::vector<DatasetBill>& bills,
                                                              const base::Path& scratch,
                                                              std::vector<std::string>& passed_over) {
    DatasetFiles files;
    Copies copies(passed_over);
    for (const DatasetBill& bill : bills) {
        FLORIN_TRY_ASSIGN(auto file,
                          ingest::focus_datasets::read(*engine_, bill.head, bill.dataset, {.staging_folder = scratch}));
        if (!copies.is_copy(file.content_sha256, file.path)) {
            files.push_back(std::move(file));
        }
    }
    FLORIN_TRY(check_strict(files));
    return ingest::focus_datasets::group(std::move(files));
}

base::Result<Provided> Ingest::read_metadata(const std::vector<IngestedFile>& files) const {
    Provided provided;
    for (const base::Path& path : metadata_) {
        const bool beside = std::ranges::any_of(
            files, [&path](const IngestedFile& file) { return file.path.parent_path() == path.parent_path(); });
        if (!beside) {
            continue;
        }
        const auto metadata = focus::read_metadata(path);
        if (!metadata.ok()) {
            if (metadata.error().code == "focus.metadata_wrong") {
                return metadata.error();
            }
            continue; // some other JSON file that lies beside a bill
        }
        for (const focus::Recency& recency : metadata->recencies) {
            for (const auto& updated : {recency.last_updated, recency.instance_last_updated}) {
                if (updated.has_value()) {
                    provided.ordered_at = std::max(provided.ordered_at.value_or(*updated), *updated);
                }
            }
            if (recency.complete.has_value()) {
                provided.complete = provided.complete.value_or(true) && *recency.complete;
            }
        }
    }
    return provided;
}

base::Result<IngestedDelivery> Ingest::take_focus(FocusDelivery delivery) {
    std::vector<Inspection>& files = delivery.files;
    IngestedDelivery taken;
    Incoming incoming;
    incoming.source = request_.source.empty() ? "focus" : request_.source;
    incoming.mapping_version = ingest::focus_files::kMappingVersion;
    focus::Version version = focus::Version::k1_0_preview;
    std::set<std::string> constants;
    for (const Inspection& file : files) {
        version = std::max(version, file.version);
        if (!file.constants.empty()) {
            constants.insert(file.constants);
        }
        taken.files.push_back({.path = file.path,
                               .sha256 = file.sha256,
                               .content_sha256 = file.content_sha256,
                               .bytes = file.file_bytes,
                               .rows = file.rows,
                               .recognised = fmt::format("FOCUS {}", focus::name(file.version))});
    }
    incoming.variant = fmt::format("{}", fmt::join(constants, " "));
    incoming.focus_version = focus::name(version);
    FLORIN_TRY_ASSIGN(incoming.provided, read_metadata(taken.files));
    incoming.provided.ordered_at = incoming.provided.ordered_at ? incoming.provided.ordered_at : delivery.ordered_at;
    taken.quality = quality_json(files, {});
    taken.stated = stated_costs(files);
    taken.inspections = std::move(files);
    incoming.load = [this,
                     has_export_times = delivery.has_export_times](const base::Path& folder, lake::Delivery& draft,
                                                                   IngestedDelivery& loading) -> base::Result<void> {
        FLORIN_TRY_ASSIGN(ingest::Loaded loaded, ingest::load_focus(*engine_, loading.inspections, folder, {}));
        draft.parts = std::move(loaded.parts);
        draft.marks = cost_marks(loading.inspections);
        if (has_export_times) {
            FLORIN_TRY(mode_by_export_times(workspace_, *engine_, folder, draft));
        }
        loading.reconciliation = std::move(loaded.reconciliation);
        loading.quality = quality_json(loading.inspections, loading.reconciliation);
        draft.reconciliation = reconciliation_json(loading.reconciliation);
        return {};
    };
    return take(incoming, std::move(taken));
}

base::Result<IngestedDelivery> Ingest::take_source(const SourceDelivery& delivery) {
    IngestedDelivery taken;
    Incoming incoming;
    incoming.source = delivery.source->name();
    incoming.variant = delivery.variant;
    incoming.mode = delivery.source->mode();
    incoming.mapping_version = delivery.source->mapping_version();
    incoming.focus_version = focus::name(focus::Version::k1_4);
    incoming.provided.ordered_at = delivery.ordered_at;
    for (const ingest::SourceFile& file : delivery.files) {
        taken.files.push_back(
            {.path = file.head.path,
             .sha256 = file.survey.sha256,
             .content_sha256 = file.survey.content_sha256,
             .bytes = file.survey.file_bytes,
             .rows = file.survey.rows,
             .recognised = fmt::format("{}{}{}", delivery.source->title(), file.recognised.version.empty() ? "" : ", ",
                                       file.recognised.version)});
    }
    taken.quality = source_quality_json(delivery, {});
    for (auto& [currency, total] : ingest::surveyed_totals(delivery.files)) {
        taken.stated[currency][0] = std::move(total);
    }
    incoming.load = [this, &delivery](const base::Path& folder, lake::Delivery& draft,
                                      IngestedDelivery& loading) -> base::Result<void> {
        FLORIN_TRY_ASSIGN(ingest::SourceLoaded loaded,
                          ingest::load_source(*engine_, *delivery.source, delivery.files, folder, {}));
        loading.quality = source_quality_json(delivery, loaded);
        draft.parts = std::move(loaded.parts);
        return {};
    };
    return take(incoming, std::move(taken));
}

base::Result<IngestedDelivery> Ingest::take_dataset(const DatasetFiles& files) {
    IngestedDelivery taken;
    Incoming incoming;
    const std::string dataset(focus::name(files.front().dataset));
    incoming.source = request_.source.empty() ? "focus" : request_.source;
    incoming.variant = dataset;
    incoming.mapping_version = ingest::focus_datasets::kMappingVersion;
    focus::Version version = files.front().version;
    for (const ingest::focus_datasets::DatasetFile& file : files) {
        version = std::max(version, file.version);
        taken.files.push_back({.path = file.path,
                               .sha256 = file.sha256,
                               .content_sha256 = file.content_sha256,
                               .bytes = file.file_bytes,
                               .rows = file.rows,
                               .recognised = fmt::format("FOCUS {} {}", focus::name(file.version), dataset)});
        for (const auto& [currency, sum] : file.billed_cost) {
            auto& billed = taken.stated[currency][0];
            billed = ingest::exact_plus(billed.value_or("0"), sum);
        }
    }
    incoming.focus_version = focus::name(version);
    FLORIN_TRY_ASSIGN(incoming.provided, read_metadata(taken.files));
    taken.quality = dataset_quality_json(files);
    incoming.load = [this, &files](const base::Path& folder, lake::Delivery& draft, IngestedDelivery&) {
        return load_datasets(*engine_, files, folder, draft);
    };
    return take(incoming, std::move(taken));
}

base::Result<IngestedDelivery> Ingest::take(const Incoming& incoming, IngestedDelivery taken) {
    lake::Delivery draft;
    draft.source = incoming.source;
    draft.mode = incoming.mode;
    draft.mapping_version = incoming.mapping_version;
    std::vector<std::string> contents;
    std::vector<std::string> packed;
    for (const IngestedFile& file : taken.files) {
        contents.push_back(file.content_sha256);
        packed.push_back(file.sha256);
    }
    const std::string of = draft.source + (incoming.variant.empty() ? "" : " " + incoming.variant);
    draft.identity = ingest::delivery_identity(of, draft.mapping_version, std::move(contents));
    if (request_.dry_run) {
        taken.outcome = IngestOutcome::kDryRun;
        return taken;
    }
    FLORIN_TRY_ASSIGN(auto existing, workspace_.lake().find_by_identity(draft.identity));
    if (!existing.has_value()) { // older ones are known by how they were packed
        std::string older = ingest::delivery_identity(of, draft.mapping_version, std::move(packed));
        FLORIN_TRY_ASSIGN(existing, workspace_.lake().find_by_identity(older));
        if (existing.has_value()) { // by which alone the lake knows one that was withdrawn or pruned
            draft.identity = std::move(older);
        }
    }
    if (existing.has_value()) {
        FLORIN_TRY_ASSIGN(taken.delivery, workspace_.lake().delivery(*existing));
        if (!taken.delivery.withdrawn_at.has_value() && !taken.delivery.pruned_at.has_value()) {
            taken.outcome = IngestOutcome::kAlreadyThere;
            taken.quality = taken.delivery.quality;
            return taken;
        }
    }
    draft.received_at = request_.received_at.value_or(workspace_.now());
    draft.ordered_at = incoming.provided.ordered_at.value_or(draft.received_at);
    draft.complete = incoming.provided.complete;
    draft.committed_at = workspace_.now();
    draft.focus_version = incoming.focus_version;

    FLORIN_TRY_ASSIGN(lake::Staging staging, workspace_.lake().stage(workspace_.now()));
    FLORIN_TRY(keep_raw_files(taken.files, staging.folder(), draft));
    {
        const std::string what = "writing " + taken.files.front().path.filename().string();
        Watch watch(*engine_,
                    [this, &what](std::uint64_t percent) { tell({.what = what, .done = percent, .all = 100}); });
        FLORIN_TRY(incoming.load(staging.folder(), draft, taken));
    }
    FLORIN_TRY(check_counts_once(draft));
    draft.quality = taken.quality;
    FLORIN_TRY_ASSIGN(lake::Committed committed, workspace_.lake().commit(std::move(staging), std::move(draft),
                                                                          workspace_.configuration().precedence));
    taken.outcome = committed.already_there ? IngestOutcome::kAlreadyThere : IngestOutcome::kCommitted;
    taken.delivery = std::move(committed.delivery);
    taken.superseded = std::move(committed.superseded);
    taken.older = std::move(committed.older);
    taken.restated = std::move(committed.restated);
    return taken;
}

/// Files that are in already, however packed and under whatever source or mapping, must be replaced by the new delivery
/// in all of their scopes: with another account it would be a second bill.
base::Result<void> Ingest::check_counts_once(const lake::Delivery& draft) const {
    const auto is_ours = [&draft](const lake::RawFile& file) {
        return std::ranges::any_of(draft.raw_files,
                                   [&file](const lake::RawFile& ours) { return lake::is_same_content(file, ours); });
    };
    FLORIN_TRY_ASSIGN(const bool is_in, workspace_.lake().catalog().has_content_of(draft.raw_files));
    if (!is_in) {
        return {};
    }
    FLORIN_TRY_ASSIGN(const std::vector<lake::Delivery> all, workspace_.lake().deliveries());
    for (const lake::PartReference& at :
         lake::select_current(all, std::nullopt, workspace_.configuration().precedence)) {
        const lake::Delivery& other = all[at.delivery];
        const std::string& scope = other.parts[at.part].scope;
        const bool is_replaced = draft.mode != lake::Mode::kAppend &&
                                 std::ranges::find(draft.parts, scope, &lake::Part::scope) != draft.parts.end();
        if (!is_replaced && std::ranges::all_of(other.raw_files, is_ours)) {
            return base::conflict_error(
                       "ingest.counted_twice",
                       fmt::format("the file is in already, as delivery {}, whose {} would count beside what it has "
                                   "become now",
                                   other.id.value(), scope))
                .at({.file = draft.raw_files.front().name})
                .with_remedy(fmt::format("withdraw the one before: `florin deliveries withdraw {} --reason …`",
                                         other.id.value()));
        }
    }
    return {};
}

base::Result<void> Ingest::keep_raw_files(const std::vector<IngestedFile>& files, const base::Path& folder,
                                          lake::Delivery& draft) const {
    const bool keep = workspace_.configuration().keep_raw_files;
    for (const IngestedFile& file : files) {
        // The folder is part of the name: providers call every month's file the same.
        const base::Path whole = std::filesystem::absolute(file.path).lexically_normal();
        lake::RawFile raw{.name = (whole.parent_path().filename() / whole.filename()).string(),
                          .path = whole.string(),
                          .kept = keep,
                          .sha256 = file.sha256,
                          .bytes = file.bytes,
                          .rows = file.rows,
                          .content_sha256 = file.content_sha256};
        if (keep) {
            raw.path = fmt::format("raw/{:05}-{}", draft.raw_files.size() + 1, whole.filename().string());
            FLORIN_TRY(base::make_folders(folder / "raw"));
            FLORIN_TRY(base::copy_file(file.path, folder / raw.path));
        }
        draft.raw_files.push_back(std::move(raw));
    }
    return {};
}

} // namespace

base::Result<IngestReport> ingest_bills(Workspace& workspace, const IngestRequest& request) {
    return Ingest(workspace, request).run();
}

} // namespace florin::app
