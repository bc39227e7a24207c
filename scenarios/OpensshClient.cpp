#include "OpensshClient.hpp"

#include <fmt/format.h>

#include <chrono>

#include "base/Error.hpp"
#include "machine/AtomicFile.hpp"

namespace boxtest {

namespace {

constexpr auto limit = std::chrono::minutes(2);

}  // namespace

std::string OpensshClient::start(const std::string& user) const {
    return fmt::format("user={} port={} alias={} host_key={} database={}\n", Session::quote(user), guest_.manifest().ssh.port,
                       Session::quote(guest_.names().domain), Session::quote(guest_.manifest().ssh.hostKey),
                       Session::quote(guest_.manifest().postgresql.socketPath())) +
           R"sh(
set -e
work=$(mktemp -d /run/boxtest-ssh.XXXXXX)
tidy() { :; }
trap 'tidy; rm -rf "$work"' EXIT
( umask 077; cat >"$work/key" )
echo "$alias $host_key" >"$work/known"
client() {
  ssh -F none -p "$port" -i "$work/key" -o IdentitiesOnly=yes -o BatchMode=yes -o UserKnownHostsFile="$work/known" \
    -o GlobalKnownHostsFile=/dev/null -o HostKeyAlias="$alias" -o StrictHostKeyChecking=yes -o LogLevel=ERROR \
    -o ExitOnForwardFailure=yes "$@"
}
)sh";
}

std::string OpensshClient::tunnelOnly(const std::string& user, const std::string& owner) const {
    const auto asked =
        guest_.asRoot(start(user) + R"sh(
# With -f the client goes on alone once it is in and has its tunnel.
if client -f -M -S "$work/control" -N -L "$work/db:$database" "$user@127.0.0.1" >/dev/null 2>"$work/said"; then
  test -S "$work/db" && echo in
  client -S "$work/control" -O exit "$user@127.0.0.1"
else
  cat "$work/said"
fi
)sh",
                      {.input = readWholeFile(guest_.manifest().ssh.keyOf(owner)), .deadline = Deadline::in(limit)});
    if (!asked.succeeded()) throw GuestError("cannot ask for a tunnel alone: " + asked.describe());
    return asked.out;
}

Sections OpensshClient::forwardings(const std::string& user) const {
    const auto asked =
        guest_.asRoot(start(user) + R"sh(
socket=/tmp/boxtest-$user.sock device=tun77 made=
tidy() { kill "$SSH_AGENT_PID" || true; ip link delete "$device"; rm -rf "$socket" $made; }
# The ground is laid: a device that is the user's, an agent, a display, and the program that sshd wants to be there for displays.
ip tuntap add dev "$device" mode tun user "$user"
eval "$(ssh-agent -a "$work/agent")" >/dev/null
export DISPLAY=127.0.0.1:7
xauth=$(sshd -T | sed -n 's/^xauthlocation //p')
if ! test -e "$xauth"; then
  made=$xauth
  while ! test -e "$(dirname "$made")"; do made=$(dirname "$made"); done
  mkdir -p "$(dirname "$xauth")"
  ln -s /bin/sh "$xauth"
fi
mkfifo "$work/answer"
ask() {
  echo "== $1"; shift
  client "$@" -- "$user@127.0.0.1" 'echo "in${SSH_AUTH_SOCK:+, has an agent}${DISPLAY:+, has a display}"' >"$work/answer" 2>"$work/said" &
  if read -r answer <"$work/answer"; then echo "$answer"; else echo refused; cat "$work/said"; fi
  # With an open tunnel it would stay.
  kill "$!" 2>/dev/null || true
  wait "$!" || true
}
set -- -R 127.0.0.1:0:127.0.0.1:9 -R "$socket:127.0.0.1:9" -w "any:${device#tun}"
ask environment -A -Y
ask port "$1" "$2"
ask socket "$3" "$4"
ask device "$5" "$6"
# What stands in a Match block would win over an option: this one has a file of its own, without any.
sshd -T >"$work/config"
sshd="$(command -v sshd) -i -f $work/config -oAllowTcpForwarding=yes -oAllowStreamLocalForwarding=yes -oPermitListen=any -oPermitTunnel=yes"
ask granted -A -Y "$@" "-oProxyCommand=$sshd -oAllowAgentForwarding=yes -oX11Forwarding=yes"
)sh",
                      {.input = readWholeFile(guest_.manifest().ssh.keyOf(user)), .deadline = Deadline::in(limit)});
    if (!asked.succeeded()) throw GuestError("cannot ask for forwardings: " + asked.describe());
    return Sections::parse(asked.out);
}

}  // namespace boxtest
