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

class WatchedProgram;

/// The site that a browser may open, and how to reach and identify it.
struct WebDriverOptions {
    std::string domain;           ///< Empty: no site, local files only.
    std::uint16_t httpsPort = 0;  ///< On 127.0.0.1 of this host. Every other host name is unreachable.
    /// Certificate::keyPin of the server's certificate, which the caller has verified: for this key only, the browser accepts a
    /// certificate without a known CA.
    std::string keyPin;
    const FailureLatch* failure = nullptr;  ///< Ends every wait when declared. Must outlive the object.
    bool watched = false;                   ///< Collects what watch() returns.
};

/// A headless Chromium with its own profile, controlled by ChromeDriver over the W3C WebDriver protocol. CSS selectors select
/// elements; each operation on an element waits until the element exists and is usable, because scripts build pages step by step.
/// Browser and driver end with the object. One thread at a time; the thread that creates the object must live as long as the
/// object.
///
/// All throw TimeoutError (with what the page showed), TransportError (with the driver's message), GuestError (the latch).
class WebDriver {
   public:
    /// Throws UsageError when this host has no chromium or no chromedriver.
    WebDriver(WebDriverOptions options, Deadline deadline);
    WebDriver(const WebDriver&) = delete;
    WebDriver& operator=(const WebDriver&) = delete;
    ~WebDriver();

    /// Opens https://domain + path; returns when the page is loaded.
    void open(const std::string& path, Deadline deadline);

    /// Opens a page stored on this host; returns when it is loaded.
    void openFile(const std::filesystem::path& file, Deadline deadline);

    void waitFor(const std::string& selector, Deadline deadline);
    /// Waits until the element does not exist or is not visible any more.
    void waitUntilGone(const std::string& selector, Deadline deadline);
    void click(const std::string& selector, Deadline deadline);
    /// Later selectors refer to this frame of the page (WebDriver, 11.6 "Switch To Frame").
    void enterFrame(const std::string& selector, Deadline deadline);
    /// Appends text to a field's content; `enter` is a key.
    void type(const std::string& selector, const std::string& text, Deadline deadline);
    /// The visible text of the first element that the selector finds.
    std::string text(const std::string& selector, Deadline deadline);
    /// The visible texts of all elements that the selector finds now.
    std::vector<std::string> texts(const std::string& selector);

    std::string title();
    std::string url();
    /// PNG.
    std::string screenshot();

    /// Runs a function body in the page and returns its result; if that is a promise, the result of the promise.
    nlohmann::json evaluate(const std::string& body, Deadline deadline);
    /// Runs a command of Chromium's own protocol (DevTools), for functions that WebDriver lacks, and returns its answer.
    nlohmann::json devtools(const std::string& command, const nlohmann::json& parameters);
    /// The page as it would be printed: a PDF.
    std::string printed();

    /// Events since the last call, if the options set `watched`.
    struct Watched {
        std::vector<std::string> console;   ///< "SEVERE ...": messages of the page's console.
        std::vector<std::string> requests;  ///< URLs, including pictures that are embedded in the page (data:).
    };
    Watched watch();

    static constexpr auto enter = "\uE007";

   private:
    struct Answer {
        std::string error;  ///< The W3C error code, "no such element"; empty: no error.
        nlohmann::json value;
    };
    /// Asks ChromeDriver to start the browser; returns its answer.
    Answer begin(const nlohmann::json& wanted, const WatchedProgram& browser, Deadline deadline);
    static Answer ask(HttpClient& driver, const std::string& method, const std::string& path, const nlohmann::json& body,
                      Deadline deadline);
    Answer ask(const std::string& method, const std::string& path, const nlohmann::json& body, Deadline deadline);
    nlohmann::json must(const std::string& method, const std::string& path, const nlohmann::json& body, Deadline deadline);
    /// Performs an action on an element as soon as that is possible, and returns its result.
    nlohmann::json act(const std::string& what, const std::string& selector, Deadline deadline,
                       const std::function<Answer(const std::string& element)>& action);
    [[noreturn]] void timedOut(const std::string& what);
    void startDriver(Deadline deadline);
    /// Starts ChromeDriver, and returns its output once ChromeDriver listens or has ended.
    std::string driverOutput(Deadline deadline);
    void startBrowser(Deadline deadline);

    WebDriverOptions options_;
    TemporaryFolder folder_{"browser"};
    std::unique_ptr<Process> driver_;
    std::uint16_t driverPort_ = 0;  ///< ChromeDriver's, on 127.0.0.1.
    std::unique_ptr<HttpClient> http_;
    std::string session_;  ///< "/session/ID"
};

}  // namespace boxtest
