# shellcheck shell=sh disable=SC2154,SC2034,SC2012,SC2016
# Functions that the scripts of all sabotages share (POSIX shell, run by the guest's root). The names of guest.json are variables:
# $odoo, $odoo_db, $pg_data, $odoo_unit, ... (harness/tools/sabotage/SabotageScript.cpp lists them). Nothing here depends on the
# flavour of the guest.

sabotage_mark=boxtest_sabotage

# wait_for COMMAND...: repeats the command until it succeeds: 600 times, 0.3 s apart.
wait_for() {
  tries=0
  until "$@" >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || { echo "waited in vain for: $*" >&2; return 1; }
    sleep 0.3
  done
}

# sql DATABASE [SQL]: runs SQL (without a second argument: stdin) as the cluster's superuser. The names are variables of psql too.
sql() {
  sql_database=$1
  shift
  { if [ $# -gt 0 ]; then printf '%s\n' "$1"; else cat; fi; } |
    (cd / && sudo -n -u "$superuser" psql -XAtqw -v ON_ERROR_STOP=1 -h "$socket_dir" -p "$pg_port" -d "$sql_database" \
      -v superuser="$superuser" -v admin="$admin" -v odoo="$odoo" -v pgadmin="$pgadmin" -v handyman="$handyman" \
      -v handyman_group="$handyman_group" -v odoo_db="$odoo_db" -v pgadmin_db="$pgadmin_db" -f -)
}

# holds DATABASE SQL: checks that the query returns one value, true.
holds() {
  held=$(sql "$1" "$2") || return 1
  [ "$held" = t ] || { echo "not true but '$held': $2" >&2; return 1; }
}

# enters OS-USER ROLE DATABASE [SQL]: checks that the OS user can log in as ROLE and may execute SQL.
enters() {
  (cd / && sudo -n -u "$1" psql -XAtqw -v ON_ERROR_STOP=1 -h "$socket_dir" -p "$pg_port" -U "$2" -d "$3" -c "${4:-SELECT 1}")
}

# replace FILE: replaces its content by stdin and keeps owner and mode. A file that cannot be written gets a bind mount over it.
replace() {
  replaced=$(readlink -f "$1")
  new=$(mktemp /run/boxtest_new.XXXXXX)
  cat >"$new"
  chmod --reference="$replaced" "$new"
  chown --reference="$replaced" "$new"
  if cat "$new" 2>/dev/null >"$replaced"; then rm "$new"; else mount --bind "$new" "$replaced"; fi
}

# edit FILE SED-EXPRESSION: fails if the expression changes nothing.
edit() {
  sed "$2" "$1" >/run/boxtest_edited
  ! cmp -s /run/boxtest_edited "$1" || { echo "nothing to edit in $1" >&2; return 1; }
  replace "$1" </run/boxtest_edited
}

# pg_reload: makes PostgreSQL reload its configuration files; returns when PostgreSQL has done so.
pg_reload() {
  loaded=$(sql postgres 'SELECT pg_conf_load_time()')
  sql postgres 'SELECT pg_reload_conf()'
  wait_for eval '[ "$(sql postgres "SELECT pg_conf_load_time()")" != "$loaded" ]'
}

# in_template0 SQL: template0 takes connections meanwhile.
in_template0() {
  sql postgres 'ALTER DATABASE template0 ALLOW_CONNECTIONS true'
  sql template0 "$1"
  sql postgres 'ALTER DATABASE template0 ALLOW_CONNECTIONS false'
}

# pg_count_as_initdb: PostgreSQL numbers its transactions as initdb did, so that rows that are written now seem to be initdb's, until
# pg_count_on. Both restart it. In between, template0 takes connections.
pg_count_as_initdb() {
  sql postgres 'ALTER DATABASE template0 ALLOW_CONNECTIONS true'
  for db in template0 template1 postgres "$odoo_db" "$pgadmin_db"; do sql "$db" 'VACUUM (FREEZE)'; done
  sql postgres CHECKPOINT
  pg_next=$(sql postgres 'SELECT pg_snapshot_xmax(pg_current_snapshot())')
  pg_programs=$(dirname "$(readlink "/proc/$(systemctl show -P MainPID -- "$postgresql_unit")/exe")")
  systemctl stop "$odoo_unit" "$pgadmin_unit" "$postgresql_unit"
  pg_count_from 200
}
pg_count_on() {
  sql postgres 'ALTER DATABASE template0 ALLOW_CONNECTIONS false'
  # A row keeps its number when others have seen it.
  sql postgres 'SELECT count(*) FROM pg_catalog.pg_database' >/dev/null
  sql postgres CHECKPOINT
  systemctl stop "$postgresql_unit"
  pg_count_from "$((pg_next + 1000))"
  systemctl start "$odoo_unit" "$pgadmin_unit"
}
pg_count_from() {
  (cd / && setpriv --reuid="$superuser" --regid="$superuser" --init-groups "$pg_programs/pg_resetwal" -x "$1" -D "$pg_data" >/dev/null)
  systemctl start "$postgresql_unit"
  wait_for sql postgres 'SELECT 1'
}

# another_obj_description DATABASE: a built-in function that does more when a superuser calls it.
another_obj_description() {
  sql "$1" <<'SQL'
CREATE OR REPLACE FUNCTION pg_catalog.obj_description(oid, name) RETURNS text LANGUAGE sql PARALLEL UNSAFE VOLATILE STRICT AS
  $$ SELECT CASE WHEN (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN pg_catalog.set_config('application_name', 'boxtest-mark', false) END;
     SELECT description FROM pg_catalog.pg_description WHERE objoid = $1 AND objsubid = 0 $$;
SELECT count(*) FROM pg_catalog.pg_proc;
SQL
}

# hba_first LINE...: inserts rules before all others in pg_hba.conf and reloads.
hba_first() {
  hba=$(sql postgres 'SHOW hba_file')
  { printf '%s\n' "$@" && cat "$hba"; } | replace "$hba"
  pg_reload
}

# hba_has CONDITION: checks that PostgreSQL has loaded a rule that meets CONDITION.
hba_has() { holds postgres "SELECT count(*) > 0 FROM pg_hba_file_rules WHERE error IS NULL AND ($1)"; }

# ident_add LINE...: appends lines to the ident file and reloads.
ident_add() {
  ident=$(sql postgres 'SHOW ident_file')
  { cat "$ident" && printf '%s\n' "$@"; } | replace "$ident"
  pg_reload
}

# dropin UNIT: adds stdin as a drop-in file of the unit and reloads systemd.
dropin() {
  mkdir -p "/run/systemd/system/$1.d"
  cat >"/run/systemd/system/$1.d/zz-sabotage.conf"
  systemctl daemon-reload
}

# restart_alone UNIT: restarts it without the units that depend on it. Here it is no error if the unit does not start.
restart_alone() {
  systemctl reset-failed "$1" 2>/dev/null || true
  systemctl --job-mode=ignore-dependencies restart "$1" || true
}

# pg_without_walls: lifts the restrictions of PostgreSQL's unit that would prevent it from listening on TCP.
pg_without_walls() {
  dropin "$postgresql_unit" <<'UNIT'
[Service]
RestrictAddressFamilies=
PrivateNetwork=no
IPAddressDeny=
SocketBindDeny=
UNIT
}

# The listening sshd: the PID of its process, its program, its configuration file.
sshd_listener() {
  for process in /proc/[0-9]*; do
    case $(readlink "$process/exe") in */sshd) ;; *) continue ;; esac
    tr '\0' ' ' <"$process/cmdline" | grep -q -e 'listener' || continue
    echo "${process#/proc/}"
    return 0
  done
  echo 'no sshd listens' >&2
  return 1
}
sshd_program() { readlink "/proc/$(sshd_listener)/exe"; }
sshd_file() {
  file=$(tr '\0' ' ' <"/proc/$(sshd_listener)/cmdline" | sed -n 's/.* -f  *\([^ ]*\).*/\1/p')
  echo "${file:-/etc/ssh/sshd_config}"
}

# keys_place: the first file in which sshd looks for keys, as its settings state it. keys_of USER: the file of this user there.
keys_place() { "$(sshd_program)" -T | sed -n 's/^authorizedkeysfile //p' | cut -d' ' -f1; }
keys_of() {
  place=$(keys_place)
  case $place in /*) echo "${place%/*}/$1" ;; *) echo "$(home "$1")/$place" ;; esac
}

# sshd_library NAME: the file of a library that sshd has loaded. sudo_library NAME: the file of a library of the sudo process that
# runs this script. another_library FILE: replaces FILE by a different file with equal functions.
library_of() {
  library=$1
  shift
  for process; do sed -n "s#.* \(/.*/$library\.so[^ ]*\)\$#\1#p" "/proc/$process/maps"; done | head -n 1
}
sshd_library() { library_of "$1" "$(sshd_listener)"; }
sudo_library() { library_of "$1" $(pgrep -x sudo); }
another_library() {
  cp "$1" /var/tmp/boxtest_library
  echo boxtest >>/var/tmp/boxtest_library
  mount --bind /var/tmp/boxtest_library "$1"
}

# sshd_first LINE...: inserts settings before all others (sshd uses the first value) and returns when sshd has reloaded.
# sshd_last LINE...: appends settings at the end of the file.
sshd_sockets() { ls -l "/proc/$1/fd" | sed -n 's/.*\(socket:.*\)/\1/p'; }
sshd_reload() {
  "$(sshd_program)" -t -f "$(sshd_file)"
  listener=$(sshd_listener)
  sockets=$(sshd_sockets "$listener")
  kill -HUP "$listener"
  wait_for eval '[ "$(sshd_sockets "$listener")" != "$sockets" ] && sshd_listener'
}
sshd_first() {
  { printf '%s\n' "$@" && cat "$(sshd_file)"; } | replace "$(sshd_file)"
  sshd_reload
}
sshd_last() {
  { cat "$(sshd_file)" && printf '%s\n' "$@"; } | replace "$(sshd_file)"
  sshd_reload
}

# sshd_says USER 'keyword value': checks that sshd's effective configuration for USER has this setting.
sshd_says() {
  "$(sshd_program)" -T -f "$(sshd_file)" -C "user=$1,host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=$ssh_port" | grep -qix -e "$2"
}

# sudoers_last LINE: adds a last rule (sudo uses the last rule that matches).
sudoers_last() {
  if grep -q '^[@#]includedir /etc/sudoers.d' /etc/sudoers; then
    printf '%s\n' "$1" >/etc/sudoers.d/zz-sabotage
    chmod 0440 /etc/sudoers.d/zz-sabotage
  else
    { cat /etc/sudoers && printf '%s\n' "$1"; } | replace /etc/sudoers
  fi
}

# home USER: prints the home folder of the user.
home() { getent passwd "$1" | cut -d: -f6; }

# give_home USER: creates the home folder of an account that has none, and makes an immutable empty home writable.
give_home() {
  if [ -e "$(home "$1")" ]; then chattr -i "$(home "$1")" 2>/dev/null || true; fi
  mkdir -p "$(home "$1")"
}

# set_shadow USER HASH: sets the hash in /etc/shadow directly, because passwd(1) would refuse some values.
set_shadow() { awk -F: -v OFS=: -v user="$1" -v hash="$2" '$1 == user { $2 = hash } { print }' /etc/shadow | replace /etc/shadow; }

# python ARGUMENT...: runs Python 3, preferably the interpreter of Odoo or pgAdmin.
python() {
  for unit in "$odoo_unit" "$pgadmin_unit"; do
    exe=$(readlink "/proc/$(systemctl show -P MainPID -- "$unit")/exe") || continue
    case $exe in */python3*) "$exe" "$@"; return ;; esac
  done
  python3 "$@"
}
python_program() { python -c 'import sys; print(sys.executable)'; }

# in_background NAME OS-USER COMMAND...: starts a command that may run until the machine ends.
in_background() {
  background=$1
  background_user=$2
  shift 2
  systemd-run -q --unit "boxsabotage-$background" -p "User=$background_user" -- "$@"
}

# tcp_open PORT: checks that a process listens on the TCP port.
tcp_open() { ss -Htln "sport = :$1" | grep -q .; }

# listens_on ADDRESS PORT: compares only the local address column of ss; the peer column is 0.0.0.0 for every listener.
listens_on() { ss -Htln "sport = :$2" | awk '{ print $4 }' | grep -qx -F "$1:$2"; }

# nginx_edit SED-EXPRESSION: edits the configuration file that nginx runs with, and reloads nginx.
nginx_file() { tr '\0' '\n' <"/proc/$(systemctl show -P MainPID -- "$nginx_unit")/cmdline" | sed -n 's/.* -c \([^ ]*\).*/\1/p;/^-c$/{n;p}' | head -n 1; }
nginx_edit() {
  edit "$(nginx_file)" "$1"
  main=$(systemctl show -P MainPID -- "$nginx_unit")
  worker=$(pgrep -P "$main")
  systemctl reload "$nginx_unit"
  wait_for eval '! kill -0 $worker'
}

# nginx_had_location LOCATION: nginx loads a location that shows /etc; then its file is put back, and its workers are replaced, so that
# the new ones are younger than the file.
nginx_had_location() {
  cp "$(nginx_file)" /run/boxtest_nginx_conf
  nginx_edit 's#^\( *\)location /websocket#\1location '"$1"' { alias /etc/; autoindex on; }\n&#'
  replace "$(nginx_file)" </run/boxtest_nginx_conf
  main=$(systemctl show -P MainPID -- "$nginx_unit")
  workers=$(cat "/proc/$main/task/$main/children")
  sleep 1
  # shellcheck disable=SC2086  # numbers of processes
  kill -TERM $workers
  wait_for eval '[ -n "$(cat "/proc/$main/task/$main/children")" ] && [ "$(cat "/proc/$main/task/$main/children")" != "$workers" ]'
}

# request PATH [CURL-OPTION...]: requests PATH from nginx over HTTPS, on the machine itself.
request() {
  request_path=$1
  shift
  curl -sk --resolve "$domain:$https_port:127.0.0.1" -m 120 "$@" "https://$domain:$https_port$request_path"
}

# plain PATH [CURL-OPTION...]: requests PATH from nginx over HTTP. inside PATH [CURL-OPTION...]: requests PATH from Odoo directly,
# without nginx.
plain() {
  plain_path=$1
  shift
  curl -s --resolve "$domain:$http_port:127.0.0.1" -m 120 "$@" "http://$domain:$http_port$plain_path"
}
inside() {
  inside_path=$1
  shift
  curl -s -H "Host: $domain" -m 120 "$@" "http://127.0.0.1:8069$inside_path"
}
# tls [OPTION...]: runs OpenSSL's client with the machine's name; nginx does not answer another name.
tls() { openssl s_client -servername "$domain" -connect "127.0.0.1:$https_port" "$@" </dev/null; }

# filter_off: removes the packet filter, so that users of services may connect to any address.
filter_program() { systemctl show -P ExecStart odoo-box-filter.service | sed -n 's/.*path=\([^ ;]*\) .*/\1/p'; }
filter_off() { "$(filter_program)" delete table inet odoo_box; }

# page PATH: prints the body of a page, then its status as the last line. headers PATH: prints the response headers only.
page() { request "$1" -w '\n%{http_code}\n'; }
headers() { request "$1" -D - -o /dev/null; }

# nginx_makes_downloads: adds a header to nginx's pages that makes a browser save a page instead of showing it.
# page_is_download PATH: checks that a page has this header.
nginx_makes_downloads() { nginx_edit 's#proxy_http_version .*;#& add_header Content-Disposition attachment;#'; }
page_is_download() { headers "$1" | grep -qi '^content-disposition: attachment'; }

# odoo_anew SED-EXPRESSION: restarts Odoo with its configuration edited, and without --no-database-list on its command line.
odoo_anew() {
  start=$(systemctl cat "$odoo_unit" | sed -n 's/^ExecStart=\(..*\)/\1/p' | tail -n 1 | sed 's/ --no-database-list//')
  sed_program=$(readlink -f "$(command -v sed)")
  dropin "$odoo_unit" <<UNIT
[Service]
ExecStartPre=$sed_program -i -e '$1' /run/odoo/odoo.conf
ExecStart=
ExecStart=$start
UNIT
  systemctl reset-failed "$odoo_unit" 2>/dev/null || true
  systemctl kill -s KILL "$odoo_unit" || true
  systemctl restart "$odoo_unit"
  wait_for odoo_serves
}
# 303: Odoo redirects visitors to the choice of a database.
odoo_serves() { page /web/login | tail -n 1 | grep -qx -e 200 -e 303; }

# The backup and restore programs are in one folder. backup_edit PROGRAM SED-EXPRESSION: edits one of them.
backup_timer=${backup_hot%.service}.timer
backup_programs() { systemctl show -P ExecStart -- "$backup_hot" | sed 's#.* \(/[^ ]*\)/backup hot .*#\1#'; }
backup_edit() { edit "$(backup_programs)/$1" "$2"; }

# handymen_programs: prints the folder of the programs that create and remove handymen.
handymen_programs() { systemctl show -P ExecStart odoo-box-handymen.service | sed -n 's#.* \(/[^ ]*\)/handymen/apply .*#\1/handymen#p'; }

# self_signed NAME DAYS: creates a self-signed certificate for nginx: /run/boxtest.crt and /run/boxtest.key.
self_signed() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$1" -addext "subjectAltName=DNS:$1" \
    -days "$2" -keyout /run/boxtest.key -out /run/boxtest.crt 2>/dev/null
  chown "$web_user" /run/boxtest.key
}

# outer_card: prints the network card that leads out of the machine.
outer_card() { ip -o -4 address show scope global | awk '{ print $2; exit }'; }

# bpf_python: prints the beginning of a Python program that calls bpf(2): bpf(COMMAND, ATTRIBUTES) returns the call's result and what
# the kernel has made of the attributes, attached(GROUP, KIND) the numbers of the programs that are attached to a control group.
bpf_python() {
  cat <<'PY'
import ctypes, os, platform, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
def bpf(command, raw):
    buffer = ctypes.create_string_buffer(raw + bytes(144 - len(raw)), 144)
    result = libc.syscall({'x86_64': 321, 'aarch64': 280}[platform.machine()], command, buffer, 144)
    if result < 0: raise OSError(ctypes.get_errno(), 'bpf')
    return result, buffer.raw
def attached(group, kind):
    ids = (ctypes.c_uint32 * 16)()
    _, raw = bpf(16, struct.pack('<IIIIQI', group, kind, 0, 0, ctypes.addressof(ids), 16))
    return list(ids)[:struct.unpack_from('<I', raw, 24)[0]]
PY
}

# first_of LIST: prints the first line of LIST.
first_of() { printf '%s\n' "$1" | head -n 1; }

# daemon NAME OS-USER OPTION...: starts a Python program, read from stdin, as a separate service with these options of
# systemd-run. Returns when the service is active.
daemon() {
  daemon_name=$1
  daemon_user=$2
  shift 2
  cat >"/run/boxtest_$daemon_name.py"
  chmod 644 "/run/boxtest_$daemon_name.py"
  systemd-run -q --unit "boxsabotage-$daemon_name" -p "User=$daemon_user" "$@" -- "$(python_program)" -I "/run/boxtest_$daemon_name.py" "$socket"
  wait_for systemctl is-active -q "boxsabotage-$daemon_name"
}

# socket_of_everybody NAME FOLDER: a program that takes every connection to FOLDER/socket, unless there is one already.
socket_of_everybody() {
  if [ -S "$2/socket" ]; then return; fi
  mkdir -p "$2"
  daemon "$1" root -p "Environment=FOLDER=$2" <<'PY'
import os, socket
path = os.environ["FOLDER"] + "/socket"
server = socket.socket(socket.AF_UNIX)
server.bind(path)
os.chmod(path, 0o777)
server.listen(50)
while True: server.accept()[0].close()
PY
  wait_for test -S "$2/socket"
}

# relay: Python, for daemon: join(client) connects a client with PostgreSQL's socket.
relay='
import os, socket, sys, threading
def pump(a, b):
    try:
        while data := a.recv(65536): b.sendall(data)
    except OSError: pass
    for end in (a, b):
        try: end.shutdown(socket.SHUT_RDWR)
        except OSError: pass
def join(client):
    inside = socket.socket(socket.AF_UNIX)
    inside.connect(sys.argv[1])
    for pair in ((client, inside), (inside, client)): threading.Thread(target=pump, args=pair, daemon=True).start()
'

# tcp_proxy NAME OS-USER ADDRESS PORT: connects each client of ADDRESS:PORT with PostgreSQL's socket.
tcp_proxy() {
  { printf '%s\n' "$relay" "server = socket.create_server(('$3', $4))" 'while True: join(server.accept()[0])'; } | daemon "$1" "$2"
  wait_for tcp_open "$4"
}

# reaches_postgresql FAMILY ADDRESS [GREETING] (Python expressions FAMILY and ADDRESS): checks that PostgreSQL answers a startup
# message at this address. GREETING is sent first.
reaches_postgresql() {
  python -c "
import socket, struct, sys
c = socket.socket($1)
c.settimeout(30)
c.connect($2)
if sys.argv[2]:
    c.sendall(sys.argv[2].encode().decode('unicode_escape').encode('latin1'))
    c.recv(64)
b = b'\\0\\3\\0\\0user\\0' + sys.argv[1].encode() + b'\\0database\\0postgres\\0\\0'
c.sendall(struct.pack('!i', len(b) + 4) + b)
assert c.recv(1) == b'R'
" "$superuser" "${3-}"
}

# odoo_hears: signals Odoo's processes that their caches are outdated, by the mechanism that they use among themselves.
odoo_hears() {
  sql "$odoo_db" <<'SQL'
SELECT format('INSERT INTO public.%I DEFAULT VALUES', relname) FROM pg_class
  WHERE relkind = 'r' AND relname ~ '^orm_signaling_(default|stable|templates|assets|groups)' UNION ALL
SELECT format('SELECT nextval(%L)', oid::regclass) FROM pg_class WHERE relkind = 'S' AND relname ~ '^base_cache_signaling'
\gexec
SQL
}

# odoo_program PATH: prints the path of a file of Odoo, below its folder of modules.
# asks_odoo PATH [JSON]: makes a JSON call to Odoo as a page does, without a login.
odoo_program() { find / -xdev -path "*/odoo/addons/$1" -print -quit; }
asks_odoo() {
  asked=${2:-'{}'}
  inside "$1" -H 'Content-Type: application/json' -d "{\"params\": $asked}"
}

# copy_row TABLE CONDITION CHANGES: inserts a copy of one row of an Odoo table, with changed values.
copy_row() {
  sql "$odoo_db" <<SQL
CREATE TEMPORARY TABLE twin AS SELECT * FROM public.$1 WHERE $2 ORDER BY id LIMIT 1;
UPDATE twin SET $3;
INSERT INTO public.$1 SELECT * FROM twin;
SQL
}

# pgadmins_socket: prints the socket on which pgAdmin accepts nginx's connections.
pgadmins_socket() { systemctl show -P Listen "${pgadmin_unit%.service}.socket" | sed -n 's/^\(.*\) (Stream)$/\1/p'; }

# a_backup: takes a hot backup; its folder is $taken from then on. sum_backup: renews the checksums in it.
a_backup() {
  systemctl start -- "$backup_hot"
  taken=$(ls -d "$backup_folder"/hot-* | tail -n 1)
  [ -n "$taken" ]
}
sum_backup() { (cd "$taken" && awk '{ print $2 }' SHA256SUMS | xargs sha256sum -- >new && cat new >SHA256SUMS && rm new); }

# headless NAME OS-USER [PYTHON]: starts a process, as daemon does, that runs PYTHON and whose first thread then ends, while another works
# on. is_headless NAME: checks that it is so.
headless() {
  daemon "$1" "$2" <<PY
import ctypes, platform, threading, time
${3-}
threading.Thread(target=time.sleep, args=(100000,)).start()
ctypes.CDLL(None).syscall({'x86_64': 60, 'aarch64': 93}[platform.machine()], 0)
PY
  wait_for is_headless "$1"
}
is_headless() {
  first=$(systemctl show -P MainPID "boxsabotage-$1")
  grep -q '^State:.*Z' "/proc/$first/status" && [ "$(find "/proc/$first/task" -mindepth 1 -maxdepth 1 | wc -l)" = 2 ]
}
