// Checks for programmer errors. They are on in every build and stop the program with a place.
#pragma once

#include <source_location>
#include <stdexcept>
#include <string>

namespace florin::base {

/// Thrown when Florin itself is wrong. Caught once, in main, which prints it and exits with 70.
class BugError : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

/// Throws BugError with `message`, `condition` and the place of the call.
[[noreturn]] void stop_for_bug(const char* condition, const std::string& message,
                               std::source_location where = std::source_location::current());

} // namespace florin::base

/// Stops unless `condition` holds; `message` is built only when it does not.
#define FLORIN_CHECK(condition, message)                         \
    do {                                                         \
        if (!(condition)) [[unlikely]] {                         \
            ::florin::base::stop_for_bug(#condition, (message)); \
        }                                                        \
    } while (false)
