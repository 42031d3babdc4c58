#include "base/process.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

namespace florin::base {
namespace {

struct Ran {
    ProcessEnd end;
    std::string output;
    std::chrono::milliseconds took{};
};

Ran run(std::vector<std::string> arguments, std::chrono::milliseconds time_max = std::chrono::seconds(30),
        std::function<bool()> should_end = {}) {
    Ran ran;
    const auto start = std::chrono::steady_clock::now();
    const auto end = run_process({.arguments = std::move(arguments),
                                  .folder = {},
                                  .time_max = time_max,
                                  .output = [&ran](std::string_view piece) { ran.output += piece; },
                                  .should_end = std::move(should_end)});
    EXPECT_TRUE(end.ok()) << end.error().describe();
    ran.end = *end;
    ran.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
    return ran;
}

TEST(Process, GivesBothOutputsAndTheExitStatus) {
    const Ran ran = run({"sh", "-c", "echo out; echo err >&2; exit 7"});
    EXPECT_EQ(ran.output, "out\nerr\n");
    EXPECT_EQ(ran.end.how, ProcessEnd::How::kExited);
    EXPECT_EQ(ran.end.number, 7);
}

TEST(Process, TakesWordsAsTheyAre) {
    EXPECT_EQ(run({"printf", "%s|", "a b", "$HOME", "*", "; exit 3", "\"", ""}).output, "a b|$HOME|*|; exit 3|\"||");
}

TEST(Process, PassesTheEnvironmentAndNothingToRead) {
    ASSERT_EQ(::setenv("FLORIN_PROCESS_TEST", "from outside", 1), 0);
    EXPECT_EQ(run({"sh", "-c", "printf %s \"$FLORIN_PROCESS_TEST\"; cat"}).output, "from outside");
}

TEST(Process, RunsInItsFolder) {
    std::string output;
    const auto end = run_process({.arguments = {"pwd"},
                                  .folder = "/",
                                  .time_max = std::chrono::seconds(30),
                                  .output = [&output](std::string_view piece) { output += piece; },
                                  .should_end = {}});
    ASSERT_TRUE(end.ok());
    EXPECT_EQ(output, "/\n");
}

TEST(Process, EndsWhatTakesTooLongWithAllThatItStarted) {
    const Ran ran = run({"sh", "-c", "sleep 60 & echo $!; wait"}, std::chrono::milliseconds(300));
    EXPECT_EQ(ran.end.how, ProcessEnd::How::kTimedOut);
    EXPECT_LT(ran.took, std::chrono::seconds(5));
    const std::string child = ran.output.substr(0, ran.output.find('\n'));
    ASSERT_FALSE(child.empty());
    bool gone = false;
    for (int i = 0; i < 100 && !gone; ++i) {
        // A zombie that init has not reaped yet runs no longer.
        const std::string state = run({"sh", "-c", "cat /proc/" + child + "/stat"}).output;
        gone = state.find(") ") == std::string::npos || state[state.find(") ") + 2] == 'Z';
        ::usleep(20'000);
    }
    EXPECT_TRUE(gone);
}

TEST(Process, KillsWhatWillNotEnd) {
    const Ran ran = run({"sh", "-c", "trap '' TERM; while :; do sleep 1; done"}, std::chrono::milliseconds(200));
    EXPECT_EQ(ran.end.how, ProcessEnd::How::kTimedOut);
    EXPECT_EQ(ran.end.number, SIGKILL);
}

TEST(Process, EndsWhenAsked) {
    int asked = 0;
    const Ran ran = run({"sleep", "60"}, std::chrono::seconds(30), [&asked] { return ++asked == 2; });
    EXPECT_EQ(ran.end.how, ProcessEnd::How::kStopped);
    EXPECT_LT(ran.took, std::chrono::seconds(5));
}

TEST(Process, SaysThatASignalEndedIt) {
    const Ran ran = run({"sh", "-c", "kill -KILL $$"});
    EXPECT_EQ(ran.end.how, ProcessEnd::How::kSignal);
    EXPECT_EQ(ran.end.number, SIGKILL);
}

TEST(Process, IgnoresNoSignalThatThisProcessIgnores) {
    std::signal(SIGPIPE, SIG_IGN);
    const Ran ran = run({"sh", "-c", "kill -PIPE $$; echo alive"});
    std::signal(SIGPIPE, SIG_DFL);
    EXPECT_EQ(ran.end.how, ProcessEnd::How::kSignal);
    EXPECT_EQ(ran.output, "");
}

TEST(Process, ReadsMoreThanAPipeHolds) {
    EXPECT_EQ(run({"head", "-c", "1000000", "/dev/zero"}).output.size(), 1'000'000U);
}

TEST(Process, DoesNotWaitForWhatGoesOnByItself) {
    const Ran ran = run({"sh", "-c", "sleep 20 & echo started"});
    EXPECT_EQ(ran.output, "started\n");
    EXPECT_LT(ran.took, std::chrono::seconds(5));
}

TEST(Process, SaysThatThereIsNoSuchProgram) {
    const auto end = run_process({.arguments = {"no-such-program-of-any-kind"},
                                  .folder = {},
                                  .time_max = std::chrono::seconds(1),
                                  .output = {},
                                  .should_end = {}});
    ASSERT_FALSE(end.ok());
    EXPECT_EQ(end.error().code, "process.not_found");
}

} // namespace
} // namespace florin::base
