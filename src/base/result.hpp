// Result<T>: a value or an Error, that cannot be dropped unseen.
#pragma once

#include "base/check.hpp"
#include "base/error.hpp"

#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace florin::base {

/// Holds either a T or the Error that prevented it. Reading the wrong one is a bug and stops.
template <class T>
class [[nodiscard]] Result {
public:
    using value_type = T;

    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}     // NOLINT(google-explicit-constructor)
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {} // NOLINT(google-explicit-constructor)

    bool ok() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return ok(); }

    const T& value() const& {
        FLORIN_CHECK(ok(), std::get<1>(state_).describe());
        return std::get<0>(state_);
    }
    T& value() & {
        FLORIN_CHECK(ok(), std::get<1>(state_).describe());
        return std::get<0>(state_);
    }
    T value() && { // by value: a reference into a temporary would dangle in a range-for
        FLORIN_CHECK(ok(), std::get<1>(state_).describe());
        return std::get<0>(std::move(state_));
    }
    const T& operator*() const& { return value(); }
    T& operator*() & { return value(); }
    T operator*() && { return std::move(*this).value(); }
    const T* operator->() const { return &value(); }
    T* operator->() { return &value(); }

    const Error& error() const& {
        FLORIN_CHECK(!ok(), "no error in this result");
        return std::get<1>(state_);
    }
    Error&& error() && {
        FLORIN_CHECK(!ok(), "no error in this result");
        return std::get<1>(std::move(state_));
    }

private:
    std::variant<T, Error> state_;
};

/// The result of something that gives nothing back.
template <>
class [[nodiscard]] Result<void> {
public:
    using value_type = void;

    Result() = default;
    Result(Error error) : error_(std::move(error)) {} // NOLINT(google-explicit-constructor)

    bool ok() const noexcept { return !error_.has_value(); }
    explicit operator bool() const noexcept { return ok(); }
    void value() const { FLORIN_CHECK(ok(), error_->describe()); }
    const Error& error() const& {
        FLORIN_CHECK(!ok(), "no error in this result");
        return *error_;
    }
    Error&& error() && {
        FLORIN_CHECK(!ok(), "no error in this result");
        return *std::move(error_);
    }

private:
    std::optional<Error> error_;
};

} // namespace florin::base

#define FLORIN_JOIN_INNER(a, b) a##b
#define FLORIN_JOIN(a, b) FLORIN_JOIN_INNER(a, b)

/// Evaluates an expression that gives a Result; returns its error from the enclosing function.
#define FLORIN_TRY(...) FLORIN_TRY_NAMED(FLORIN_JOIN(florin_try_, __COUNTER__), (__VA_ARGS__))
#define FLORIN_TRY_NAMED(name, expression)          \
    do {                                            \
        if (auto name = (expression); !name.ok()) { \
            return std::move(name).error();         \
        }                                           \
    } while (false)

/// `FLORIN_TRY_ASSIGN(auto x, f());` declares x with the value of f(), or returns its error.
#define FLORIN_TRY_ASSIGN(declaration, ...) \
    FLORIN_TRY_ASSIGN_NAMED(FLORIN_JOIN(florin_result_, __COUNTER__), declaration, (__VA_ARGS__))
#define FLORIN_TRY_ASSIGN_NAMED(name, declaration, expression) \
    auto name = (expression);                                  \
    if (!name.ok()) {                                          \
        return std::move(name).error();                        \
    }                                                          \
    declaration = std::move(name).value()
