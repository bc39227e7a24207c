#include "web/HttpClient.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "AtOnce.hpp"
#include "Deadlines.hpp"
#include "integration/LoopbackListener.hpp"
#include "integration/MessageOf.hpp"
#include "integration/StreamServer.hpp"
#include "integration/TlsServer.hpp"
#include "web/Certificate.hpp"

namespace boxtest::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class HttpClientTest : public ::testing::Test {
   protected:
    static void SetUpTestSuite() { server_ = new TlsServer; }
    static void TearDownTestSuite() {
        delete server_;
        server_ = nullptr;
    }
    static TlsServer* server_;
    HttpClient client_{server_->options()};
};
TlsServer* HttpClientTest::server_ = nullptr;

nlohmann::json jsonOf(const HttpResponse& response) { return nlohmann::json::parse(response.body); }

TEST_F(HttpClientTest, ReachesTheForwardedPortUnderTheDomainsName) {
    const auto response = client_.get("/who?a=b");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.url, "https://odoo-host/who?a=b");
    const auto seen = jsonOf(response);
    EXPECT_EQ(seen["headers"]["host"], "odoo-host");
    EXPECT_EQ(seen["path"], "/who?a=b");
    EXPECT_EQ(seen["tls"], true);
    EXPECT_EQ(client_.url("/x"), "https://odoo-host/x");
}

TEST_F(HttpClientTest, TellsTheCertificatesThatItTook) {
    const auto response = client_.get("/who");
    ASSERT_FALSE(response.certificates.empty());
    const auto certificate = Certificate::parse(response.certificates[0]);
    EXPECT_THAT(certificate.subject, HasSubstr("odoo-host"));
    EXPECT_NE(certificate.issuer, certificate.subject);
    EXPECT_LT(certificate.notBefore, std::chrono::system_clock::now());
    EXPECT_GT(certificate.notAfter, std::chrono::system_clock::now());
    EXPECT_GE(certificate.securityBits, 112);
    EXPECT_THAT(certificate.keyPin, AllOf(::testing::SizeIs(44), ::testing::EndsWith("="))) << "32 bytes in base64";
    EXPECT_THAT(HttpClient(server_->options()).getPlain("/who").certificates, ::testing::IsEmpty());
    EXPECT_THROW(Certificate::parse("none"), GuestError);
}

TEST_F(HttpClientTest, PlainRequestsGoToThePlainPort) {
    const auto seen = jsonOf(client_.getPlain("/who"));
    EXPECT_EQ(seen["headers"]["host"], "odoo-host");
    EXPECT_EQ(seen["tls"], false);
}

TEST_F(HttpClientTest, RefusesACertificateOfAnotherAuthority) {
    auto options = server_->options();
    options.caCertificate = server_->otherCa();
    HttpClient client(options);
    EXPECT_THAT(messageOf<TransportError>([&] { client.get("/who"); }),
                AllOf(StartsWith("GET https://odoo-host/who failed: "), HasSubstr("certificate")));
}

TEST_F(HttpClientTest, RefusesACertificateOfAnotherName) {
    const TlsServer other("another-host");
    HttpClient client(other.options());
    EXPECT_THAT(messageOf<TransportError>([&] { client.get("/who"); }), AllOf(HasSubstr("odoo-host"), HasSubstr("name")));
}

TEST_F(HttpClientTest, KeepsCookiesFromRequestToRequest) {
    EXPECT_FALSE(jsonOf(client_.get("/who"))["headers"].contains("cookie"));
    EXPECT_EQ(client_.get("/login").body, "in");
    EXPECT_EQ(client_.cookie("session"), "s3cret");
    EXPECT_EQ(jsonOf(client_.get("/who"))["headers"]["cookie"], "session=s3cret");
    // A Secure cookie is sent over TLS only.
    EXPECT_FALSE(jsonOf(client_.getPlain("/who"))["headers"].contains("cookie"));
    client_.forgetCookies();
    EXPECT_EQ(client_.cookie("session"), "");
    EXPECT_FALSE(jsonOf(client_.get("/who"))["headers"].contains("cookie"));
}

TEST_F(HttpClientTest, RedirectsAreValuesUnlessFollowed) {
    const auto first = client_.get("/redirect");
    EXPECT_EQ(first.status, 302);
    EXPECT_EQ(first.header("Location"), "/who");
    EXPECT_EQ(first.body, "moved");

    HttpClient client(server_->options());
    const auto followed = client.get("/redirect", {.headers = {}, .followRedirects = true});
    EXPECT_EQ(followed.status, 200);
    EXPECT_EQ(followed.url, "https://odoo-host/who");
    EXPECT_EQ(followed.header("location"), std::nullopt);
    EXPECT_EQ(jsonOf(followed)["headers"]["cookie"], "seen=redirect");
    EXPECT_EQ(jsonOf(client.getPlain("/to-https", {.headers = {}, .followRedirects = true}))["tls"], true);
}

TEST_F(HttpClientTest, RedirectsElsewhereReachNobody) {
    EXPECT_THAT(messageOf<TransportError>([&] { client_.get("/away", {.headers = {}, .followRedirects = true}); }),
                HasSubstr("connect"));
}

TEST_F(HttpClientTest, PostsFormsAndJson) {
    const auto form = jsonOf(client_.post("/post", Form{{"a b", "1&2"}, {"c", "ü"}}));
    EXPECT_EQ(form["body"], "a%20b=1%262&c=%C3%BC");
    EXPECT_EQ(form["headers"]["content-type"], "application/x-www-form-urlencoded");
    const auto json = jsonOf(client_.post("/post", nlohmann::json{{"k", 1}}, {.headers = {"X-Token: t"}}));
    EXPECT_EQ(json["body"], R"({"k":1})");
    EXPECT_EQ(json["headers"]["content-type"], "application/json");
    EXPECT_EQ(json["headers"]["x-token"], "t");
    const auto put = jsonOf(client_.send("PUT", "/put", "text", {.headers = {"Content-Type: text/plain"}}));
    EXPECT_EQ(put["method"], "PUT");
    EXPECT_EQ(put["body"], "text");
    // The next request is a plain GET again.
    EXPECT_EQ(jsonOf(client_.get("/who"))["method"], "GET");
}

TEST_F(HttpClientTest, HeadersAreLowerCaseAndRepeatable) {
    const auto response = client_.get("/login");
    EXPECT_EQ(response.headers.count("x-twice"), 2U);
    EXPECT_EQ(response.header("X-TWICE"), "a");
    EXPECT_THAT(client_.get("/missing").describe(),
                StartsWith("HTTP status 404 from https://odoo-host/missing; body: 'no such page'"));
}

TEST_F(HttpClientTest, SilentServerEndsTheRequestAtItsDeadline) {
    EXPECT_EQ(messageOf<TimeoutError>(
                  [&] { client_.get("/silent", {.headers = {}, .followRedirects = false, .deadline = shortly()}); }),
              "timed out waiting for the answer to GET https://odoo-host/silent");
    EXPECT_EQ(client_.get("/who").status, 200);
}

TEST_F(HttpClientTest, PortThatAcceptsAndSaysNothingEndsAtTheDeadline) {
    const auto silent = StreamServer::onLoopback([](int fd) { receiveAll(fd); });
    auto options = server_->options();
    options.httpsPort = silent.port();
    HttpClient client(options);
    EXPECT_THROW(client.get("/", {.headers = {}, .followRedirects = false, .deadline = shortly()}), TimeoutError);
}

TEST_F(HttpClientTest, RefusedPortAndCutAnswerAreTransportErrors) {
    EXPECT_THAT(messageOf<TransportError>([&] { client_.get("/cut"); }), HasSubstr("GET https://odoo-host/cut failed: "));
    std::uint16_t port = 0;
    const auto held = holdClosedPort(port);
    auto options = server_->options();
    options.httpsPort = port;
    HttpClient client(options);
    EXPECT_THAT(messageOf<TransportError>([&] { client.get("/"); }), HasSubstr("connect"));
}

TEST_F(HttpClientTest, AnAnswerWithoutEndIsATransportError) {
    HttpRequest request;
    request.bodyLimit = 3'000'000;
    for (const auto* path : {"/endless", "/endless-zip"})
        EXPECT_THAT(messageOf<TransportError>([&] { client_.get(path, request); }),
                    HasSubstr("its answer has more than 3000000 bytes of body"))
            << path;
    EXPECT_THAT(
        messageOf<TransportError>([&] { client_.get("/endless-headers"); }),
        ::testing::AnyOf(HasSubstr("its answer has more than 1048576 bytes of headers"), HasSubstr("Too large response headers")))
        << "by this client, or before by a libcurl that has a limit of its own";
    EXPECT_THAT(messageOf<TransportError>([&] { client_.get("/endless"); }), HasSubstr("bytes of body")) << "without being asked";
    EXPECT_EQ(client_.get("/who").status, 200) << "the client is good for another request";
}

TEST_F(HttpClientTest, DeclaredLatchEndsTheRequestAtOnce) {
    FailureLatch latch;
    auto options = server_->options();
    options.failure = &latch;
    HttpClient client(options);
    HttpRequest request;
    request.deadline = AtOnce::waitedFor();
    const AtOnce measured;
    std::thread declarer([&] { latch.declare("QEMU exited"); });
    EXPECT_EQ(messageOf<GuestError>([&] { client.get("/silent", request); }), "QEMU exited");
    declarer.join();
}

TEST_F(HttpClientTest, PathWithoutASlashIsAUsageError) {
    EXPECT_EQ(messageOf<UsageError>([&] { client_.get("who"); }), "a URL path begins with '/', not 'who'");
}

}  // namespace
}  // namespace boxtest::testing
