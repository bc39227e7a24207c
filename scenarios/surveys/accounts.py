# Accounts and access: every account, group and password; every key that opens an account, by the configuration of the running
# sshd for each user and address; PAM's rules; and which user can become which. One line each, compared with
# scenarios/expected/accounts.txt. Run by root. Stdin: the handyman's name.
import base64, glob, shlex

handyman = sys.stdin.readline().strip()


def lines(path):
    """What stands in a file, if there is one, without comments and empty lines."""
    try: whole = text(path).replace('\\\n', ' ')
    except FileNotFoundError: return []
    stripped = (' '.join(line.split()) for line in whole.splitlines())
    return [line for line in stripped if line and not line.startswith('#')]


# --- accounts, groups and passwords, from the files and from the name service
passwd = [line.split(':') for line in lines('/etc/passwd')]
known = {fields[0] for fields in passwd}
for entry in pwd.getpwall():
    if entry.pw_name not in known: passwd.append([entry.pw_name, 'x', str(entry.pw_uid), str(entry.pw_gid), '', entry.pw_dir, entry.pw_shell])
groups = [line.split(':') for line in lines('/etc/group')]
names_of_groups = {fields[2]: fields[0] for fields in groups}
uids, with_shell = {}, {'root'}
for name, password, uid, gid, _, home, shell in (fields[:7] for fields in passwd if len(fields) >= 7):
    kind = 'root' if uid == '0' else 'person' if 1000 <= int(uid) < 60000 else 'system'
    rows.add('account %s %s group=%s' % (name, kind, names_of_groups.get(gid, gid)))
    if password not in ('x',) and password[:1] not in ('!', '*'): rows.add('password /etc/passwd %s' % name)
    if os.path.basename(shell) not in ('nologin', 'false'):
        with_shell.add(name)
        rows.add('shell %s %s' % (name, os.path.basename(shell) or '/bin/sh'))
    uids.setdefault(uid, []).append(name)
for uid, names in uids.items():
    if len(names) > 1: rows.add('same-uid %s %s' % (uid, ','.join(sorted(names))))
for fields in passwd:
    if len(fields) != 7: rows.add('broken /etc/passwd ' + ':'.join(fields[:1]))
for fields in groups:
    if fields[1] not in ('x', '') and fields[1][:1] not in ('!', '*'): rows.add('password /etc/group %s' % fields[0])
    if fields[2] == '0': rows.add('root-group ' + fields[0])
    for member in filter(None, fields[3].split(',')): rows.add('member %s %s' % (fields[0], member))
for fields in (line.split(':') for line in lines('/etc/shadow')):
    if fields[1][:1] not in ('!', '*'): rows.add('password /etc/shadow %s' % fields[0])
for fields in (line.split(':') for line in lines('/etc/gshadow')):
    if fields[1] and fields[1][:1] not in ('!', '*'): rows.add('password /etc/gshadow %s' % fields[0])
    for member in filter(None, fields[2].split(',') + fields[3].split(',')): rows.add('member %s %s' % (fields[0], member))
for entry in grp.getgrall():
    for member in entry.gr_mem: rows.add('member %s %s' % (entry.gr_name, member))
for path in '/etc/subuid', '/etc/subgid':
    for line in lines(path): rows.add('sub-ids %s %s' % (path, line.split(':')[0]))
for line in lines('/etc/nsswitch.conf'):
    if line.split(':')[0] in ('passwd', 'group', 'shadow', 'gshadow', 'initgroups'): rows.add('source ' + line.replace(': ', ' '))
for place in '/etc/userdb', '/run/userdb', '/run/host/userdb', '/usr/lib/userdb', '/run/systemd/userdb':
    for path in glob.glob(place + '/*'): rows.add('source-of-users ' + path)


# --- PAM
def module(word):
    folder, name = os.path.split(word)
    return name if not folder or re.match(r'(/usr)?/lib(64)?/(\S+/)?security$|/nix/store/[^/]+/lib/security$', folder) else word


for folder in '/etc/pam.d', '/usr/lib/pam.d', '/usr/share/pam.d', '/usr/local/etc/pam.d':
    for path in sorted(glob.glob(folder + '/*')):
        for number, line in enumerate(lines(path), 1):
            line, service = re.sub(r' # .*', '', line), '%s:%d' % (os.path.basename(path), number)
            parts = re.match(r'(-?\S+) (\[[^]]*\]|\S+) ?(\S*) ?(.*)', line)
            if parts is None: rows.add('pam %s %s' % (service, line)); continue
            what, control, program, rest = parts.groups()
            rows.add(' '.join(filter(None, ('pam', service, what, control, module(program), rest))))
for line in lines('/etc/pam.conf'): rows.add('pam pam.conf ' + line)
for path in glob.glob('/etc/security/*.conf') + glob.glob('/etc/security/*.d/*'):
    if os.path.isfile(path):
        for line in lines(path): rows.add('security %s %s' % (path, line))
for path in ['/etc/sudoers'] + sorted(glob.glob('/etc/sudoers.d/*')):
    for line in lines(path): rows.add('sudoers ' + re.sub(r'^@', 'at-', line))

# --- sshd: with the arguments of the listener, for each user, from loopback and from a remote address
listeners = []
for path in glob.glob('/proc/[0-9]*/cmdline'):
    try: words, program = text(path).replace('\0', ' ').split(), os.readlink(os.path.dirname(path) + '/exe')
    except OSError: continue
    if os.path.basename(program).split(' ')[0] == 'sshd':
        if words[0] == 'sshd:': words = words[1:]
        words = words[:words.index('[listener]')] if '[listener]' in words else words
        rows.add('sshd-started ' + ' '.join(['sshd'] + words[1:]))
        listeners.append((program, words, path.split('/')[2]))
if not listeners: sys.exit('no sshd runs')
program, words, listener = listeners[0]
configuration = words[words.index('-f') + 1] if '-f' in words else '/etc/ssh/sshd_config'
waiting, read, places = [configuration], set(), set()
while waiting:
    path = waiting.pop()
    if path in read: continue
    read.add(path)
    rows.add('sshd-reads ' + path)
    for line in lines(path):
        if re.match(r'(?i)match\b', line): rows.add('sshd-match %s: %s' % (path, line))
        if re.match(r'(?i)include\b', line):
            for pattern in shlex.split(line)[1:]:
                waiting += glob.glob(os.path.join('/etc/ssh', pattern))
                # If a file was removed, only its folder's time shows it.
                if os.path.isdir(os.path.dirname(os.path.join('/etc/ssh', pattern))): places.add(os.path.dirname(os.path.join('/etc/ssh', pattern)))


def settings(*who):
    return run(program, '-T', '-f', configuration, *who).splitlines()


general = settings()
# sshd has read its configuration when the listener began, or at its last SIGHUP, after which its number and its start stay the
# same: the journal tells, in the fields that journald itself fills in. (Root can renew the time of a PID file.) A configuration
# file that changed since then is not the one in use, even if its content was restored.
told_by_journal = run('journalctl', '-q', '--no-pager', '-b', '-o', 'json', '--output-fields=MESSAGE', '_PID=' + listener, '_EXE=' + program)
reloads = [int(line['__REALTIME_TIMESTAMP']) / 1e6 for line in map(json.loads, told_by_journal.splitlines()) if str(line.get('MESSAGE')).startswith('Received SIGHUP')]
loaded = max([begun_at(listener), *reloads])
for path in read | places:
    if os.stat(path).st_ctime > loaded: rows.add('sshd-not-loaded ' + path)
for line in general: rows.add('sshd everybody ' + line)
people = sorted(line.split()[1] for line in general if line.startswith('allowusers '))
key_files = {line.split(' ', 1)[1] for line in general if line.startswith('authorizedkeysfile ')}
for user in people + ['root']:
    for address in ('127.0.0.1', '203.0.113.9') if user != 'root' else ('203.0.113.9',):
        for line in settings('-C', 'user=%s,host=%s,addr=%s,laddr=127.0.0.1,lport=22' % (user, address, address)):
            if line not in general: rows.add('sshd %s-from-%s %s' % (user, address, line))
            if line.startswith('authorizedkeysfile '): key_files.add(line.split(' ', 1)[1])

# --- keys
TYPES = re.compile(r'(ssh-|ecdsa-|sk-)\S+')
for name, _, uid, _, _, home, _ in (fields[:7] for fields in passwd if len(fields) >= 7):
    places = {word for words in key_files for word in words.split() if word != 'none'}
    for place in sorted(places):
        path = place.replace('%%', '\1').replace('%h', home).replace('%u', name).replace('%U', uid).replace('\1', '%')
        if not path.startswith('/'): path = os.path.join(home, path)
        try: found = lines(path)
        except NotADirectoryError: continue
        except IsADirectoryError: continue
        for line in found:
            fields, options = shlex.split(line, posix=False), '-'
            at = next((at for at, field in enumerate(fields) if TYPES.fullmatch(field)), None)
            if at is None or at + 1 >= len(fields): rows.add('key %s unreadable - %s' % (name, path)); continue
            if at: options = '_'.join(fields[:at])
            try: blob = base64.b64decode(fields[at + 1])
            except ValueError: blob = b''
            print_ = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip('=')
            rows.add('key %s SHA256:%s %s %s' % (name, print_, options, path))
    if home and os.path.isdir(home) and home != '/':
        for path in glob.glob(home + '/.ssh/*') + glob.glob(home + '/.[rs]hosts') + glob.glob(home + '/.pam_environment'):
            rows.add('ssh-file %s' % path)
for path in glob.glob('/etc/ssh/**', recursive=True) + glob.glob('/etc/*hosts.equiv'):
    if os.path.isfile(path): rows.add('ssh-file %s' % path)

# --- which user can become which: the handyman, each account, with each tool that has rules about accounts; root, with each tool that
# has none (and root's group: what the files say of groups is above). Root's tries show that each tool works at all: that a broken one
# refuses her proves nothing. su alone starts the account's own shell for whoever is not root: a nologin refuses her after any password.
ID = next(os.path.join(folder, 'id') for folder in PATH.split(':') if os.access(os.path.join(folder, 'id'), os.X_OK))
CALLS = {'su': ['{to}', '-s', '/bin/sh', '-c', 'id -u'], 'sudo': ['-n', '-u', '{to}', 'id', '-u'], 'pkexec': ['--user', '{to}', 'id', '-u'],
         'doas': ['-n', '-u', '{to}', 'id', '-u'], 'runuser': ['-u', '{to}', '--', 'id', '-u'], 'setpriv': ['--reuid={to}', '--clear-groups', 'id', '-u'],
         # run0 is this one under another name, and asks systemd for the same; for root it works only where PAM has rules for it.
         'systemd-run': ['--no-ask-password', '--quiet', '--pipe', '--wait', '--collect', '--uid={to}', ID, '-u'],
         'machinectl': ['--no-ask-password', '--uid={to}', 'shell', '.host', ID, '-u'],
         'newgrp': ['{to}'], 'sg': ['{to}', '-c', 'id -g']}
OF_GROUPS, OF_ACCOUNTS = {'newgrp', 'sg'}, {'sudo', 'pkexec', 'doas'}
running = []
def start(tool, me, to):
    options = {} if me == 'root' else as_user(handyman)
    one = subprocess.Popen([tool] + [word.replace('{to}', to) for word in CALLS[tool]], stdin=subprocess.PIPE if tool == 'newgrp' else subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL, cwd='/', env={'PATH': PATH}, text=True, start_new_session=True, **options)
    running.append((tool, me, to, one))
her_group = group_of(pwd.getpwnam(handyman).pw_gid)
for tool in CALLS:
    if not any(os.access(os.path.join(folder, tool), os.X_OK) for folder in PATH.split(':')): continue
    whom = with_shell if tool == 'su' else {fields[0] for fields in passwd} if tool in OF_ACCOUNTS else {'root'}
    for to in sorted(whom - {handyman}): start(tool, handyman, to)
    start(tool, 'root', her_group if tool in OF_GROUPS else 'nobody')
for tool, me, to, one in running:
    by = 'becomes %s %s-by-%s' % (me if me == 'root' else 'handyman', 'a-group' if me == 'root' and tool in OF_GROUPS else to, tool)
    try: out = one.communicate('id -g\n' if tool == 'newgrp' else None, timeout=60)[0]
    except subprocess.TimeoutExpired:
        one.kill()
        out = one.communicate()[0]
        rows.add(by + ' waits-for-ever')
    said = re.findall(r'^(\d+)\s*$', out or '', re.M)
    # sg may change nothing and show her own group. Otherwise, whoever she becomes counts, also another one than asked for.
    wanted = {str(grp.getgrnam(to).gr_gid)} if tool in OF_GROUPS else {str(pwd.getpwnam(to).pw_uid)} if me == 'root' else set(said)
    if wanted & set(said): rows.add(by)
    elif me == 'root': rows.add('works-not-even-for-root ' + tool)
finish()
