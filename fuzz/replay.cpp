// Runs a fuzz target over its corpus without a fuzzer: each file, its beginnings, and changes of single bytes
// that are the same every time.
#include <fmt/format.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr int kChangesPerFile = 500;
constexpr std::size_t kBeginningsMax = 500;

std::string current_input;

/// Says which input it was, when a check stops the program.
void show_input(int signal) {
    std::fputs("the input, escaped: ", stderr);
    for (const char character : current_input) {
        const bool readable = character >= ' ' && character <= '~';
        const auto byte = static_cast<unsigned char>(character);
        std::fputs((readable ? std::string(1, character) : fmt::format("\\x{:02x}", byte)).c_str(), stderr);
    }
    std::fputs("\n", stderr);
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

void run(std::string input) {
    current_input = std::move(input);
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(current_input.data()), current_input.size());
}

void run_variations(const std::string& text) {
    run(text);
    for (std::size_t size = 0; size < text.size() && size < kBeginningsMax; ++size) {
        run(text.substr(0, size));
    }
    std::mt19937_64 random(text.size());
    for (int change = 0; change < kChangesPerFile && !text.empty(); ++change) {
        std::string changed = text;
        changed[random() % changed.size()] = static_cast<char>(random() % 256);
        run(changed);
    }
}

} // namespace

int main(int argument_count, char** arguments) {
    if (argument_count != 2) {
        std::fputs("usage: replay CORPUS_FOLDER\n", stderr);
        return 2;
    }
    std::signal(SIGABRT, show_input);
    int file_count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(arguments[1])) {
        std::ifstream file(entry.path(), std::ios::binary);
        run_variations(std::string(std::istreambuf_iterator<char>(file), {}));
        ++file_count;
    }
    std::fputs(fmt::format("{} files\n", file_count).c_str(), stdout);
    return file_count == 0 ? 1 : 0;
}
