# Checksums of the programs, libraries and configuration files that the documented commands use: compared with those that the
# guest's builder recorded. Run by root. Stdin: JSON, "sets" of those below, "postgresql": the folder of PostgreSQL's programs,
# "units", "people".
import glob, struct

told.update(json.load(sys.stdin))
done, mapped = set(), set()


def loader_of(path):
    """The PT_INTERP of an ELF file of 64 bits (elf(5)); None for a library and for a static program."""
    with open(path, 'rb') as file:
        header = file.read(64)
        at, = struct.unpack_from('<Q', header, 32)
        size, count = struct.unpack_from('<HH', header, 54)
        file.seek(at)
        segments = file.read(size * count)
        for index in range(count):
            kind, _, offset, _, _, length = struct.unpack_from('<IIQQQQ', segments, index * size)
            if kind == 3:
                file.seek(offset)
                return os.fsdecode(file.read(length).rstrip(b'\0'))
    return None


USUAL_LOADER = loader_of('/proc/self/exe')


def take(role, path):
    """A program with all that it is made of: for a script its interpreter, for an ELF program its libraries, as the loader finds them."""
    real = sum_of(role, path)
    if real is None or real in done: return
    done.add(real)
    with open(real, 'rb') as file: head = file.read(4096)
    if head.startswith(b'#!'):
        words = head[2:head.index(b'\n')].split()
        if os.path.basename(words[0]) == b'env' and len(words) > 1: command(role, os.fsdecode(words[1]))
        take(role, os.fsdecode(words[0]))
    elif head.startswith(b'\x7fELF'):
        # Not with ldd, which is missing on some machines. The loader lists the libraries of the libraries, too.
        loader = loader_of(real) or USUAL_LOADER
        try: needed = run(loader, '--list', real)
        except subprocess.CalledProcessError: return  # It is static.
        sum_of(role, loader)
        for library in re.findall(r'(/\S+) \(0x', needed): sum_of(role, library)


def command(role, name):
    """By the PATH of those who log in, and of services."""
    for folder in PATH.split(':'):
        if os.access(os.path.join(folder, name), os.X_OK): take(role, os.path.join(folder, name))


def below(role, *patterns):
    for pattern in patterns:
        for path in glob.glob(pattern, recursive=True):
            # Skips the files of PostgreSQL's run-time compiler, which is off: they are many, and the set "all" includes them.
            if os.path.isfile(path) and '/bitcode/' not in path: sum_of(role, path)


def processes_of(unit):
    """All of a unit, whatever started them."""
    return list(members_of(run('systemctl', 'show', '-P', 'ControlGroup', '--', unit).strip()))


# Variables through which the loader, PostgreSQL's client, Python, Perl and the services' own programs find further code or
# settings.
LOADS = re.compile(r'(LD_|GLIBC_|GCONV_|PYTHON|NIX_PYTHON|PG|PERL|OPENSSL_|GUNICORN_|ODOO_|OPENERP_|BASH_ENV|ENV=|PATH=)')
PROGRAMS = '/usr', '/opt', '/lib', '/nix'


def look_into(role, label, pid):
    """What a process has mapped: programs and libraries, wherever they lie, and what else it has of where programs lie. In what it sees
    another file may have that name; or none has it any more."""
    try: pid = living(pid) or pid
    except OSError: return
    try: lines, environment = text('/proc/%s/maps' % pid).splitlines(), text('/proc/%s/environ' % pid)
    except (FileNotFoundError, ProcessLookupError): return
    for fields in (line.split(None, 5) for line in lines):
        if len(fields) < 6 or not fields[5].startswith('/') or ('x' not in fields[1] and not fields[5].startswith(PROGRAMS)) or tuple(fields[3:]) in mapped: continue
        mapped.add(tuple(fields[3:]))
        there = '/proc/%s/map_files/%s' % (pid, fields[0])
        try:
            if os.path.isfile(fields[5]) and os.path.samefile(there, fields[5]): sum_of(role, fields[5])
            elif 'x' in fields[1]: rows.add('sum %s %s %s' % (role, digest_of(there), shown(fields[5])))
        except FileNotFoundError: pass  # It has ended, or let it go, meanwhile.
    for name, _, value in (one.partition('=') for one in environment.split('\0') if LOADS.match(one)):
        # One row for each path of a list.
        for part in re.split(r'[:\s]+', value) if value.startswith('/') else [value]: rows.add('environment %s %s=%s' % (label, name, word(part)))


if 'commands' in told['sets']:
    for name in 'psql', 'sudo', 'systemctl', 'journalctl', 'sh', 'id', 'ssh': command('command', name)
    for person in told['people']: take('command', pwd.getpwnam(person).pw_shell)
    # Debian's psql is a script, which looks up the server's version.
    below('command', '/usr/share/perl5/Pg*.pm')
    for module in glob.glob('/usr/libexec/sudo/*.so') + glob.glob('/usr/lib/sudo/*.so'): take('command', module)
    below('command', *(folder + '/security/*.so' for folder in ('/usr/lib/*-linux-gnu', '/usr/lib', '/usr/lib64')), '/usr/lib/*-linux-gnu/libnss_*.so*')
    take('command', os.path.join(told['postgresql'], 'psql'))
if 'sshd' in told['sets']:
    for path in glob.glob('/proc/[0-9]*/exe'):
        try: program = os.readlink(path)
        except OSError: continue
        if os.path.basename(program).startswith('sshd'):
            take('sshd', program)
            if '[listener]' in text(os.path.dirname(path) + '/cmdline'): look_into('sshd', 'sshd', path.split('/')[2])
    for folder in {os.path.dirname(path) for path in done}: below('sshd', folder + '/sshd*')
    below('sshd', '/usr/lib/openssh/*', '/usr/libexec/openssh/*', '/nix/store/*-openssh-*/libexec/*')
if 'postgresql' in told['sets']:
    for path in sorted(glob.glob(told['postgresql'] + '/*')):
        # These are checked with their libraries, which the other programs share.
        (take if os.path.basename(path) in ('postgres', 'initdb', 'psql') else sum_of)('postgresql', path)
    for share in run(os.path.join(told['postgresql'], 'pg_config'), '--sharedir', '--pkglibdir').split() if os.path.exists(os.path.join(told['postgresql'], 'pg_config')) else []:
        below('postgresql', share + '/**')
    below('postgresql', '/usr/share/postgresql/*/**', '/usr/lib/postgresql/*/lib/**')
if 'services' in told['sets']:
    for unit in told['units']:
        pid = main_of(unit)
        if pid == '0': continue
        take('service', os.readlink('/proc/%s/exe' % pid))
        for argument in text('/proc/%s/cmdline' % pid).split('\0'):
            if argument.startswith('/') and os.access(argument, os.X_OK) and os.path.isfile(argument): take('service', argument)
        for one in processes_of(unit): look_into('service', unit, one)
if 'configuration' in told['sets'] and not os.path.isdir('/nix/store'):
    rows.add('whole configuration /etc')
    for folder, folders, files in os.walk('/etc'):
        for name in files + [one for one in folders if os.path.islink(os.path.join(folder, one))]:
            path = os.path.join(folder, name)
            if os.path.islink(path): rows.add('sum configuration ->%s %s' % (shown(os.readlink(path)), shown(path)))
            else: sum_of('configuration', path)
if 'all' in told['sets']:
    for top in '/usr', '/opt', '/boot', '/nix/store':
        if not os.path.isdir(top): continue
        rows.add('whole all ' + top)
        for folder, folders, files in os.walk(top):
            for name in files + [one for one in folders if os.path.islink(os.path.join(folder, one))]:
                path = os.path.join(folder, name)
                if os.path.islink(path): rows.add('sum all ->%s %s' % (shown(os.readlink(path)), shown(path)))
                else: sum_of('all', path)
finish()
