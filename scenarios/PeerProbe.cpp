#include "PeerProbe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/Error.hpp"

namespace boxtest {

namespace {

/// Protocol 3.0 (PostgreSQL documentation, "Message Formats"). One child process per OS user: one once taken cannot be given
/// back.
constexpr auto program = R"py(
import json, os, pwd, socket, struct, sys
path = sys.argv[1]

def message(connection):
    head = b''
    while len(head) < 5:
        more = connection.recv(5 - len(head))
        if not more: raise ConnectionError('the server closed the connection without an answer')
        head += more
    length = struct.unpack('!i', head[1:])[0] - 4
    body = b''
    while len(body) < length:
        more = connection.recv(length - len(body))
        if not more: raise ConnectionError('the server closed the connection in the middle of an answer')
        body += more
    return head[:1], body

def refusal(body):
    fields = {part[:1]: part[1:].decode('utf-8', 'replace') for part in body.split(b'\0') if part}
    return {'sqlstate': fields.get(b'C', ''), 'message': fields.get(b'M', '')}

def attempt(role, database, replication):
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(90)
    connection.connect(path)
    words = ['user', role, 'database', database, 'application_name', 'boxtest']
    if replication: words += ['replication', 'true']
    start = struct.pack('!i', 196608) + b'\0'.join(word.encode() for word in words) + b'\0\0'
    connection.sendall(struct.pack('!i', len(start) + 4) + start)
    while True:
        kind, body = message(connection)
        if kind == b'E': return refusal(body)
        if kind == b'R' and struct.unpack('!i', body[:4])[0] != 0:
            return {'sqlstate': '', 'message': 'the server asks for a password (authentication request %d)' % struct.unpack('!i', body[:4])[0]}
        if kind == b'Z': break
    if replication: return {'sqlstate': '00000', 'message': ''}
    query = b'SELECT session_user\0'
    connection.sendall(b'Q' + struct.pack('!i', len(query) + 4) + query)
    user = ''
    while True:
        kind, body = message(connection)
        if kind == b'E': return refusal(body)
        if kind == b'D': user = body[6:].decode('utf-8', 'replace')
        if kind == b'Z': return {'sqlstate': '00000', 'message': '', 'sessionUser': user}

plan = {}
for index, (osUser, role, database, replication) in enumerate(json.load(sys.stdin)):
    plan.setdefault(osUser, []).append((index, role, database, replication))
children = []
for osUser, attempts in plan.items():
    out, into = os.pipe()
    if os.fork() == 0:
        answers = []
        try:
            account = pwd.getpwnam(osUser)
            os.initgroups(osUser, account.pw_gid)
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
            for index, role, database, replication in attempts:
                try: answer = attempt(role, database, replication)
                except OSError as error: answer = {'sqlstate': '', 'message': str(error)}
                answers.append((index, answer))
        except Exception as error:
            answers = [(attempts[0][0], {'broken': '%s: %s' % (type(error).__name__, error)})]
        with os.fdopen(into, 'w') as report: report.write(json.dumps(answers))
        os._exit(0)
    os.close(into)
    children.append(out)
answers = [answer for out in children for answer in json.loads(os.fdopen(out, 'rb').read())]
print(json.dumps([answer for _, answer in sorted(answers, key=lambda one: one[0])]))
)py";

}  // namespace

std::string PeerAttempt::describe() const {
    return fmt::format("OS user {} as role {} in {}{}", osUser, role, database, replication ? " (replication)" : "");
}

void probePeers(RunningGuest& guest, std::vector<PeerAttempt>& attempts) {
    auto plan = nlohmann::json::array();
    for (const auto& attempt : attempts) plan.push_back({attempt.osUser, attempt.role, attempt.database, attempt.replication});
    const auto result =
        guest.session(guest.names().admin)
            .run({"sudo", "-n", "--", guest.python(), "-I", "-S", "-c", program, guest.manifest().postgresql.socketPath()},
                 {.input = plan.dump(), .deadline = Deadline::in(std::chrono::minutes(5))});
    if (!result.succeeded()) throw GuestError("cannot probe peer authentication in the guest: " + result.describe());
    const auto answers = nlohmann::json::parse(result.out);
    for (const auto& answer : answers) {
        if (answer.contains("broken"))
            throw GuestError("cannot probe peer authentication: " + answer["broken"].get<std::string>());
    }
    if (answers.size() != attempts.size())
        throw GuestError("the peer probe gave another number of answers than it was asked for");
    for (std::size_t i = 0; i < attempts.size(); ++i) {
        attempts[i].sqlstate = answers[i].at("sqlstate").get<std::string>();
        attempts[i].message = answers[i].at("message").get<std::string>();
        attempts[i].sessionUser = answers[i].value("sessionUser", std::string());
    }
}

std::string peerMatrix(const std::vector<PeerAttempt>& attempts) {
    std::vector<std::string> users, roles;
    std::map<std::pair<std::string, std::string>, std::string> cells;
    for (const auto& attempt : attempts) {
        if (std::ranges::find(users, attempt.osUser) == users.end()) users.push_back(attempt.osUser);
        if (std::ranges::find(roles, attempt.role) == roles.end()) roles.push_back(attempt.role);
        auto& cell = cells[{attempt.osUser, attempt.role}];
        std::string entry;
        if (attempt.sqlstate == "00000") entry = attempt.database + (attempt.replication ? " (replication)" : "");
        if (attempt.sqlstate != "00000" && attempt.sqlstate != "28000") {
            entry = attempt.database + ": " + (attempt.sqlstate.empty() ? attempt.message : attempt.sqlstate);
        }
        if (!entry.empty()) cell += (cell.empty() ? "" : ", ") + entry;
    }
    std::string text = fmt::format(
        "{} attempts. A row is an OS user, a column a role, an entry the databases it enters; - is 28000 wherever it was "
        "tried.\n\n",
        attempts.size());
    std::size_t first = 0;
    for (const auto& user : users) first = std::max(first, user.size());
    const auto line = [&](const std::string& name, const std::function<std::string(const std::string&)>& entryOf) {
        text += fmt::format("{:<{}}", name, first);
        for (const auto& role : roles) {
            auto width = role.size();
            for (const auto& user : users) width = std::max(width, cells[{user, role}].size());
            text += fmt::format("  {:<{}}", entryOf(role), width);
        }
        text.erase(text.find_last_not_of(' ') + 1);
        text += "\n";
    };
    line("", [](const std::string& role) { return role; });
    for (const auto& user : users) {
        line(user, [&](const std::string& role) {
            const auto& cell = cells[{user, role}];
            return cell.empty() ? "-" : cell;
        });
    }
    return text;
}

nlohmann::json peersJson(const std::vector<PeerAttempt>& attempts, const HbaRules& rules) {
    nlohmann::json all{{"rules", nlohmann::json::array()}, {"attempts", nlohmann::json::array()}};
    for (const auto& rule : rules.all()) all["rules"].push_back({{"number", rule.number}, {"text", rule.text()}});
    for (const auto& attempt : attempts) {
        nlohmann::json one{{"user", attempt.osUser},       {"role", attempt.role},
                           {"database", attempt.database}, {"replication", attempt.replication},
                           {"sqlstate", attempt.sqlstate}, {"message", attempt.message}};
        if (const auto rule = rules.deciding(attempt.role, attempt.database, attempt.replication)) one["rule"] = *rule;
        all["attempts"].push_back(std::move(one));
    }
    return all;
}

}  // namespace boxtest
