#include "web/HttpClient.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "base/Error.hpp"
#include "base/Transcript.hpp"

namespace boxtest {

namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// For one response's status line and headers together; an older libcurl limits each header only.
constexpr std::size_t headersLimit = std::size_t{1} << 20;

/// A response being received, and its limits.
struct Taking {
    HttpResponse response;
    std::size_t bodyLimit = 0;
    std::size_t headerBytes = 0;
    bool tooMuch = false;
};

/// Returning fewer bytes than were received makes libcurl cancel the request.
std::size_t refuse(Taking& taking) {
    taking.tooMuch = true;
    return 0;
}

std::size_t takeBody(char* data, std::size_t, std::size_t size, void* to) {
    auto& taking = *static_cast<Taking*>(to);
    if (size > taking.bodyLimit - taking.response.body.size()) return refuse(taking);
    taking.response.body.append(data, size);
    return size;
}

std::size_t takeHeader(char* data, std::size_t, std::size_t size, void* to) {
    auto& taking = *static_cast<Taking*>(to);
    auto& response = taking.response;
    const std::string_view line(data, size);
    taking.headerBytes += size;
    if (taking.headerBytes > headersLimit) return refuse(taking);
    if (line.starts_with("HTTP/")) {  // start of another response: after a redirect, or after 100 Continue
        response.headers.clear();
        response.body.clear();
    } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
        std::string name(trimmed(line.substr(0, colon)));
        std::transform(name.begin(), name.end(), name.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        response.headers.emplace(std::move(name), trimmed(line.substr(colon + 1)));
    }
    return size;
}

/// The request as text, for the transcript.
std::string asText(const std::string& method, const std::string& path, const std::string* body, const HttpRequest& request) {
    auto text = fmt::format("{} {}", method, path);
    for (const auto& header : request.headers) text += "\n" + header;
    if (body) text += "\n\n" + *body;
    return text;
}

std::vector<std::string> certificatesOf(CURL* easy) {
    curl_certinfo* information = nullptr;
    curl_easy_getinfo(easy, CURLINFO_CERTINFO, &information);
    std::vector<std::string> all;
    for (int i = 0; information && i < information->num_of_certs; ++i) {
        for (const auto* line = information->certinfo[i]; line; line = line->next) {
            constexpr std::string_view name = "Cert:";
            if (std::string_view(line->data).starts_with(name)) all.emplace_back(line->data + name.size());
        }
    }
    return all;
}

}  // namespace

class HttpClient::State {
   private:
    struct EasyDeleter {
        void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
    };
    struct MultiDeleter {
        void operator()(CURLM* handle) const noexcept { curl_multi_cleanup(handle); }
    };
    struct ListDeleter {
        void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
    };

   public:
    using List = std::unique_ptr<curl_slist, ListDeleter>;
    static List listOf(const std::vector<std::string>& lines);

    explicit State(HttpOptions options);
    const char* scheme() const { return options_.plain ? "http" : "https"; }
    HttpResponse perform(const char* scheme, const std::string& method, const std::string& path, const std::string* body,
                         const HttpRequest& request, const char* contentType = nullptr);

    HttpOptions options_;
    std::unique_ptr<CURL, EasyDeleter> easy_;

   private:
    void configure();
    void prepare(Taking& taking, const HttpRequest& request);
    CURLcode run(Deadline deadline, const std::string& what);
    std::unique_ptr<CURLM, MultiDeleter> multi_;
    List connectTo_;
    std::array<char, CURL_ERROR_SIZE> error_{};
};

HttpClient::State::List HttpClient::State::listOf(const std::vector<std::string>& lines) {
    curl_slist* list = nullptr;
    for (const auto& line : lines) list = curl_slist_append(list, line.c_str());
    return List(list);
}

HttpClient::State::State(HttpOptions options) : options_(std::move(options)) {
    static std::once_flag initialised;
    std::call_once(initialised, [] {
        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw Error(ErrorKind::system, "cannot initialise libcurl");
    });
    easy_.reset(curl_easy_init());
    multi_.reset(curl_multi_init());
    if (!easy_ || !multi_) throw Error(ErrorKind::system, "cannot make an HTTP client: out of memory");
    // The first match counts. Any other host or port, for example after a redirect, leads to a port where nothing listens.
    constexpr int nobody = 1;
    connectTo_ = listOf({fmt::format("{}:443:127.0.0.1:{}", options_.domain, options_.httpsPort ? options_.httpsPort : nobody),
                         fmt::format("{}:80:127.0.0.1:{}", options_.domain, options_.httpPort ? options_.httpPort : nobody),
                         fmt::format("::127.0.0.1:{}", nobody)});
    configure();
}

void HttpClient::State::configure() {
    CURL* const easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_.data());
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, connectTo_.get());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    if (options_.caCertificate != systemAuthorities) curl_easy_setopt(easy, CURLOPT_CAINFO, options_.caCertificate.c_str());
    curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L);
    // Otherwise the system's CAs count as well.
    if (options_.caCertificate != systemAuthorities) curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
    curl_easy_setopt(easy, CURLOPT_COOKIEFILE, "");  // reads no file, enables the cookie engine
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "boxtest");
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, 10L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &takeBody);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &takeHeader);
}

void HttpClient::State::prepare(Taking& taking, const HttpRequest& request) {
    CURL* const easy = easy_.get();
    error_[0] = '\0';
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, request.followRedirects ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &taking);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &taking);
    // Reset what the last request may have set.
    curl_easy_setopt(easy, CURLOPT_NOBODY, 0L);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, nullptr);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, nullptr);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(-1));
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
}

HttpResponse HttpClient::State::perform(const char* scheme, const std::string& method, const std::string& path,
                                        const std::string* body, const HttpRequest& request, const char* contentType) {
    if (!path.starts_with('/')) throw UsageError(fmt::format("a URL path begins with '/', not '{}'", path));
    if (options_.failure) options_.failure->check();
    Taking taking;
    taking.bodyLimit = request.bodyLimit;
    prepare(taking, request);
    CURL* const easy = easy_.get();
    const auto url = fmt::format("{}://{}{}", scheme, options_.domain, path);
    auto lines = request.headers;
    if (contentType) lines.push_back(fmt::format("Content-Type: {}", contentType));
    lines.emplace_back("Expect:");  // do not wait for 100 Continue
    const auto headers = listOf(lines);
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
    if (body) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body->c_str());
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
    }
    // CURLOPT_CUSTOMREQUEST would keep the method across redirects, so it is set only for methods without their own option.
    if (method == "HEAD") {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else if (method != (body ? "POST" : "GET")) {
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
    }

    const auto what = fmt::format("{} {}", method, url);
    // Requests to ChromeDriver are not part of what a scenario sends to the machine.
    const bool noted = options_.domain != "127.0.0.1";
    auto& transcript = Transcript::ofProcess();
    const auto asked = noted ? transcript.ask("request", scheme, asText(method, path, body, request)) : 0;
    const CURLcode rc = run(request.deadline, what);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, nullptr);
    if (rc != CURLE_OK) {
        if (options_.failure) options_.failure->check();
        if (taking.tooMuch)
            throw TransportError(fmt::format("{} failed: its answer has more than {} bytes of {}", what,
                                             taking.headerBytes > headersLimit ? headersLimit : request.bodyLimit,
                                             taking.headerBytes > headersLimit ? "headers" : "body"));
        throw TransportError(fmt::format("{} failed: {}", what, error_[0] ? error_.data() : curl_easy_strerror(rc)));
    }
    auto& response = taking.response;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &response.status);
    const char* effective = nullptr;
    curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &effective);
    response.url = effective ? effective : url;
    response.certificates = certificatesOf(easy);
    if (noted) transcript.answered(asked, fmt::format("status {}, {} bytes", response.status, response.body.size()));
    return std::move(response);
}

CURLcode HttpClient::State::run(Deadline deadline, const std::string& what) {
    struct Added {
        CURLM* multi;
        CURL* easy;
        Added(CURLM* m, CURL* e) : multi(m), easy(e) { curl_multi_add_handle(multi, easy); }
        Added(const Added&) = delete;
        Added& operator=(const Added&) = delete;
        ~Added() { curl_multi_remove_handle(multi, easy); }
    };
    const Added added(multi_.get(), easy_.get());
    for (;;) {
        int running = 0;
        if (const auto rc = curl_multi_perform(multi_.get(), &running); rc != CURLM_OK)
            throw TransportError(fmt::format("{} failed: {}", what, curl_multi_strerror(rc)));
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left))
            if (message->msg == CURLMSG_DONE) return message->data.result;
        if (deadline.expired()) throw TimeoutError(fmt::format("timed out waiting for the answer to {}", what));
        curl_waitfd latch{options_.failure ? options_.failure->fd() : -1, CURL_WAIT_POLLIN, 0};
        const int timeout = deadline.pollTimeout();
        curl_multi_poll(multi_.get(), options_.failure ? &latch : nullptr, options_.failure ? 1 : 0,
                        timeout < 0 ? 60'000 : timeout, nullptr);
        if (options_.failure) options_.failure->check();
    }
}

HttpClient::HttpClient(HttpOptions options) : state_(std::make_unique<State>(std::move(options))) {}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

HttpResponse HttpClient::get(const std::string& path, const HttpRequest& request) {
    return state_->perform(state_->scheme(), "GET", path, nullptr, request);
}

HttpResponse HttpClient::getPlain(const std::string& path, const HttpRequest& request) {
    return state_->perform("http", "GET", path, nullptr, request);
}

HttpResponse HttpClient::post(const std::string& path, const Form& form, const HttpRequest& request) {
    std::string body;
    for (const auto& [name, value] : form) body += fmt::format("{}{}={}", body.empty() ? "" : "&", encode(name), encode(value));
    return state_->perform(state_->scheme(), "POST", path, &body, request, "application/x-www-form-urlencoded");
}

HttpResponse HttpClient::post(const std::string& path, const nlohmann::json& body, const HttpRequest& request) {
    const auto text = body.dump();
    return state_->perform(state_->scheme(), "POST", path, &text, request, "application/json");
}

HttpResponse HttpClient::send(const std::string& method, const std::string& path, const std::string& body,
                              const HttpRequest& request) {
    return state_->perform(state_->scheme(), method, path, body.empty() ? nullptr : &body, request);
}

HttpResponse HttpClient::sendPlain(const std::string& method, const std::string& path, const nlohmann::json& body,
                                   const HttpRequest& request) {
    const auto text = body.dump();
    return state_->perform("http", method, path, &text, request, "application/json");
}

std::string HttpClient::cookie(const std::string& name) const {
    curl_slist* raw = nullptr;
    curl_easy_getinfo(state_->easy_.get(), CURLINFO_COOKIELIST, &raw);
    const State::List list(raw);
    for (const auto* one = raw; one; one = one->next) {
        // Netscape's format: domain, subdomains, path, secure, expiry, name, value, separated by tabs.
        const std::string_view line(one->data);
        const auto valueAt = line.rfind('\t');
        if (valueAt == std::string_view::npos || valueAt == 0) continue;
        const auto nameAt = line.rfind('\t', valueAt - 1);
        if (nameAt != std::string_view::npos && line.substr(nameAt + 1, valueAt - nameAt - 1) == name)
            return std::string(line.substr(valueAt + 1));
    }
    return {};
}

void HttpClient::forgetCookies() { curl_easy_setopt(state_->easy_.get(), CURLOPT_COOKIELIST, "ALL"); }

std::string HttpClient::url(const std::string& path) const { return fmt::format("https://{}{}", state_->options_.domain, path); }

std::string HttpClient::encode(std::string_view text) {
    if (text.empty()) return {};  // For curl_easy_escape(3), a length of 0 means strlen.
    const std::unique_ptr<char, decltype(&curl_free)> encoded(
        curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size())), &curl_free);
    if (!encoded) throw TransportError("cannot percent-encode a text");
    return encoded.get();
}

}  // namespace boxtest
