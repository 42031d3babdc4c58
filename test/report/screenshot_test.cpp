// The spend summary as Chromium shows it: the page is drawn, and it never scrolls sideways.
#include "base/files.hpp"
#include "png_image.hpp"
#include "report/html.hpp"
#include "report/sample_summary.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <sstream>

namespace florin::report {
namespace {

namespace fs = std::filesystem;

/// The first Chromium on the PATH; empty where there is none.
std::string chromium() {
    const char* path = std::getenv("PATH");
    std::istringstream folders(path == nullptr ? "" : path);
    for (std::string folder; std::getline(folders, folder, ':');) {
        for (const char* name : {"chromium", "chromium-browser", "google-chrome"}) {
            if (fs::exists(fs::path(folder) / name)) {
                return fs::path(folder) / name;
            }
        }
    }
    return {};
}

/// Names and amounts of a size that no page is made for.
Summary stretched_summary() {
    Summary summary = sample_summary();
    const Amount huge = money::Decimal::parse("-99999999999999999999.99").value();
    const std::string long_name(180, 'W');
    summary.workspace_title = long_name;
    for (CurrencyBlock& block : summary.blocks) {
        block.spend = block.previous = block.spend_billed = block.savings.commitment_unused = huge;
        for (Breakdown& breakdown : block.breakdowns) {
            breakdown.rows[0].name = long_name;
            breakdown.rows.back().amount = breakdown.rows.back().billed = breakdown.total = huge;
        }
        for (auto* movers : {&block.increases, &block.decreases}) {
            (*movers)[0].name = long_name;
            (*movers)[0].amount = (*movers)[0].previous = huge;
        }
        block.tags[0] = {long_name, huge, huge};
        block.marks[0].text = long_name;
        block.monthly[2].amount = huge;
        for (CommitmentRow& row : block.commitments.rows) {
            row.type = row.provider = long_name;
            row.used = row.unused = huge;
        }
        for (CommitmentEnd& end : block.commitments.ends) {
            end.name = end.type = long_name;
            end.cost = huge;
        }
    }
    for (Freshness& line : summary.freshness) {
        line.source = line.billing_account = line.note = long_name;
        line.row_count = 18'000'000'000'000'000'000U;
    }
    return summary;
}

class ScreenshotTest : public testing::Test {
protected:
    void SetUp() override {
        browser_ = chromium();
        if (browser_.empty()) {
            GTEST_SKIP() << "no chromium on the PATH: the page is not looked at (apt-get install chromium)";
        }
        std::string name = (fs::temp_directory_path() / "florin-report-XXXXXX").string();
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        folder_ = name;
        write("report.html", render_html(sample_summary()));
        write("stretched.html", render_html(stretched_summary()));
    }
    void TearDown() override {
        if (!folder_.empty()) {
            EXPECT_TRUE(base::remove_all(folder_).ok());
        }
    }

    void write(const char* file, const std::string& text) {
        ASSERT_TRUE(base::write_file_atomically(folder_ / file, text).ok());
    }

    /// Runs the browser on a file of the folder; what it prints ends in `out.txt`.
    void browse(const std::string& options, const char* file) {
        const std::string command =
            fmt::format("cd '{0}' && timeout 100 '{1}' --headless --no-sandbox --disable-gpu --disable-dev-shm-usage "
                        "--disable-quic "
                        "--no-first-run --disable-background-networking --disable-component-update --disable-sync "
                        "--hide-scrollbars "
                        "--user-data-dir='{0}/profile' {2} 'file://{0}/{3}' >out.txt 2>err.txt",
                        folder_.string(), browser_, options, file);
        ASSERT_EQ(std::system(command.c_str()), 0) << base::read_file(folder_ / "err.txt").value();
    }

    std::string browser_;
    fs::path folder_;
};

/// Pixels by colour.
std::map<std::array<std::uint8_t, 3>, std::size_t> colours_of(const PngImage& image) {
    std::map<std::array<std::uint8_t, 3>, std::size_t> counts;
    for (const auto& pixel : image.pixels) {
        ++counts[pixel];
    }
    return counts;
}

TEST_F(ScreenshotTest, ThePageIsDrawn) {
    for (const std::uint32_t width : {1280U, 390U}) {
        browse(fmt::format("--window-size={},1600 --screenshot=page.png", width), "report.html");
        const auto bytes = base::read_file(folder_ / "page.png");
        ASSERT_TRUE(bytes.ok()) << bytes.error().describe();
        const auto image = read_png(*bytes);
        ASSERT_TRUE(image.ok()) << image.error().describe();
        EXPECT_EQ(image->width, width);
        EXPECT_EQ(image->height, 1600U);
        const auto colours = colours_of(*image);
        const std::size_t pixel_count = image->pixels.size();
        EXPECT_GT(colours.size(), 50U) << "text has edges of many shades";
        constexpr std::array<std::uint8_t, 3> kAccent = {0x1F, 0x5F, 0xC4};
        constexpr std::array<std::uint8_t, 3> kCard = {0xFF, 0xFF, 0xFF};
        ASSERT_TRUE(colours.contains(kAccent) && colours.contains(kCard)) << "the style sheet is not applied";
        EXPECT_GT(colours.at(kAccent), pixel_count / 300) << "the charts have no bars";
        EXPECT_GT(colours.at(kCard), pixel_count / 4) << "there are no cards";
        EXPECT_LT(colours.at(kCard), pixel_count * 9 / 10) << "the page is blank";
    }
}

/// Loads a page in frames of many widths and writes what sticks out into the title: for each frame its
/// width, the width the page scrolls over, the right edge of the widest element, and its name.
std::string measuring_page(const char* file, const std::vector<int>& widths) {
    std::string frames;
    for (const int width : widths) {
        frames +=
            fmt::format("<iframe src=\"{}\" width=\"{}\" height=\"900\" style=\"border:0\"></iframe>", file, width);
    }
    return "<!DOCTYPE html><title>loading</title>" + frames + R"(<script>
addEventListener('load', () => {
  document.title = [...document.querySelectorAll('iframe')].map(frame => {
    const page = frame.contentDocument.documentElement;
    let right = 0, name = 'page';
    for (const element of frame.contentDocument.body.querySelectorAll('*')) {
      if (element.closest('svg') || element.closest('details') || element.closest('thead')) continue;
      const edge = Math.ceil(element.getBoundingClientRect().right - 0.5);
      if (edge > right) { right = edge; name = element.tagName + '.' + element.className; }
    }
    return [frame.width, page.scrollWidth, right, name].join(' ');
  }).join(';');
});
</script>)";
}

TEST_F(ScreenshotTest, NothingSticksOutAtAnyWidth) {
    const std::vector<int> kWidths = {320, 360, 390, 640, 641, 768, 1020, 1021, 1280};
    for (const char* file : {"report.html", "stretched.html"}) {
        write("measure.html", measuring_page(file, kWidths));
        browse("--allow-file-access-from-files --virtual-time-budget=20000 --dump-dom", "measure.html");
        const std::string dom = base::read_file(folder_ / "out.txt").value();
        const std::size_t start = dom.find("<title>") + 7;
        std::istringstream title(dom.substr(start, dom.find("</title>") - start));
        std::size_t frame_count = 0;
        for (std::string entry; std::getline(title, entry, ';'); ++frame_count) {
            int width = 0;
            int scrolled = 0;
            int right = 0;
            std::string name;
            std::istringstream fields(entry);
            fields >> width >> scrolled >> right >> name;
            EXPECT_GT(width, 0) << entry;
            EXPECT_LE(scrolled, width) << file << " scrolls sideways, perhaps because of " << name;
            // Amounts of thirty digits may scroll inside their card.
            EXPECT_TRUE(right <= width || file == std::string_view("stretched.html"))
                << name << " ends at " << right << " of " << width;
        }
        EXPECT_EQ(frame_count, kWidths.size());
    }
}

TEST_F(ScreenshotTest, ThePageIsPrinted) {
    browse("--no-pdf-header-footer --print-to-pdf=page.pdf", "report.html");
    const auto bytes = base::read_file(folder_ / "page.pdf");
    ASSERT_TRUE(bytes.ok()) << bytes.error().describe();
    EXPECT_TRUE(bytes->starts_with("%PDF-"));
    EXPECT_GT(bytes->size(), 20'000U);
}

} // namespace
} // namespace florin::report
