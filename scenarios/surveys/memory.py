# What systemd and the kernel work by now, which no file and no time of a file tells: the units that systemd has in memory, and
# whether their files are still there; how each service's processes were started; programs in the kernel (BPF); processes beside
# the first one; rules of the network; all settings of the kernel. One line each, compared with scenarios/expected/memory.txt. Run by root. Stdin: JSON,
# "units".
import ctypes, platform, socket, struct

told.update(json.load(sys.stdin))
libc = ctypes.CDLL(None, use_errno=True)


# --- systemd's own answers. systemctl asks for all properties of each unit, which takes ten times as long: only the few that are
# needed are asked for, all at once, on the socket that systemctl uses (D-Bus specification, "Message Format").
class Manager:
    SIZES = {'y': (1, 'B'), 'b': (4, 'I'), 'n': (2, 'h'), 'q': (2, 'H'), 'i': (4, 'i'), 'u': (4, 'I'), 'x': (8, 'q'), 't': (8, 'Q'), 'd': (8, 'd')}

    def __init__(self):
        self.socket, self.serial, self.rest = socket.socket(socket.AF_UNIX), 0, b''
        self.socket.connect('/run/systemd/private')
        self.socket.sendall(b'\0AUTH EXTERNAL ' + b'0'.hex().encode() + b'\r\nBEGIN\r\n')
        while b'\r\n' not in self.rest: self.more()
        answer, self.rest = self.rest.split(b'\r\n', 1)
        if not answer.startswith(b'OK'): sys.exit('systemd does not talk to root: %r' % answer)

    def more(self):
        piece = self.socket.recv(1 << 16)
        if not piece: sys.exit('systemd hung up')
        self.rest += piece

    def call(self, path, interface, member, *texts):
        self.serial += 1
        pad = lambda raw, size: raw + bytes(-len(raw) % size)
        text_of = lambda value: struct.pack('<I', len(value)) + value.encode() + b'\0'
        fields = b''
        for code, kind, value in ((1, 'o', path), (2, 's', interface), (3, 's', member), (6, 's', 'org.freedesktop.systemd1')):
            fields = pad(fields, 8) + bytes((code, 1)) + kind.encode() + b'\0' + text_of(value)
        if texts: fields = pad(fields, 8) + b'\x08\x01g\0' + bytes((len(texts),)) + b's' * len(texts) + b'\0'
        body = b''
        for one in texts: body = pad(body, 4) + text_of(one)
        self.socket.sendall(pad(struct.pack('<4B2I', 108, 1, 0, 1, len(body), self.serial) + struct.pack('<I', len(fields)) + fields, 8) + body)
        return self.serial

    def read(self, signature, raw, at):
        """The value of one complete type at this place; what is left of the signature; the place behind it."""
        kind, rest = signature[0], signature[1:]
        if kind in self.SIZES:
            size, how = self.SIZES[kind]
            at += -at % size
            return struct.unpack_from('<' + how, raw, at)[0], rest, at + size
        if kind in 'sog':
            if kind != 'g': at += -at % 4
            size, at = (raw[at], at + 1) if kind == 'g' else (struct.unpack_from('<I', raw, at)[0], at + 4)
            return os.fsdecode(raw[at:at + size]), rest, at + size + 1
        if kind == 'v':
            inner, _, at = self.read('g', raw, at)
            value, _, at = self.read(inner, raw, at)
            return value, rest, at
        if kind in '({':
            at, values, signature = at + -at % 8, [], rest
            while signature[0] not in ')}':
                value, signature, at = self.read(signature, raw, at)
                values.append(value)
            return values, signature[1:], at
        size, at = struct.unpack_from('<I', raw, at + -at % 4)[0], at + -at % 4 + 4
        at, depth, length = at + (-at % 8 if rest[0] in 'xtd({' else 0), 0, 0
        while True:  # the length of the type of the members
            depth, length = depth + (rest[length] in '({') - (rest[length] in ')}'), length + 1
            if depth == 0 and rest[length - 1] != 'a': break
        end, values = at + size, []
        while at < end:
            value, _, at = self.read(rest[:length], raw, at)
            values.append(value)
        return values, rest[length:], at

    def answers(self, wanted):
        """The first value of the answer to each of these calls; None for an error."""
        wanted, found = set(wanted), {}
        while wanted:
            while len(self.rest) < 16: self.more()
            body, _, fields = struct.unpack_from('<3I', self.rest, 4)
            start = 16 + fields + -fields % 8
            while len(self.rest) < start + body: self.more()
            message, self.rest = self.rest[:start + body], self.rest[start + body:]
            headers = dict(self.read('a(yv)', message, 12)[0])
            serial = headers.get(5)
            if serial not in wanted: continue
            wanted.discard(serial)
            found[serial] = self.read(headers[8], message[start:], 0)[0] if message[1] == 2 and 8 in headers else None
        return found

    def properties(self, asked):
        """The values of (path, interface, name), asked for together."""
        found = {}
        for at in range(0, len(asked), 50):
            calls = {self.call(path, 'org.freedesktop.DBus.Properties', 'Get', 'org.freedesktop.systemd1.' + interface, name): (path, name)
                     for path, interface, name in asked[at:at + 50]}
            found.update((calls[serial], value) for serial, value in self.answers(calls).items())
        return found


manager = Manager()
call = manager.call('/org/freedesktop/systemd1', 'org.freedesktop.systemd1.Manager', 'ListUnits')
units = {unit[0]: unit for unit in manager.answers([call])[call]}
judged = {name: unit[6] for name, unit in units.items() if not name.endswith(('.device', '.scope', '.slice', '.swap', '.mount')) and unit[2] not in ('not-found', 'masked')}
said = manager.properties([(path, 'Unit', name) for path in judged.values() for name in ('NeedDaemonReload', 'FragmentPath', 'DropInPaths')])
for name, path in sorted(judged.items()):
    fragment, kind = said[path, 'FragmentPath'] or '', name.rsplit('.', 1)[1]
    # systemd itself compares times here, and finds what is gone or was added.
    if said[path, 'NeedDaemonReload']: rows.add('unit-not-as-its-files ' + name)
    for file in [fragment, *(said[path, 'DropInPaths'] or [])]:
        if file and not os.path.exists(file): rows.add('unit-file-gone %s %s' % (name, shown(file)))
    place = '/nix/store' if os.path.realpath(fragment).startswith('/nix/store/') else os.path.dirname(fragment)
    rows.add('unit-in-memory %s %s %s' % (kind, name, shown(place) or '-'))

# --- what systemd itself was told since its start: which of its messages it sends, and where to; whether a service that hangs is noticed
said = manager.properties([('/org/freedesktop/systemd1', 'Manager', name) for name in ('LogLevel', 'LogTarget', 'ServiceWatchdogs')])
for (_, name), value in said.items(): rows.add('manager %s %s' % (name, value))

# --- what bounds each unit of the box, as systemd has it in memory, whatever its files and the kernel say: memory, tasks, addresses. Lists of
# addresses add up with those of the slices above (systemd.resource-control(5)).
def amount(value):
    if value == (1 << 64) - 1: return 'none'
    steps = next((steps for steps in range(4, 0, -1) if value and value % (1 << 10 * steps) == 0), 0)
    return 'finite %d%s' % (value >> 10 * steps, 'KMGT'[steps - 1] if steps else '')


ADDRESSES, AMOUNTS = ('IPAddressAllow', 'IPAddressDeny'), ('MemoryMax', 'MemorySwapMax', 'TasksMax')
bounded = {name: name.rsplit('.', 1)[1].capitalize() for name in units if name in told['units'] or re.fullmatch(r'.*\.slice|(odoo-box-.*|qemu-guest-agent)\.service', name)}
said = manager.properties([(units[name][6], kind, property) for name, kind in bounded.items() for property in (*ADDRESSES, *(AMOUNTS if name in told['units'] else ()))])
for name in bounded:
    for property in ADDRESSES:
        for family, address, prefix in said[units[name][6], property]: rows.add('bound %s %s %s/%d' % (name, property, socket.inet_ntop(family, bytes(address)), prefix))
    for property in AMOUNTS if name in told['units'] else (): rows.add('bound %s %s %s' % (name, property, amount(said[units[name][6], property])))

# --- how the services' processes were started
PIDFD_OPEN, PIDFD_GETFD = 434, 438


def leads_to(pid, number):
    """Where one of the three descriptors leads: a path, or the path of the socket at the other end."""
    path = os.readlink('/proc/%s/fd/%d' % (pid, number))
    if not path.startswith('socket:'): return re.sub(r':\[\d+\]', '', path)
    pidfd = libc.syscall(PIDFD_OPEN, int(pid), 0)
    copy = libc.syscall(PIDFD_GETFD, pidfd, number, 0)
    os.close(pidfd)
    with socket.socket(fileno=copy) as one:
        try: return str(one.getpeername() or 'socket')
        except OSError: return 'socket'


def started_as(words, variables):
    """What systemd makes of a line's words (systemd.service(5), "COMMAND LINES")."""
    for one in words:
        if re.fullmatch(r'\$\w+', one): yield from variables.get(one[1:], '').split()
        else: yield re.sub(r'\$\{(\w+)\}', lambda found: variables.get(found.group(1), ''), one)


ASKED = 'MainPID', 'ExecStart', 'UMask', 'Nice', 'OOMScoreAdjust', 'Environment', 'ControlGroup'
said = manager.properties([(units[name][6], 'Service', property) for name in told['units'] if name in units for property in ASKED])
for name in told['units']:
    if name not in units: continue
    main, start, umask, nice, oom, own, group = (said[units[name][6], property] for property in ASKED)
    if not main: continue
    for pid in members_of(group, 'threads'):
        try:
            fields = text('/proc/%s/status' % pid)
            ways = [leads_to(pid, number) for number in (0, 1, 2)] if int(pid) == main else []
            now = int(re.search(r'^Umask:\s*(\d+)', fields, re.M).group(1), 8), int(text('/proc/%s/stat' % pid).rsplit(')', 1)[1].split()[16])
            score = int(text('/proc/%s/oom_score_adj' % pid))
            policy = os.sched_getscheduler(int(pid))
        except (OSError, AttributeError): continue  # It has ended.
        if policy != os.SCHED_OTHER: rows.add('started %s scheduling-policy %d' % (name, policy))
        rows.add('started %s umask %s' % (name, 'as-its-unit-says' if now[0] == umask else '%04o' % now[0]))
        rows.add('started %s nice %s' % (name, 'as-its-unit-says' if now[1] == nice or (now[1] > nice and int(pid) != main) else now[1]))
        # A process may step back by itself: with less time, as Odoo's for scheduled tasks, or ended earlier, as PostgreSQL's.
        rows.add('started %s oom-score %s' % (name, 'as-its-unit-says' if score == oom or (score > oom and int(pid) != main) else score))
        for number, way in enumerate(ways): rows.add('started %s descriptor-%d %s' % (name, number, shown(way)))
    environment = dict(one.split('=', 1) for one in text('/proc/%d/environ' % main).split('\0') if '=' in one)
    for one in set(environment) - {one.split('=', 1)[0] for one in own}: rows.add('variable %s %s' % (name, word(one)))
    command = text('/proc/%d/cmdline' % main).rstrip('\0').split('\0')
    # A program that shows a title has all of its words in the first.
    if ' ' in command[0]: command = command[0].split()
    wanted = list(started_as(start[0][1] if start else [], environment))
    before = command[:len(command) - len(wanted) + 1]
    if command[len(before):] == wanted[1:]: rows.add('started %s words-of-its-unit %s' % (name, ' '.join(before)))
    else: rows.add('started %s other-words %s' % (name, ' '.join(command)))

# --- processes in the group of the first one
for pid in text('/sys/fs/cgroup/init.scope/cgroup.procs').split():
    try: program = os.readlink('/proc/%s/exe' % pid)
    except OSError: continue
    rows.add('beside-the-first %s %s' % ('itself' if pid == '1' else 'another', os.path.basename(program)) + ('' if pid == '1' else ' ' + shown(program)))

# --- programs in the kernel: by the group of processes, or none, to which they are attached (bpf(2))
BPF = {'x86_64': 321, 'aarch64': 280}.get(platform.machine())
NEXT_ID, BY_ID, INFO, QUERY = 11, 13, 15, 16
# Attach types of groups (enum bpf_attach_type).
TYPES = {0: 'ingress', 1: 'egress', 2: 'socket', 3: 'socket-operations', 6: 'device', 8: 'bind4', 9: 'bind6', 10: 'connect4', 11: 'connect6', 12: 'after-bind4',
         13: 'after-bind6', 14: 'sendmsg4', 15: 'sendmsg6', 18: 'sysctl', 19: 'recvmsg4', 20: 'recvmsg6', 21: 'getsockopt', 22: 'setsockopt', 34: 'release'}


def bpf(command, raw):
    buffer = ctypes.create_string_buffer(raw + bytes(144 - len(raw)), 144)
    result = libc.syscall(BPF, command, buffer, 144)
    if result < 0: raise OSError(ctypes.get_errno(), 'bpf')
    return result, buffer.raw


def described(number):
    """The kind and the name of a program (struct bpf_prog_info)."""
    fd, _ = bpf(BY_ID, struct.pack('<I', number))
    facts = ctypes.create_string_buffer(232)
    bpf(INFO, struct.pack('<IIQ', fd, 232, ctypes.addressof(facts)))
    os.close(fd)
    return struct.unpack_from('<I', facts.raw)[0], word(os.fsdecode(facts.raw[64:80].rstrip(b'\0')))


known, number = {}, 0
while BPF:
    try: number = struct.unpack_from('<I', bpf(NEXT_ID, struct.pack('<I', number))[1], 4)[0]
    except OSError: break
    try: known[number] = described(number)
    except OSError: pass  # It is gone.
attached, ids = set(), (ctypes.c_uint32 * 64)()
for folder, _, _ in os.walk('/sys/fs/cgroup') if known else ():
    try: group = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except OSError: continue
    for kind, title in TYPES.items():
        try: count = struct.unpack_from('<I', bpf(QUERY, struct.pack('<IIIIQI', group, kind, 0, 0, ctypes.addressof(ids), 64))[1], 24)[0]
        except OSError: continue
        attached.update(ids[:count])
        place = folder[len('/sys/fs/cgroup'):]
        names = [known.get(one, (0, 'new'))[1] for one in ids[:count]]
        for one in set(names): rows.add('kernel-program %s %s %s%s' % (unit_in(place) or place or '/', title, one, '' if names.count(one) == 1 else ' %d times' % names.count(one)))
    os.close(group)
for one in set(known) - attached: rows.add('kernel-program nowhere type-%d %s' % known[one])

# --- the network's own rules, in every network namespace: queues, filters and what they do with a packet, cards, rules of routing, fixed
# neighbours; policies by which the kernel wraps packets, or sends them elsewhere. These are asked for only where the kernel answers:
# the question alone would load the module.
NETLINK_XFRM = '6'


def queues():
    """The card, the number and the kind of each queue (rtnetlink(7), RTM_GETQDISC)."""
    cards, found = dict(socket.if_nameindex()), []
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as kernel:
        kernel.send(struct.pack('=IHHII20x', 36, 38, 0x301, 1, 0))
        while True:
            raw = kernel.recv(1 << 16)
            while raw:
                size, kind = struct.unpack_from('=IH', raw)
                if kind != 36: return found  # the last one, or an error
                card, number, attribute = *struct.unpack_from('=iI', raw, 20), struct.unpack_from('=HH', raw, 36)
                found.append((cards.get(card, '?'), number >> 16, raw[40:36 + attribute[0]].rstrip(b'\0').decode() if attribute[1] == 1 else '?'))
                raw = raw[size + -size % 4:]


def traffic(where):
    all_queues = queues()
    if not all_queues: sys.exit('the kernel tells of no queue in ' + where)
    for card, _, kind in all_queues: rows.add('traffic %s queue %s %s' % (where, card, word(kind)))
    # Filters are on a queue, but never on this one.
    asked = {card: '' for card, _, kind in all_queues if kind != 'noqueue'}
    asked = ['filter show dev %s%s' % (card, place) for card in asked for place in ('', ' ingress', ' egress')] + ['filter show dev %s parent %x:' % (card, number) for card, number, _ in all_queues if number not in (0, 0xffff)]
    for line in run('tc', '-b', '-', input='\n'.join(asked) + '\n').splitlines() if asked else ():
        if line.strip(): rows.add('traffic %s filter %s' % (where, re.sub(r'\b(handle|index|pref) \S+ ?', '', ' '.join(line.split())).strip()))
    for line in run('ip', '-d', '-o', '-b', '-', input='link show\nneigh show nud permanent\nneigh show proxy\nrule show\n').splitlines():
        card = re.match(r'\d+: ([^:@]+)', line)
        for found in re.findall(r'\b(xdp\w*|PROMISC|promiscuity [1-9]\d*)\b', line) if card else (): rows.add('traffic %s card %s %s' % (where, card.group(1), word(found)))
        if re.match(r'\d+:\t', line): rows.add('traffic %s rule -4 %s' % (where, ' '.join(line.split()).removesuffix(' proto kernel')))
        elif not card and line.strip(): rows.add('traffic %s fixed %s' % (where, ' '.join(line.split())))
    for line in run('ip', '-6', 'rule').splitlines(): rows.add('traffic %s rule -6 %s' % (where, ' '.join(line.split())))
    if any(fields[1:3] == [NETLINK_XFRM, '0'] for fields in map(str.split, text('/proc/thread-self/net/netlink').splitlines())):
        for what in 'state', 'policy':
            # A line without an indentation begins each; keys are among the others.
            for line in run('ip', 'xfrm', what).splitlines():
                if line[:1].strip(): rows.add('traffic %s xfrm %s %s' % (where, what, ' '.join(line.split())))
    if os.path.exists('/proc/thread-self/net/pfkey'): rows.add('traffic %s xfrm key-sockets' % where)


namespaces, inhabitants = network_namespaces()
host = os.readlink('/proc/1/ns/net')
for namespace, path in namespaces.items():
    where = 'host' if namespace == host else ','.join(sorted(inhabitants.get(namespace, {'nobody'})))
    try: enter_network(path, where)
    except FileNotFoundError: continue  # Its last process has ended.
    traffic(where)
enter_network('/proc/1/ns/net', 'the first process')
# States remain when the module that tells of them is gone.
for line in text('/proc/slabinfo').splitlines() if os.path.exists('/proc/slabinfo') and not os.path.exists('/sys/module/xfrm_user') else ():
    if line.startswith('xfrm_state ') and line.split()[1] != '0': rows.add('traffic host xfrm states-that-nobody-tells')
if os.path.isdir('/run/systemd/resolve'):
    for line in run('resolvectl', 'domain').splitlines():
        whose, _, domains = line.partition(':')
        for domain in domains.split(): rows.add('traffic host domain %s %s' % (word(whose), domain))
for path in '/etc/resolv.conf', '/run/systemd/resolve/resolv.conf':
    if os.path.exists(path):
        for line in text(path).splitlines():
            if line.startswith(('search', 'domain', 'sortlist')): rows.add('traffic host resolver ' + ' '.join(line.split()))

# --- settings of the kernel: all below /proc/sys, as they are now. Those of weight have a row of their own kind: another kernel has
# other settings, but not other values of these.
WEIGHTY = re.compile(r'kernel\.(acct|cad_pid|domainname|ftrace_dump_on_oops|kexec_load_(disabled|limit_\w+)|modules_disabled|perf_event_(mlock_kb|max_\w+)|print-fatal-signals|printk_devkmsg|shm_rmid_forced'
                     r'|(msg|sem|shm)_next_id|seccomp\.actions_logged|stack_tracer_enabled|sysctl_writes_strict|tainted|traceoff_on_warning|tracepoint_printk|\w*userns\w*|core_file_note_size_limit|bpf_stats_enabled)'
                     r'|fs\.(leases-enable|dir-notify-enable|mount-max|overflow\w+|verity\.require_signatures)|vm\.(memfd_noexec|mmap_rnd_bits|mmap_rnd_compat_bits|hugetlb_shm_group|oom_kill_allocating_task|panic_on_oom|memory_failure_\w+)'
                     r'|net\.core\.(bpf_jit_enable|bpf_jit_kallsyms|tstamp_allow_data|devconf_inherit_init_net)|net\.ipv4\.(ping_group_range|ip_local_reserved_ports|tcp_(fwmark|l3mdev)_accept|udp_l3mdev_accept|fwmark_reflect'
                     r'|ip_dynaddr|ip_autobind_reuse|icmp_echo_enable_probe|icmp_errors_use_inbound_ifaddr|tcp_challenge_ack_limit|tcp_allowed_congestion_control)|net\.ipv6\.(fwmark_reflect|anycast_src_echo_reply|bindv6only)'
                     r'|net\.ipv4\.conf\.\S+\.(arp_\w+|bc_forwarding|bootp_relay|disable_policy|disable_xfrm|drop_gratuitous_arp|mc_forwarding|medium_id|proxy_arp_pvlan|route_localnet|src_valid_mark|tag)'
                     r'|net\.ipv6\.conf\.\S+\.(accept_untracked_na|accept_ra_(from_local|rt_info_\w+)|disable_policy|drop_unsolicited_na|force_tllao|mc_forwarding|proxy_ndp|seg6_\w+|rpl_seg_enabled|ioam6_enabled|stable_secret)'
                     r'|net\.netfilter\.nf_(log\.\d+|log_all_netns|hooks_lwtunnel)')
ELSEWHERE = {*('kernel/' + name for name in KERNEL_CALLS), *('fs/' + name for name in KERNEL_LINKS), *KERNEL_LIMITS, 'net/ipv4/ip_forward'}
OF_CARDS = re.compile(r'net/ipv[46]/conf/[^/]+/(%s)' % '|'.join(CARD_LIMITS))
# What brings no setting: to read one of these starts work, and the other is a file system of its own.
NO_SETTINGS = {'vm/stat_refresh', 'fs/binfmt_misc'}


def settings(folder):
    with os.scandir('/proc/sys/' + folder) as found: entries = [(one.name, one.is_dir(follow_symlinks=False)) for one in found]
    for name, deeper in entries:
        name = folder + name
        if name in NO_SETTINGS: continue
        if deeper: yield from settings(name + '/')
        elif name not in ELSEWHERE and not OF_CARDS.fullmatch(name): yield name


def setting(name):
    try:
        file = os.open('/proc/sys/' + name, os.O_RDONLY)
        try: return ' '.join(os.fsdecode(os.read(file, 4096)).split()) or '-'
        finally: os.close(file)
    except OSError: return 'not-readable'


for name in settings(''):
    shown_as = name.replace('.', ':').replace('/', '.')
    rows.add('%s %s %s' % ('guard' if WEIGHTY.fullmatch(shown_as) else 'setting', shown_as, setting(name)))
# The same elsewhere: what the kernel lets root do to itself, which modules and firmware it takes, a further kernel that waits.
for path in ('security/lockdown', 'mm/ksm/run', 'kexec_loaded', 'kexec_crash_loaded', 'profiling'):
    try: rows.add('guard /sys/kernel/%s %s' % (path, ' '.join(text('/sys/kernel/' + path).split())))
    except OSError: pass
for path in ('apparmor/enabled', 'apparmor/mode', 'apparmor/paranoid_load', 'ec_sys/write_support', 'firmware_class/path', 'ipe/enforce', 'module/sig_enforce', 'secretmem/enable', 'tpm/disable_pcr_integrity'):
    try: rows.add('guard /sys/module/%s %s' % (path, word(text('/sys/module/%s/parameters/%s' % tuple(path.split('/'))))))
    except OSError: pass
for one in text('/proc/cmdline').split(): rows.add('boot-word ' + one)
finish()
