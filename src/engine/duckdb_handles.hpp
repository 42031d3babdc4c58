// Handles of DuckDB's C API that destroy themselves.
#pragma once

#include <duckdb.h>

#include <utility>

namespace florin::engine {

/// Owns a handle of DuckDB's C API; `Destroy` takes its address.
template <class Handle, auto Destroy>
class Owned {
public:
    Owned() = default;
    explicit Owned(Handle handle) : handle_(handle) {}
    Owned(const Owned&) = delete;
    Owned& operator=(const Owned&) = delete;
    Owned(Owned&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Owned& operator=(Owned&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Owned() {
        if (handle_ != nullptr) {
            Destroy(&handle_);
        }
    }
    Handle get() const { return handle_; }
    Handle* address() { return &handle_; }

private:
    Handle handle_ = nullptr;
};
using LogicalType = Owned<duckdb_logical_type, &duckdb_destroy_logical_type>;
using ScalarFunction = Owned<duckdb_scalar_function, &duckdb_destroy_scalar_function>;

} // namespace florin::engine
