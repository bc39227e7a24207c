# Files that users other than root can change, on every file system; files that root or a unit runs, loads or reads by itself;
# programs that the kernel calls. One line each, compared with scenarios/expected/files.txt. Run by root. Stdin: JSON, "units"
# with the user of each, "trees" with the user of each, "people", "data": the cluster, "probe", and "tops": where the walk begins.
import glob, stat

told.update(json.load(sys.stdin))
trees = {path.rstrip('/'): user for path, user in told['trees'].items() if os.path.isdir(path)}
for person in told['people']:
    account = pwd.getpwnam(person)
    trees[account.pw_dir] = person
    # If a login has its own service manager, this folder exists for the manager's files.
    if os.path.isdir('/run/user/%d' % account.pw_uid): trees['/run/user/%d' % account.pw_uid] = person
KINDS = {'RuntimeDirectory': '/run/', 'StateDirectory': '/var/lib/', 'CacheDirectory': '/var/cache/', 'LogsDirectory': '/var/log/'}
for block in run('systemctl', 'show', '-p', 'Id,' + ','.join(KINDS), '--', *told['units']).split('\n\n'):
    answers = dict(line.split('=', 1) for line in block.splitlines())
    for kind, top in KINDS.items():
        for name in answers[kind].split(): trees[top + name] = told['units'][answers['Id']]


# --- mounts: a mount hides the files beneath it, and brings files of its own
KERNEL = {'proc', 'sysfs', 'cgroup2', 'securityfs', 'pstore', 'bpf', 'configfs', 'debugfs', 'tracefs', 'binfmt_misc', 'fusectl',
          'efivarfs', 'mqueue', 'hugetlbfs', 'autofs', 'nsfs', 'rpc_pipefs'}
mounts = mounts_of(1)
for mount in mounts:
    rows.add('mount %s %s %s' % (mount.kind, mount.place, 'whole' if mount.folder == '/' else 'part-' + shown(mount.folder)))
    # How carefully it is written; the rest of its own options is a size, an owner or a number.
    for option in mount.own:
        if mount.kind in ('ext4', 'btrfs', 'xfs') and not re.match(r'(rw|ro|seclabel|subvol(id)?|space_cache|discard|stripe|log(buf|bsize)|inode\d+|attr2|noquota)\b', option):
            rows.add('mount-option %s %s %s' % (mount.kind, mount.place, option))
    allowed = [what for what in ('suid', 'dev') if 'no' + what not in mount.options]
    if allowed and mount.kind not in KERNEL: rows.add('mount-allows %s %s %s' % (mount.kind, mount.place, ','.join(allowed)))
skipped = [mount.place for mount in mounts if mount.kind in KERNEL]
# File systems that are mounted below a skipped one are walked separately.
below = [mount.place for mount in mounts if mount.kind not in KERNEL and any(mount.place.startswith(top + '/') for top in skipped)]


# --- device nodes: a name tells nothing of the device behind it. The kernel has a name for each that there is; for those whose module is
# not loaded, the list of the modules has it.
STATIC = {fields[2]: fields[1] for path in glob.glob('/lib/modules/%s/modules.devname' % os.uname().release) + glob.glob('/run/booted-system/kernel-modules/lib/modules/*/modules.devname')
          for fields in map(str.split, text(path).splitlines()) if len(fields) == 3 and fields[0][0] != '#'}


def device(kind, path, seen_as):
    """A row for a node, by what the kernel calls it."""
    try: number = os.lstat(path).st_rdev
    except OSError: return  # It is gone.
    number = '%d:%d' % (os.major(number), os.minor(number))
    try: name = re.search(r'^DEVNAME=(.*)', text('/sys/dev/%s/%s/uevent' % ({'c': 'char', 'b': 'block'}[kind], number)), re.M).group(1)
    except (OSError, AttributeError): name = STATIC.get(kind + number, '')
    # The terminals of sessions have no names of the kernel's; ptmx has two.
    inside = seen_as.split(':', 1)[-1]
    same = inside == '/dev/' + name or (inside == '/dev/pts/ptmx' and number == '5:2') or \
        (kind == 'c' and re.fullmatch(r'/dev/pts/\d+', inside) and 136 <= os.major(os.lstat(path).st_rdev) < 144)
    rows.add('device %s %s %s %s' % (kind, number, shown(seen_as), 'as-the-kernel-calls-it' if same else 'is-' + (shown(name) or 'nameless')))


# --- what the processes of a service see mounted where programs run: the walk below is outside of their sandbox
def visible(mounts):
    """What is not hidden by what was mounted later."""
    covers = lambda upper, lower: upper == '/' or upper == lower or lower.startswith(upper + '/')
    return [one for number, one in enumerate(mounts) if not any(covers(later.place, one.place) for later in mounts[number + 1:])]


def under(mounts, path):
    """The device, and the folder of its file system, that lie at a path."""
    there = max((one for one in mounts if one.place == '/' or path == one.place or path.startswith(one.place + '/')), key=lambda one: len(one.place))
    return there.device, os.path.normpath(os.path.join(there.folder, os.path.relpath(path, there.place)))


outside, views = visible(mounts), {os.readlink('/proc/1/ns/mnt')}
for pid in threads():
    try:
        view, user = os.readlink('/proc/%s/ns/mnt' % pid), user_of(os.stat('/proc/' + pid).st_uid)
        if view in views or user not in told['units'].values(): continue
        inside, unit = visible(mounts_of(pid)), text('/proc/%s/cgroup' % pid).strip().rsplit('/', 1)[-1]
    except (FileNotFoundError, ProcessLookupError): continue  # it has ended
    views.add(view)
    for path in glob.glob('/proc/%s/root/dev/*' % pid):
        try: mode = os.lstat(path).st_mode
        except OSError: continue
        if stat.S_ISCHR(mode) or stat.S_ISBLK(mode): device('c' if stat.S_ISCHR(mode) else 'b', path, '%s:/dev/%s' % (word(unit), os.path.basename(path)))
    for number, folder, place, options, kind, own in inside:
        options = options + own
        if 'noexec' in options or kind in KERNEL: continue
        same = under(outside, place) == (number, os.path.normpath(folder))
        rows.add('runs-from %s %s %s %s' % (word(unit), shown(place), 'ro' if 'ro' in options else 'rw', 'same' if same else shown(kind + ':' + folder)))

# --- files. The probe program does the walk: more than 100,000 files.
OPEN_TO_ALL = '/tmp', '/var/tmp', '/dev/shm'
PROGRAMS = '/usr', '/opt', '/boot', '/nix/store', '/var/lib/dpkg/info'


def tree_of(path):
    while path and path != '/':
        if path in trees: return path
        path = os.path.dirname(path)
    return None


def shown_attributes(attributes):
    """What the mode does not tell: access lists and capabilities."""
    found = []
    for one in sorted(attributes.split(','), key=lambda one: ('acl', 'default').index(one.split('-')[0]) if '-' in one else -1):
        kind, _, rest = one.partition('-')
        if kind not in ('acl', 'default'): found.append('+' + one); continue
        tag, bits, who = rest.split(':')
        found.append('+%s%s-%s:%s' % ('default-' if kind == 'default' else '', tag, (user_of if tag == 'user' else group_of)(int(who)), bits))
    return ''.join(found)


# In folders of programs: files that were added or changed after the boot.
since = int(booted_at())
wanted = [('top', top) for top in told['tops'] + below] + [('skip', path) for path in set(skipped)] + [('place', path) for path in [*trees, *OPEN_TO_ALL]] + \
         [('name', 'PG_VERSION'), ('since', str(since))] + [('program', path) for path in PROGRAMS]
# Which names are there is compared with what was installed: only of a walk over everything, and not below /var.
WHOLE = [path for path in PROGRAMS if '/' in told['tops'] and not path.startswith('/var/') and os.path.isdir(path) and not os.path.islink(path)]
wanted += [('whole', path) for path in WHOLE]
for path in WHOLE: rows.add('names ' + path)
records = run(told['probe'], 'walk', input=''.join('%s\t%s\n' % one for one in wanted)).split('\0')
complete = records[-2].split('\t')
if complete[0] != 'complete' or int(complete[1]) < 100: sys.exit('the walk did not come to its end, or met next to nothing: %r' % records[-2])
for record in records[:-2]:
    kind, mode, uid, gid, attributes, why, path, target = record.split('\t', 7)
    if kind == 'N': rows.add('names %s %s' % (shown(path), target)); continue
    for letter, attribute in ('i', 'immutable'), ('a', 'append-only'):
        if letter in why: rows.add('attribute %s %s' % (attribute, shown(path)))
    if 's' in why: sum_of('changed', path)
    if kind == '?': rows.add('file %s -:- - %s' % (kind, shown(path))); continue
    if kind == 'l':
        aim = os.path.normpath(os.path.join(os.path.dirname(path), target))
        inside = tree_of(path) or next((top for top in OPEN_TO_ALL if path.startswith(top + '/')), None)
        if 'l' in why and not inside: rows.add('link %s %s' % (shown(path), shown(aim)))
        continue
    if 'n' in why:
        cluster = os.path.dirname(path)
        # Each database has such a file, and another one for its part of a tablespace.
        if not re.fullmatch(re.escape(told['data']) + r'/(base/\d+|pg_tblspc/\d+/\w+/\d+)', cluster): rows.add('cluster ' + shown(cluster))
    if 'o' not in why and 'x' not in why: continue
    if kind == 'f' and (int(mode, 8) & 0o6000 or 'capabilities' in attributes): sum_of('privileged', path)
    more = '' if attributes == '-' else shown_attributes(attributes)
    uid, gid, mode, top = int(uid), int(gid), int(mode, 8), tree_of(path)
    owner, group = user_of(uid), group_of(gid)
    if top is not None and path != top and kind in 'fd' and not more:
        # Allowed to the tree's user, as long as nobody else can write there or take another identity through it.
        if owner in (trees[top], 'root') and not mode & 0o6002 and (not mode & 0o020 or group in (trees[top], 'root')): continue
    if kind in 'fd' and not more and uid == 0 and not mode & 0o6002 and (gid == 0 or not mode & 0o020): continue
    if kind in 'bc': device(kind, path, path)
    rows.add('file %s %s:%s %04o%s %s' % (kind, owner, group, mode, more, shown(path)))

# --- files that run, are loaded or are read because of their location
HOOKS = ('/etc/ld.so.preload /etc/ld.so.conf.d/* /etc/environment /etc/environment.d/* /etc/profile.d/* /etc/crontab /etc/anacrontab /etc/cron.*/* '
         '/var/spool/cron/** /var/spool/at/** /var/spool/anacron/* /etc/sysctl.d/* /run/sysctl.d/* /etc/modprobe.d/* /run/modprobe.d/* '
         '/etc/modules-load.d/* /run/modules-load.d/* /etc/binfmt.d/* /run/binfmt.d/* /etc/tmpfiles.d/* /etc/udev/rules.d/* /run/udev/rules.d/* '
         '/etc/udev/hwdb.d/* /etc/apt/apt.conf.d/* /etc/dpkg/dpkg.cfg.d/* /etc/update-motd.d/* /etc/init.d/* /etc/rc*.d/* /etc/rc.local '
         '/etc/systemd/system-generators/* /run/systemd/system-generators/* /usr/local/lib/systemd/*/* /etc/systemd/system-environment-generators/* '
         '/etc/systemd/user-generators/* /etc/systemd/system-shutdown/* /usr/lib/systemd/system-shutdown/* /usr/lib/systemd/system-sleep/* '
         '/usr/lib/systemd/system-generators/* /usr/lib/systemd/system-environment-generators/* /etc/systemd/user/** /run/systemd/user/** '
         '/etc/systemd/system/** /etc/systemd/system.control/** /run/systemd/system.control/** /run/systemd/system/** /run/systemd/transient/** '
         '/run/systemd/generator*/** /etc/systemd/*.conf /etc/systemd/*.conf.d/* /run/systemd/*.conf.d/* /etc/systemd/network/** /run/systemd/network/** '
         '/etc/systemd/sleep.conf.d/* /etc/credstore*/* /run/credstore*/* /etc/polkit-1/rules.d/* /etc/dbus-1/*.d/* /etc/initramfs-tools/**/* /etc/kernel/*/* '
         '/etc/logrotate.d/* /etc/logrotate.conf /etc/nftables.conf /etc/networkd-dispatcher/** /etc/network/** /etc/NetworkManager/** /etc/xdg/** '
         '/etc/bash.bashrc /etc/bash_completion.d/* /etc/zsh/* /etc/skel/.* /etc/inputrc /etc/psqlrc /etc/postgresql-common/** /etc/postgresql/** /etc/gitconfig '
         '/etc/sudo.conf /etc/sudo_logsrvd.conf /etc/gss/mech.d/* /etc/ssl/openssl.cnf /usr/local/bin/* /usr/local/sbin/* /usr/local/lib/** /usr/local/etc/** '
         '/usr/lib/python3*/sitecustomize.py /usr/lib/python3*/usercustomize.py /usr/lib/python3*/*.pth /usr/lib/python3/dist-packages/*.pth '
         '/var/lib/systemd/linger/* /run/user/*/systemd/user/** /run/user/*/systemd/user.control/** /var/lib/extensions/* /run/extensions/* /var/lib/confexts/* /run/confexts/* '
         '/var/lib/machines/* /var/lib/portables/* /run/portables/* /run/systemd/nspawn/* /run/tmpfiles.d/* /run/sysusers.d/* /run/environment.d/* '
         '/run/systemd/system-environment-generators/* /run/systemd/user-generators/* /run/systemd/user-environment-generators/* /run/depmod.d/* '
         '/run/systemd/shutdown/* /run/nologin /etc/nologin /run/polkit-1/** /var/lib/polkit-1/** /run/dbus-1/** /run/motd.d/* /sys/fs/bpf/* '
         '/etc/python3*/* /root/** /run/initramfs/** /etc/motd.d/* /opt/* /srv/* /mnt/* /media/* /boot/* /boot/*/* /etc/odoo-box/** /etc/odoo/** /etc/pgadmin/** '
         '/lost+found/* /*').split()
# In these folders, a folder itself is a finding.
FOLDERS = set('/* /opt/* /srv/* /mnt/* /media/* /var/lib/extensions/* /run/extensions/* /var/lib/confexts/* /run/confexts/* /var/lib/machines/*'.split())
# All other places where systemd looks for units.
HOOKS += [place + '/**' for place in run('systemctl', 'show', '-P', 'UnitPath').split() if not place.startswith(('/usr/lib/', '/nix/')) and place + '/**' not in HOOKS]
for pattern in HOOKS:
    for path in glob.glob(pattern, recursive=True, include_hidden=True) if sys.version_info >= (3, 11) else glob.glob(pattern, recursive=True):
        if pattern in FOLDERS or not os.path.isdir(path) or os.path.islink(path):
            # On NixOS, files of the configuration are in the store, directly or through their folder: nobody placed them
            # manually. A mask is a link in such a folder that leads elsewhere.
            if os.path.islink(path) and os.path.realpath(path).startswith('/nix/store/'): continue
            if path.startswith('/etc/') and os.path.realpath(os.path.dirname(path)).startswith('/nix/store/'): continue
            rows.add('hook %s' % shown(path + (' -> ' + os.readlink(path) if os.path.islink(path) else '')).replace('_->_', ' -> '))

# Some of these come with packages, and are likely to be changed: their lines are compared.
for pattern in '/etc/environment', '/etc/default/locale', '/etc/ld.so.conf', '/etc/ld.so.conf.d/*', '/etc/sysctl.conf', '/etc/sysctl.d/*.conf', '/etc/modprobe.d/*', '/etc/crontab', '/etc/cron.d/*', '/etc/sudo.conf':
    for path in glob.glob(pattern):
        if os.path.realpath(path).startswith('/nix/store/') or not os.path.isfile(path): continue
        for line in map(str.strip, text(path).splitlines()):
            if line and line[0] not in '#;': rows.add('line %s %s' % (shown(path), ' '.join(line.split())))
# The environment that systemd gives to every service that it starts from now on, whoever has set it.
for line in run('systemctl', 'show-environment').splitlines(): rows.add('manager-environment ' + line)
# A service's own home: programs that run as its user, including the documented psql, read such files there.
homes = {pwd.getpwnam(user).pw_dir for user in told['units'].values()}
# Also the homes that the units themselves set.
for unit in told['units']:
    words = subprocess.run(['systemctl', 'show', '-P', 'Environment', '--', unit], stdout=subprocess.PIPE, text=True, check=True, env={'PATH': PATH}).stdout.split()
    homes |= {word[len('HOME='):] for word in words if word.startswith('HOME=')}
for home in homes:
    for path in glob.glob(glob.escape(home) + '/.*'): rows.add('hook %s' % shown(path))

# Files in people's homes and in root's: shells, psql and Python read such files, and PATH begins there. What an account is given comes
# from /etc/skel, what root has from Debian's base-files.
for person in [*told['people'], 'root']:
    home = pwd.getpwnam(person).pw_dir
    for folder, folders, files in os.walk(home):
        # A link to a folder is no file for os.walk, and PATH may begin there.
        for name in files + [one for one in folders if os.path.islink(os.path.join(folder, one))]:
            path = os.path.join(folder, name)
            given = os.path.relpath(path, home)
            model = '/usr/share/base-files/dot' + given if person == 'root' else os.path.join('/etc/skel', given)
            same = os.path.isfile(model) and not os.path.islink(path) and digest_of(path) == digest_of(model)
            rows.add('home %s %s %s' % (person, shown(given), 'as-given' if same else 'other'))

# --- switches of the kernel that users other than root can turn: all below /proc but the processes' own, and all below /sys; and what the
# kernel gives to root alone, because it shows its memory, drives a card, or stops the machine.
CLOSED = re.compile(r'/proc/(kcore|kmsg|sysrq-trigger|slabinfo|vmallocinfo|pagetypeinfo|timer_list|allocinfo|kpage\w+)|/sys/firmware/dmi/tables/DMI'
                    r'|/sys/firmware/acpi/tables/(data/|dynamic/)?[A-Z]\w+|/sys/devices/.*/(resource\d+(_wc)?|rom|vpd|(product|board|chassis)_serial|product_uuid)')
# The empty folders below these mounts are open.
CLOSED_MOUNTS = {'/sys/kernel/debug', '/sys/kernel/tracing', '/sys/fs/bpf', '/sys/fs/pstore'} & {mount.place for mount in mounts}
waiting = ['/sys', '/proc']
for folder in waiting:
    try: found = os.scandir(folder)
    except OSError: continue  # It is gone.
    with found:
        for one in found:
            if one.is_symlink() or (folder == '/proc' and one.name.isdigit()): continue
            try: facts = one.stat(follow_symlinks=False)
            except OSError: continue
            mode = stat.S_IMODE(facts.st_mode)
            closed = one.path in CLOSED_MOUNTS or CLOSED.fullmatch(one.path)
            if facts.st_uid != 0 or mode & (0o007 if closed else 0o002) or (facts.st_gid != 0 and mode & (0o070 if closed else 0o020)):
                rows.add('switch %s %s:%s %04o' % (shown(one.path), user_of(facts.st_uid), group_of(facts.st_gid), mode))
            # Groups of processes are below. A module's notes and sections cannot be written, and tell nobody but root an address; what is
            # in a folder that only root may enter is root's alone.
            if stat.S_ISDIR(facts.st_mode) and one.path != '/sys/fs/cgroup' and (facts.st_uid != 0 or mode & 0o011) and \
                    not (one.name in ('notes', 'sections') and folder.startswith('/sys/module/')): waiting.append(one.path)

# --- files that are devices, also without a name
for path in glob.glob('/sys/block/loop*/loop/backing_file'): rows.add('loop ' + shown(text(path).strip()))
# --- the journal of this boot, which begins with the kernel's first line. journald numbers what it writes: no number is missing.
entries = [json.loads(line) for line in run('journalctl', '-q', '-b', '-o', 'json', '--output-fields=_TRANSPORT').splitlines()]
rows.add('journal begins-with-the-boot' if entries and entries[0].get('_TRANSPORT') == 'kernel' else 'journal begins-later')
numbers = collections.defaultdict(set)
for entry in entries:
    if '__SEQNUM' in entry: numbers[entry['__SEQNUM_ID']].add(int(entry['__SEQNUM']))
for there in numbers.values():
    if len(there) != max(there) - min(there) + 1: rows.add('journal has-a-gap')

# --- swap, network addresses, routes and name servers
for line in text('/proc/swaps').splitlines()[1:]: rows.add('swap ' + line.split()[0])
for line in run('ip', '-o', 'address').splitlines():
    fields = line.split()
    if fields[1] != 'lo': rows.add('network address %s %s' % (fields[1], fields[3]))
for family in '-4', '-6':
    for line in run('ip', '-o', family, 'route', 'show', 'table', 'all').splitlines():
        if 'table local' not in line and not line.startswith(('fe80::', 'multicast')): rows.add('network route ' + re.sub(r' (dev|metric|expires|hoplimit|pref|error) \S+|\\|sec\b', '', line).strip())
for path in '/etc/resolv.conf', '/run/systemd/resolve/resolv.conf':
    if os.path.exists(path): rows.update('network asks ' + line.split()[1] for line in text(path).splitlines() if line.startswith('nameserver ') and len(line.split()) > 1)

# --- what the next upgrade of a package does, or will never do
for line in text('/var/lib/dpkg/statoverride').splitlines() if os.path.exists('/var/lib/dpkg/statoverride') else (): rows.add('package statoverride ' + line)
if os.path.exists('/var/lib/dpkg/diversions'):
    lines = text('/var/lib/dpkg/diversions').splitlines()
    for what, aside, whose in zip(lines[::3], lines[1::3], lines[2::3]): rows.add('package diversion %s %s %s' % (shown(what), shown(aside), whose))
if os.path.exists('/var/lib/dpkg/status'):
    status = text('/var/lib/dpkg/status')
    for name, wish in re.findall(r'^Package: (\S+)\n(?:.*\n)*?Status: (\S+) ', status, re.M):
        if wish not in ('install', 'deinstall'): rows.add('package %s %s' % (wish, name))
    # Installed by the lists of their files: no upgrade comes to what dpkg does not know.
    known = set(re.findall(r'^Package: (\S+)$', status, re.M))
    for path in glob.glob('/var/lib/dpkg/info/*.list'):
        name = os.path.basename(path)[:-len('.list')].partition(':')[0]
        if name not in known: rows.add('package not-known %s' % name)
# The answers to the questions of packages, passwords among them.
for path in glob.glob('/var/cache/debconf/passwords.dat*'):
    if os.stat(path).st_mode & 0o077: rows.add('package passwords-are-open %s' % path)
for path in glob.glob('/var/lib/dpkg/alternatives/*'):
    lines = text(path).splitlines()
    for line in lines[1:]:
        if line.startswith('/') and not line.startswith(('/usr/', '/bin/', '/sbin/', '/lib/')): rows.add('package alternative %s %s' % (os.path.basename(path), shown(line)))
for pattern in '/etc/apt/preferences', '/etc/apt/preferences.d/*': rows.update('package preference ' + shown(path) for path in glob.glob(pattern))

# --- limits that are in force for the services
NAMES = {'LimitCPU': 'Max cpu time', 'LimitFSIZE': 'Max file size', 'LimitDATA': 'Max data size', 'LimitSTACK': 'Max stack size', 'LimitCORE': 'Max core file size',
         'LimitRSS': 'Max resident set', 'LimitNOFILE': 'Max open files', 'LimitAS': 'Max address space', 'LimitNPROC': 'Max processes', 'LimitMEMLOCK': 'Max locked memory',
         'LimitLOCKS': 'Max file locks', 'LimitSIGPENDING': 'Max pending signals', 'LimitMSGQUEUE': 'Max msgqueue size', 'LimitNICE': 'Max nice priority',
         'LimitRTPRIO': 'Max realtime priority', 'LimitRTTIME': 'Max realtime timeout'}
for unit in told['units']:
    said = dict(line.split('=', 1) for line in run('systemctl', 'show', '-p', 'MemoryMax,TasksMax,ControlGroup,' + ','.join(NAMES) + ',' + ','.join(name + 'Soft' for name in NAMES), '--', unit).splitlines())
    group = '/sys/fs/cgroup' + said['ControlGroup']
    for name, file in (('MemoryMax', 'memory.max'), ('TasksMax', 'pids.max')):
        try: now = text(group + '/' + file).strip().replace('max', 'infinity')
        except OSError: continue
        rows.add('limit %s %s %s' % (unit, name, 'as-its-unit-says' if now == said[name] else now))
    for pid in members_of(said['ControlGroup']):
        try: limits = text('/proc/%s/limits' % pid)
        except OSError: continue
        for name, title in NAMES.items():
            now = [word.replace('unlimited', 'infinity') for word in re.search(re.escape(title) + r' +(\S+) +(\S+)', limits).groups()]
            # A process may have lower limits.
            number = lambda word: float('inf') if word == 'infinity' else float(word)
            if number(now[0]) > number(said[name + 'Soft']) or number(now[1]) > number(said[name]): rows.add('limit %s %s %s' % (unit, name, ':'.join(now)))

# --- programs that the kernel calls, and what it lets processes do to each other
for name in KERNEL_CALLS:
    try: rows.add('kernel %s %s' % (name, ' '.join(text('/proc/sys/kernel/' + name).split()) or '-'))
    except OSError: pass
for name in KERNEL_LINKS:
    rows.add('kernel fs.%s %s' % (name, text('/proc/sys/fs/' + name).strip()))
for path in glob.glob('/proc/sys/fs/binfmt_misc/*'):
    if os.path.basename(path) not in ('register', 'status'): rows.add('kernel binfmt %s %s' % (os.path.basename(path), ' '.join(re.findall(r'interpreter (\S+)', text(path)))))
try: rows.add('kernel uevent_helper ' + (text('/sys/kernel/uevent_helper').strip() or '-'))
except OSError: pass
# Settings that restrict people with shells. A setting that this kernel does not have is left out: there is nothing to restrict.
for name in (*KERNEL_LIMITS, *('net/ipv%s/conf/%s/%s' % (version, place, name) for version in '46' for place in os.listdir('/proc/sys/net/ipv%s/conf' % version) for name in CARD_LIMITS)):
    try: rows.add('kernel %s %s' % (name.replace('/', '.'), text('/proc/sys/' + name).strip()))
    except FileNotFoundError: pass
for name in ('ip_forward',):
    rows.add('kernel %s %s' % (name, text('/proc/sys/net/ipv4/' + name).strip()))
# What the kernel traces of other processes, and for whom. (If the file system for it is not mounted, nobody can read it.)
for name in 'kprobe_events', 'uprobe_events', 'dynamic_events', 'set_event', 'current_tracer':
    for place in '/sys/kernel/tracing', '/sys/kernel/debug/tracing':
        try: said = text(place + '/' + name).split('\n')
        except OSError: continue
        rows.update('kernel tracing %s %s' % (name, ' '.join(line.split())) for line in said if line)
# Keys that are stored in the kernel's memory.
for fields in map(str.split, text('/proc/keys').splitlines()):
    if fields[7] in ('user', 'logon', 'big_key'): rows.add('kernel key %s %s' % (fields[7], ' '.join(fields[8:]).rsplit(':', 1)[0]))
# Modules that are not from the kernel's own package: built elsewhere, not signed, or forced.
for path in glob.glob('/sys/module/*/taint'):
    if text(path).strip(): rows.add('kernel module %s %s' % (path.split('/')[3], text(path).strip()))
# A user who can write there can move processes between units, or remove a unit's limits.
for folder, folders, files in os.walk('/sys/fs/cgroup'):
    for path in [folder, *(os.path.join(folder, name) for name in files)]:
        try: facts = os.lstat(path)
        except FileNotFoundError: continue
        if facts.st_uid != 0 or facts.st_mode & 0o022: rows.add('cgroup %s %s %o' % (shown(path[len('/sys/fs/cgroup'):] or '/'), user_of(facts.st_uid), facts.st_mode & 0o7777))

# --- configuration that mentions a path where other users write
mine = '|'.join(re.escape(path) for path in sorted(trees, key=len, reverse=True))
NAMES = re.compile((r'(?<![\w./-])((?:' + mine + r'|/tmp|/var/tmp|/dev/shm|/home)(?:/[^\s"\'`;:,<>()|&=\\{}]*)?)(?![\w-])').encode())
seen = set()
def configuration(top):
    for folder, folders, files in os.walk(top, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen or tree_of(real): folders[:] = []; continue
        seen.add(real)
        for name in files: yield os.path.join(folder, name)
PLACES = ('/etc /run/systemd /run/udev/rules.d /run/tmpfiles.d /usr/lib/systemd/system /usr/lib/systemd/system-generators /usr/lib/udev/rules.d /usr/lib/tmpfiles.d /usr/lib/sysctl.d /usr/lib/modprobe.d '
          '/usr/lib/pam.d /usr/local /var/spool/cron /usr/share/dbus-1 /usr/share/polkit-1').split()
BELOW = tuple(place + '/' for place in PLACES)
on_nixos = os.path.isdir('/nix/var/nix')
for top in PLACES:
    for path in configuration(top):
        # On NixOS, links into the store are part of the configuration: only files that were written on the machine itself are
        # checked.
        if on_nixos and os.path.realpath(path).startswith('/nix/store/'): continue
        try:
            # A link into one of these places is checked at its target.
            if os.path.islink(path) and os.path.realpath(path).startswith(BELOW): continue
            facts = os.stat(path)
            if not stat.S_ISREG(facts.st_mode) or facts.st_size > 300000: continue
            with open(path, 'rb') as file: whole = file.read()
        except OSError: continue
        for found in NAMES.finditer(whole):
            if whole[whole.rfind(b'\n', 0, found.start()) + 1:found.start()].lstrip()[:1] in (b'#', b';'): continue
            place = os.fsdecode(found.group(1))
            if place.count(']') > place.count('['): place = place[:place.rindex(']')]  # as in sshd's [/path]:port
            rows.add('mention %s %s' % (shown(path), place.rstrip('/.') or place))
finish()
