#include "demo/charge.hpp"

#include "base/csv_cell.hpp"

#include <zlib.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace florin::demo {

namespace {

constexpr std::array<std::uint64_t, 19> kPowers = [] {
    std::array<std::uint64_t, 19> powers{};
    std::uint64_t power = 1;
    for (auto& entry : powers) {
        entry = power;
        power *= 10;
    }
    return powers;
}();

constexpr std::size_t kBufferBytes = std::size_t{2} << 20U;
constexpr std::size_t kRoomBytesMax = std::size_t{64} << 10U;

template <class Unsigned>
char* write_integer(char* out, Unsigned value) {
    std::array<char, 40> digits{};
    std::size_t first = digits.size();
    do {
        digits[--first] = static_cast<char>('0' + static_cast<unsigned>(value % 10));
        value /= 10;
    } while (value != 0);
    const std::size_t count = digits.size() - first;
    std::memcpy(out, digits.data() + first, count);
    return out + count;
}

} // namespace

money::Decimal to_decimal(Cost units) {
    static_assert(kCostPlaces + 2 == money::Decimal::kScale);
    return money::Decimal::from_units(units * 100);
}

base::int128 divide_rounded(base::int128 numerator, base::int128 denominator) {
    const base::int128 half = denominator / 2;
    return (numerator < 0 ? numerator - half : numerator + half) / denominator;
}

char* write_fixed(char* out, base::int128 units, int places) {
    if (units < 0) {
        *out++ = '-';
        units = -units;
    }
    const std::uint64_t power = kPowers[static_cast<std::size_t>(places)];
    const auto magnitude = static_cast<base::uint128>(units);
    std::uint64_t fraction = 0;
    if ((magnitude >> 64U) == 0) {
        const auto small = static_cast<std::uint64_t>(magnitude);
        out = write_integer(out, small / power);
        fraction = small % power;
    } else {
        out = write_integer(out, magnitude / power);
        fraction = static_cast<std::uint64_t>(magnitude % power);
    }
    if (fraction == 0) {
        return out;
    }
    int digits = places;
    while (fraction % 10 == 0) {
        fraction /= 10;
        --digits;
    }
    *out++ = '.';
    for (int i = digits - 1; i >= 0; --i) {
        out[i] = static_cast<char>('0' + fraction % 10);
        fraction /= 10;
    }
    return out + digits;
}

std::string fixed_text(base::int128 units, int places) {
    std::array<char, 48> text{};
    return {text.data(), write_fixed(text.data(), units, places)};
}

void Charge::set_costs(Cost billed_cost, Cost effective_cost, Cost list_cost, Cost contracted_cost) {
    billed = billed_cost;
    effective = effective_cost;
    list = list_cost;
    contracted = contracted_cost;
    cells[Column::kBilledCost] = fixed_text(billed, kCostPlaces);
    cells[Column::kEffectiveCost] = fixed_text(effective, kCostPlaces);
    cells[Column::kListCost] = fixed_text(list, kCostPlaces);
    cells[Column::kContractedCost] = fixed_text(contracted, kCostPlaces);
}

void Charge::set_period(const period::Period& charge_period) {
    start = charge_period.start;
    cells[Column::kChargePeriodStart] = midnight(charge_period.start);
    cells[Column::kChargePeriodEnd] = midnight(charge_period.end);
}

std::string midnight(period::Day day) {
    return period::to_string(day) + "T00:00:00Z";
}

void append_row(std::string& out, const Row& row) {
    bool first = true;
    for (const std::string& cell : row.cells()) {
        if (!first) {
            out += ',';
        }
        first = false;
        out += base::csv_cell(cell);
    }
    out += '\n';
}

std::string header_line() {
    std::string line;
    for (const std::string_view name : kColumnNames) {
        line += line.empty() ? "" : ",";
        line += name;
    }
    return line + '\n';
}

RowTemplate::RowTemplate(const Row& row, std::span<const Column> variable) {
    std::string text;
    std::size_t next = 0;
    for (std::size_t i = 0; i < kColumnCount; ++i) {
        text += i == 0 ? "" : ",";
        if (next < variable.size() && static_cast<std::size_t>(variable[next]) == i) {
            segments_.push_back(std::move(text));
            text.clear();
            ++next;
        } else {
            text += base::csv_cell(row.cells()[i]);
        }
    }
    FLORIN_CHECK(next == variable.size(), "the variable columns must ascend");
    segments_.push_back(text + '\n');
}

struct BillWriter::State {
    base::Path path;
    std::FILE* plain = nullptr;
    gzFile packed = nullptr;
    std::vector<char> buffer = std::vector<char>(kBufferBytes);
    std::size_t used = 0;
    std::uint64_t bytes = 0;
    std::string failure;

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { close(); }

    void fail() {
        if (failure.empty()) {
            failure = std::strerror(errno);
        }
    }

    void flush() {
        bytes += used;
        if (used == 0 || !failure.empty()) {
            used = 0;
            return;
        }
        const bool written = packed != nullptr
                                 ? gzwrite(packed, buffer.data(), static_cast<unsigned>(used)) == static_cast<int>(used)
                                 : std::fwrite(buffer.data(), 1, used, plain) == used;
        if (!written) {
            fail();
        }
        used = 0;
    }

    void close() {
        if (packed != nullptr && gzclose(packed) != Z_OK) {
            fail();
        }
        if (plain != nullptr && std::fclose(plain) != 0) {
            fail();
        }
        packed = nullptr;
        plain = nullptr;
    }
};

BillWriter::BillWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
BillWriter::BillWriter(BillWriter&&) noexcept = default;
BillWriter& BillWriter::operator=(BillWriter&&) noexcept = default;
BillWriter::~BillWriter() = default;

base::Result<BillWriter> BillWriter::open(const base::Path& path, bool gzip) {
    auto state = std::make_unique<State>();
    state->path = path;
    if (gzip) {
        state->packed = gzopen(path.c_str(), "wb1");
    } else {
        state->plain = std::fopen(path.c_str(), "wb");
        if (state->plain != nullptr) {
            std::setvbuf(state->plain, nullptr, _IONBF, 0);
        }
    }
    if (state->packed == nullptr && state->plain == nullptr) {
        return base::system_error("demo.write", "cannot write " + path.string() + ": " + std::strerror(errno));
    }
    return BillWriter(std::move(state));
}

char* BillWriter::room(std::size_t bytes) {
    FLORIN_CHECK(bytes <= kRoomBytesMax, "a row longer than the writer's room");
    if (state_->used + bytes > state_->buffer.size()) {
        state_->flush();
    }
    return state_->buffer.data() + state_->used;
}

void BillWriter::advance_to(char* end) {
    state_->used = static_cast<std::size_t>(end - state_->buffer.data());
}

void BillWriter::write(std::string_view text) {
    while (!text.empty()) {
        const std::string_view part = text.substr(0, kRoomBytesMax);
        char* out = room(part.size());
        std::memcpy(out, part.data(), part.size());
        advance_to(out + part.size());
        text.remove_prefix(part.size());
    }
}

base::Result<std::uint64_t> BillWriter::finish() {
    state_->flush();
    state_->close();
    if (!state_->failure.empty()) {
        return base::system_error("demo.write", "cannot write " + state_->path.string() + ": " + state_->failure);
    }
    return state_->bytes;
}

} // namespace florin::demo
