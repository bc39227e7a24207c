#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "Paths.hpp"
#include "SampleReport.hpp"
#include "base/AtomicFile.hpp"
#include "base/RunProgram.hpp"
#include "base/TemporaryFolder.hpp"
#include "report/HtmlReport.hpp"
#include "web/WebDriver.hpp"

namespace boxtest::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

Deadline pageMinutes() { return Deadline::in(std::chrono::minutes(5)); }

/// Screen widths of a phone, a tablet and a desktop.
constexpr std::array<int, 3> widths{390, 820, 1440};

/// A report's page in a real browser.
class ReportPage : public ::testing::Test {
   protected:
    void open(const std::string& page) {
        const auto file = folder_.path() / "report.html";
        writeFileAtomically(file, page, 0600);
        browser_.openFile(file, pageMinutes());
    }
    void open(const nlohmann::json& report) { open(htmlReport(report)); }

    void resize(int width) {
        browser_.devtools("Emulation.setDeviceMetricsOverride",
                          {{"width", width}, {"height", 900}, {"deviceScaleFactor", 1}, {"mobile", width < 600}});
    }
    void colours(const std::string& scheme, const std::string& media = "screen") {
        browser_.devtools("Emulation.setEmulatedMedia",
                          {{"media", media}, {"features", {{{"name", "prefers-color-scheme"}, {"value", scheme}}}}});
    }
    nlohmann::json evaluate(const std::string& body) { return browser_.evaluate(body, pageMinutes()); }
    /// Returns once the browser has drawn the page in its current state.
    void shown() { evaluate("return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"); }
    void unfold() { evaluate("document.querySelectorAll('details').forEach(one => one.open = true)"); }

    /// Stores a screenshot in the folder $BOXTEST_SCREENSHOTS, if that is set, for inspection by a person.
    void keepPicture(const std::string& name) {
        const char* folder = std::getenv("BOXTEST_SCREENSHOTS");
        if (!folder) return;
        const auto picture = browser_.devtools("Page.captureScreenshot", {{"captureBeyondViewport", true}, {"format", "png"}});
        writeFileAtomically(std::filesystem::path(folder) / (name + ".png"), base64Decoded(picture.at("data").get<std::string>()),
                            0644);
    }

    TemporaryFolder folder_{"page"};
    WebDriver browser_{{.domain = {}, .keyPin = {}, .watched = true}, pageMinutes()};
};

TEST_F(ReportPage, LoadsNothingAndLeavesNothingOnTheConsole) {
    open(sampleReport());
    unfold();
    shown();
    const auto watched = browser_.watch();
    EXPECT_THAT(watched.console, IsEmpty());
    ASSERT_THAT(watched.requests, ::testing::Not(IsEmpty())) << "the page itself was not seen: neither would be what it asks for";
    for (const auto& url : watched.requests)
        EXPECT_TRUE(url.starts_with("data:") || url == "file://" + (folder_.path() / "report.html").string()) << url;
    EXPECT_EQ(evaluate("return document.images[0].complete && document.images[0].naturalWidth > 0"), true);
}

TEST_F(ReportPage, ARequestAndAConsoleErrorWouldBeSeen) {
    open(std::string("<!DOCTYPE html><title>x</title><img src='file:///nowhere.png'><script>console.error('seen')</script>"));
    const auto watched = browser_.watch();
    EXPECT_THAT(watched.console, ::testing::Contains(HasSubstr("seen")));
    EXPECT_THAT(watched.requests, ::testing::Contains("file:///nowhere.png"));
}

/// Runs with the report of a machine in use (true) and with the report of forks (false).
class SomeReportPage : public ReportPage, public ::testing::WithParamInterface<bool> {
   protected:
    static nlohmann::json report() { return GetParam() ? liveReport() : sampleReport(); }
};
INSTANTIATE_TEST_SUITE_P(, SomeReportPage, ::testing::Bool(), [](const auto& one) { return one.param ? "Live" : "OfForks"; });

TEST_P(SomeReportPage, FitsThreeWidthsInLightAndDark) {
    open(report());
    for (const bool unfolded : {false, true}) {
        if (unfolded) unfold();
        for (const auto width : widths) {
            resize(width);
            for (const std::string scheme : {"light", "dark"}) {
                colours(scheme);
                EXPECT_LE(evaluate("return document.documentElement.scrollWidth").get<int>(), width) << "wider than the screen";
                keepPicture(
                    fmt::format("{}-{}-{}{}", GetParam() ? "live" : "sample", width, scheme, unfolded ? "-unfolded" : ""));
            }
        }
    }
}

TEST_F(ReportPage, RunsNoScriptOfAHostileGuest) {
    auto page = htmlReport(hostileReport());
    for (const bool policy : {true, false}) {
        if (!policy) {
            // Escaping alone must suffice; the Content-Security-Policy is a second line of defence.
            const auto at = page.find("<meta http-equiv=\"Content-Security-Policy\"");
            ASSERT_NE(at, std::string::npos);
            page.erase(at, page.find('>', at) + 1 - at);
        }
        open(page);
        unfold();
        evaluate("return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
        EXPECT_EQ(evaluate("return typeof window.owned"), "undefined");
        EXPECT_EQ(evaluate("return document.scripts.length"), 0);
        EXPECT_EQ(evaluate("return [...document.querySelectorAll('*')].filter(one => [...one.attributes].some(a => "
                           "a.name.startsWith('on') || /^\\s*javascript:/i.test(a.value))).length"),
                  0);
        EXPECT_EQ(
            evaluate("return [...document.querySelectorAll('img')].filter(one => !one.src.startsWith('data:image/png')).length"),
            0);
        EXPECT_EQ(evaluate("return document.querySelectorAll('main > section').length >= 9"), true) << "the page is cut";
        EXPECT_THAT(browser_.watch().console, IsEmpty());
        for (const auto width : widths) {
            resize(width);
            EXPECT_LE(evaluate("return document.documentElement.scrollWidth").get<int>(), width);
        }
        if (policy) keepPicture("hostile");
    }
}

TEST_P(SomeReportPage, AxeFindsNothingThatKeepsPeopleFromReadingIt) {
    const auto found = runProgram({paths::source("tests/report/fetch"), "axe"}, pageMinutes());
    if (found.status.code == 77) GTEST_SKIP() << found.err;
    ASSERT_TRUE(found.succeeded()) << found.describe();
    const auto axe = readWholeFile(found.out.substr(0, found.out.find('\n')));
    const auto violations = [&] {
        evaluate("if (typeof axe === 'undefined') { " + axe + "\n window.axe = axe ?? module.exports }");
        return evaluate(
            "return axe.run(document).then(found => found.violations.map(one => one.id + ': ' + one.help + ' ' + "
            "one.nodes.slice(0, 3).map(node => node.html.slice(0, 200) + ' ' + node.failureSummary).join('; ')))");
    };
    for (const std::string scheme : {"light", "dark"}) {
        for (const auto width : {widths.front(), widths.back()}) {
            open(report());
            colours(scheme);
            resize(width);
            EXPECT_EQ(violations(), nlohmann::json::array()) << scheme << ", " << width << ", as it opens";
            unfold();
            EXPECT_EQ(violations(), nlohmann::json::array()) << scheme << ", " << width << ", unfolded";
        }
    }
    // Counter-check: axe reports a violation that is there.
    evaluate("document.documentElement.removeAttribute('lang')");
    EXPECT_THAT(violations().dump(), HasSubstr("html-has-lang"));
}

TEST_P(SomeReportPage, IsReadByKeyboard) {
    open(report());
    const auto press = [&](const std::string& key, int code) {
        for (const auto* type : {"keyDown", "keyUp"}) {
            nlohmann::json event{{"type", type}, {"key", key}, {"code", key}, {"windowsVirtualKeyCode", code}};
            if (key == "Enter" && std::string(type) == "keyDown") event["text"] = "\r";
            browser_.devtools("Input.dispatchKeyEvent", event);
        }
    };
    press("Tab", 9);
    EXPECT_EQ(evaluate("return document.activeElement.textContent"), "Skip to the report");
    EXPECT_EQ(evaluate("return document.activeElement.getBoundingClientRect().left >= 0"), true) << "who jumps must see where to";
    press("Enter", 13);
    EXPECT_EQ(evaluate("return document.activeElement.id"), "main");
    // The keyboard reaches each promise and each wide table, and Enter opens a promise.
    evaluate("document.querySelector('details.claim:not([open]) > summary').focus()");
    press("Enter", 13);
    EXPECT_EQ(evaluate("return document.activeElement.parentElement.open"), true);
    EXPECT_EQ(evaluate("return [...document.querySelectorAll('.scroll')].filter(one => one.tabIndex !== 0 || "
                       "!one.getAttribute('aria-label')).length"),
              0);
}

TEST_F(ReportPage, PrintsWhatIsFoldedToo) {
    open(sampleReport());
    constexpr auto folded =
        "const one = [...document.querySelectorAll('details.claim:not([open]) p.small')][0]; "
        "return one.checkVisibility({contentVisibilityAuto: true}) && one.getBoundingClientRect().height > 0";
    EXPECT_EQ(evaluate(folded), false) << "nothing is folded: nothing is proved";
    colours("light", "print");
    shown();
    EXPECT_EQ(evaluate(folded), true);
    EXPECT_THAT(browser_.printed(), StartsWith("%PDF"));
}

}  // namespace
}  // namespace boxtest::testing
