// SHA-256 (FIPS 180-4) by OpenSSL.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace florin::base {

/// Hashes bytes as they come. One thread at a time.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    void add(std::string_view bytes);
    /// 64 lower-case hexadecimal digits. The object is spent afterwards.
    std::string finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The hash of one text.
std::string sha256(std::string_view bytes);

} // namespace florin::base
