#include "ingest/byte_source.hpp"

#include "base/check.hpp"
#include "base/sha256.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

namespace florin::ingest {
namespace {

constexpr std::size_t kRawBytes = std::size_t{256} << 10U;
constexpr std::size_t kMagicBytes = 16;

Compression compression_of(std::string_view magic) {
    if (magic.starts_with("\x1F\x8B")) {
        return Compression::kGzip;
    }
    if (magic.starts_with("\x28\xB5\x2F\xFD")) {
        return Compression::kZstd;
    }
    return Compression::kNone;
}

} // namespace

struct ByteSource::State {
    base::Path path;
    int descriptor = -1;
    std::uint64_t raw_bytes_all = 0;
    std::uint64_t raw_bytes_done = 0;
    base::Sha256 hash;
    std::string magic;
    Compression compression = Compression::kNone;

    std::vector<char> raw; // compressed input, or the first bytes of a plain file
    std::size_t raw_at = 0;
    std::size_t raw_size = 0;
    bool raw_ended = false;

    z_stream zip{};
    bool zip_open = false;
    bool member_open = false; // inside a gzip member or a zstd frame
    ZSTD_DStream* zstd = nullptr;

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        if (zip_open) {
            inflateEnd(&zip);
        }
        ZSTD_freeDStream(zstd);
        if (descriptor >= 0) {
            ::close(descriptor);
        }
    }

    base::Error fault(std::string code, std::string message, std::string remedy) const {
        return base::data_error(std::move(code), std::move(message))
            .at({.file = path.string(), .row = 0, .column = {}, .cell = {}, .source_line = {}, .caret = 0})
            .with_remedy(std::move(remedy));
    }
    base::Error truncated(std::string_view kind) const {
        return fault("file.truncated", fmt::format("the {} data ends too early", kind),
                     "The file was cut off on its way. Fetch it again.");
    }
    base::Error corrupt(std::string_view kind, std::string_view why) const {
        return fault("file.corrupt", fmt::format("the {} data is damaged: {}", kind, why), "Fetch the file again.");
    }

    /// Bytes as they are on the disk, hashed.
    base::Result<std::size_t> read_raw(char* buffer, std::size_t size) {
        std::size_t done = 0;
        while (done < size) {
            const ssize_t got = ::read(descriptor, buffer + done, size - done);
            if (got < 0 && errno == EINTR) {
                continue;
            }
            if (got < 0) {
                return base::system_error("file.unreadable",
                                          fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
            }
            if (got == 0) {
                break;
            }
            done += static_cast<std::size_t>(got);
        }
        hash.add({buffer, done});
        raw_bytes_done += done;
        return done;
    }

    base::Result<void> refill() {
        raw_at = 0;
        FLORIN_TRY_ASSIGN(raw_size, read_raw(raw.data(), raw.size()));
        raw_ended = raw_size < raw.size();
        return {};
    }

    base::Result<std::size_t> read_plain(char* buffer, std::size_t size) {
        const std::size_t held = std::min(size, raw_size - raw_at);
        std::memcpy(buffer, raw.data() + raw_at, held);
        raw_at += held;
        if (held == size || raw_ended) {
            return held;
        }
        FLORIN_TRY_ASSIGN(const std::size_t more, read_raw(buffer + held, size - held));
        return held + more;
    }

    base::Result<std::size_t> inflate_some(char* buffer, std::size_t size) {
        zip.next_out = reinterpret_cast<Bytef*>(buffer);
        zip.avail_out = static_cast<uInt>(size);
        while (zip.avail_out > 0) {
            if (raw_at == raw_size && !raw_ended) {
                FLORIN_TRY(refill());
            }
            if (raw_at == raw_size && !member_open) {
                break;
            }
            if (!member_open) {
                if (inflateReset(&zip) != Z_OK) {
                    return corrupt("gzip", "cannot start a member");
                }
                member_open = true;
            }
            zip.next_in = reinterpret_cast<Bytef*>(raw.data() + raw_at);
            zip.avail_in = static_cast<uInt>(raw_size - raw_at);
            const uInt room = zip.avail_out;
            const int status = ::inflate(&zip, Z_NO_FLUSH);
            const bool starved = raw_at == raw_size && room == zip.avail_out;
            raw_at = raw_size - zip.avail_in;
            if (status == Z_STREAM_END) {
                member_open = false;
            } else if (status == Z_BUF_ERROR || (status == Z_OK && starved)) {
                if (raw_ended && raw_at == raw_size) {
                    return truncated("gzip");
                }
            } else if (status != Z_OK) {
                return corrupt("gzip", zip.msg != nullptr ? zip.msg : "it cannot be decoded");
            }
        }
        return size - zip.avail_out;
    }

    base::Result<std::size_t> unzstd_some(char* buffer, std::size_t size) {
        ZSTD_outBuffer out{buffer, size, 0};
        while (out.pos < out.size) {
            if (raw_at == raw_size && !raw_ended) {
                FLORIN_TRY(refill());
            }
            if (raw_at == raw_size && !member_open) {
                break;
            }
            ZSTD_inBuffer in{raw.data(), raw_size, raw_at};
            const std::size_t before = out.pos;
            const std::size_t hint = ZSTD_decompressStream(zstd, &out, &in);
            if (ZSTD_isError(hint) != 0) {
                return corrupt("zstd", ZSTD_getErrorName(hint));
            }
            const bool stuck = in.pos == raw_at && out.pos == before;
            raw_at = in.pos;
            member_open = hint != 0;
            if (stuck && member_open && raw_ended) {
                return truncated("zstd");
            }
        }
        return out.pos;
    }
};

ByteSource::ByteSource(std::unique_ptr<State> state) : state_(std::move(state)) {}
ByteSource::~ByteSource() = default;
ByteSource::ByteSource(ByteSource&&) noexcept = default;
ByteSource& ByteSource::operator=(ByteSource&&) noexcept = default;

base::Result<ByteSource> ByteSource::open(const base::Path& path) {
    auto state = std::make_unique<State>();
    state->path = path;
    std::error_code problem;
    if (std::filesystem::is_directory(path, problem)) {
        return base::user_error("file.unreadable", fmt::format("{} is a folder, not a file", path.string()));
    }
    FLORIN_TRY_ASSIGN(state->raw_bytes_all, base::file_size(path));
    state->descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (state->descriptor < 0) {
        return base::system_error("file.unreadable",
                                  fmt::format("cannot open {}: {}", path.string(), std::strerror(errno)));
    }
    ::posix_fadvise(state->descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
    state->raw.resize(kRawBytes);
    FLORIN_TRY(state->refill());
    state->magic.assign(state->raw.data(), std::min(kMagicBytes, state->raw_size));
    state->compression = compression_of(state->magic);
    if (state->compression == Compression::kGzip) {
        // 15 bits of window, and 16 asks for the gzip frame with its checksum.
        FLORIN_CHECK(inflateInit2(&state->zip, 15 + 16) == Z_OK, "zlib cannot start");
        state->zip_open = true;
    } else if (state->compression == Compression::kZstd) {
        state->zstd = ZSTD_createDStream();
        FLORIN_CHECK(state->zstd != nullptr, "zstd cannot start");
    }
    return ByteSource(std::move(state));
}

Compression ByteSource::compression() const {
    return state_->compression;
}
std::uint64_t ByteSource::raw_bytes_all() const {
    return state_->raw_bytes_all;
}
std::uint64_t ByteSource::raw_bytes_done() const {
    return state_->raw_bytes_done;
}
std::string_view ByteSource::magic() const {
    return state_->magic;
}

base::Result<std::size_t> ByteSource::read(char* buffer, std::size_t size) {
    switch (state_->compression) {
    case Compression::kNone: return state_->read_plain(buffer, size);
    case Compression::kGzip: return state_->inflate_some(buffer, size);
    case Compression::kZstd: return state_->unzstd_some(buffer, size);
    }
    return std::size_t{0};
}

std::string ByteSource::sha256() {
    return state_->hash.finish();
}

base::Result<char> first_letter(const base::Path& path) {
    FLORIN_TRY_ASSIGN(ByteSource source, ByteSource::open(path));
    std::array<char, 4096> head{};
    FLORIN_TRY_ASSIGN(const std::size_t size, source.read(head.data(), head.size()));
    std::string_view text(head.data(), size);
    text.remove_prefix(text.starts_with("\xEF\xBB\xBF") ? 3 : 0);
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    return text.empty() ? '\0' : text.front();
}

} // namespace florin::ingest
