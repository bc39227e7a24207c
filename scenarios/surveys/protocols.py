# Modules that the kernel loads because a user without privileges requests their protocols: opens a socket of each family and of
# each protocol in the kernel's list of modules, queries each family of generic netlink, and sends the queries of ss(8). One line
# for each module that is loaded afterwards, one more if it is a protocol's, and one more for each that was not loaded before,
# compared with scenarios/expected/protocols.txt. Run by an ordinary user.
import glob, socket, struct


def loaded(): return {path.split('/')[3] for path in glob.glob('/sys/module/*/initstate')}


def ask(family, kind, protocol, message=b''):
    try:
        with socket.socket(family, kind, protocol) as one:
            if message: one.send(message)
    except (OSError, OverflowError): pass


def netlink(kind, flags, body): return struct.pack('=IHHII', 16 + len(body), kind, flags, 1, 0) + body


def named(family):
    """A question for a family of generic netlink: CTRL_CMD_GETFAMILY by CTRL_ATTR_FAMILY_NAME."""
    name = family.encode() + b'\0'
    return netlink(16, 1, struct.pack('=BBH', 3, 1, 0) + struct.pack('=HH', 4 + len(name), 2) + name.ljust(-(-len(name) // 4) * 4, b'\0'))


def sockets(family, protocol):
    """A question of sock_diag(7) for all sockets of a family and protocol."""
    return netlink(20, 0x301, struct.pack('=BBBBI', family, protocol, 0, 0, 0xffffffff) + bytes(48))


release = os.uname().release
places = ['/run/booted-system/kernel-modules/lib/modules/', '/lib/modules/']
listed = next(path for path in (place + release + '/modules.alias' for place in places) if os.path.exists(path))
aliases = re.findall(r'^alias net-pf-(\d+)(?:-proto-(\d+))?(?:-type-(\d+))?(?:-(\d+))?(?:-family-(\S+))? (\S+)$', text(listed), re.M)
before, offered = loaded(), {alias[-1].replace('-', '_') for alias in aliases}
# The kernel looks for a family's module with any kind of socket, and for a protocol's module with the kind and without it.
questions = {(family, 1, 0, b'') for family in range(46)}
for family, protocol, kind, more, name, _ in aliases:
    family, protocol, kind = int(family), int(protocol or 0), int(kind or 0)
    if name: questions.add((16, 3, 16, named(name)))
    elif (family, protocol) == (16, 4): questions.add((16, 3, 4, sockets(kind, int(more or 0) & 255)))
    elif protocol: questions.add((family, 3 if family == 16 else kind or 1, protocol, b''))
if len(questions) < 60: sys.exit('only %d protocols were asked for' % len(questions))
for question in sorted(questions): ask(*question)
for module in loaded():
    rows.add('loaded ' + module)
    # Somebody may have loaded it before, for everybody.
    if module in offered: rows.add('protocol ' + module)
    if module not in before: rows.add('new ' + module)
rows.add('asked %d' % len(questions))
finish()
