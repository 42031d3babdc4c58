#include "app/sql_session.hpp"

#include "app/focus_datasets.hpp"
#include "query/views.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace florin::app {
namespace {

/// Interrupts an engine unless it is destroyed in time.
class Deadline {
public:
    Deadline(engine::Engine& engine, int seconds)
        : thread_([this, &engine, seconds] {
              std::unique_lock lock(mutex_);
              if (!done_.wait_for(lock, std::chrono::seconds(seconds), [this] { return is_done_; })) {
                  passed_ = true;
                  engine.interrupt();
              }
          }) {}
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;
    ~Deadline() { stop(); }

    /// Ends the watch; whether it had to interrupt.
    bool stop() {
        {
            const std::lock_guard lock(mutex_);
            is_done_ = true;
        }
        done_.notify_all();
        if (thread_.joinable()) {
            thread_.join();
        }
        return passed_;
    }

private:
    std::mutex mutex_;
    std::condition_variable done_;
    bool is_done_ = false;
    bool passed_ = false;
    std::thread thread_;
};

} // namespace

base::Result<SqlAnswer> run_sql(Workspace& workspace, const SqlRequest& request) {
    FLORIN_TRY_ASSIGN(const base::FileLock lock, workspace.lake().read_lock());
    FLORIN_TRY_ASSIGN(const lake::CurrentFiles current,
                      workspace.lake().current(request.as_of, workspace.configuration().precedence));
    std::vector<std::string> views = query::view_statements(current.files);
    std::vector<std::string> files = query::view_files(current.files);
    for (DatasetTable& table : dataset_tables(workspace.lake(), current.deliveries, request.as_of)) {
        views.push_back(fmt::format("CREATE VIEW {} AS {}", table.name, table.sql));
        std::ranges::move(table.files, std::back_inserter(files));
    }
    FLORIN_TRY_ASSIGN(const auto engine, engine::open_sandboxed_duckdb(workspace.limits({}), views, files));
    SqlAnswer answer;
    if (request.running) {
        request.running(engine.get());
    }
    Deadline deadline(*engine, request.seconds_max);
    auto columns = engine->stream(request.statement, [&](const std::vector<engine::Value>& row) -> base::Result<void> {
        if (answer.table.rows.size() == request.rows_max) {
            answer.cut = true;
            return base::user_error("sql.cut", "enough rows");
        }
        answer.table.rows.push_back(row);
        return {};
    });
    const bool late = deadline.stop();
    if (request.running) {
        request.running(nullptr);
    }
    if (!columns.ok() && late && columns.error().code == "engine.interrupted") {
        return base::user_error("sql.timeout",
                                fmt::format("the statement took more than {} s and was stopped", request.seconds_max))
            .with_remedy("ask for less, or allow more with --seconds");
    }
    if (!columns.ok() && answer.cut) {
        FLORIN_TRY_ASSIGN(answer.table.columns, engine->describe(request.statement));
        return answer;
    }
    if (!columns.ok()) {
        return std::move(columns).error();
    }
    answer.table.columns = std::move(*columns);
    return answer;
}

} // namespace florin::app
