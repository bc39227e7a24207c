/// The reports on a real machine whose roles, units, tables and service answers contain markup.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "base/AtomicFile.hpp"
#include "machine/VerifyFixture.hpp"

namespace boxtest {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST_F(VerifyOfAGuest, WhoseThingsAreCalledAsMarkupMakesNoneInAnyReport) {
    auto database = guest().adminDatabase(guest().names().odooDatabase);
    database.execute("CREATE TABLE public.\"<script>alert('table')</script>\" (x integer)");
    database.execute("GRANT SELECT ON public.\"<script>alert('table')</script>\" TO PUBLIC");
    database.execute("CREATE ROLE \"<script>alert('role')</script>\" LOGIN");
    guest().factsAsRoot(
        R"sh(
set -eu
cat >'/etc/systemd/system/boxtest-\x3cscript\x3e.service' <<'U'
[Unit]
Description=<script>alert('unit')</script>
[Service]
Type=notify
NotifyAccess=all
ExecStart=)sh" +
        guest().python() +
        R"sh( -c "import os, socket; s = socket.create_server(('127.0.0.1', 4444)); os.system('systemd-notify --ready'); c = s.accept()[0]; c.send(b'<script>alert(1)</script>')"
U
systemctl daemon-reload
systemctl start 'boxtest-\x3cscript\x3e.service'
)sh");
    const auto run = verify(
        {"TcpRefused.EveryDoorInEveryNetworkNamespaceIsKnown:PeerAuth.OnlyTheKnownRolesMayLogIn:"
         "HandymanNothingElse.ThePrivilegeMatrixGivesHandymenWhatIsExpectedAndNothingElse",
         "--json", file("results.json").string(), "--html", file("page.html").string(), "--junit", file("junit.xml").string()});
    EXPECT_EQ(run.status.code, 1) << run.out << run.err;
    // Each hostile text must be in the report at all.
    const auto json = readWholeFile(file("results.json"));
    EXPECT_THAT(json, AllOf(HasSubstr("alert('table')"), HasSubstr("alert('role')"), HasSubstr(R"(boxtest-\\x3cscript\\x3e)")));
    const auto page = readWholeFile(file("page.html"));
    EXPECT_THAT(page, AllOf(HasSubstr("&lt;script&gt;alert(&#39;table&#39;)"), HasSubstr("&lt;script&gt;alert(&#39;role&#39;)")));
    EXPECT_THAT(page, Not(HasSubstr("<script")));
    EXPECT_THAT(readWholeFile(file("junit.xml")), Not(HasSubstr("<script")));
}

}  // namespace
}  // namespace boxtest
