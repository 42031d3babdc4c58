// Time of day as a dependency, so that tests and simulations choose it.
#pragma once

#include <chrono>

namespace florin::base {

/// Where "now" comes from. UTC, without leap seconds. Thread safe.
class Clock {
public:
    virtual ~Clock() = default;
    virtual std::chrono::sys_seconds now() const = 0;
};

/// The machine's clock.
class SystemClock final : public Clock {
public:
    std::chrono::sys_seconds now() const override;
};

/// A clock that stands still until it is moved.
class FixedClock final : public Clock {
public:
    explicit FixedClock(std::chrono::sys_seconds now) : now_(now) {}
    std::chrono::sys_seconds now() const override { return now_; }
    void set(std::chrono::sys_seconds now) { now_ = now; }

private:
    std::chrono::sys_seconds now_;
};

} // namespace florin::base
