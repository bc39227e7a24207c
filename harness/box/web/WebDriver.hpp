#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/Process.hpp"
#include "base/TemporaryFolder.hpp"
#include "web/HttpClient.hpp"

namespace boxtest {

/// Which site a browser may see, and how it is reached and known.
class WatchedProgram;

struct WebDriverOptions {
    std::string domain;           ///< Empty: no site at all, only files.
    std::uint16_t httpsPort = 0;  ///< On 127.0.0.1 of this host. Every other name leads nowhere.
    /// Certificate::keyPin of the server's certificate, which the caller has verified: with this key and no other the browser
    /// does without a known authority.
    std::string keyPin;
    const FailureLatch* failure = nullptr;  ///< Ends every wait when declared. Must outlive the object.
    bool watched = false;                   ///< Takes note of what watch() returns.
};

/// A headless Chromium with a profile of its own, steered by chromedriver over the W3C WebDriver protocol. Elements are named by
/// CSS selectors; what is asked of one waits until it is there and can be used: pages are drawn by scripts, bit by bit. Browser
/// and driver end with the object. One thread at a time; the one that makes it must live as long.
///
/// All throw TimeoutError (with what the page showed), TransportError (with the driver's words), GuestError (the latch).
class WebDriver {
   public:
    /// Throws UsageError when this host has no chromium or no chromedriver.
    WebDriver(WebDriverOptions options, Deadline deadline);
    WebDriver(const WebDriver&) = delete;
    WebDriver& operator=(const WebDriver&) = delete;
    ~WebDriver();

    /// https://domain + path; returns when the page is loaded.
    void open(const std::string& path, Deadline deadline);

    /// A page that lies on this host; returns when it is loaded.
    void openFile(const std::filesystem::path& file, Deadline deadline);

    void waitFor(const std::string& selector, Deadline deadline);
    /// The element is gone, or nobody sees it any more.
    void waitUntilGone(const std::string& selector, Deadline deadline);
    void click(const std::string& selector, Deadline deadline);
    /// From here on all is looked for in this frame of the page (WebDriver, 11.6 "Switch To Frame").
    void enterFrame(const std::string& selector, Deadline deadline);
    /// Types text at the end of a field's; `enter` is a key.
    void type(const std::string& selector, const std::string& text, Deadline deadline);
    /// What a person reads of the first element that the selector finds.
    std::string text(const std::string& selector, Deadline deadline);
    /// What a person reads of all elements that the selector finds now.
    std::vector<std::string> texts(const std::string& selector);

    std::string title();
    std::string url();
    /// PNG.
    std::string screenshot();

    /// What the body of a function returns, or the promise that it returns, in the page.
    nlohmann::json evaluate(const std::string& body, Deadline deadline);
    /// A command of Chromium's own protocol (DevTools), for what WebDriver has none for, and its answer.
    nlohmann::json devtools(const std::string& command, const nlohmann::json& parameters);
    /// The page as it would be printed: a PDF.
    std::string printed();

    /// What happened since it was last asked, when the options say that it is watched.
    struct Watched {
        std::vector<std::string> console;   ///< "SEVERE ...": messages of the page's console.
        std::vector<std::string> requests;  ///< URLs; pictures that are part of the page (data:) are among them.
    };
    Watched watch();

    static constexpr auto enter = "\uE007";

   private:
    struct Answer {
        std::string error;  ///< The W3C's code, "no such element"; empty: none.
        nlohmann::json value;
    };
    /// ChromeDriver's answer when it is to start the browser.
    Answer begin(const nlohmann::json& wanted, const WatchedProgram& browser, Deadline deadline);
    static Answer ask(HttpClient& driver, const std::string& method, const std::string& path, const nlohmann::json& body,
                      Deadline deadline);
    Answer ask(const std::string& method, const std::string& path, const nlohmann::json& body, Deadline deadline);
    nlohmann::json must(const std::string& method, const std::string& path, const nlohmann::json& body, Deadline deadline);
    /// Does something with an element as soon as that is possible, and returns what came of it.
    nlohmann::json act(const std::string& what, const std::string& selector, Deadline deadline,
                       const std::function<Answer(const std::string& element)>& action);
    [[noreturn]] void timedOut(const std::string& what);
    void startDriver(Deadline deadline);
    /// Starts ChromeDriver, and returns what it says until that is enough, or until it ends.
    std::string driverOutput(const std::function<bool(const std::string&)>& enough, Deadline deadline);
    void startBrowser(Deadline deadline);

    WebDriverOptions options_;
    TemporaryFolder folder_{"browser"};
    std::unique_ptr<Process> driver_;
    std::uint16_t driverPort_ = 0;  ///< ChromeDriver's, on 127.0.0.1.
    std::unique_ptr<HttpClient> http_;
    std::string session_;  ///< "/session/ID"
};

}  // namespace boxtest
