#include "lake/sqlite.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <utility>

namespace florin::lake {
namespace {

base::Error sqlite_error(sqlite3* database, int code) {
    const std::string message = database == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database);
    switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return base::system_error("catalog.locked", "another process holds the lake's catalog")
            .with_remedy("wait until it has finished and run the command again");
    case SQLITE_FULL:
        return base::system_error("catalog.full", "the disk is full")
            .with_remedy("free some space and run the command again");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
        return base::system_error("catalog.read_only", fmt::format("the lake's catalog cannot be opened: {}", message))
            .with_remedy("check the permissions of the workspace's lake folder");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return base::system_error("catalog.damaged", fmt::format("the lake's catalog is damaged: {}", message))
            .with_remedy("restore catalog.sqlite from a backup, or ingest the raw files into a new workspace");
    case SQLITE_IOERR:
        return base::system_error("catalog.io",
                                  fmt::format("the lake's catalog cannot be read or written: {}", message));
    default: break;
    }
    base::Error error;
    error.code = "catalog.sql";
    error.message = message;
    return error;
}

} // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

Statement& Statement::bind(int index, std::string_view text) {
    const int code =
        sqlite3_bind_text(statement_.get(), index, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    FLORIN_CHECK(code == SQLITE_OK, "SQLite refuses a text parameter");
    return *this;
}
Statement& Statement::bind(int index, std::int64_t number) {
    FLORIN_CHECK(sqlite3_bind_int64(statement_.get(), index, number) == SQLITE_OK, "SQLite refuses a number");
    return *this;
}
Statement& Statement::bind_null(int index) {
    FLORIN_CHECK(sqlite3_bind_null(statement_.get(), index) == SQLITE_OK, "SQLite refuses a null");
    return *this;
}
Statement& Statement::bind(int index, const std::optional<std::int64_t>& number) {
    return number.has_value() ? bind(index, *number) : bind_null(index);
}

base::Result<bool> Statement::step() {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) {
        return true;
    }
    if (code == SQLITE_DONE) {
        return false;
    }
    return sqlite_error(database_, code);
}

base::Result<void> Statement::run() {
    FLORIN_TRY(step());
    const int code = sqlite3_reset(statement_.get());
    if (code != SQLITE_OK) {
        return sqlite_error(database_, code);
    }
    return {};
}

std::string Statement::text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
    return bytes == nullptr
               ? std::string()
               : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column)));
}
std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}
std::optional<std::int64_t> Statement::optional_integer(int column) const {
    if (sqlite3_column_type(statement_.get(), column) == SQLITE_NULL) {
        return std::nullopt;
    }
    return integer(column);
}

void Sqlite::Close::operator()(sqlite3* database) const {
    sqlite3_close_v2(database);
}

base::Result<Sqlite> Sqlite::open(const base::Path& path) {
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    Sqlite database;
    database.database_.reset(raw);
    if (code != SQLITE_OK) {
        return sqlite_error(raw, code).at({.file = path.string()});
    }
    sqlite3_busy_timeout(raw, 10'000);
    sqlite3_extended_result_codes(raw, 1);
    FLORIN_TRY(database.execute("PRAGMA journal_mode = WAL"));
    FLORIN_TRY(database.execute("PRAGMA synchronous = FULL"));
    FLORIN_TRY(database.execute("PRAGMA foreign_keys = ON"));
    return database;
}

base::Result<void> Sqlite::execute(std::string_view sql) {
    const std::string text(sql);
    const int code = sqlite3_exec(database_.get(), text.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
        return sqlite_error(database_.get(), code);
    }
    return {};
}

base::Result<Statement> Sqlite::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
    if (code != SQLITE_OK) {
        return sqlite_error(database_.get(), code);
    }
    return Statement(database_.get(), statement);
}

std::int64_t Sqlite::last_row_id() const {
    return sqlite3_last_insert_rowid(database_.get());
}
std::int64_t Sqlite::changed_rows() const {
    return sqlite3_changes64(database_.get());
}

base::Result<Transaction> Transaction::begin(Sqlite& database) {
    FLORIN_TRY(database.execute("BEGIN IMMEDIATE"));
    return Transaction(database);
}

base::Result<void> Transaction::commit() {
    FLORIN_TRY(database_->execute("COMMIT"));
    database_ = nullptr;
    return {};
}

Transaction::Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
Transaction::~Transaction() {
    if (database_ != nullptr) {
        // Nothing can be done about a failure here: SQLite rolls back by itself when the file is next opened.
        (void)database_->execute("ROLLBACK");
    }
}

} // namespace florin::lake
