# Access to the services behind nginx: each account of the machine, and a user without an account, against each socket on which
# processes of Odoo and pgAdmin listen. A row for each user who is not refused, compared with scenarios/expected/behind.txt. Run
# by root. Stdin: JSON: units, by their application's name.
import errno, socket, struct

told.update(json.load(sys.stdin))
STREAM, LISTENS = '0001', '0A'


def doors_of(unit):
    """The addresses on which the unit's processes listen, in whatever network namespace these were made."""
    group, inodes, tables = run('systemctl', 'show', '-P', 'ControlGroup', '--', unit).strip(), set(), {'/proc/1/net'}
    for folder, _, files in os.walk('/sys/fs/cgroup' + group):
        for pid in text(folder + '/cgroup.procs').split() if 'cgroup.procs' in files else []:
            tables.add('/proc/%s/net' % pid)
            try: inodes |= {link[8:-1] for link in (os.readlink('/proc/%s/fd/%s' % (pid, one)) for one in os.listdir('/proc/%s/fd' % pid)) if link.startswith('socket:[')}
            except OSError: continue  # It has ended.
    found = set()
    for table in tables:
        for name, family in (('tcp', socket.AF_INET), ('tcp6', socket.AF_INET6)):
            for line in text('%s/%s' % (table, name)).splitlines()[1:]:
                fields = line.split()
                if fields[3] != LISTENS or fields[9] not in inodes: continue
                address, port = fields[1].split(':')
                packed = b''.join(struct.pack('=I', int(address[at:at + 8], 16)) for at in range(0, len(address), 8))
                found.add((family, (socket.inet_ntop(family, packed), int(port, 16))))
        for line in text(table + '/unix').splitlines()[1:]:
            fields = line.split(None, 7)
            # The flag of a listening socket.
            if fields[6] in inodes and int(fields[3], 16) & 0x10000 and len(fields) > 7: found.add((socket.AF_UNIX, fields[7].replace('@', '\0', 1) if fields[7].startswith('@') else fields[7]))
    return found


def answer(account, family, address):
    """What becomes of a connection by a process of that user's."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        said = 'failed'
        try:
            uid, gid, groups = account
            os.setgroups(groups)
            os.setresgid(gid, gid, gid)
            os.setresuid(uid, uid, uid)
            with socket.socket(family) as one:
                one.settimeout(30)
                try: one.connect(address); said = 'let-in'
                except socket.timeout: said = 'no-answer'
                except OSError as error: said = 'refused' if error.errno in (errno.ECONNREFUSED, errno.EACCES, errno.EPERM, errno.EHOSTUNREACH, errno.ENETUNREACH) else errno.errorcode[error.errno]
        finally:
            os.write(writer, said.encode())
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as file: said = file.read()
    os.waitpid(child, 0)
    return said


accounts = {one.pw_name: (one.pw_uid, one.pw_gid, os.getgrouplist(one.pw_name, one.pw_gid)) for one in pwd.getpwall()}
accounts['nobody-at-all'] = (54321, 54321, [])
for name, unit in told['units'].items():
    for family, address in sorted(doors_of(unit), key=str):
        door = '%s:%d' % address if family == socket.AF_INET else '[%s]:%d' % address if family == socket.AF_INET6 else shown(address.replace('\0', '@', 1))
        for user, account in accounts.items():
            said = answer(account, family, address)
            if said != 'refused': rows.add('behind %s %s %s %s' % (name, door, user, said))
finish()
