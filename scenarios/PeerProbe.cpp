#include "PeerProbe.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/Error.hpp"

namespace boxtest {

namespace {

/// Protocol 3.0 (PostgreSQL documentation, "Message Formats"). One child process per attempt: an OS user once taken cannot be
/// given back.
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

answers = []
for osUser, role, database, replication in json.load(sys.stdin):
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            account = pwd.getpwnam(osUser)
            os.initgroups(osUser, account.pw_gid)
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
            try: answer = attempt(role, database, replication)
            except OSError as error: answer = {'sqlstate': '', 'message': str(error)}
        except Exception as error:
            answer = {'broken': '%s: %s' % (type(error).__name__, error)}
        os.write(into, json.dumps(answer).encode())
        os._exit(0)
    os.close(into)
    answers.append(json.loads(os.fdopen(out, 'rb').read()))
    os.waitpid(child, 0)
print(json.dumps(answers))
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
    if (answers.size() != attempts.size())
        throw GuestError("the peer probe gave another number of answers than it was asked for");
    for (std::size_t i = 0; i < attempts.size(); ++i) {
        if (answers[i].contains("broken")) {
            throw GuestError(fmt::format("cannot probe {}: {}", attempts[i].describe(), answers[i]["broken"].get<std::string>()));
        }
        attempts[i].sqlstate = answers[i].at("sqlstate").get<std::string>();
        attempts[i].message = answers[i].at("message").get<std::string>();
        attempts[i].sessionUser = answers[i].value("sessionUser", std::string());
    }
}

}  // namespace boxtest
