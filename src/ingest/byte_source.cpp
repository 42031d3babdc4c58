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
#include <fstream>
#include <optional>
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
    if (magic.starts_with("PK\x03\x04")) {
        return Compression::kZip;
    }
    return Compression::kNone;
}

/// A number of a ZIP header, least byte first.
std::uint64_t zip_number(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint64_t number = 0;
    for (std::size_t i = size; i > 0; --i) {
        number = (number << 8U) | static_cast<unsigned char>(bytes[at + i - 1]);
    }
    return number;
}

constexpr std::size_t kZipLocalBytes = 30;
constexpr std::size_t kZipCentralBytes = 46;
constexpr std::uint64_t kZip64 = 0xFFFFFFFF; ///< the size stands in the extra field
constexpr std::size_t kZipTailBytesMax = std::size_t{256} << 10U;
constexpr std::uint64_t kZipEndBytesMax = 22 + 65535; ///< the end of the archive with its comment

/// What a central directory entry says of its file. Nothing where it is none or cut off.
struct ZipEntry {
    std::uint64_t crc = 0;
    std::uint64_t compressed_bytes = 0;
    std::uint64_t bytes = 0;
    std::size_t size = 0; ///< of the entry
};

std::optional<ZipEntry> read_zip_entry(std::string_view tail) {
    if (!tail.starts_with("PK\x01\x02") || tail.size() < kZipCentralBytes) {
        return std::nullopt;
    }
    const std::size_t name = zip_number(tail, 28, 2);
    const std::size_t extra = zip_number(tail, 30, 2);
    ZipEntry entry{.crc = zip_number(tail, 16, 4),
                   .compressed_bytes = zip_number(tail, 20, 4),
                   .bytes = zip_number(tail, 24, 4),
                   .size = kZipCentralBytes + name + extra + zip_number(tail, 32, 2)};
    if (entry.size > tail.size()) {
        return std::nullopt;
    }
    const std::string_view fields = tail.substr(kZipCentralBytes + name, extra);
    for (std::size_t at = 0; at + 4 <= fields.size();) {
        const std::size_t end = at + 4 + zip_number(fields, at + 2, 2);
        if (zip_number(fields, at, 2) == 1 && end <= fields.size()) {
            std::size_t place = at + 4;
            for (std::uint64_t* number : {&entry.bytes, &entry.compressed_bytes}) {
                if (*number == kZip64 && place + 8 <= end) {
                    *number = zip_number(fields, place, 8);
                    place += 8;
                }
            }
        }
        at = end;
    }
    return entry;
}

} // namespace

struct ByteSource::State {
    base::Path path;
    int descriptor = -1;
    std::uint64_t raw_bytes_all = 0;
    std::uint64_t raw_bytes_done = 0;
    bool is_hashed = true;
    base::Sha256 hash;
    base::Sha256 content_hash; // of what was unpacked
    std::string magic;
    Compression compression = Compression::kNone;

    std::vector<char> raw; // compressed input, or the first bytes of a plain file
    std::size_t raw_at = 0;
    std::size_t raw_size = 0;
    bool raw_ended = false;

    z_stream zip{};
    bool zip_open = false;
    bool member_open = false; // inside a gzip member, a zstd frame or a file of a ZIP
    bool zip_stored = false;  // not compressed in the ZIP
    std::uint64_t zip_crc = 0;
    std::uint64_t zip_bytes = 0;            // given so far
    std::uint64_t zip_compressed_bytes = 0; // read so far; to be read, where it is stored
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
        if (is_hashed) {
            hash.add({buffer, done});
        }
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

    base::Result<std::size_t> unpack_some(char* buffer, std::size_t size) {
        switch (compression) {
        case Compression::kGzip: return inflate_some(buffer, size);
        case Compression::kZstd: return unzstd_some(buffer, size);
        case Compression::kZip: return unzip_some(buffer, size);
        case Compression::kNone: break;
        }
        return std::size_t{0};
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

    /// One file is in the archive, as its end tells.
    base::Result<void> check_zip_end() const {
        std::string tail(std::min<std::uint64_t>(raw_bytes_all, kZipEndBytesMax), '\0');
        const ssize_t got =
            ::pread(descriptor, tail.data(), tail.size(), static_cast<off_t>(raw_bytes_all - tail.size()));
        const std::size_t end = got < 0 ? std::string::npos : tail.rfind("PK\x05\x06");
        if (end == std::string::npos || end + 12 > tail.size()) {
            return truncated("ZIP");
        }
        if (zip_number(tail, end + 10, 2) != 1) {
            return fault("file.not_a_table", "the file is an Excel workbook, or a ZIP archive of several files",
                         "Save the sheet as CSV UTF-8, or unpack the archive.");
        }
        return {};
    }

    /// Behind the local header of the archive's only file.
    base::Result<void> start_zip() {
        FLORIN_TRY(check_zip_end());
        const std::string_view head(raw.data(), raw_size);
        const std::size_t begin =
            head.size() < kZipLocalBytes ? 0 : kZipLocalBytes + zip_number(head, 26, 2) + zip_number(head, 28, 2);
        if (begin == 0 || begin > head.size()) {
            return truncated("ZIP");
        }
        const std::uint64_t flags = zip_number(head, 6, 2);
        const std::uint64_t method = zip_number(head, 8, 2);
        zip_stored = method == 0;
        zip_compressed_bytes = zip_stored ? zip_number(head, 18, 4) : 0;
        const bool has_size = (flags & 8U) == 0 && zip_compressed_bytes != kZip64;
        if ((flags & 1U) != 0 || (method != 8 && !(zip_stored && has_size))) {
            return fault("file.corrupt", "the ZIP is encrypted or packed in a way that is not known",
                         "Unpack it, and give the file that is in it.");
        }
        raw_at = begin;
        member_open = true;
        // A negative window: no frame around the data, whose checksum is the archive's.
        FLORIN_CHECK(inflateInit2(&zip, -15) == Z_OK, "zlib cannot start");
        zip_open = true;
        zip_crc = crc32(0, nullptr, 0);
        return {};
    }

    base::Result<std::size_t> unzip_some(char* buffer, std::size_t size) {
        std::size_t done = 0;
        while (member_open && done < size) {
            if (raw_at == raw_size && !raw_ended) {
                FLORIN_TRY(refill());
            }
            const std::size_t before = done;
            if (zip_stored) {
                const std::size_t part =
                    std::min<std::uint64_t>({size - done, raw_size - raw_at, zip_compressed_bytes - zip_bytes});
                std::memcpy(buffer + done, raw.data() + raw_at, part);
                raw_at += part;
                done += part;
                member_open = zip_bytes + part < zip_compressed_bytes;
            } else {
                zip.next_in = reinterpret_cast<Bytef*>(raw.data() + raw_at);
                zip.avail_in = static_cast<uInt>(raw_size - raw_at);
                zip.next_out = reinterpret_cast<Bytef*>(buffer + done);
                zip.avail_out = static_cast<uInt>(size - done);
                const int status = ::inflate(&zip, Z_NO_FLUSH);
                if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
                    return corrupt("ZIP", zip.msg != nullptr ? zip.msg : "it cannot be decoded");
                }
                zip_compressed_bytes += raw_size - zip.avail_in - raw_at;
                raw_at = raw_size - zip.avail_in;
                done = size - zip.avail_out;
                member_open = status != Z_STREAM_END;
            }
            zip_crc = crc32(zip_crc, reinterpret_cast<const Bytef*>(buffer + before), static_cast<uInt>(done - before));
            zip_bytes += done - before;
            if (member_open && done == before && raw_at == raw_size && raw_ended) {
                return truncated("ZIP");
            }
            if (!member_open) {
                FLORIN_TRY(finish_zip());
            }
        }
        return done;
    }

    /// What follows the file: its directory, which knows its checksum and sizes, and nothing else.
    base::Result<void> finish_zip() {
        std::string tail(raw.data() + raw_at, raw_size - raw_at);
        while (!raw_ended && tail.size() <= kZipTailBytesMax) {
            FLORIN_TRY(refill());
            tail.append(raw.data(), raw_size);
        }
        raw_at = raw_size;
        const std::size_t begin = tail.find("PK\x01\x02");
        const auto entry =
            begin == std::string::npos ? std::nullopt : read_zip_entry(std::string_view(tail).substr(begin));
        if (!entry) {
            return truncated("ZIP");
        }
        if (entry->crc != zip_crc || entry->bytes != zip_bytes || entry->compressed_bytes != zip_compressed_bytes) {
            return corrupt("ZIP", "its checksum or size is another than its directory says");
        }
        return {};
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

base::Result<ByteSource> ByteSource::open(const base::Path& path, Hashing hashing) {
    auto state = std::make_unique<State>();
    state->path = path;
    state->is_hashed = hashing == Hashing::kFileAndContent;
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
    } else if (state->compression == Compression::kZip) {
        FLORIN_TRY(state->start_zip());
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
    if (state_->compression == Compression::kNone) {
        return state_->read_plain(buffer, size);
    }
    FLORIN_TRY_ASSIGN(const std::size_t got, state_->unpack_some(buffer, size));
    if (state_->is_hashed) {
        state_->content_hash.add({buffer, got});
    }
    return got;
}

ByteSource::Hashes ByteSource::hashes() {
    Hashes hashes;
    if (!state_->is_hashed) {
        return hashes;
    }
    hashes.file = state_->hash.finish();
    hashes.content = state_->compression == Compression::kNone ? hashes.file : state_->content_hash.finish();
    return hashes;
}

base::Result<void> unpack(const base::Path& path, const base::Path& into) {
    FLORIN_TRY_ASSIGN(ByteSource source, ByteSource::open(path, ByteSource::Hashing::kNone));
    std::ofstream file(into, std::ios::binary | std::ios::trunc);
    std::vector<char> buffer(kRawBytes);
    for (std::size_t size = buffer.size(); size > 0;) {
        FLORIN_TRY_ASSIGN(size, source.read(buffer.data(), buffer.size()));
        file.write(buffer.data(), static_cast<std::streamsize>(size));
    }
    file.close();
    if (file.fail()) {
        return base::system_error("system.io", fmt::format("cannot write: {}", std::strerror(errno)))
            .at({.file = into.string()});
    }
    return {};
}

base::Result<char> first_letter(const base::Path& path) {
    FLORIN_TRY_ASSIGN(ByteSource source, ByteSource::open(path, ByteSource::Hashing::kNone));
    std::array<char, 4096> head{};
    FLORIN_TRY_ASSIGN(const std::size_t size, source.read(head.data(), head.size()));
    std::string_view text(head.data(), size);
    text.remove_prefix(text.starts_with("\xEF\xBB\xBF") ? 3 : 0);
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    return text.empty() ? '\0' : text.front();
}

} // namespace florin::ingest
