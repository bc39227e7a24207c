#include <gtest/gtest.h>

#include "web/HttpClient.hpp"
#include "web/OdooClient.hpp"

namespace boxtest {
namespace {

TEST(HttpClient, EncodesAllButUnreservedCharacters) {
    EXPECT_EQ(HttpClient::encode("aZ09-_.~"), "aZ09-_.~");
    EXPECT_EQ(HttpClient::encode("a b&c=d/e?\n\xc3\xbc"), "a%20b%26c%3Dd%2Fe%3F%0A%C3%BC");
}

TEST(HttpResponse, FindsHeadersInAnyCase) {
    HttpResponse response;
    response.headers = {{"location", "/x"}};
    EXPECT_EQ(response.header("Location"), "/x");
    EXPECT_EQ(response.header("Server"), std::nullopt);
}

TEST(HttpResponse, DescriptionIsShort) {
    const HttpResponse response{
        .status = 500, .headers = {{"location", "/x"}}, .body = std::string(5000, 'x'), .url = "https://h/"};
    EXPECT_EQ(response.describe(),
              "HTTP status 500 from https://h/, to /x; body: '" + std::string(1000, 'x') + "' and 4000 bytes more");
}

TEST(OdooClient, ReadsTheFaultCodeOfAnXmlRpcAnswer) {
    const auto fault = [](const std::string& value) {
        HttpResponse response;
        response.body =
            "<?xml version='1.0'?>\n<methodResponse>\n<fault>\n<value><struct>\n<member>\n<name>faultCode</name>\n<value>" +
            value +
            "</value>\n</member>\n<member><name>faultString</name><value><string>Access "
            "Denied</string></value></member></struct></value>"
            "</fault></methodResponse>";
        return OdooClient::faultCode(response);
    };
    EXPECT_EQ(fault("<int>3</int>"), "3");
    EXPECT_EQ(fault("<i4>4</i4>"), "4");
    EXPECT_EQ(fault("<string>oops</string>"), "oops");
    HttpResponse good;
    good.body = "<methodResponse><params><param><value><boolean>0</boolean></value></param></params></methodResponse>";
    EXPECT_EQ(OdooClient::faultCode(good), "");
}

}  // namespace
}  // namespace boxtest
