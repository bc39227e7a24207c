# Shared by the programs of scenarios/surveys: this text is put before each of them. `rows` are a survey's output; finish() prints
# them.
import collections, contextlib, grp, hashlib, json, os, pwd, re, subprocess, sys, time
from functools import lru_cache

PATH = '/run/wrappers/bin:/run/current-system/sw/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
rows, told = set(), {}


def text(path):
    with open(path, errors='replace') as file: return file.read()


def word(value): return re.sub(r'\s+', '_', str(value).strip()) or '-'


def shown(path): return re.sub(r'\s', '_', path)


@lru_cache(None)
def user_of(uid):
    try: return pwd.getpwuid(uid).pw_name
    except KeyError: return str(uid)


@lru_cache(None)
def group_of(gid):
    try: return grp.getgrgid(gid).gr_name
    except KeyError: return str(gid)


def as_user(user):
    """Options of a process of this user's, with no further group."""
    account = pwd.getpwnam(user)
    return {'user': account.pw_uid, 'group': account.pw_gid, 'extra_groups': []}


ENVIRONMENT, ONLY_READS = {'PATH': PATH, 'LC_ALL': 'C.UTF-8'}, {'PGOPTIONS': '-c default_transaction_read_only=on'}


def run(*command, input='', user=None, writes=False):
    """What a command prints, as root or as a user. One that fails ends the survey. PostgreSQL's sessions only read, unless it says otherwise."""
    return os.fsdecode(subprocess.run(command, input=os.fsencode(input), stdout=subprocess.PIPE, check=True, cwd='/',
                                      env={**ENVIRONMENT, **({} if writes else ONLY_READS)}, **(as_user(user) if user else {})).stdout)


def main_of(unit):
    """The number of a unit's main process as text, 0 when it does not run."""
    return run('systemctl', 'show', '-P', 'MainPID', '--', unit).strip()


def psql(database, directory=None, port=None):
    """The command that reads queries and prints rows, each with a NUL behind it. Of the server that the survey was told of, or of another."""
    return ('psql', '-XAtq0', '-F', '\x1f', '-v', 'ON_ERROR_STOP=1', '-h', directory or told['directory'], '-p', str(port or told['port']), '-d', database, '-f', '-')


def rows_of(answer): return [line.split('\x1f') for line in answer.split('\0') if line.strip('\n')]


def sql(database, query, user=None, writes=False):
    """Rows of the answer, a list each. By the socket that the survey was told of, as the superuser or another."""
    return rows_of(run(*psql(database), input=query, user=user or told['superuser'], writes=writes))


@contextlib.contextmanager
def every_database_open():
    """Databases that take no connections, such as template0, take them meanwhile."""
    closed = ['"%s"' % name.replace('"', '""') for name, in sql('postgres', 'SELECT datname FROM pg_database WHERE NOT datallowconn')]
    def let(connect):
        for quoted in closed: sql('postgres', 'ALTER DATABASE %s ALLOW_CONNECTIONS %s' % (quoted, connect), writes=True)
    let('true')
    try: yield
    finally: let('false')


def postmaster_of(data):
    """The number of the server of a data directory, as text."""
    return text(os.path.join(data, 'postmaster.pid')).split()[0]


def session_of(database, user, **server):
    """As sql(), a function that asks all its questions in one session: a new one takes longer than most answers. It only reads. `server`
    as in psql()."""
    session = subprocess.Popen(psql(database, **server), stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd='/', env={**ENVIRONMENT, **ONLY_READS}, **as_user(user))

    def ask(query):
        session.stdin.write(os.fsencode(query + ";\nSELECT E'\\x02';\n"))
        session.stdin.flush()
        said = b''
        while not said.endswith(b'\x02\0'):
            piece = os.read(session.stdout.fileno(), 1 << 20)
            if not piece: raise RuntimeError('psql has ended at: ' + query)
            said += piece
        return rows_of(os.fsdecode(said[:-2]))
    return ask


Mount = collections.namedtuple('Mount', 'device folder place options kind own')


def mounts_of(pid):
    """What a process sees mounted (proc_pid_mountinfo(5)), the later ones last: a file system's number, its folder that lies at the place,
    the options of the mount, the file system's type, and its own options."""
    found = []
    for fields in map(str.split, text('/proc/%s/mountinfo' % pid).splitlines()):
        dash = fields.index('-')
        found.append(Mount(fields[2], fields[3], fields[4], fields[5].split(','), fields[dash + 1], fields[-1].split(',')))
    return found


# Settings of the kernel that restrict people with shells and services, or name a program that it calls, below /proc/sys: the survey
# "files" has a row for each, the survey "memory" for all others.
KERNEL_CALLS = tuple('core_pattern core_pipe_limit modprobe poweroff_cmd hotplug usermodehelper/bset usermodehelper/inheritable'.split())
KERNEL_LINKS = 'protected_hardlinks', 'protected_symlinks', 'protected_fifos', 'protected_regular', 'suid_dumpable'
KERNEL_LIMITS = ('kernel/dmesg_restrict', 'kernel/kptr_restrict', 'kernel/unprivileged_bpf_disabled', 'kernel/yama/ptrace_scope', 'kernel/perf_event_paranoid',
                 'kernel/io_uring_disabled', 'kernel/unprivileged_userns_clone', 'net/core/bpf_jit_harden', 'kernel/randomize_va_space', 'vm/mmap_min_addr',
                 'vm/unprivileged_userfaultfd', 'net/ipv4/ip_unprivileged_port_start', 'net/ipv4/conf/all/route_localnet', 'net/ipv4/conf/default/route_localnet',
                 'kernel/sysrq', 'dev/tty/legacy_tiocsti', 'kernel/ctrl-alt-del', 'kernel/panic_on_oops', 'net/ipv4/tcp_syncookies',
                 'dev/tty/ldisc_autoload', 'vm/legacy_va_layout', 'net/ipv4/icmp_echo_ignore_broadcasts', 'net/ipv4/ip_nonlocal_bind', 'net/ipv6/ip_nonlocal_bind', 'fs/mqueue/queues_max')
CARD_LIMITS = 'accept_redirects', 'accept_source_route', 'send_redirects', 'secure_redirects', 'rp_filter', 'proxy_arp', 'accept_local', 'forwarding'


def living(pid):
    """Of a process, the number by which it can be looked at below /proc: when its first thread has ended while others work on, only theirs
    lead to its program, its files and its memory. None for a thread of the kernel's, and for a process that has ended."""
    for task in [pid, *(one for one in os.listdir('/proc/%s/task' % pid) if one != pid)]:
        try: said = text('/proc/%s/task/%s/status' % (pid, task))
        except OSError: continue
        if 'VmSize:' in said and not re.search(r'^State:\s*[ZX]', said, re.M): return task
    return None


def threads():
    """The numbers of all threads of all processes, as text. Each leads to what this thread sees, below /proc: a thread may see other mounts
    than the first one of its process (setns(2))."""
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try: yield from os.listdir('/proc/%s/task' % pid)
        except OSError: pass  # it has ended


def members_of(group, kind='procs'):
    """The numbers of all processes ('threads': threads) in a control group and in those below it, as text. None for a unit without a group."""
    for folder, _, _ in os.walk('/sys/fs/cgroup' + group) if group else ():
        yield from text('%s/cgroup.%s' % (folder, kind)).split()


def unit_in(group):
    """The topmost unit with processes of its own in the path of a control group; None for a group above all of them."""
    return next((part for part in group.split('/') if part.endswith(('.service', '.scope', '.socket', '.mount'))), None)


def network_namespaces():
    """Of each network namespace: a path that leads into it, and the units in it. One without a process is kept by a mount or a descriptor."""
    entries, inhabitants, views = {}, {}, set()
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            alive = living(pid)
            if alive is None: continue
            top = '/proc/' + alive
            group = text(top + '/cgroup').splitlines()[-1].split(':', 2)[2]
            for task in os.listdir(top + '/task'):
                name = os.readlink('%s/task/%s/ns/net' % (top, task))
                entries.setdefault(name, '%s/task/%s/ns/net' % (top, task))
                inhabitants.setdefault(name, set()).add(unit_in(group) or group)
            view = os.readlink(top + '/ns/mnt')
            for mount in mounts_of(pid) if view not in views else ():
                if mount.folder.startswith('net:['): entries.setdefault(mount.folder, '%s/root%s' % (top, mount.place))
            views.add(view)
        except OSError: continue
        for number in os.listdir(top + '/fd') if os.path.isdir(top + '/fd') else ():
            try: target = os.readlink('%s/fd/%s' % (top, number))
            except OSError: continue
            if target.startswith('net:['): entries.setdefault(target, '%s/fd/%s' % (top, number))
    return entries, inhabitants


def enter_network(path, whose):
    import ctypes
    entry = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    if ctypes.CDLL(None, use_errno=True).setns(entry, 0x40000000) != 0: raise OSError(ctypes.get_errno(), 'cannot enter the network namespace of ' + whose)
    os.close(entry)


@lru_cache(None)
def digest_of(path):
    total = hashlib.sha256()
    with open(path, 'rb') as file:
        while piece := file.read(1 << 20): total.update(piece)
    return total.hexdigest()


def begun_at(pid):
    """When a process began, by the clock as it goes now."""
    up = float(text('/proc/uptime').split()[0])
    return time.time() - up + int(text('/proc/%s/stat' % pid).rsplit(')', 1)[1].split()[19]) / os.sysconf('SC_CLK_TCK')


def booted_at():
    """When the machine had booted, or earlier: the earliest of what tells it, as a file's time can be renewed at will. That /run was made
    cannot; the first process's start is counted back from now, so that a clock that was put forward moves it."""
    made = float(run('stat', '-c', '%W', '/run'))  # 0 where the file system does not tell
    return min(one for one in (made, begun_at(1), os.stat('/run/systemd/private').st_mtime) if one > 0)


def sum_of(role, path):
    """A row for each link on the way to a file, and its checksum: what the builder recorded tells whether it is what was installed."""
    for _ in range(40):
        path = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
        if not os.path.islink(path): break
        rows.add('sum %s ->%s %s' % (role, shown(os.readlink(path)), shown(path)))
        path = os.path.join(os.path.dirname(path), os.readlink(path))
    if not os.path.isfile(path): return None
    rows.add('sum %s %s %s' % (role, digest_of(path), shown(path)))
    return path


# Words of which, or of whose digests, secrets are made that somebody guesses.
COMMON_WORDS = ('admin administrator odoo openerp pgadmin pgadmin4 postgres postgresql root server box localhost default master key secret secretkey secret_key password passwd passw0rd change'
                ' changeme change_me letmein welcome qwerty test testing demo dev development production example foo bar salt none null true false 0 1 12345 123456 12345678 123456789').split()


@lru_cache(None)
def digests_of_words(also):
    """The first six bytes of each digest that is used for that: behind them stands a uuid's version."""
    return {hashlib.new(kind, (one + end).encode()).digest()[:6] for kind in ('md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512')
            for one in (*COMMON_WORDS, *also, '') for end in ('', '\n')}


def kind_of_secret(value, also=()):
    """What a secret's characters tell of its origin: 'random' if nothing tells of another one. A guess: too short, few different characters
    or steps from one to the next, a part that repeats, a word (`also` are names that everybody of this machine knows), or a word's digest."""
    import base64
    plain = value.strip().lower()
    if re.fullmatch(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', plain):
        # Version and variant (RFC 9562): the first one is a time and a network card, the third and the fifth a word's digest.
        plain, version = plain.replace('-', ''), plain[14] if plain[19] in '89ab' else '0'
        if version != '4': return 'uuid%s' % version
    is_hex = re.fullmatch('[0-9a-f]+', plain)
    core = plain if is_hex else value.strip().rstrip('=')
    length = 8 if is_hex else 6
    if len(core) < (32 if is_hex else 20): return 'short'
    if min(len(set(core)), len({(ord(b) - ord(a)) % 256 for a, b in zip(core, core[1:])})) < 8: return 'few-characters'
    if len({core[at:at + length] for at in range(len(core) - length + 1)}) < len(core) - length + 1: return 'repeats'
    if any(len(one) > 5 and one.lower() in value.lower() for one in (*COMMON_WORDS, *also)): return 'a-word'
    first = [plain.encode(), value.strip().encode()]
    if is_hex and len(core) % 2 == 0: first.append(bytes.fromhex(core))
    try: first.append(base64.urlsafe_b64decode(core.replace('+', '-').replace('/', '_') + '=' * (-len(core) % 4)))
    except ValueError: pass
    if any(one[:6] in digests_of_words(tuple(also)) for one in first): return 'digest-of-a-word'
    return 'random'


def enter_the_machine():
    """sshd may have been given a file system of its own for those who log in: what there is, is what the first process sees."""
    if os.geteuid() != 0 or os.readlink('/proc/self/ns/mnt') == os.readlink('/proc/1/ns/mnt'): return
    import ctypes
    view = os.open('/proc/1/ns/mnt', os.O_RDONLY | os.O_CLOEXEC)
    if ctypes.CDLL(None, use_errno=True).setns(view, 0x20000) != 0: raise OSError(ctypes.get_errno(), "cannot enter the first process's view of the mounts")
    os.close(view)
    os.chdir('/')


enter_the_machine()


def finish():
    print('\n'.join(sorted(rows)))
    print('complete')
