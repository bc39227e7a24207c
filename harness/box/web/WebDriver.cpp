#include "web/WebDriver.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/Base64.hpp"
#include "base/Error.hpp"
#include "base/Event.hpp"
#include "base/Files.hpp"
#include "base/Poll.hpp"
#include "base/RunProgram.hpp"
#include "base/TextPattern.hpp"
#include "base/Together.hpp"
#include "base/Transcript.hpp"
#include "web/WatchedProgram.hpp"

namespace boxtest {

namespace {

/// The key of an element reference in JSON (WebDriver, 12.2 "web element identifier").
constexpr auto elementKey = "element-6066-11e4-a52e-4f735466cecf";

Deadline shortly() { return Deadline::in(std::chrono::minutes(1)); }

std::string programPath(const std::string& name) {
    const auto found = findProgram(name);
    if (!found)
        throw UsageError(fmt::format("the program '{}' is missing on this host: scenarios with a real browser need it", name));
    return found->string();
}

/// ChromeDriver lets the kernel choose an IPv6 port and then needs the port with that number on IPv4, which another program may
/// have taken. It then ends with this message; a new start chooses another port.
constexpr auto portTaken = "port not available";
constexpr int driverStarts = 20;

/// The port in ChromeDriver's output, once it listens there.
std::optional<std::string> portIn(const std::string& output) {
    static const TextPattern started(R"(started successfully on port (\d{1,5})\D)");
    return started.caught(output);
}

/// Deadline for one request inside a wait: slightly later than the wait's own, so that the wait's TimeoutError is the one
/// reported.
Deadline beyond(Deadline deadline) { return Deadline::in(deadline.remaining() + std::chrono::minutes(1)); }

/// A function body for the page to run, and its `arguments` (WebDriver, 13.2.1 "Execute Script").
nlohmann::json evaluation(const char* body, std::vector<std::string> arguments) {
    return {{"script", body}, {"args", std::move(arguments)}};
}

/// WebDriver errors that disappear once the page has finished rendering.
bool passes(const std::string& error) {
    static constexpr std::array passing{"no such element", "stale element reference", "element not interactable",
                                        "element click intercepted"};
    return std::find(passing.begin(), passing.end(), error) != passing.end();
}

}  // namespace

WebDriver::WebDriver(WebDriverOptions options, Deadline deadline) : options_(std::move(options)) {
    startDriver(deadline);
    startBrowser(deadline);
}

WebDriver::~WebDriver() {
    // Ends the browser with all its processes; the driver ends when its own object is destroyed.
    try {
        if (!session_.empty()) ask("DELETE", session_, nlohmann::json::object(), Deadline::in(std::chrono::seconds(10)));
    } catch (const Error&) {
        // When its driver's pipe closes, the browser ends by itself.
    }
}

void WebDriver::startDriver(Deadline deadline) {
    for (int left = driverStarts;; --left) {
        const auto output = driverOutput(deadline);
        if (const auto port = portIn(output)) {
            driverPort_ = static_cast<std::uint16_t>(std::stoi(*port));
            break;
        }
        if (left == 1 || output.find(portTaken) == std::string::npos)
            throw TransportError("chromedriver ended before it had started; it said: " + output);
    }
    http_ = std::make_unique<HttpClient>(
        HttpOptions{.domain = "127.0.0.1", .httpPort = driverPort_, .caCertificate = {}, .failure = options_.failure});
}

std::string WebDriver::driverOutput(Deadline deadline) {
    ProcessOptions process{.output = Stream::pipe, .error = Stream::null};
    process.ownGroup = true;
    // Do not read the profile of the user's own browser, and leave no files behind.
    process.environment = {{"HOME", folder_.path().string()}, {"TMPDIR", folder_.path().string()}};
    // The guest is reached through forwarded ports of this host. A proxy cannot reach it.
    process.withoutVariables = {"http_proxy", "https_proxy",  "ftp_proxy",    "all_proxy",   "auto_proxy",
                                "no_proxy",   "SOCKS_SERVER", "HTTP_PROXY",   "HTTPS_PROXY", "FTP_PROXY",
                                "ALL_PROXY",  "NO_PROXY",     "SOCKS_VERSION"};
    driver_ = std::make_unique<Process>(Process::start({programPath("chromedriver"), "--port=0"}, process));
    std::string output;
    while (!portIn(output)) {
        boxtest::waitFor(driver_->output().get(), POLLIN, deadline, "chromedriver to start", options_.failure);
        std::array<char, 4096> buffer{};
        const auto size = ::read(driver_->output().get(), buffer.data(), buffer.size());
        if (size < 0 && errno != EINTR) throw SystemError("cannot read what chromedriver says", errno);
        if (size == 0) break;
        output.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    }
    return output;
}

void WebDriver::startBrowser(Deadline deadline) {
    const auto place = folder_.path() / "program";
    files::makeFolder(place);
    const WatchedProgram browser(programPath("chromium"), place);
    const nlohmann::json arguments{
        "--headless=new",
        // Chromium's own sandbox refuses to run as root, as builders and containers often do. This browser can reach the guest
        // only.
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--remote-debugging-pipe",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        // Also ignores the desktop's settings.
        "--no-proxy-server",
        "--lang=en-US",
        "--window-size=1280,900",
        "--user-data-dir=" + (folder_.path() / "profile").string(),
        options_.domain.empty()
            ? std::string("--host-resolver-rules=MAP * ~NOTFOUND")
            : fmt::format("--host-resolver-rules=MAP {} 127.0.0.1:{}, MAP * ~NOTFOUND", options_.domain, options_.httpsPort),
        "--ignore-certificate-errors-spki-list=" + options_.keyPin,
    };
    // Only the caller's deadline may end a wait.
    constexpr int never = 3'600'000;
    nlohmann::json wanted{
        {"browserName", "chrome"},
        {"timeouts", {{"pageLoad", never}, {"script", never}, {"implicit", 0}}},
        {"goog:chromeOptions", {{"binary", browser.script().string()}, {"args", arguments}, {"browserStartupTimeout", never}}}};
    if (options_.watched) wanted["goog:loggingPrefs"] = {{"browser", "ALL"}, {"performance", "ALL"}};
    auto begun = begin(wanted, browser, deadline);
    if (begun.error == "invalid argument") {
        // An older ChromeDriver does not support this option: it waits one minute for the browser.
        wanted["goog:chromeOptions"].erase("browserStartupTimeout");
        begun = begin(wanted, browser, deadline);
    }
    if (!begun.error.empty())
        throw TransportError(
            fmt::format("the browser does not start: {}\n{}", begun.value.value("message", begun.error), browser.lastWords()));
    session_ = "/session/" + begun.value.at("sessionId").get<std::string>();
}

WebDriver::Answer WebDriver::begin(const nlohmann::json& wanted, const WatchedProgram& browser, Deadline deadline) {
    // With pipes, ChromeDriver keeps waiting for a browser that has ended.
    static const FailureLatch none;
    Answer begun;
    Event answered;
    Together both(options_.failure ? *options_.failure : none);
    both.start([&](const FailureLatch& stop) {
        HttpClient driver({.domain = "127.0.0.1", .httpPort = driverPort_, .caCertificate = {}, .failure = &stop});
        begun = ask(driver, "POST", "/session", {{"capabilities", {{"alwaysMatch", wanted}}}}, deadline);
        answered.set();
    });
    both.start([&](const FailureLatch& stop) {
        std::array waits{pollfd{browser.endFd(), POLLIN, 0}, pollfd{answered.fd(), POLLIN, 0}};
        if (boxtest::poll(waits, deadline, &stop) && !answered.isSet())
            throw TransportError("the browser ended when it had just been started; it said: " + browser.lastWords());
    });
    both.finish(deadline);
    return begun;
}

WebDriver::Answer WebDriver::ask(const std::string& method, const std::string& path, const nlohmann::json& body,
                                 Deadline deadline) {
    return ask(*http_, method, path, body, deadline);
}

WebDriver::Answer WebDriver::ask(HttpClient& driver, const std::string& method, const std::string& path,
                                 const nlohmann::json& body, Deadline deadline) {
    HttpRequest request;
    request.deadline = deadline;
    const auto response = method == "GET" ? driver.getPlain(path, request) : driver.sendPlain(method, path, body, request);
    auto json = nlohmann::json::parse(response.body, nullptr, false);
    if (!json.is_object() || !json.contains("value"))
        throw TransportError(
            fmt::format("chromedriver's answer to {} {} is none of WebDriver's: {}", method, path, response.describe()));
    auto value = std::move(json["value"]);
    return {response.status == 200 ? "" : value.value("error", "unknown error"), std::move(value)};
}

nlohmann::json WebDriver::must(const std::string& method, const std::string& path, const nlohmann::json& body,
                               Deadline deadline) {
    auto answer = ask(method, path, body, deadline);
    if (!answer.error.empty())
        throw TransportError(
            fmt::format("the browser does not do {} {}: {}", method, path, answer.value.value("message", answer.error)));
    return std::move(answer.value);
}

nlohmann::json WebDriver::act(const std::string& what, const std::string& selector, Deadline deadline,
                              const std::function<Answer(const std::string&)>& action) {
    // The transcript does not get the typed text, which may be a password.
    auto& transcript = Transcript::ofProcess();
    const auto asked = transcript.ask("browser action", "the browser", fmt::format("{} '{}'", what, selector));
    for (;;) {
        // The first visible match: a page may have others in tabs that are not shown.
        constexpr auto script = "return [...document.querySelectorAll(arguments[0])].find(one => one.checkVisibility()) ?? null";
        auto answer = ask("POST", session_ + "/execute/sync", evaluation(script, {selector}), beyond(deadline));
        if (answer.error.empty() && answer.value.is_null()) answer.error = "no such element";
        if (answer.error.empty()) answer = action(session_ + "/element/" + answer.value.at(elementKey).get<std::string>());
        transcript.answered(asked, answer.error.empty() ? "done" : answer.error);
        if (answer.error.empty()) return std::move(answer.value);
        if (!passes(answer.error))
            throw TransportError(fmt::format("cannot {} '{}': {}", what, selector, answer.value.value("message", answer.error)));
        if (deadline.expired()) timedOut(fmt::format("to {} '{}' ({})", what, selector, answer.error));
        pauseBetweenTries(std::chrono::milliseconds(200), deadline, options_.failure);
    }
}

void WebDriver::timedOut(const std::string& what) {
    const auto shown = texts("body");
    throw TimeoutError(fmt::format("timed out waiting {} on {} '{}', which shows: {}", what, url(), title(),
                                   shown.empty() ? "nothing" : shown[0].substr(0, 1000)));
}

void WebDriver::open(const std::string& path, Deadline deadline) {
    Transcript::ofProcess().ask("browser action", "the browser", "open https://" + options_.domain + path);
    must("POST", session_ + "/url", {{"url", "https://" + options_.domain + path}}, deadline);
    // For a certificate that it rejects, the browser shows an error page of its own.
    constexpr auto script = "return location.protocol";
    const auto protocol = must("POST", session_ + "/execute/sync", evaluation(script, {}), shortly());
    if (protocol != "https:") {
        const auto shown = texts("body");
        throw TransportError(fmt::format("the browser does not open https://{}{}: {}", options_.domain, path,
                                         shown.empty() ? protocol.dump() : shown[0].substr(0, 400)));
    }
}

void WebDriver::openFile(const std::filesystem::path& file, Deadline deadline) {
    must("POST", session_ + "/url", {{"url", "file://" + file.string()}}, deadline);
}

nlohmann::json WebDriver::evaluate(const std::string& body, Deadline deadline) {
    return must("POST", session_ + "/execute/sync", evaluation(body.c_str(), {}), deadline);
}

nlohmann::json WebDriver::devtools(const std::string& command, const nlohmann::json& parameters) {
    return must("POST", session_ + "/goog/cdp/execute", {{"cmd", command}, {"params", parameters}}, shortly());
}

std::string WebDriver::printed() {
    return base64Decoded(must("POST", session_ + "/print", nlohmann::json::object(), shortly()).get<std::string>());
}

WebDriver::Watched WebDriver::watch() {
    Watched watched;
    for (const auto& entry : must("POST", session_ + "/se/log", {{"type", "browser"}}, shortly()))
        watched.console.push_back(entry.value("level", "") + " " + entry.value("message", ""));
    for (const auto& entry : must("POST", session_ + "/se/log", {{"type", "performance"}}, shortly())) {
        const auto event =
            nlohmann::json::parse(entry.value("message", ""), nullptr, false).value("message", nlohmann::json::object());
        if (event.value("method", "") != "Network.requestWillBeSent") continue;
        // Skip requests of the browser's own first page.
        if (!event.at("params").value("documentURL", "").starts_with("chrome://"))
            watched.requests.push_back(event.at("params").at("request").at("url").get<std::string>());
    }
    return watched;
}

void WebDriver::waitFor(const std::string& selector, Deadline deadline) {
    act("see", selector, deadline, [&](const std::string& element) {
        auto answer = ask("GET", element + "/displayed", {}, beyond(deadline));
        if (answer.error.empty() && answer.value == false) answer.error = "element not interactable";
        return answer;
    });
}

void WebDriver::waitUntilGone(const std::string& selector, Deadline deadline) {
    for (;;) {
        auto answer = ask("POST", session_ + "/element", {{"using", "css selector"}, {"value", selector}}, beyond(deadline));
        if (answer.error.empty())
            answer = ask("GET", session_ + "/element/" + answer.value.at(elementKey).get<std::string>() + "/displayed", {},
                         beyond(deadline));
        if (passes(answer.error) || answer.value == false) return;
        if (deadline.expired()) timedOut("until '" + selector + "' is gone");
        pauseBetweenTries(std::chrono::milliseconds(200), deadline, options_.failure);
    }
}

void WebDriver::click(const std::string& selector, Deadline deadline) {
    act("click", selector, deadline,
        [&](const auto& element) { return ask("POST", element + "/click", nlohmann::json::object(), beyond(deadline)); });
}

void WebDriver::enterFrame(const std::string& selector, Deadline deadline) {
    act("enter", selector, deadline, [&](const std::string& element) {
        const auto id = element.substr(element.rfind('/') + 1);
        return ask("POST", session_ + "/frame", {{"id", {{elementKey, id}}}}, beyond(deadline));
    });
}

void WebDriver::type(const std::string& selector, const std::string& text, Deadline deadline) {
    act("type into", selector, deadline, [&](const auto& element) {
        return ask("POST", element + "/value", {{"text", text}}, beyond(deadline));
    });
}

std::string WebDriver::text(const std::string& selector, Deadline deadline) {
    return act("read", selector, deadline,
               [&](const auto& element) { return ask("GET", element + "/text", {}, beyond(deadline)); });
}

std::vector<std::string> WebDriver::texts(const std::string& selector) {
    constexpr auto script = "return [...document.querySelectorAll(arguments[0])].map(one => one.innerText)";
    return must("POST", session_ + "/execute/sync", evaluation(script, {selector}), shortly());
}

std::string WebDriver::title() { return must("GET", session_ + "/title", {}, shortly()); }

std::string WebDriver::url() { return must("GET", session_ + "/url", {}, shortly()); }

std::string WebDriver::screenshot() {
    return base64Decoded(must("GET", session_ + "/screenshot", {}, shortly()).get<std::string>());
}

}  // namespace boxtest
