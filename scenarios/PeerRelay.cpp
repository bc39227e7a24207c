#include "PeerRelay.hpp"

#include <cstdio>

#include "Sections.hpp"
#include "base/Error.hpp"

namespace boxtest {

namespace {

/// Started by root: the listening socket is the admin's, what accepts and connects is the OS user.
constexpr auto relayProgram = R"py(
import os, pwd, socket, sys, tempfile, threading
target, user, client = sys.argv[1:4]
folder = tempfile.mkdtemp(prefix='boxtest-')
listener = socket.socket(socket.AF_UNIX)
listener.bind(folder + '/relay')
owner = pwd.getpwnam(client)
for path in (folder + '/relay', folder): os.chown(path, owner.pw_uid, owner.pw_gid)
os.chmod(folder + '/relay', 0o600)
listener.listen(16)
child = os.fork()
if child:
    print(child, folder)
    sys.exit()
os.setsid()
nothing = os.open('/dev/null', os.O_RDWR)
for descriptor in (0, 1, 2): os.dup2(nothing, descriptor)
account = pwd.getpwnam(user)
os.initgroups(user, account.pw_gid)
os.setgid(account.pw_gid)
os.setuid(account.pw_uid)

def pump(source, sink):
    try:
        while True:
            data = source.recv(65536)
            if not data: break
            sink.sendall(data)
    except OSError: pass
    for end in (source, sink):
        try: end.shutdown(socket.SHUT_RDWR)
        except OSError: pass

while True:
    near, _ = listener.accept()
    far = socket.socket(socket.AF_UNIX)
    try: far.connect(target)
    except OSError:
        near.close()
        continue
    for pair in ((near, far), (far, near)): threading.Thread(target=pump, args=pair, daemon=True).start()
)py";

}  // namespace

PeerRelay::PeerRelay(RunningGuest& guest, const std::string& osUser) : guest_(guest), osUser_(osUser) {
    auto& session = guest.session(guest.names().admin);
    const auto started = session.run({"sudo", "-n", "--", guest.python(), "-I", "-S", "-c", relayProgram,
                                      guest.manifest().postgresql.socketPath(), osUser, guest.names().admin});
    const auto words = splitWords(started.out);
    if (!started.succeeded() || words.size() != 2)
        throw GuestError("cannot connect to PostgreSQL as OS user '" + osUser + "' in the guest: " + started.describe());
    process_ = words[0];
    folder_ = words[1];
    tunnel_.emplace(Tunnel::toUnixSocket(session, folder_ + "/relay", LocalUnix{}));
}

PeerRelay::~PeerRelay() {
    tunnel_.reset();
    try {
        guest_.asRoot("kill " + process_ + "; rm -rf -- " + shellQuote(folder_));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "boxtest-scenarios: cannot end the relay of %s: %s\n", osUser_.c_str(), error.what());
    }
}

Database PeerRelay::database(const std::string& database) {
    return Database::connect(Endpoint::of(*tunnel_), osUser_, database, connectDeadline());
}

ConnectOutcome PeerRelay::attemptConnect(const std::string& database) {
    return Database::attemptConnect(Endpoint::of(*tunnel_), osUser_, database, connectDeadline());
}

}  // namespace boxtest
