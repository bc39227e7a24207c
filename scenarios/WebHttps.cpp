#include <fmt/format.h>
#include <gmock/gmock.h>

#include <functional>
#include <map>
#include <set>
#include <sstream>

#include "Facts.hpp"
#include "ProcNet.hpp"
#include "Scenario.hpp"
#include "Sections.hpp"
#include "Segment.hpp"
#include "Survey.hpp"
#include "base/Error.hpp"
#include "web/Certificate.hpp"
#include "web/TlsHello.hpp"

namespace boxtest {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class WebHttps : public Scenario {
   protected:
    /// nginx's answer to a client that offers only this.
    static TlsAnswer offered(TlsVersion newest, std::span<const TlsSuite> suites) {
        constexpr std::size_t enough = 100;
        const auto probe = guest()
                               .session(names().admin)
                               .probeTcp("127.0.0.1", manifest().web.httpsPort, tlsClientHello(names().domain, newest, suites),
                                         Deadline::in(std::chrono::minutes(1)), enough);
        if (probe.connection.answer != TcpAnswer::open)
            throw GuestError("nobody listens on the HTTPS port: " + probe.connection.text);
        return TlsAnswer::parse(probe.answer);
    }

    static std::set<std::uint16_t> doors() { return {manifest().ssh.port, manifest().web.httpPort, manifest().web.httpsPort}; }

    static bool isLoopback(const std::string& address) {
        return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
    }
};

SCENARIO(WebHttps, TheCertificateIsValidForTheDomainAndForNoOtherName, Effect::reads) {
    // The client trusts the manifest's CA only, and checks name and dates.
    const auto answer = guest().http().get("/web/login");
    EXPECT_EQ(answer.status, 200) << answer.describe();
    ASSERT_FALSE(answer.certificates.empty());
    const auto certificate = Certificate::parse(answer.certificates[0]);
    EXPECT_NE(certificate.subject, certificate.issuer) << "it is signed by itself";
    EXPECT_GT(certificate.notAfter, std::chrono::system_clock::now() + std::chrono::hours(24 * 7)) << "it is about to expire";
    EXPECT_GE(certificate.securityBits, 112) << "its key is too short";
    HttpClient other(HttpOptions{.domain = "other." + names().domain,
                                 .httpsPort = guest().ports().https,
                                 .httpPort = guest().ports().http,
                                 .caCertificate = manifest().web.caCertificate,
                                 .failure = guest().failure()});
    try {
        other.get("/web/login");
        ADD_FAILURE() << "it is good for other.DOMAIN, too";
    } catch (const TransportError& error) {
        // Either the certificate has another name, or the server shows none.
        EXPECT_THAT(error.what(), testing::AnyOf(HasSubstr("subject"), HasSubstr("unrecognized name")))
            << "refused, but not for its name";
    }
}

SCENARIO(WebHttps, WhoAsksForAnotherNameIsAnsweredWithNothing, Effect::reads) {
    // For a foreign name that points to this machine, or for an address, the server reveals neither its kind nor its name.
    ASSERT_EQ(guest().http().get("/web/login").status, 200) << "its own name does not answer";
    ASSERT_EQ(guest().http().getPlain("/web/login").status, 301) << "its own name does not answer";
    Facts facts;
    for (const auto& name : {std::string("elsewhere.example"), "www." + names().domain, std::string("127.0.0.1")}) {
        HttpClient other(HttpOptions{.domain = name,
                                     .httpsPort = guest().ports().https,
                                     .httpPort = guest().ports().http,
                                     .caCertificate = manifest().web.caCertificate,
                                     .failure = guest().failure()});
        const auto unanswered = [&](const std::string& what, const std::function<HttpResponse()>& ask, const auto& why) {
            try {
                facts.expect(false, what + " is answered: " + ask().describe());
            } catch (const TransportError& error) {
                facts.that(error.what(), why, what);
            }
        };
        unanswered(
            "http://" + name, [&] { return other.getPlain("/web/login"); }, HasSubstr("Empty reply"));
        unanswered(
            "https://" + name, [&] { return other.get("/web/login"); }, HasSubstr("unrecognized name"));
    }
    // Also within a connection that began with the right name.
    for (const auto& host : {std::string("elsewhere.example"), std::string("localhost.elsewhere.example")}) {
        try {
            const auto answer = guest().http().get("/web/login", {.headers = {"Host: " + host}});
            facts.that(answer.status, testing::AnyOf(421, 400), "Host: " + host);
        } catch (const TransportError&) {
            // The connection was closed.
        }
    }
    EXPECT_TRUE(facts.hold());
}

SCENARIO(WebHttps, BrowsersRememberThatItIsHttpsOnlyAndKeepItsCookiesToIt, Effect::changes) {
    Facts facts;
    for (const auto& path : {std::string("/web/login"), manifest().web.pgadmin.path + "/login", std::string("/web/database")}) {
        const auto answer = guest().http().get(path);
        facts.that(answer.header("strict-transport-security").value_or(""), HasSubstr("max-age=63072000"), path);
        const auto cookie = answer.header("set-cookie");
        if (path != "/web/database") facts.that(cookie.value_or(""), HasSubstr("Secure"), path);
    }
    // Users who reach the machine through a forwarded port use this name, and other services on their host have it too.
    HttpClient local(HttpOptions{.domain = "localhost",
                                 .httpsPort = guest().ports().https,
                                 .httpPort = guest().ports().http,
                                 .caCertificate = manifest().web.caCertificate,
                                 .failure = guest().failure()});
    const auto answer = local.get("/web/login");
    facts.equal(200L, answer.status, "localhost");
    facts.expect(!answer.header("strict-transport-security"), "a browser would remember it of localhost");
    EXPECT_TRUE(facts.hold());
}

SCENARIO(WebHttps, TriesAtAPasswordHaveARate, Effect::changes) {
    // All in parallel, so that even on a slow machine there are more requests than one address may send. From a client in the
    // machine: its requests count for that address. First the two forms; then, with what remains of the rate and more than the 20
    // at once, each other address that takes a password, by each method. (The rate of Odoo's calls for programs, 20 a second
    // after 100 at once, is only in the inventory: a slow machine never exceeds it.)
    constexpr auto tries = 60, few = 24;
    const auto pgadmin = manifest().web.pgadmin.path;
    std::string script = fmt::format(
        R"sh(
work=$(mktemp -d /run/boxtest-tries.XXXXXX); trap 'rm -rf "$work"' EXIT
tries() {{
  for number in $(seq "$1"); do printf 'url = "https://{1}:{2}%s"\noutput = "%s/out"\n' "$3" "$work"; done >"$work/config"
  method=$2 path=$3
  shift 3
  curl -sk -Z --parallel-max {0} -m 300 --resolve {1}:{2}:127.0.0.1 -X "$method" "$@" -w '%{{http_code}}\n' -K "$work/config" |
    sort | uniq -c | sed "s#^ *#$method $path #"
}}
form() {{ tries "$@" -d login=x -d email=x -d password=y; }}
call() {{ tries "$@" -H 'Content-Type: application/json' -d '{{"jsonrpc":"2.0","params":{{"login":"x","password":"y"}}}}'; }}
)sh",
        tries, names().domain, manifest().web.httpsPort);
    std::map<std::string, int> sent;
    const auto tried = [&](const char* how, int count, const std::string& method, const std::string& path) {
        script += fmt::format("{} {} {} {}\n", how, count, method, path);
        sent[method + " " + path] += count;
    };
    // What is closed takes no password at all.
    for (const auto* method : {"POST", "PUT"}) script += fmt::format("form 1 {} /base_import_module/login_upload\n", method);
    tried("form", tries, "POST", "/web/login");
    tried("form", tries, "POST", pgadmin + "/authenticate/login");
    tried("form", few, "POST", pgadmin + "/login");
    tried("form", few, "PUT", pgadmin + "/login");
    for (const auto* path : {"/web/login/totp", "/web/signup", "/web/reset_password", "//web/login"})
        tried("form", few, "POST", path);
    tried("form", few, "PUT", "/web/login");
    for (const auto* method : {"POST", "PUT", "GET"}) {
        tried("call", few, method, "/web/session/authenticate");
        tried("form", few, method, pgadmin + "/authenticate/login");
    }
    script += fmt::format(
        "curl -sk -m 60 --resolve {0}:{1}:127.0.0.1 -o /dev/null -w 'page %{{http_code}}\\n' https://{0}:{1}/web/login",
        names().domain, manifest().web.httpsPort);
    // Without a rate, Odoo and pgAdmin answer all these requests.
    const auto said = guest().asRoot(script, {.input = {}, .deadline = Deadline::in(std::chrono::minutes(15))});
    ASSERT_TRUE(said.succeeded()) << said.describe();
    const auto answers = splitLines(said.out);
    std::map<std::string, int> passed, ended, closed;
    for (const auto& line : answers) {
        const auto words = splitWords(line);
        if (words.size() != 4) continue;
        auto& all = words[3] == "429" ? ended : words[3] == "404" ? closed : passed;
        all[words[0] + " " + words[1]] += std::stoi(words[2]);
    }
    Facts facts;
    for (const auto& [what, count] : sent) {
        facts.that(passed[what] + ended[what] + closed[what], testing::Eq(count), what + ": answers to the tries");
        facts.that(ended[what], testing::Gt(0), what + ": how many of " + std::to_string(count) + " were too many");
    }
    for (const auto* what : {"POST /base_import_module/login_upload", "PUT /base_import_module/login_upload"})
        facts.equal(1, closed[what], std::string(what) + " is not closed");
    EXPECT_TRUE(facts.hold());
    EXPECT_THAT(answers, testing::Contains("page 200")) << "not even a page is shown any more";
}

SCENARIO(WebHttps, WhoAskedForWhatIsInTheJournal, Effect::reads) {
    const std::string path = "/web/boxtest-was-here";
    guest().http().get(path + "?token=not-for-the-journal");
    const auto lines = splitLines(guest().factsAsRoot(fmt::format(
        R"sh(
timeout 90 sh -c 'until journalctl -q --no-pager -o cat -t nginx | grep -F "$1"; do sleep 0.1; done' wait {0} || true)sh",
        path)));
    ASSERT_THAT(lines, testing::Contains(HasSubstr("GET " + path))) << "nginx tells the journal nothing";
    for (const auto& line : lines) {
        if (line.find("GET ") != std::string::npos) {
            EXPECT_THAT(line, testing::Not(HasSubstr("token"))) << "a query has secrets";
        }
    }
}

SCENARIO(WebHttps, Tls12And13AreSpokenAndNothingOlder, Effect::reads) {
    Facts facts;
    for (const auto version : {TlsVersion::tls12, TlsVersion::tls13}) {
        const auto answer = offered(version, goodSuites());
        facts.expect(answer.kind == TlsAnswer::Kind::accepted,
                     fmt::format("{} is not even spoken: {}", toString(version), answer.describe()));
    }
    // With suites that these versions support, including weak ones: only the version can be the reason for the refusal.
    std::vector<TlsSuite> suites{{0xc009, "ECDHE_ECDSA_WITH_AES_128_CBC_SHA"},
                                 {0xc013, "ECDHE_RSA_WITH_AES_128_CBC_SHA"},
                                 {0xc00a, "ECDHE_ECDSA_WITH_AES_256_CBC_SHA"},
                                 {0xc014, "ECDHE_RSA_WITH_AES_256_CBC_SHA"}};
    suites.insert(suites.end(), weakSuites().begin(), weakSuites().end());
    for (const auto version : {TlsVersion::ssl3, TlsVersion::tls10, TlsVersion::tls11}) {
        const auto answer = offered(version, suites);
        facts.expect(answer.kind == TlsAnswer::Kind::refused, fmt::format("{} is {}", toString(version), answer.describe()));
    }
    EXPECT_TRUE(facts.hold());
}

SCENARIO(WebHttps, WeakCipherSuitesAreRefused, Effect::reads) {
    const auto good = offered(TlsVersion::tls12, goodSuites());
    ASSERT_EQ(good.kind, TlsAnswer::Kind::accepted) << "not even good ones are taken: " << good.describe();
    Facts facts;
    for (const auto& suite : weakSuites()) {
        const auto answer = offered(TlsVersion::tls12, {&suite, 1});
        facts.expect(answer.kind == TlsAnswer::Kind::refused, fmt::format("{} is {}", suite.name, answer.describe()));
    }
    EXPECT_TRUE(facts.hold());
}

SCENARIO(WebHttps, OfAllCipherSuitesItTakesThoseOfMozillasIntermediateProfileOnly, Effect::reads) {
    // All numbers, except those of TLS 1.3 and two that are not suites (RFC 5746, RFC 7507): as many at once as fit into a
    // record, and again without the suite that was accepted.
    const std::set<std::uint16_t> good{0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0x009e, 0x009f, 0xccaa};
    const std::set<std::uint16_t> none{0x00ff, 0x5600};
    std::vector<TlsSuite> known;
    for (const auto number : good) known.push_back({number, ""});
    ASSERT_EQ(offered(TlsVersion::tls12, known).kind, TlsAnswer::Kind::accepted) << "not even the profile's own are taken";
    Facts facts;
    constexpr unsigned most = 0x1000;
    for (unsigned first = 0; first < 0x10000; first += most) {
        std::vector<TlsSuite> suites;
        for (unsigned number = first; number < first + most; ++number) {
            const auto suite = static_cast<std::uint16_t>(number);
            if (!good.contains(suite) && !none.contains(suite) && number >> 8 != 0x13) suites.push_back({suite, ""});
        }
        auto answer = offered(TlsVersion::tls12, suites);
        for (; answer.kind == TlsAnswer::Kind::accepted; answer = offered(TlsVersion::tls12, suites)) {
            facts.expect(false, fmt::format("the suite {:#06x} is taken", answer.suite));
            if (std::erase_if(suites, [&](const TlsSuite& one) { return one.number == answer.suite; }) == 0) break;
        }
        facts.expect(answer.kind == TlsAnswer::Kind::refused,
                     fmt::format("suites from {:#06x} on: {}", first, answer.describe()));
    }
    EXPECT_TRUE(facts.hold());
}

SCENARIO(WebHttps, PlainHttpOnlyRedirects, Effect::reads) {
    ASSERT_EQ(guest().http().get("/web/login").status, 200) << "HTTPS itself does not answer";
    Facts facts;
    const auto redirects = [&](const std::string& what, const HttpResponse& answer) {
        facts.that(answer.status, testing::AnyOf(301, 302, 307, 308), what);
        facts.that(answer.header("location").value_or(""), testing::StartsWith("https://" + names().domain + "/"), what);
        facts.expect(!answer.header("set-cookie").has_value(), what + " gives a cookie away in the clear");
    };
    const auto& pgadmin = manifest().web.pgadmin.path;
    for (const auto& path : {pgadmin, pgadmin + "/login", std::string("/"), std::string("/web/login"), std::string("/web/health"),
                             std::string("/websocket"), std::string("/jsonrpc"), std::string("/xmlrpc/2/common"),
                             std::string("/web/database/manager"), std::string("/boxtest/none")})
        redirects(path, guest().http().getPlain(path));
    // Integrations send passwords through these paths.
    for (const auto* path : {"/jsonrpc", "/xmlrpc/2/common", "/xmlrpc/2/object", "/web/database/backup"})
        redirects(std::string("a call of ") + path, guest().http().sendPlain("POST", path, {{"jsonrpc", "2.0"}}));
    redirects("a login", guest().http().sendPlain("POST", "/web/session/authenticate",
                                                  {{"jsonrpc", "2.0"}, {"params", {{"login", "x"}, {"password", "y"}}}}));
    EXPECT_TRUE(facts.hold());
}

SCENARIO(WebHttps, NginxRemembersNoOtherConfiguration, Effect::reads,
         .notLive = "after a reload nginx's memory still has words of the configuration before, which may have been right") {
    // A file that was loaded and then put back, and workers that were ended after that, leave no time that tells.
    EXPECT_THAT(Survey::ofWeb(guest(), {"nginx-remembers"}).findings(), testing::IsEmpty());
}

SCENARIO(WebHttps, EverythingThatNginxServesIsKnown, Effect::reads) {
    // Every server, every location and its target: from the configuration with which nginx was started, not from a page.
    const auto survey = Survey::ofWeb(guest(), {"nginx", "started", "not-loaded"});
    attach("web.txt", survey.text());
    EXPECT_THAT(survey.findings(), testing::IsEmpty());
}

SCENARIO(WebHttps, HeadersTellNoVersionAndCookiesStayOutOfScriptsReach, Effect::changes) {
    Facts facts;
    for (const auto& path : {std::string("/web/login"), manifest().web.pgadmin.path + "/login"}) {
        const auto answer = guest().http().get(path);
        facts.equal(200L, answer.status, path);
        for (const auto* header : {"server", "x-powered-by"})
            facts.that(answer.header(header).value_or(""), testing::Not(testing::MatchesRegex(".*[0-9].*")),
                       path + ": " + header);
        const auto cookie = answer.header("set-cookie").value_or("");
        facts.that(cookie, HasSubstr("HttpOnly"), path);
        facts.that(answer.header("x-frame-options").value_or(answer.header("content-security-policy").value_or("")),
                   testing::AnyOf(HasSubstr("SAMEORIGIN"), HasSubstr("DENY"), HasSubstr("frame-ancestors")),
                   path + " may be framed by another site");
    }
    const auto cookie = guest().pgadmin().loginPage().header("set-cookie").value_or("");
    facts.that(cookie, HasSubstr("Secure"), "pgAdmin's cookie");
    EXPECT_TRUE(facts.hold());
}

SCENARIO(WebHttps, NothingElseListensOnAnOutsideAddress, Effect::reads) {
    const auto listening = guest().factsAsRoot("cat /proc/1/net/tcp /proc/1/net/tcp6");
    Facts facts;
    std::set<std::uint16_t> open;
    for (const auto& socket : parseProcNet(listening)) {
        if (!socket.listening || isLoopback(socket.address)) continue;
        open.insert(socket.port);
        facts.expect(doors().contains(socket.port),
                     fmt::format("TCP {} listens, made by uid {}", socket.describe(), socket.user));
    }
    facts.equal(doors(), open, "the doors that must be open");
    // UDP and all other families, with the owners of the sockets.
    for (const auto& finding : Survey::run(guest(), "doors").findings({"door", "namespace", "interface"}))
        facts.expect(false, finding);
    EXPECT_TRUE(facts.hold());
}

SCENARIO(WebHttps, ANeighbourFindsNoOtherDoor, Effect::changes, .twoMachines = true) {
    joinSegment(guest(), boxPlace);
    joinSegment(neighbour(), neighbourPlace);
    // All ports that have listeners inside, the usual ports, and the default ports of software of this kind.
    std::set<int> ports;
    for (int port = 1; port <= 1024; ++port) ports.insert(port);
    for (const int port : {1433, 2049, 3000, 3306, 5000, 5050, 5353, 5355, 6379, 6432, 9090, 9187, 10050, 11211, 27017})
        ports.insert(port);
    for (int port = 5430; port <= 5440; ++port) ports.insert(port);
    for (int port = 8000; port <= 8100; ++port) ports.insert(port);
    for (const auto& socket : parseProcNet(guest().factsAsRoot("cat /proc/1/net/tcp /proc/1/net/tcp6"))) {
        if (socket.listening) ports.insert(socket.port);
    }
    std::string list;
    for (const auto port : ports) list += std::to_string(port) + " ";
    // A port that does not answer at all, as behind a firewall, counts as refused.
    constexpr auto program = R"py(
import errno, select, socket, sys, time
ports = [int(word) for word in sys.stdin.read().split()]
for family, host in ((socket.AF_INET, sys.argv[1]), (socket.AF_INET6, sys.argv[2])):
    for first in range(0, len(ports), 900):
        waiting, poll, until = {}, select.poll(), time.monotonic() + 30
        for port in ports[first:first + 900]:
            s = socket.socket(family, socket.SOCK_STREAM)
            s.setblocking(False)
            error = s.connect_ex((host, port))
            if error == errno.EINPROGRESS:
                waiting[s.fileno()] = (s, port)
                poll.register(s, select.POLLOUT)
            elif error == 0:
                print(host, port)
            elif error != errno.ECONNREFUSED:
                sys.exit("port %d: %s" % (port, errno.errorcode[error]))
        while waiting and time.monotonic() < until:
            for fd, _ in poll.poll(1000):
                s, port = waiting.pop(fd)
                poll.unregister(fd)
                error = s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if error == 0:
                    print(host, port)
                elif error != errno.ECONNREFUSED:
                    sys.exit("port %d: %s" % (port, errno.errorcode[error]))
                s.close()
print("done")
)py";
    RunOptions options;
    options.input = list;
    options.deadline = Deadline::in(std::chrono::minutes(10));
    const auto scan = neighbour()
                          .session(names().admin)
                          .run({neighbour().python(), "-I", "-S", "-c", program, boxPlace.ipv4, boxPlace.ipv6}, options);
    ASSERT_TRUE(scan.succeeded() && scan.out.ends_with("done\n")) << scan.describe();
    std::set<std::string> found, wanted;
    for (const auto& line : splitLines(scan.out)) {
        if (line != "done") found.insert(line);
    }
    for (const auto port : doors()) {
        wanted.insert(fmt::format("{} {}", boxPlace.ipv4, port));
        wanted.insert(fmt::format("{} {}", boxPlace.ipv6, port));
    }
    EXPECT_EQ(found, wanted) << "the doors that a machine on the same network finds, of " << ports.size() << " ports tried";
}

}  // namespace
}  // namespace boxtest
