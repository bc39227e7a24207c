#include <gmock/gmock.h>

#include "EmbeddedTexts.hpp"
#include "ExpectedRows.hpp"

namespace boxtest {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

/// Rows of a NixOS guest, as nixpkgs' modules create them (read on 2026-11-27 in the tree that tests/nix/stub/read.tsv names; the
/// rows of a user's own systemd manager were observed in a guest with Debian's systemd): none is a finding. Each has a similar
/// row beside it that must be a finding: an expected line that is wider than NixOS needs would hide an intruder, and only these
/// tests detect that.
std::vector<std::string> onNixos(const std::string& table, const std::string& row) {
    const ExpectedRows::Values values{{"admin", {"kim"}},
                                      {"dataDirectory", {"/var/lib/postgresql/17"}},
                                      {"domain", {"erp.example"}},
                                      {"handymanGroup", {"handymen"}},
                                      {"httpPort", {"80"}},
                                      {"httpsPort", {"443"}},
                                      {"keys", {"lee SHA256:x"}},
                                      {"nginxUnit", {"nginx.service"}},
                                      {"odoo", {"odoo"}},
                                      {"odooDatabase", {"odoo"}},
                                      {"odooLogin", {"admin"}},
                                      {"odooUnit", {"odoo.service"}},
                                      {"people", {"kim", "lee"}},
                                      {"pgadmin", {"pgadmin"}},
                                      {"pgadminDatabase", {"pgadmin"}},
                                      {"pgadminLogin", {"admin@example.org"}},
                                      {"pgadminPath", {"/pgadmin"}},
                                      {"pgadminPrograms", {"/nix/store/abc-python3-env/bin"}},
                                      {"pgadminUnit", {"pgadmin.service"}},
                                      {"postgresqlUnit", {"postgresql.service"}},
                                      {"socket", {"/run/postgresql/.s.PGSQL.5432"}},
                                      {"socketDirectory", {"/run/postgresql"}},
                                      {"sshPort", {"22"}},
                                      {"superuser", {"postgres"}},
                                      {"webUser", {"nginx"}}};
    std::vector<std::string> found;
    for (const auto& finding : ExpectedRows::parse(embeddedText(table + ".txt"), "nixos", values).findings({row}))
        if (!finding.starts_with("must be there")) found.push_back(finding);
    return found;
}

void expectKnown(const std::string& table, const std::vector<std::string>& rows) {
    for (const auto& row : rows) EXPECT_THAT(onNixos(table, row), IsEmpty()) << row;
}

void expectFound(const std::string& table, const std::vector<std::string>& rows) {
    for (const auto& row : rows) EXPECT_THAT(onNixos(table, row), SizeIs(1)) << row;
}

TEST(NixosRows, PamIsAsNixpkgsWritesIt) {
    expectKnown("accounts",
                {"pam login:3 auth sufficient pam_unix.so likeauth nullok try_first_pass",
                 "pam login:9 session required pam_lastlog2.so silent", "pam sshd:2 auth required pam_deny.so",
                 "pam su:3 auth required pam_faillock.so", "pam su:2 auth sufficient pam_rootok.so",
                 "pam su:9 session optional pam_xauth.so systemuser=99 xauthpath=/nix/store/abc-xauth-1.1/bin/xauth",
                 "pam sudo:2 auth sufficient pam_unix.so likeauth try_first_pass",
                 "pam sudo:4 password sufficient pam_unix.so nullok yescrypt", "pam systemd-user:1 account required pam_unix.so",
                 "pam other:1 account required pam_warn.so", "pam other:4 auth required pam_deny.so"});
    expectFound("accounts", {"pam sshd:2 auth sufficient pam_unix.so likeauth nullok try_first_pass",
                             "pam sudo:1 auth sufficient pam_rootok.so", "pam sudo:1 auth sufficient pam_permit.so",
                             "pam other:4 auth required pam_permit.so", "pam sshd:1 account sufficient pam_unix.so",
                             "pam sshd:1 account required pam_unix.so broken_shadow"});
}

TEST(NixosRows, AccountsSudoAndSshdAreAsNixpkgsMakesThem) {
    expectKnown("accounts",
                {"source passwd files systemd", "source group files [success=merge] systemd", "source shadow files systemd",
                 "sudoers root ALL=(ALL:ALL) SETENV: ALL", "sudoers Defaults:root,%wheel env_keep+=TERMINFO_DIRS",
                 "sshd-started sshd -D -f /etc/ssh/sshd_config", "sshd-reads /etc/ssh/sshd_config",
                 "sshd-match /etc/ssh/sshd_config: Match User kim"});
    expectFound("accounts", {"source passwd files ldap systemd", "sudoers Defaults env_keep+=LD_PRELOAD",
                             "sudoers Defaults:root,%wheel env_keep+=PYTHONPATH",
                             "sshd-started sshd -D -f /etc/ssh/sshd_config -o PermitRootLogin=yes",
                             "sshd-reads /etc/ssh/sshd_config.d/zz.conf", "sshd-match /var/tmp/config: Match User kim",
                             "sshd everybody acceptenv LD_PRELOAD"});
}

TEST(NixosRows, APersonsOwnManagerIsKnownAndNobodyElsesIs) {
    expectKnown("doors", {"door unix-stream /run/user/1001/bus lee:0666 host user@1001.service:lee",
                          "door unix-dgram /run/user/1001/systemd/notify lee:0777 host user@1001.service:lee",
                          "process user@1001.service lee (sd-pam)", "process user@1001.service lee systemd"});
    expectFound("doors", {"door unix-stream /run/user/1001/bus lee:0666 host user@1001.service:kim",
                          "door unix-stream /run/user/1001/x kim:0666 host session-3.scope:kim",
                          "door tcp 0.0.0.0:8080 - host user@1001.service:lee"});
    expectKnown("files",
                {"mount tmpfs /run/user/1001 whole", "file d lee:lee 0700 /run/user/1001",
                 "file s lee:lee 0666 /run/user/1001/bus", "file p lee:lee 0000 /run/user/1001/systemd/inaccessible/fifo",
                 "file c lee:lee 0000 /run/user/1001/systemd/inaccessible/chr", "hook /run/systemd/transient/session-3.scope"});
    // A user may read the log of the user's own sessions.
    expectKnown("files",
                {"file f root:systemd-journal 0640+user-lee:4+group-wheel:5+group-adm:5 /var/log/journal/ab/user-1001.journal",
                 "file d root:systemd-journal 2755+group-wheel:5+group-adm:5+default-group-wheel:5+default-group-adm:5 "
                 "/var/log/journal/ab",
                 "file c root:audio 0660 /dev/snd/timer"});
    expectFound("files",
                {"file f root:systemd-journal 0640+user-lee:6+group-wheel:5+group-adm:5 /var/log/journal/ab/user-1001.journal",
                 "file f root:systemd-journal 0640+user-lee:4+group-users:5+group-adm:5 /var/log/journal/ab/user-1001.journal"});
    expectFound("files", {"file d lee:lee 0755 /run/user/1001", "file s lee:kim 0666 /run/user/1001/bus",
                          "file f lee:lee 4755 /run/user/1001/x", "hook /run/systemd/transient/run-u3.service"});
}

TEST(NixosRows, OnlyWhatNixosPutsThereIsRunBecauseOfWhereItLies) {
    expectKnown("files", {"hook /nix", "hook /nix-path-registration", "hook /lib64", "hook /etc/odoo-box/tls.key",
                          "hook /run/systemd/generator/-.mount",
                          "hook /run/systemd/generator/local-fs.target.requires/-.mount -> ../-.mount"});
    expectFound("files", {"hook /run/systemd/system-generators/zz", "hook /etc/ld.so.preload", "hook /root/.bashrc",
                          "hook /etc/odoo-box/backup/backup", "hook /usr/local/bin/psql", "hook /opt",
                          // What pgAdmin's code reads is a link into the store.
                          "hook /etc/pgadmin/config_system.py", "file f pgadmin:pgadmin 0600 /etc/pgadmin/config_system.py",
                          "hook /run/systemd/system/odoo.service.d/zz.conf", "file d root:root 1777 /srv/tmp"});
}

TEST(NixosRows, FoldersAndSocketsOfTheMachineItselfAreKnownByTheirOwnerAndMode) {
    expectKnown("files", {"attribute immutable /var/empty", "runs-from odoo.service /run/user/1001 rw same",
                          "file d nscd:nscd 0755 /run/nscd", "file s nscd:nscd 0777 /run/nscd/socket",
                          "file f root:utmp 0664 /run/utmp", "file d systemd-oom:systemd-oom 0755 /run/systemd/oom",
                          "file s systemd-oom:systemd-oom 0666 /run/systemd/oom/io.systemd.ManagedOOM",
                          "file f systemd-timesync:systemd-timesync 0644 /var/lib/systemd/timesync/clock",
                          "file s root:root 0600 /run/systemd/coredump", "file s root:root 0666 /run/systemd/io.systemd.Login"});
    expectFound("files", {"attribute immutable /var/lib/odoo", "runs-from odoo.service /run/user/1001/x rw tmpfs:/x",
                          "attribute append-only /var/empty", "file d nscd:nscd 0777 /run/nscd",
                          "file f nscd:nscd 0644 /run/nscd/x", "file f systemd-network:systemd-network 4755 /run/systemd/netif/x",
                          "file f systemd-network:systemd-network 0666 /run/systemd/netif/x",
                          "file d systemd-resolve:systemd-resolve 0777 /var/lib/systemd/x", "file s root:root 0666 /run/x.sock",
                          "file s root:root 0777 /run/systemd/x"});
    expectKnown("doors", {"door unix-stream /run/nscd/socket nscd:0777 host nscd.service:nscd",
                          "door unix-stream /run/systemd/io.systemd.Login root:0666 host systemd-logind.service:root",
                          "door unix-stream /run/systemd/machine/io.systemd.MachineImage root:0666 host init.scope:root",
                          "client /run/nscd/socket sshd.service:root", "client /run/nscd/socket session-4.scope:lee",
                          "client /run/nscd/socket systemd-logind.service:root",
                          "process systemd-timesyncd.service systemd-timesync systemd-timesyn",
                          "outgoing udp 192.0.2.1:123 host systemd-timesyncd.service:systemd-timesync"});
    expectFound("doors", {"door unix-stream /run/nscd/socket nscd:0777 host odoo.service:odoo",
                          "door unix-stream /run/systemd/io.systemd.Login root:0666 host zz.service:root",
                          "door unix-stream /run/systemd/io.systemd.X root:0777 host init.scope:root",
                          "client /run/nscd/socket odoo.service:odoo", "client /run/nscd/socket postgresql.service:postgres",
                          "client /run/nscd/socket zz.service:root"});
}

TEST(NixosRows, ProcessesAndTheirVariablesAreThoseOfNixpkgsPrograms) {
    expectKnown("doors", {"process nscd.service nscd nsncd", "process odoo.service odoo .odoo-wrapped",
                          "door unix-seqpacket /run/systemd/coredump root:0600 host init.scope:root",
                          "door unix-stream /run/pgadmin.sock root:0660 host init.scope:root,pgadmin.service:pgadmin"});
    expectFound("doors", {"process nscd.service nscd sh",
                          "door unix-stream /run/pgadmin2.sock root:0660 host init.scope:root,pgadmin.service:pgadmin"});
    expectKnown("doors", {"runs session-4.scope lee tail coreutils", "runs session-4.scope root sh bash",
                          "runs session-4.scope root sleep coreutils", "runs user@1001.service lee (sd-pam) systemd"});
    expectFound("doors", {"runs session-4.scope root sudo nc", "runs nscd.service nscd nsncd python3",
                          "runs zz.service systemd-oom systemd-oomd nc", "runs user@1001.service root (sd-pam) systemd"});
    expectKnown("memory", {"variable odoo.service PYTHONNOUSERSITE", "variable pgadmin.service NIX_PYTHONPREFIX",
                           "variable nginx.service TZDIR", "kernel-program session-2.scope ingress sd_fw_ingress"});
    expectFound("memory", {"variable odoo.service http_proxy", "variable odoo.service LD_PRELOAD", "variable nginx.service NIX_X",
                           "kernel-program session-2.scope connect4 zz"});
    expectKnown("web", {"nginx-remembers other /nix/store/abc-openssl-3.5/lib/libssl.so.3",
                        "nginx-remembers other http://127.0.0.1:8069/"});
    expectFound("web", {"nginx-remembers other /var/tmp/x.conf", "nginx-remembers other http://10.0.0.1:80/"});
    expectKnown("programs", {"environment odoo.service PYTHONNOUSERSITE=true",
                             "environment pgadmin.service NIX_PYTHONPATH=/nix/store/abc-python3-env/lib/python3.13/site-packages",
                             "environment sshd LD_LIBRARY_PATH=/nix/store/abc-systemd/lib"});
    expectFound("programs", {"environment odoo.service PYTHONPATH=/var/tmp", "environment sshd LD_PRELOAD=/nix/x.so",
                             "environment pgadmin.service PGSERVICEFILE=/tmp/pg_service.conf"});
    expectKnown("files", {"manager-environment TZDIR=/etc/zoneinfo"});
    expectFound("files", {"manager-environment TZDIR=/var/tmp"});
    expectKnown("server", {"started postgres", "environment PGDATA=/var/lib/postgresql/17"});
    expectFound("server", {"started postgres -D /var/lib/postgresql/17"});
}

}  // namespace
}  // namespace boxtest
