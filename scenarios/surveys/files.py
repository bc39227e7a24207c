# What others than root may change, on every file system; what root or a unit runs, loads or reads by itself; what the kernel calls.
# One line each, held against scenarios/expected/files.txt. Run by root. Stdin: JSON, "units" with the user of each, "trees" with
# the user of each, "people", and "tops": where the walk begins.
import glob, grp, json, os, pwd, re, stat, struct, subprocess, sys

told, rows = json.load(sys.stdin), set()
PATH = '/run/current-system/sw/bin:/usr/local/bin:/usr/bin:/bin'
trees = {path.rstrip('/'): user for path, user in told['trees'].items() if os.path.isdir(path)}
for person in told['people']: trees[pwd.getpwnam(person).pw_dir] = person
for unit, user in told['units'].items():
    for kind, top in ('Runtime', '/run/'), ('State', '/var/lib/'), ('Cache', '/var/cache/'), ('Logs', '/var/log/'):
        shown_ = subprocess.run(['systemctl', 'show', '-P', kind + 'Directory', '--', unit], stdout=subprocess.PIPE, text=True, check=True, env={'PATH': PATH})
        for name in shown_.stdout.split(): trees[top + name] = user


def user_of(uid):
    try: return pwd.getpwuid(uid).pw_name
    except KeyError: return str(uid)


def group_of(gid):
    try: return grp.getgrgid(gid).gr_name
    except KeyError: return str(gid)


def text(path):
    with open(path, errors='replace') as file: return file.read()


def shown(path): return re.sub(r'\s', '_', path)


# --- mounts: what is mounted over something hides it, and brings files of its own
KERNEL = {'proc', 'sysfs', 'cgroup2', 'securityfs', 'pstore', 'bpf', 'configfs', 'debugfs', 'tracefs', 'binfmt_misc', 'fusectl',
          'efivarfs', 'mqueue', 'hugetlbfs', 'autofs', 'nsfs', 'rpc_pipefs'}
for fields in map(str.split, text('/proc/1/mountinfo').splitlines()):
    dash = fields.index('-')
    rows.add('mount %s %s %s' % (fields[dash + 1], fields[4], 'whole' if fields[3] == '/' else 'part-' + shown(fields[3])))
mounts = [(fields[4], fields[fields.index('-') + 1] in KERNEL) for fields in map(str.split, text('/proc/1/mountinfo').splitlines())]
skipped = [place for place, kernel in mounts if kernel]
# What is mounted below one of those is walked for itself.
below = [place for place, kernel in mounts if not kernel and any(place.startswith(top + '/') for top in skipped)]

# --- files. find(1) does the walk: 100,000 files and more.
ACLS = 'system.posix_acl_access', 'system.posix_acl_default'


def extras(path):
    """What the mode does not tell: access lists and capabilities."""
    try: names = os.listxattr(path, follow_symlinks=False)
    except OSError: return ''
    found = []
    for name in sorted(names):
        if name == 'security.capability': found.append('+capabilities')
        if name not in ACLS: continue
        # struct posix_acl_xattr: a version, then tag, permissions and id of each entry; only named ones tell more than the mode.
        for tag, bits, who in struct.iter_unpack('<HHI', os.getxattr(path, name, follow_symlinks=False)[4:]):
            if tag in (2, 8): found.append('+%s%s-%s:%s' % ('default-' if name.endswith('default') else '', 'user' if tag == 2 else 'group',
                                                           (user_of if tag == 2 else group_of)(who), bits & 7))
    return ''.join(found)


def tree_of(path):
    while path and path != '/':
        if path in trees: return path
        path = os.path.dirname(path)
    return None


prune = []
for path in sorted(set(skipped)): prune += ['-path', path, '-prune', '-o']
others = ['!', '-uid', '0', '-o', '-perm', '/022', '-o', '-perm', '/6000', '-o', '-type', 'b', '-o', '-type', 'c', '-o', '-type', 's', '-o', '-type', 'p', '-o', '-name', 'PG_VERSION']
FACTS = r'%y\t%U\t%G\t%m\t%p\t\0'
walk = subprocess.run(['find'] + [top for top in told['tops'] + below if os.path.isdir(top)] + prune +
                      ['-type', 'l', '-printf', r'l\t0\t0\t0\t%p\t%l\0', '-o', '(', *others, ')', '-printf', FACTS,
                       # Of these only what the mode does not tell is of interest.
                       '-o', '(', '!', '-perm', '-004', '-o', '-type', 'd', '-o', '-perm', '/111', ')', '-printf', 'x' + FACTS],
                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd='/', env={'PATH': PATH, 'LC_ALL': 'C'})
found = [line.split('\t', 5) for line in os.fsdecode(walk.stdout).split('\0') if line]
OPEN_TO_ALL = '/tmp', '/var/tmp', '/dev/shm'
count = 0
for kind, uid, gid, mode, path, target in found:
    count += 1
    if kind == 'l':
        aim = os.path.normpath(os.path.join(os.path.dirname(path), target))
        inside = tree_of(path) or next((top for top in OPEN_TO_ALL if path.startswith(top + '/')), None)
        if not inside and (tree_of(aim) or any(aim == top or aim.startswith(top + '/') for top in OPEN_TO_ALL)): rows.add('link %s %s' % (shown(path), shown(aim)))
        continue
    if os.path.basename(path) == 'PG_VERSION':
        cluster = os.path.dirname(path)
        if cluster == told['data'] or not cluster.startswith(told['data'] + '/'): rows.add('cluster ' + shown(cluster))
    more = extras(path)
    if kind[0] == 'x' and not more: continue
    uid, gid, mode, top = int(uid), int(gid), int(mode, 8), tree_of(path)
    owner, group = user_of(uid), group_of(gid)
    if top is not None and path != top and kind in 'fd' and not more:
        # Its user's own affair, as long as nobody else may write there or becomes somebody by it.
        if owner in (trees[top], 'root') and not mode & 0o6002 and (not mode & 0o020 or group in (trees[top], 'root')): continue
    if kind in 'fd' and not more and uid == 0 and not mode & 0o6002 and (gid == 0 or not mode & 0o020): continue
    rows.add('file %s %s:%s %04o%s %s' % (kind.lstrip('x'), owner, group, mode, more, shown(path)))
if count < 100: sys.exit('the walk met %d files only' % count)

# --- what runs, is loaded or is read because it lies in a place
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
         '/etc/python3*/* /root/.[a-zA-Z]* /etc/motd.d/* /opt/* /srv/* /mnt/* /media/* /boot/* /boot/*/* /etc/odoo-box/** /etc/odoo/** /etc/pgadmin/** '
         '/lost+found/* /*').split()
for pattern in HOOKS:
    for path in glob.glob(pattern, recursive=True, include_hidden=True) if sys.version_info >= (3, 11) else glob.glob(pattern, recursive=True):
        if pattern in ('/*', '/opt/*', '/srv/*', '/mnt/*', '/media/*') or not os.path.isdir(path) or os.path.islink(path):
            # On NixOS what the configuration makes lies in the store: nobody's hand put it there.
            if os.path.islink(path) and os.path.realpath(path).startswith('/nix/store/'): continue
            rows.add('hook %s' % shown(path + (' -> ' + os.readlink(path) if os.path.islink(path) else '')).replace('_->_', ' -> '))

# The few of these that packages bring and anybody would change: what stands in them.
for pattern in '/etc/environment', '/etc/default/locale', '/etc/ld.so.conf', '/etc/ld.so.conf.d/*', '/etc/sysctl.conf', '/etc/sysctl.d/*.conf', '/etc/modprobe.d/*', '/etc/crontab', '/etc/cron.d/*', '/etc/sudo.conf':
    for path in glob.glob(pattern):
        if os.path.realpath(path).startswith('/nix/store/') or not os.path.isfile(path): continue
        for line in map(str.strip, text(path).splitlines()):
            if line and line[0] not in '#;': rows.add('line %s %s' % (shown(path), ' '.join(line.split())))
# A service's own home: programs that run as its user, the documented psql among them, read such files there.
homes = {pwd.getpwnam(user).pw_dir for user in told['units'].values()}
# And what the units themselves call so.
for unit in told['units']:
    words = subprocess.run(['systemctl', 'show', '-P', 'Environment', '--', unit], stdout=subprocess.PIPE, text=True, check=True, env={'PATH': PATH}).stdout.split()
    homes |= {word[len('HOME='):] for word in words if word.startswith('HOME=')}
for home in homes:
    for path in glob.glob(glob.escape(home) + '/.*'): rows.add('hook %s' % shown(path))

# --- what the kernel calls, and what it lets processes do to each other
KERNEL_CALLS = 'core_pattern core_pipe_limit modprobe poweroff_cmd hotplug usermodehelper/bset usermodehelper/inheritable'.split()
for name in KERNEL_CALLS:
    try: rows.add('kernel %s %s' % (name, ' '.join(text('/proc/sys/kernel/' + name).split()) or '-'))
    except OSError: pass
for name in 'protected_hardlinks', 'protected_symlinks', 'protected_fifos', 'protected_regular', 'suid_dumpable':
    rows.add('kernel fs.%s %s' % (name, text('/proc/sys/fs/' + name).strip()))
for path in glob.glob('/proc/sys/fs/binfmt_misc/*'):
    if os.path.basename(path) not in ('register', 'status'): rows.add('kernel binfmt %s %s' % (os.path.basename(path), ' '.join(re.findall(r'interpreter (\S+)', text(path)))))
try: rows.add('kernel uevent_helper ' + (text('/sys/kernel/uevent_helper').strip() or '-'))
except OSError: pass
# What people with shells could try. One that this kernel has not closes nothing, and has nothing to close.
for name in ('kernel/dmesg_restrict', 'kernel/kptr_restrict', 'kernel/unprivileged_bpf_disabled', 'kernel/yama/ptrace_scope', 'kernel/perf_event_paranoid',
             'kernel/io_uring_disabled', 'kernel/unprivileged_userns_clone', 'net/core/bpf_jit_harden'):
    try: rows.add('kernel %s %s' % (name.replace('/', '.'), text('/proc/sys/' + name).strip()))
    except FileNotFoundError: pass
for name in ('ip_forward',):
    rows.add('kernel %s %s' % (name, text('/proc/sys/net/ipv4/' + name).strip()))

# --- configuration that names a place where others write
mine = '|'.join(re.escape(path) for path in sorted(trees, key=len, reverse=True))
NAMES = re.compile(r'(?<![\w./-])((?:' + mine + r'|/tmp|/var/tmp|/dev/shm|/home)(?:/[^\s"\'`;:,<>()|&=\\{}]*)?)(?![\w-])')
seen = set()
def configuration(top):
    for folder, folders, files in os.walk(top, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen or tree_of(real): folders[:] = []; continue
        seen.add(real)
        for name in files: yield os.path.join(folder, name)
PLACES = ('/etc /run/systemd /run/udev/rules.d /run/tmpfiles.d /usr/lib/systemd/system /usr/lib/systemd/system-generators /usr/lib/udev/rules.d /usr/lib/tmpfiles.d /usr/lib/sysctl.d /usr/lib/modprobe.d '
          '/usr/lib/pam.d /usr/local /var/spool/cron /usr/share/dbus-1 /usr/share/polkit-1').split()
for top in PLACES:
    for path in configuration(top):
        try:
            # A link into one of these places is met there.
            if os.path.islink(path) and any(os.path.realpath(path).startswith(place + '/') for place in PLACES): continue
            facts = os.stat(path)
            if not stat.S_ISREG(facts.st_mode) or facts.st_size > 300000: continue
            whole = text(path)
        except OSError: continue
        for line in whole.splitlines():
            if line.lstrip()[:1] in ('#', ';'): continue
            for place in NAMES.findall(line): rows.add('mention %s %s' % (shown(path), place.rstrip('/.') or place))
print('\n'.join(sorted(rows)))
print('complete')
