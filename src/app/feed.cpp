#include "app/feed.hpp"

#include "app/settings_file.hpp"
#include "base/nearest.hpp"
#include "period/duration.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace florin::app {
namespace fs = std::filesystem;
namespace {

base::Result<std::optional<std::chrono::seconds>> read_duration(const SettingsFile& file, const YAML::Node& map,
                                                                const char* key) {
    std::string text;
    FLORIN_TRY(file.value(map, key, "a length of time", text));
    if (text.empty()) {
        return std::optional<std::chrono::seconds>();
    }
    const auto duration = period::parse_duration(text);
    if (!duration.ok() || duration->count() == 0) {
        return file.error("config.not_a_duration",
                          fmt::format("`{}` must be a length of time, such as 30m, 6h or 1d", key), map[key].Mark());
    }
    return std::optional(*duration);
}

base::Result<void> read_fetch(const SettingsFile& file, const YAML::Node& fetch, Feed& feed) {
    FLORIN_TRY(file.only_keys(fetch, {"command", "into", "every", "timeout"}));
    FLORIN_TRY(file.value(fetch, "command", "a list of words, the program first, as no shell reads it", feed.command));
    std::string into;
    FLORIN_TRY(file.value(fetch, "into", "the path of a folder", into));
    if (feed.command.empty() || feed.command.front().empty()) {
        return file.error("config.missing_key", "`command` must name a program and its arguments", fetch.Mark());
    }
    if (into.empty()) {
        return file.error("config.missing_key", "`into` must name the folder that the command fills", fetch.Mark());
    }
    feed.into = into;
    FLORIN_TRY_ASSIGN(feed.every, read_duration(file, fetch, "every"));
    FLORIN_TRY_ASSIGN(const auto timeout, read_duration(file, fetch, "timeout"));
    feed.timeout = timeout.value_or(feed.timeout);
    return {};
}

} // namespace

base::Result<Feed> parse_feed(const std::string& text, const std::string& file_name) {
    const SettingsFile file(text, file_name);
    FLORIN_TRY_ASSIGN(const YAML::Node root, file.load());
    FLORIN_TRY(file.only_keys(root, {"fetch", "source"}));
    Feed feed;
    feed.name = base::Path(file_name).stem().string();
    FLORIN_TRY(file.value(root, "source", "the name of a source", feed.source));
    if (!root["fetch"]) {
        return file.error("config.missing_key", "`fetch:` must say which command brings the bills", root.Mark());
    }
    FLORIN_TRY(read_fetch(file, root["fetch"], feed));
    return feed;
}

base::Result<std::vector<Feed>> read_feeds(const base::Path& folder) {
    std::vector<Feed> feeds;
    std::error_code code;
    if (!fs::is_directory(folder / kFeedsFolder, code)) {
        return feeds;
    }
    FLORIN_TRY_ASSIGN(const std::vector<base::Path> files, base::list_files(folder / kFeedsFolder));
    for (const base::Path& path : files) {
        if (path.extension() != ".yaml" || path.parent_path() != folder / kFeedsFolder) {
            continue;
        }
        FLORIN_TRY_ASSIGN(const std::string text, base::read_file(path, 1U << 20U));
        FLORIN_TRY_ASSIGN(Feed feed, parse_feed(text, path.string()));
        feed.into = (fs::absolute(folder) / feed.into).lexically_normal();
        if (!feed.into.has_filename()) { // `bills/` is `bills`
            feed.into = feed.into.parent_path();
        }
        feeds.push_back(std::move(feed));
    }
    return feeds;
}

base::Result<std::vector<Feed>> choose_feeds(const base::Path& folder, const std::vector<std::string>& names) {
    FLORIN_TRY_ASSIGN(std::vector<Feed> all, read_feeds(folder));
    if (all.empty()) {
        return base::user_error("feed.none", fmt::format("there is no feed in {}", (folder / kFeedsFolder).string()))
            .with_remedy("describe one in feeds/NAME.yaml: docs/guides/fetching.md shows how");
    }
    if (names.empty()) {
        return all;
    }
    std::vector<Feed> chosen;
    for (const std::string& name : names) {
        const auto found = std::ranges::find(all, name, &Feed::name);
        if (found == all.end()) {
            std::vector<std::string_view> known;
            std::ranges::transform(all, std::back_inserter(known), &Feed::name);
            const auto meant = base::nearest(name, known);
            return base::user_error("feed.unknown", fmt::format("there is no feed {}{}", name,
                                                                meant ? fmt::format("; is {} meant?", *meant) : ""))
                .with_remedy(fmt::format("there are: {}", fmt::join(known, ", ")));
        }
        chosen.push_back(*found);
    }
    return chosen;
}

} // namespace florin::app
