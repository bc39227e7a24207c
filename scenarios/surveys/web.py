# The web's complete surface: every directive of nginx's configuration with its block, pgAdmin's settings, and the accounts in
# Odoo and in pgAdmin. One line each, compared with scenarios/expected/web.txt. Run by root. Stdin: JSON, see below.
import ast, glob

# kinds (of rows that are requested; others may be missing), nginxUnit, pgadminUnit, odoo, odooDatabase, pgadmin, pgadminDatabase,
# directory, port
told.update(json.load(sys.stdin))


def wanted(*kinds): return not told['kinds'] or any(kind in told['kinds'] for kind in kinds)


# --- nginx, with the arguments of the running process
main = main_of(told['nginxUnit'])
command = open('/proc/%s/cmdline' % main).read().replace('\0', ' ').split()
command = command[command.index('process') + 1:] if 'process' in command else command
rows.add('started ' + ' '.join(['nginx'] + command[1:]))
configuration = command[command.index('-c') + 1] if '-c' in command else '/etc/nginx/nginx.conf'
files = {}


def read(path):
    """As nginx sees it, in its own mount namespace. Not by nginx -T: as root that gives nginx's folders to another user."""
    if path not in files:
        with open('/proc/%s/root%s' % (main, path)) as file: files[path] = file.read()
    return files[path]


TOKEN = re.compile(r'\s+|#[^\n]*|([{};])|"((?:\\.|[^"\\])*)"|\'((?:\\.|[^\'\\])*)\'|((?:\\.|\$\{[^}]*\}|[^\s{};\\])+)')


def words_of(text):
    for found in TOKEN.finditer(text):
        mark, double, single, plain = found.groups()
        if mark: yield mark, True
        elif any(one is not None for one in (double, single, plain)): yield next(one for one in (double, single, plain) if one is not None), False


def directives(path, context, servers):
    stack, current = [context], []
    for text, mark in words_of(read(path)):
        if not mark: current.append(text)
        elif text == '}': stack.pop()
        elif text == '{':
            label = '-'.join(map(word, current))
            if label == 'server':
                servers.append(label)
                label = 'server%d' % len(servers)
            # A block is a row even if it is empty: an empty location serves files.
            rows.add('nginx %s block %s' % (stack[-1] or '/', label))
            stack.append(stack[-1] + '/' + label)
            current = []
        else:
            where = stack[-1] or '/'
            # This block contains file name extensions; a location may have its name, too.
            if where != '/http/types': rows.add('nginx %s %s' % (where, ' '.join(map(word, current))))
            if current[0] == 'include':
                pattern = os.path.join(os.path.dirname(configuration), current[1])
                for other in sorted(glob.glob('/proc/%s/root%s' % (main, pattern))):
                    directives(other[len('/proc/%s/root' % main):], stack[-1], servers)
            current = []


if wanted('nginx', 'nginx-remembers'): directives(configuration, '', [])


# --- the paths and addresses in the memory of the process that has read the configuration and answers nobody: what a file that was
# put back had said is still there, however young the workers are. (So is what the file said before a reload.)
def words_in(memory):
    """The paths and addresses among the words that nginx's parser has left in these bytes, each between two zero bytes."""
    found = set()
    for one in re.finditer(rb'(?<=\0)(?:[a-z]{1,9}:)?/[!-~]{2,}(?=\0)', memory):
        # Keys and other random bytes look like a short word now and then. A short word counts after another one, without a gap, as
        # nginx stores the words of a directive: "location = /db".
        before = memory[max(one.start() - 7, 0):one.start()]
        if len(one.group()) >= 8 or re.search(rb'[!-~]{3}\0(?:[=~^*]{1,2}\0)?\Z', before): found.add(one.group().decode())
    return found


def remembered(pid):
    found = set()
    with open('/proc/%s/maps' % pid) as file: maps = [line.split() for line in file]
    with open('/proc/%s/mem' % pid, 'rb', 0) as memory:
        for fields in maps:
            # Its own memory: what it may write to, and what no file gave to it.
            if fields[1][1] != 'w' or fields[1][3] != 'p' or (len(fields) > 5 and fields[5] != '[heap]'): continue
            begin, end = (int(number, 16) for number in fields[0].split('-'))
            memory.seek(begin)
            found |= words_in(memory.read(end - begin))
    return found


if wanted('nginx-remembers'):
    configured = {text for whole in files.values() for text, mark in words_of(whole) if not mark}
    sources = ''.join(files.values()) + (text('/etc/ssl/openssl.cnf') if os.path.exists('/etc/ssl/openssl.cnf') else '')
    for one in remembered(main):
        # In memory that was given back, the size of the next piece may have overwritten a word's end.
        if one not in configured and len(one) > 4 and one[-1] in '!01@APQ`apq' and one[:-1] in sources: continue
        rows.add('nginx-remembers %s %s' % ('configured' if one in configured else 'other', one))
# The workers do not use files that changed after they had started.
for pid in open('/proc/%s/task/%s/children' % (main, main)).read().split():
    begun = begun_at(pid)
    for path in files:
        if os.path.exists(path) and os.stat(path).st_ctime > begun + 0.05: rows.add('not-loaded %s' % path)

# --- pgAdmin's settings: their effective values, wherever they are set, as in the running process: in its namespace, with its
# environment and user; and every file that sets them besides pgAdmin's own.
PINNED = ('ALLOWED_HOSTS', 'AUTHENTICATION_SOURCES', 'ENABLE_BINARY_PATH_BROWSING', 'ENABLE_PSQL', 'ENABLE_SERVER_PASS_EXEC_CMD', 'ENHANCED_COOKIE_PROTECTION',
          'MAX_LOGIN_ATTEMPTS', 'SERVER_MODE', 'SESSION_COOKIE_HTTPONLY', 'SESSION_COOKIE_SECURE', 'SHARED_STORAGE', 'SUPPORT_SSH_TUNNEL', 'USER_INACTIVITY_TIMEOUT')
PROGRAM = """
import sys; sys.path.insert(0, %r); import config
for name in %r: print('live', name, repr(getattr(config, name, None)))
for name in 'config_local', 'config_system':
    if name in sys.modules: print('file', sys.modules[name].__file__)
"""


def settings():
    pgadmin = main_of(told['pgadminUnit'])
    words = open('/proc/%s/cmdline' % pgadmin).read().split('\0')
    environment = dict(one.split('=', 1) for one in open('/proc/%s/environ' % pgadmin).read().split('\0') if '=' in one)
    account = pwd.getpwnam(told['pgadmin'])
    answer = subprocess.run(['nsenter', '-t', pgadmin, '-m', '--', 'setpriv', '--reuid', str(account.pw_uid), '--regid', str(account.pw_gid), '--clear-groups',
                             words[0], '-c', PROGRAM % (words[words.index('--chdir') + 1], PINNED)],
                            stdout=subprocess.PIPE, text=True, check=True, cwd='/', env={**environment, 'PATH': PATH})
    for what, line in (line.split(' ', 1) for line in answer.stdout.splitlines()):
        if what == 'live':
            name, value = line.split(' ', 1)
            rows.add('pgadmin-live %s %s' % (name, word(value)))
            continue
        path = '/proc/%s/root%s' % (pgadmin, line)
        for statement in ast.parse(open(path).read()).body:
            if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name):
                rows.add('pgadmin %s %s' % (statement.targets[0].id, word(ast.unparse(statement.value))))
            else: rows.add('pgadmin-code %s %s' % (line, word(ast.unparse(statement))[:200]))
        if os.stat(path).st_ctime > begun_at(pgadmin) + 0.05: rows.add('not-loaded %s' % line)


if wanted('pgadmin', 'pgadmin-code', 'pgadmin-live'): settings()

# --- accounts
ODOO_USERS = """
    SELECT replace(u.login, ' ', '_'), CASE WHEN u.active THEN 'active' ELSE 'inactive' END, CASE WHEN u.share THEN 'outside' ELSE 'inside' END,
           coalesce((SELECT string_agg(coalesce(d.name, 'group-' || r.gid), ',' ORDER BY d.name) FROM res_groups_users_rel r
                     LEFT JOIN ir_model_data d ON d.model = 'res.groups' AND d.res_id = r.gid WHERE r.uid = u.id), '-'),
           CASE WHEN u.password <> '' THEN 'password' ELSE 'no-password' END FROM res_users u"""
PGADMIN_USERS = """
    SELECT coalesce(u.email, u.username), u.auth_source, coalesce(string_agg(r.name, ',' ORDER BY r.name), '-') FROM public."user" u
    LEFT JOIN roles_users m ON m.user_id = u.id LEFT JOIN role r ON r.id = m.role_id GROUP BY u.id"""
if wanted('odoo-user'):
    for fields in sql(told['odooDatabase'], ODOO_USERS, told['odoo']): rows.add('odoo-user ' + ' '.join(fields))
if wanted('pgadmin-user'):
    for fields in sql(told['pgadminDatabase'], PGADMIN_USERS, told['pgadmin']): rows.add('pgadmin-user ' + ' '.join(fields))
finish()
