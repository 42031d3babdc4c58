// Errors as values. An error says who can mend it, where it happened and what to do, so that one
// table turns it into an exit code, a log level or an HTTP status.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace florin::base {

/// Who can do something about an error.
enum class Blame : std::uint8_t {
    kUser,     ///< the command, the question or the configuration is wrong
    kData,     ///< a bill or another input file is wrong
    kConflict, ///< the request does not fit the state of the lake
    kSystem,   ///< the machine refused: disk, permission, memory, another process, a time limit
    kBug,      ///< Florin is wrong
};

/// Where in an input the error is. Numbers count from 1; 0 and empty mean "does not apply".
struct Place {
    std::string file;
    std::uint64_t row = 0;   ///< line or record of the file
    std::string column;      ///< name of the column
    std::string cell;        ///< the offending text; `Error::describe` cuts it at 200 bytes
    std::string source_line; ///< one line of an expression or a configuration file
    std::uint64_t caret = 0; ///< byte in `source_line` to point at, from 1
    friend bool operator==(const Place&, const Place&) = default;
};

/// One failure. `code` is stable and documented (`money.overflow`); `message` says what is wrong
/// with its values at the end; `remedy` says what to do about it and may be empty.
struct Error {
    std::string code;
    Blame blame = Blame::kBug;
    std::string message;
    std::string remedy;
    Place place;

    /// The error as a person reads it: one line that ends with the code in brackets, then the source
    /// line with its caret and the remedy where there are any. What is not safe to show is escaped (terminal_text).
    std::string describe() const;

    Error&& at(Place where) &&;
    Error&& with_remedy(std::string text) &&;
    friend bool operator==(const Error&, const Error&) = default;
};

Error user_error(std::string code, std::string message);
Error data_error(std::string code, std::string message);
Error conflict_error(std::string code, std::string message);
Error system_error(std::string code, std::string message);

/// The process exit code that documents `blame`: user 2, data 3, conflict 4, system 5, bug 70.
int exit_code(Blame blame);

} // namespace florin::base
