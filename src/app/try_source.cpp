#include "app/try_source.hpp"

#include "app/source_bills.hpp"
#include "ingest/vendor_file/sources_folder.hpp"

#include <algorithm>

namespace florin::app {
namespace {

base::Result<TriedSource> try_in(const base::Path& scratch, engine::Engine& engine,
                                 const std::vector<const ingest::Source*>& sources, const TryRequest& request,
                                 int threads) {
    FLORIN_TRY_ASSIGN(const SortedBills bills, sort_bills(engine, {request.file}, sources, request.source));
    if (bills.of_sources.empty()) {
        return base::user_error("source.none", "no source knows this file by its columns")
            .at({.file = request.file})
            .with_remedy("`florin ingest --dry-run` looks at FOCUS files; docs/sources/vendors.md says how to write a "
                         "mapping");
    }
    std::vector<std::string> passed_over;
    FLORIN_TRY_ASSIGN(
        const std::vector<SourceDelivery> deliveries,
        survey_bills(bills.of_sources, {}, {.threads = threads, .staging_folder = scratch / "sources"}, passed_over));
    const SourceDelivery& delivery = deliveries.front();
    FLORIN_TRY_ASSIGN(ingest::SourcePreview preview,
                      ingest::preview_source(engine, *delivery.source, delivery.files, scratch, request.charges_max));
    return TriedSource{.name = std::string(delivery.source->name()),
                       .title = std::string(delivery.source->title()),
                       .recognised = delivery.files.front().recognised.version,
                       .rows = delivery.files.front().survey.rows,
                       .preview = std::move(preview)};
}

} // namespace

base::Result<TriedSource> try_source(Workspace& workspace, const TryRequest& request) {
    std::error_code code;
    if (!std::filesystem::is_regular_file(request.file, code)) {
        return base::user_error("ingest.no_files", "there is no such file").at({.file = request.file});
    }
    FLORIN_TRY_ASSIGN(const ingest::vendor_file::SourcesFolder folder,
                      ingest::vendor_file::read_sources_folder(workspace.sources_folder()));
    const std::vector<const ingest::Source*> sources = folder.all();
    if (!request.source.empty() && std::ranges::find(sources, request.source, &ingest::Source::name) == sources.end()) {
        return base::user_error("source.unknown", "there is no such source")
            .at({.cell = request.source})
            .with_remedy("`florin sources` lists them");
    }
    FLORIN_TRY_ASSIGN(const lake::Staging scratch, workspace.lake().stage(workspace.now()));
    FLORIN_TRY(base::make_folders(scratch.folder() / "engine"));
    FLORIN_TRY_ASSIGN(auto engine, workspace.open_engine(scratch.folder() / "engine"));
    if (request.running) {
        request.running(engine.get());
    }
    auto tried = try_in(scratch.folder(), *engine, sources, request, workspace.limits({}).threads);
    if (request.running) {
        request.running(nullptr);
    }
    engine.reset(); // before the folder it may spill to goes
    return tried;
}

} // namespace florin::app
