#include "Browser.hpp"

#include "base/Error.hpp"
#include "web/Certificate.hpp"

namespace boxtest {

WebDriver openBrowser(RunningGuest& guest) {
    const auto answer = guest.http().get(guest.manifest().web.pgadmin.path);
    if (answer.certificates.empty()) throw GuestError("the web server showed no certificate: " + answer.describe());
    return WebDriver({.domain = guest.names().domain,
                      .httpsPort = guest.ports().https,
                      .keyPin = Certificate::parse(answer.certificates[0]).keyPin,
                      .failure = guest.failure()},
                     Deadline::in(std::chrono::minutes(10)));
}

}  // namespace boxtest
