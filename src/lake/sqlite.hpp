// SQLite behind RAII: what the catalog needs of it.
#pragma once

#include "base/files.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace florin::lake {

/// One prepared statement. One thread at a time.
class Statement {
public:
    Statement& bind(int index, std::string_view text);
    Statement& bind(int index, std::int64_t number);
    Statement& bind_null(int index);
    Statement& bind(int index, const std::optional<std::int64_t>& number);

    /// Moves to the next row; false after the last. Errors as Sqlite.
    base::Result<bool> step();
    /// Runs a statement that gives no rows and makes it ready to be bound again.
    base::Result<void> run();

    std::string text(int column) const;
    std::int64_t integer(int column) const;
    std::optional<std::int64_t> optional_integer(int column) const;

private:
    friend class Sqlite;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    Statement(sqlite3* database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
    sqlite3* database_;
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// One connection. Errors: `catalog.locked` (another process holds it longer than the wait),
/// `catalog.full`, `catalog.read_only`, `catalog.damaged`, `catalog.sql`.
class Sqlite {
public:
    /// Opens, and makes where there is none. Waits up to 10 s for locks. WAL, synchronous=FULL.
    static base::Result<Sqlite> open(const base::Path& path);
    base::Result<void> execute(std::string_view sql);
    base::Result<Statement> prepare(std::string_view sql);
    std::int64_t last_row_id() const;
    std::int64_t changed_rows() const;

private:
    struct Close {
        void operator()(sqlite3* database) const;
    };
    std::unique_ptr<sqlite3, Close> database_;
};

/// A write transaction (BEGIN IMMEDIATE) that rolls back unless it is committed.
class Transaction {
public:
    static base::Result<Transaction> begin(Sqlite& database);
    base::Result<void> commit();
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&&) = delete;
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();

private:
    explicit Transaction(Sqlite& database) : database_(&database) {}
    Sqlite* database_;
};

} // namespace florin::lake
