#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "Facts.hpp"
#include "ProcNet.hpp"
#include "Scenario.hpp"
#include "Sections.hpp"
#include "Segment.hpp"
#include "Survey.hpp"
#include "UnitFacts.hpp"
#include "base/Error.hpp"

namespace boxtest {
namespace {

using testing::IsEmpty;

/// The kernel's socket tables of the machine's network namespace and of PostgreSQL's.
struct SocketTables {
    std::vector<ProcSocket> host;
    std::vector<ProcSocket> postgresql;
    bool sameNamespace = false;
    std::set<std::string> heldInodes;  ///< Of all sockets that PostgreSQL's processes have open.
    std::vector<std::string> addresses;
};

class TcpRefused : public Scenario {
   protected:
    /// The unit is active and its socket accepts connections: otherwise every refusal below would be one of a dead server.
    void SetUp() override {
        ASSERT_TRUE(postgresqlLives());
        const auto state =
            guest().factsAsRoot("systemctl show -P ActiveState -- " + Session::quote(manifest().services.postgresql.unit));
        ASSERT_EQ(state, "active\n") << "the unit " << manifest().services.postgresql.unit;
    }

    static SocketTables socketTables() {
        const auto script = fmt::format(R"sh(
unit={}
pid=$(systemctl show -P MainPID -- "$unit")
group=$(systemctl show -P ControlGroup -- "$unit")
echo '== host'; cat /proc/1/net/tcp /proc/1/net/tcp6 || exit 1
echo '== postgresql'; cat "/proc/$pid/net/tcp" "/proc/$pid/net/tcp6" || exit 1
echo '== namespaces'; readlink /proc/1/ns/net; readlink "/proc/$pid/ns/net"
echo '== trie'; cat /proc/1/net/fib_trie
echo '== inet6'; cat /proc/1/net/if_inet6 2>/dev/null
echo '== sockets'
cat $(find "/sys/fs/cgroup$group" -name cgroup.procs) | sed 's#.*#/proc/&/fd#' | xargs ls -l 2>/dev/null | sed -n 's/.*socket:\[\([0-9]*\)\].*/\1/p'
)sh",
                                        Session::quote(manifest().services.postgresql.unit));
        const auto sections = Sections::parse(guest().factsAsRoot(script));
        const auto namespaces = sections.lines("namespaces");
        const auto inodes = sections.lines("sockets");
        if (namespaces.size() != 2 || inodes.empty())
            throw GuestError("PostgreSQL's processes show no network namespace or no socket");
        auto addresses = parseLocalAddresses(sections.at("trie"));
        std::ranges::copy(parseLocalAddresses6(sections.at("inet6")), std::back_inserter(addresses));
        return {.host = parseProcNet(sections.at("host")),
                .postgresql = parseProcNet(sections.at("postgresql")),
                .sameNamespace = namespaces[0] == namespaces[1],
                .heldInodes = {inodes.begin(), inodes.end()},
                .addresses = std::move(addresses)};
    }

    static std::vector<std::string> held(const std::vector<ProcSocket>& sockets, const std::set<std::string>& inodes) {
        std::vector<std::string> found;
        for (const auto& socket : sockets) {
            if (inodes.contains(socket.inode)) found.push_back(socket.describe() + (socket.listening ? " (listening)" : ""));
        }
        return found;
    }

    static std::vector<std::string> listeners(const std::vector<ProcSocket>& sockets) {
        std::vector<std::string> found;
        for (const auto& socket : sockets) {
            if (socket.listening) found.push_back(socket.describe());
        }
        return found;
    }

    /// A StartupMessage (protocol 3.0). The newlines in it make line-based servers, such as web servers, answer too instead of
    /// waiting for more data.
    static std::string startupMessage() {
        using namespace std::string_literals;
        const auto body = "\0\3\0\0user\0"s + names().superuser + "\0database\0postgres\0application_name\0boxtest\r\n\r\n\0\0"s;
        std::string message;
        for (int shift = 24; shift >= 0; shift -= 8) message += static_cast<char>((body.size() + 4) >> shift & 0xff);
        return message + body;
    }

    /// AuthenticationRequest, ErrorResponse, NegotiateProtocolVersion: a letter and a length that is not text.
    static bool speaksPostgresql(const std::string& answer) {
        return answer.size() >= 2 && std::string_view("REv").find(answer[0]) != std::string_view::npos && answer[1] == '\0';
    }
};

SCENARIO(TcpRefused, NoSettingNoConfigurationFileAndNoRuleAsksForTcp, Effect::reads) {
    auto database = guest().adminDatabase("postgres");
    EXPECT_EQ(single(database, "SHOW listen_addresses"), "") << "PostgreSQL was told to listen on TCP";
    EXPECT_EQ(single(database, "SHOW unix_socket_directories"), manifest().postgresql.socketDirectory);
    EXPECT_EQ(single(database, "SHOW port"), std::to_string(manifest().postgresql.port));
    EXPECT_EQ(single(database, "SELECT inet_server_addr() IS NULL AND inet_server_port() IS NULL"), "t")
        << "this very connection came over TCP";
    // Also not at the next start.
    EXPECT_THAT(
        column(database,
               "SELECT sourcefile || ':' || sourceline || ': listen_addresses = ' || coalesce(setting, '') FROM pg_file_settings "
               "WHERE name = 'listen_addresses' AND coalesce(setting, '') <> ''"),
        IsEmpty());
    EXPECT_EQ(single(database, "SELECT pending_restart FROM pg_settings WHERE name = 'listen_addresses'"), "f");
    // Also, no rule would admit TCP connections.
    EXPECT_GT(std::stoi(single(database, "SELECT count(*) FROM pg_hba_file_rules WHERE type = 'local' AND error IS NULL")), 0)
        << "pg_hba.conf has no rule at all";
    EXPECT_THAT(
        column(database,
               "SELECT format('line %s: %s %s %s %s', line_number, type, address, auth_method, error) FROM pg_hba_file_rules "
               "WHERE type IS DISTINCT FROM 'local' OR error IS NOT NULL"),
        IsEmpty());
}

SCENARIO(TcpRefused, NoProcessOfPostgresqlHoldsATcpSocketAndNobodyListensOnItsPort, Effect::reads) {
    const auto tables = socketTables();
    ASSERT_FALSE(listeners(tables.host).empty()) << "the kernel's table shows no listener, not even sshd's: the probe is blind";
    EXPECT_THAT(held(tables.host, tables.heldInodes), IsEmpty()) << "in the machine's network namespace";
    EXPECT_THAT(held(tables.postgresql, tables.heldInodes), IsEmpty()) << "in PostgreSQL's network namespace";
    // A separate namespace of PostgreSQL must not contain other listeners.
    if (!tables.sameNamespace) {
        EXPECT_THAT(listeners(tables.postgresql), IsEmpty()) << "in PostgreSQL's own network namespace";
    }
    Facts facts;
    for (const auto& socket : tables.host)
        facts.expect(!(socket.listening && socket.port == manifest().postgresql.port),
                     fmt::format("{} listens, made by uid {}", socket.describe(), socket.user));
    EXPECT_TRUE(facts.hold());
}

SCENARIO(TcpRefused, LoopbackAndTheNetworkCardRefuse, Effect::reads) {
    auto& session = guest().session(names().admin);
    const auto sshd = session.tryDirectTcpip("127.0.0.1", manifest().ssh.port);
    ASSERT_EQ(toString(sshd.answer), toString(TcpAnswer::open))
        << "sshd does not connect anywhere for the admin (" << sshd.text << "): no refusal proves anything";
    auto addresses = socketTables().addresses;
    ASSERT_THAT(addresses, testing::Contains("127.0.0.1"));
    ASSERT_GE(addresses.size(), 2U) << "the machine has no address on a network card";
    ASSERT_THAT(addresses, testing::Contains("::1")) << "the machine has no IPv6, so that half of this would prove nothing";
    addresses.emplace_back("localhost");
    Facts facts;
    for (const auto& address : addresses) {
        const auto answer = session.tryDirectTcpip(address, manifest().postgresql.port);
        facts.expect(
            answer.answer == TcpAnswer::refused,
            fmt::format("{}:{} answered '{}' {}", address, manifest().postgresql.port, toString(answer.answer), answer.text));
    }
    EXPECT_TRUE(facts.hold());
}

SCENARIO(TcpRefused, NoListeningPortSpeaksPostgresql, Effect::reads) {
    auto& session = guest().session(names().admin);
    std::set<std::pair<std::string, std::uint16_t>> doors;
    for (const auto& socket : socketTables().host) {
        if (socket.listening) doors.emplace(socket.reachableAt(), socket.port);
    }
    ASSERT_TRUE(std::any_of(doors.begin(), doors.end(), [](const auto& door) { return door.second == manifest().ssh.port; }));
    ASSERT_TRUE(std::any_of(doors.begin(), doors.end(), [](const auto& door) { return door.second == manifest().web.httpsPort; }))
        << "nginx does not listen: the guest is not complete";
    Facts facts;
    for (const auto& [address, port] : doors) {
        const auto probe = session.probeTcp(address, port, startupMessage(), Deadline::in(std::chrono::seconds(30)));
        const auto door = fmt::format("{}:{}", address, port);
        facts.equal(toString(TcpAnswer::open), toString(probe.connection.answer), door + ": " + probe.connection.text);
        if (probe.connection.answer != TcpAnswer::open) continue;
        facts.expect(!speaksPostgresql(probe.answer), door + " answers as PostgreSQL does: a proxy to the socket?");
        facts.expect(probe.ended || !probe.answer.empty(), door + " said nothing, so that it cannot be judged");
    }
    EXPECT_TRUE(facts.hold());
}

SCENARIO(TcpRefused, EveryDoorInEveryNetworkNamespaceIsKnown, Effect::reads) {
    // A proxy may require its own greeting first, or be in another namespace: so every door must be known.
    const auto survey = Survey::run(guest(), "doors");
    attach("doors.txt", survey.text());
    EXPECT_THAT(
        survey.findings({"door", "outgoing", "client", "namespace", "interface", "cluster", "filter", "filter-elsewhere"}),
        IsEmpty());
}

SCENARIO(TcpRefused, ANeighbourOnTheNetworkReachesSshAndNoPostgresql, Effect::changes, .twoMachines = true) {
    const auto& box = boxPlace.ipv4;
    joinSegment(guest(), boxPlace);
    joinSegment(neighbour(), neighbourPlace);
    auto& session = neighbour().session(names().admin);
    const auto connect = [&](int port) {
        return session.run(fmt::format("timeout 10 bash -c 'exec 3<>/dev/tcp/{}/{}'", box, port));
    };
    const auto ssh = connect(manifest().ssh.port);
    ASSERT_TRUE(ssh.succeeded()) << "not even sshd can be reached, so that nothing is proved: " << ssh.describe();
    const auto postgresql = connect(manifest().postgresql.port);
    // Refused, or dropped by a firewall: timeout(1) then exits with 124.
    const bool refused = postgresql.exitStatus == 1 && postgresql.err.find("Connection refused") != std::string::npos;
    EXPECT_TRUE(refused || postgresql.exitStatus == 124)
        << "from a machine on the same network, " << box << ":" << manifest().postgresql.port << ": " << postgresql.describe();
    // PostgreSQL is also not behind any other port that a neighbour can reach.
    Facts facts;
    for (const auto& socket : socketTables().host) {
        if (!socket.listening) continue;
        const auto probe = session.probeTcp(box, socket.port, startupMessage(), Deadline::in(std::chrono::seconds(30)));
        facts.expect(!speaksPostgresql(probe.answer),
                     fmt::format("{}:{} answers a neighbour as PostgreSQL does", box, socket.port));
        facts.expect(probe.connection.answer != TcpAnswer::open || probe.ended || !probe.answer.empty(),
                     fmt::format("{}:{} said nothing to a neighbour, so that it cannot be judged", box, socket.port));
    }
    EXPECT_TRUE(facts.hold());
}

}  // namespace
}  // namespace boxtest
