# Every socket that accepts connections or datagrams, in every network namespace, with its holders; every outgoing connection;
# every process with its unit and user; every PostgreSQL server and every Odoo, found by process; the rules of the kernel's packet
# filter. One line each, compared with scenarios/expected/doors.txt. Run by root.
#
# Each socket is queried directly (pidfd_getfd(2)), so that no address family is forgotten; the kernel's tables add the sockets
# that no process holds.
import ctypes, socket, stat, struct

libc = ctypes.CDLL(None, use_errno=True)
PIDFD_OPEN, PIDFD_GETFD, PIDFD_THREAD = 434, 438, os.O_EXCL
FAMILIES = {int(value): name[3:].lower() for name, value in vars(socket).items() if name.startswith('AF_')}
TYPES = {1: 'stream', 2: 'dgram', 3: 'raw', 5: 'seqpacket', 6: 'dccp', 10: 'packet'}
PROTOCOLS = {1: 'icmp', 6: 'tcp', 17: 'udp', 33: 'dccp', 58: 'icmp', 132: 'sctp', 136: 'udplite', 262: 'tcp'}
# Both accept nothing from another machine or another user's process: netlink and the kernel's cryptography.
NO_DOORS = {16, 38}


class Process:
    def __init__(self, pid):
        task = living(pid)
        self.task = task or pid
        fields = dict(line.split(':\t', 1) for line in text('/proc/%s/status' % self.task).splitlines() if ':\t' in line)
        self.pid, self.parent, self.name = pid, fields['PPid'], fields['Name'].replace(' ', '_')
        self.users = {user_of(int(uid)) for uid in fields['Uid'].split()}
        self.user = user_of(int(fields['Uid'].split()[1]))
        self.alive = task is not None
        group = text('/proc/%s/cgroup' % self.task).splitlines()[-1].split(':', 2)[2]
        self.unit = unit_in(group) or group
        self.namespace = os.readlink('/proc/%s/ns/net' % self.task) if self.alive else ''
        self.holder = self.unit + ':' + self.user


processes = {}
for pid in filter(str.isdigit, os.listdir('/proc')):
    try: processes[pid] = Process(pid)
    except (FileNotFoundError, ProcessLookupError): pass
host = processes['1'].namespace
# The survey itself is no finding: this process and its ancestors up to sshd are left out.
pid = str(os.getpid())
while pid in processes and pid != '1' and not processes[pid].name.startswith('sshd'):
    processes[pid].alive, pid = False, processes[pid].parent
processes = {pid: process for pid, process in processes.items() if process.alive}

entries, inhabitants = network_namespaces()


def place(namespace):
    return 'host' if namespace == host else ','.join(sorted(inhabitants.get(namespace, {'nobody'})))


def shown_name(name):
    if isinstance(name, bytes): name = os.fsdecode(name)
    if isinstance(name, str):
        return re.sub(r'\s', '_', '@' + name[1:] if name.startswith('\0') else name) or '-'
    if isinstance(name, tuple) and len(name) >= 2 and isinstance(name[0], str):
        return ('[%s]:%s' if ':' in name[0] else '%s:%s') % (name[0].split('%')[0], name[1])
    return str(name).replace(' ', '')


doors, outgoing, clients, seen = {}, {}, set(), set()


def ask(one, process, inode):
    """What a socket is: a door, a connection, or neither."""
    family, kind = int(one.family), TYPES.get(int(one.type) & 15, str(int(one.type)))
    if family in NO_DOORS: return
    def or_else(question, otherwise):
        try: return question()
        except OSError: return otherwise
    name, peer = or_else(one.getsockname, ''), or_else(one.getpeername, None)
    listens = or_else(lambda: one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) == 1, False)
    protocol = or_else(lambda: one.getsockopt(socket.SOL_SOCKET, socket.SO_PROTOCOL), 0)
    if family == socket.AF_UNIX:
        what, door = 'unix-' + kind, listens or (kind == 'dgram' and bool(name))
        if not door and peer is not None and name and kind != 'dgram':
            other, uid, _ = struct.unpack('3i', one.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
            unit = processes[str(other)].unit if str(other) in processes else 'ended'
            clients.add((name, unit + ':' + user_of(uid)))
    elif family in (socket.AF_INET, socket.AF_INET6):
        what = 'raw' if kind == 'raw' else PROTOCOLS.get(protocol, 'protocol-%d' % protocol)
        door = listens or kind == 'raw' or (kind not in ('stream', 'seqpacket') and bool(name) and name[1] != 0 and peer is None)
        if peer is not None and not listens:
            outgoing.setdefault(inode, (what, name, peer, process.namespace, set()))[4].add(process.holder)
    else:
        what, door = FAMILIES.get(family, 'family-%d' % family) + ('' if family == socket.AF_PACKET else '-' + kind), True
    if door: doors.setdefault(inode, (what, name, process.namespace, set()))[3].add(process.holder)


SETTINGS = re.compile(r'^[ \t]*(\w+)[ \t]*[=:][ \t]*(.*?)[ \t]*$', re.M)


def say_what_it_runs(process):
    """A PostgreSQL server is a process that stands in a data directory, or whose program is one; an Odoo is told so by the file of its
    settings, whatever its own name and place: each is seen as it sees itself, in its own mount namespace."""
    top = '/proc/' + process.task
    try: folder, program, command = os.readlink(top + '/cwd'), os.readlink(top + '/exe'), text(top + '/cmdline').split('\0')
    except OSError: return
    if os.path.exists(top + '/cwd/PG_VERSION'): rows.add('cluster %s %s %s' % (shown(folder), process.unit, process.user))
    if 'postgres' in os.path.basename(program) or 'postmaster' in os.path.basename(program): rows.add('server %s %s %s' % (shown(program), process.unit, process.user))
    told_by = [word_ for word_ in command[1:] if '/' in word_] + [word_.split('=', 1)[1] for word_ in command[1:] if word_.startswith('--') and '=' in word_]
    try: told_by += [line.split('=', 1)[1] for line in text(top + '/environ').split('\0') if line.startswith(('ODOO_RC=', 'OPENERP_SERVER='))]
    except OSError: pass
    for path in told_by:
        try:
            if os.path.getsize(top + '/root' + path) > 100000: continue
            whole = text(top + '/root' + os.path.join(folder, path))
        except OSError: continue
        if '[options]' not in whole or not re.search(r'^\s*(addons_path|db_name|admin_passwd|list_db)\s*=', whole, re.M): continue
        rows.add('odoo %s %s %s' % (process.unit, process.user, shown(path)))
        for name, value in SETTINGS.findall(whole): rows.add('odoo-setting %s %s %s' % (process.unit, name, 'not-shown' if 'passw' in name else word(value)))
        # Changed after the process had started: the process works with the earlier content.
        if os.stat(top + '/root' + os.path.join(folder, path)).st_ctime > begun_at(process.pid) + 0.05: rows.add('odoo-not-loaded %s %s' % (process.unit, shown(path)))
        for option in command[1:]:
            if option.startswith('-') and option not in ('-c', '-I', '-s', '-E', '-B'): rows.add('odoo-option %s %s' % (process.unit, word(option)))


def born_of_a_session(pid):
    """Whether an sshd is this process or among its ancestors; so it is of all that people run in a session, by sudo too."""
    while True:
        try:
            process = Process(pid)
            if os.path.basename(os.readlink('/proc/%s/exe' % process.task)).startswith('sshd'): return True
            pid = process.parent
        except OSError: return False  # The kernel's number 0 has no folder.


def where(process):
    """Its unit; of what a session has left behind, which systemd still counts among that session's or sshd's, `left-by-UNIT`."""
    if not process.unit.startswith(('ssh', 'session-')): return process.unit
    # A session that is just ending ends its processes within two seconds.
    for _ in range(20):
        if born_of_a_session(process.pid): return process.unit
        if not os.path.exists('/proc/%s/exe' % process.task): return ''
        time.sleep(0.1)
    return 'left-by-' + process.unit


# A service's processes are its main process and the descendants of it: any other process was moved into its unit, or was left
# there.
services = sorted({process.unit for process in processes.values() if process.unit.endswith('.service')})
mains = dict(re.findall(r'^MainPID=(\d+)\nId=(\S+)', run('systemctl', 'show', '-p', 'Id,MainPID', '--', *services), re.M)) if services else {}
for process in processes.values():
    if process.parent == '1' and process.unit in mains.values() and process.pid not in mains: rows.add('runs %s %s %s not-of-its-service' % (process.unit, process.user, process.name))
for process in processes.values():
    unit = where(process)
    if unit:
        for user in process.users: rows.add('process %s %s %s' % (unit, user, process.name))
        # A process can choose its own name, and root can move it to any unit.
        try: program = os.path.basename(os.readlink('/proc/%s/exe' % process.task).removesuffix(' (deleted)'))
        except OSError: program = ''
        if program and program[:15] != process.name: rows.add('runs %s %s %s %s' % (unit, process.user, process.name, shown(program)))
    say_what_it_runs(process)
    pidfd = libc.syscall(PIDFD_OPEN, int(process.task), PIDFD_THREAD if process.task != process.pid else 0)
    if pidfd < 0: continue
    try: numbers = os.listdir('/proc/%s/fd' % process.task)
    except OSError: numbers = []
    for number in numbers:
        try: target = os.readlink('/proc/%s/fd/%s' % (process.task, number))
        except OSError: continue
        # Kernel objects of a process that can observe other processes.
        if target.startswith('anon_inode:') and ('bpf' in target or 'perf_event' in target): rows.add('watcher %s %s %s' % (process.unit, process.user, target[11:].strip('[]')))
        if not target.startswith('socket:['): continue
        seen.add(target[8:-1])
        copy = libc.syscall(PIDFD_GETFD, pidfd, int(number), 0)
        if copy < 0: continue  # Closed meanwhile.
        with socket.socket(fileno=copy) as one: ask(one, process, target[8:-1])
    os.close(pidfd)


def of_table(table, fields):
    """(inode, address) of a line of /proc/net/TABLE that is a door, else nothing."""
    if table == 'unix':
        takes = len(fields) > 7 and (fields[3] == '00010000' or fields[4] == '0002')
        return (fields[6], fields[7]) if takes else None
    if table == 'packet': return fields[8], '-'
    if table == 'sctp/eps': return fields[7], fields[5]
    if (table.startswith('tcp') and fields[3] != '0A') or (table.startswith('udp') and not fields[2].endswith(':0000')): return None
    words, port = bytes.fromhex(fields[1].split(':')[0]), int(fields[1].split(':')[1], 16)
    if sys.byteorder == 'little': words = b''.join(words[at:at + 4][::-1] for at in range(0, len(words), 4))
    return fields[9], shown_name((socket.inet_ntop(socket.AF_INET if len(words) == 4 else socket.AF_INET6, words), port))


# Entry points that are no sockets, and netlink sockets through which processes communicate.
for kind in 'msg', 'sem', 'shm':
    for fields in map(str.split, text('/proc/sysvipc/' + kind).splitlines()[1:]):
        # The owner's column follows the process IDs of queues and segments.
        owner = fields[{'msg': 7, 'sem': 4, 'shm': 7}[kind]]
        rows.add('ipc %s %s:%s' % (kind, user_of(int(owner)), fields[2]))
for name in os.listdir('/dev/mqueue') if os.path.isdir('/dev/mqueue') else ():
    facts = os.stat('/dev/mqueue/' + name)
    rows.add('ipc mqueue %s:%o' % (user_of(facts.st_uid), stat.S_IMODE(facts.st_mode)))
for fields in map(str.split, text('/proc/net/netlink').splitlines()[1:]):
    if fields[1] in ('2', '3') and fields[2] != '0': rows.add('ipc netlink-%s %s' % (fields[1], processes[fields[2]].holder if fields[2] in processes else 'somebody'))

# --- the packet filter, as the kernel has it: with user names, without values that change by themselves. Each member of a set has
# its own row, because sets are ordered by number. A rule that redirects a connection is an entry point without a socket.
NFT = re.search(r'path=(\S*/nft) ', run('systemctl', 'show', '-P', 'ExecStart', '--', 'odoo-box-filter.service'))
# (Among the types of ICMPv6 is nd-redirect, which the firewall of NixOS refuses.)
ELSEWHERE = re.compile(r'(?<![\w-])(type nat|dnat|redirect|tproxy|dup to|fwd to|queue)\b', re.I)


def filters(where):
    for name in 'ip_tables_names', 'ip6_tables_names', 'arp_tables_names':
        try: names = text('/proc/thread-self/net/' + name).split()
        except OSError: names = []
        for one in names: rows.add('filter %s legacy %s %s' % (where, name, one))
    if NFT is None: rows.add('filter %s nobody-filters' % where); return
    table = chain = ''
    for line in map(str.strip, run(NFT.group(1), '-s', '-u', 'list', 'ruleset').splitlines()):
        if line == '}': (table, chain) = (table, '') if chain else ('', ''); continue
        if not line: continue
        if line.startswith('table ') and line.endswith('{'): table, number = line[6:-2], 0; rows.add('filter %s %s' % (where, table)); continue
        if not chain and line.endswith('{'): chain, number = line[:-2].replace('chain ', ''), 0; continue
        number += 1
        line, members = re.sub(r'"([\w.@-]+)"', r'\1', line), []
        def member(found):
            members.append(found.group(1).split(','))
            return '<%d>' % len(members)
        line = re.sub(r'\{ ([^{}]*) \}', member, line)
        if ELSEWHERE.search(line): rows.add('filter-elsewhere %s %s %s %s' % (where, table, chain, line))
        rows.add('filter %s %s %s %d %s' % (where, table, chain, number, line))
        for at, all_ in enumerate(members, 1):
            for one in all_: rows.add('filter %s %s %s %d <%d> %s' % (where, table, chain, number, at, one.strip()))


for namespace, path in entries.items():
    where = place(namespace)
    rows.add('namespace ' + where)
    enter_network(path, where)
    filters(where)
    for line in text('/proc/thread-self/net/dev').splitlines()[2:]: rows.add('interface %s %s' % (where, line.split(':')[0].strip()))
    for table in 'tcp', 'tcp6', 'udp', 'udp6', 'udplite', 'udplite6', 'raw', 'raw6', 'packet', 'sctp/eps', 'unix':
        try: lines = text('/proc/thread-self/net/' + table).splitlines()[1:]
        except OSError: continue
        for found in (of_table(table, line.split()) for line in lines):
            if found and found[0] not in seen:
                rows.add('door %s %s %s no-process' % (table, found[1], where))

listening = set()
for kind, name, namespace, holders in doors.values():
    where, mode = shown_name(name), '-'
    if where.startswith('/'):
        try: mode = '%s:%04o' % (user_of(os.stat(where).st_uid), stat.S_IMODE(os.stat(where).st_mode))
        except OSError: mode = 'no-such-path'
    if isinstance(name, tuple): listening.add((namespace, kind, name[1]))
    rows.add('door %s %s %s %s %s' % (kind, where, mode, place(namespace), ','.join(sorted(holders))))
for name, client in clients:  # A client may have a name of its own, too; only a door's is meant.
    if any(name == door[1] for door in doors.values()): rows.add('client %s %s' % (shown_name(name), client))
for kind, name, peer, namespace, holders in outgoing.values():
    if (namespace, kind, name[1]) not in listening:
        rows.add('outgoing %s %s %s %s' % (kind, shown_name(peer), place(namespace), ','.join(sorted(holders))))
finish()
