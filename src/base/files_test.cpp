#include "base/files.hpp"
#include "base/sha256.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

namespace florin::base {
namespace {

class Files : public ::testing::Test {
protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() / ("florin-files-" + std::to_string(::getpid()));
        ASSERT_TRUE(make_folders(folder_).ok());
    }
    void TearDown() override { ASSERT_TRUE(base::remove_all(folder_).ok()); }
    Path folder_;
};

TEST_F(Files, WritesAtomicallyAndReadsBack) {
    const Path file = folder_ / "a.txt";
    ASSERT_TRUE(write_file_atomically(file, "one").ok());
    ASSERT_TRUE(write_file_atomically(file, "two").ok());
    EXPECT_EQ(*read_file(file), "two");
    EXPECT_EQ(list_files(folder_)->size(), 1U);
}

TEST_F(Files, RefusesAFileLargerThanAllowed) {
    ASSERT_TRUE(write_file_atomically(folder_ / "a.txt", "12345").ok());
    EXPECT_EQ(read_file(folder_ / "a.txt", 4).error().code, "file.too_large");
}

TEST_F(Files, AMissingFileIsTheCallersMistake) {
    EXPECT_EQ(read_file(folder_ / "none").error().blame, Blame::kUser);
}

TEST_F(Files, AnExclusiveLockExcludesAndEnds) {
    const Path file = folder_ / "lock";
    {
        auto first = FileLock::acquire(file, FileLock::Kind::kExclusive, 0);
        ASSERT_TRUE(first.ok());
        EXPECT_EQ(FileLock::acquire(file, FileLock::Kind::kShared, 0).error().code, "system.locked");
    }
    EXPECT_TRUE(FileLock::acquire(file, FileLock::Kind::kShared, 0).ok());
}

// FIPS 180-4 example "abc".
TEST(Sha256Hash, MatchesTheStandardsExample) {
    EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

} // namespace
} // namespace florin::base
