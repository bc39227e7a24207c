# Records in pgAdmin's own database that give access, lead elsewhere, or run code: its accounts with their roles, second factors
# and external logins, servers with all their settings, keys, settings of users; and every table that has rows. pgAdmin's role
# reads them. Sessions in pgAdmin's folder that nobody began by a login. One line each, compared with
# scenarios/expected/pgadmin-data.txt. Run by root. Stdin: JSON, pgadmin, pgadminDatabase, directory, port; nginxUnit, pgadminPath,
# "places": the folders of pgAdmin's data.
import base64, glob, hmac, io, pickle, pickletools
told.update(json.load(sys.stdin))


def ask(query): return sql(told['pgadminDatabase'], query, told['pgadmin'])


def unpickled(text):
    """The classes and functions that whoever unpickles this calls, as pgAdmin does when it lists what it ran in the background."""
    try:
        said, words = [], []
        for code, argument, _ in pickletools.genops(bytes.fromhex(text)):
            if isinstance(argument, str): words.append(argument)
            if code.name == 'GLOBAL': said.append(argument.replace(' ', '.'))
            elif code.name == 'STACK_GLOBAL': said.append('.'.join(words[-2:]))
            elif code.name in ('INST', 'EXT1', 'EXT2', 'EXT4', 'PERSID', 'BINPERSID'): said.append(code.name)
            # A name that occurred before is referenced by its number.
            elif code.name.endswith('GET'): words.append('by-number')
        return ','.join(sorted(set(said))) or 'nothing'
    except Exception: return 'unreadable'


# Names of the preferences: their numbers differ from one machine to the next.
PREFERENCES = {number: '/'.join(names) for number, *names in ask("SELECT p.id, m.name, c.name, p.name FROM public.preferences p"
               " JOIN public.preference_category c ON c.id = p.cid JOIN public.module_preference m ON m.id = c.mid")}
SECRET = re.compile(r'pass|secret|token|uniquifier|masterpass|value$')
every = ask("SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            " WHERE relkind IN ('r', 'p', 'm', 'f', 'v') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg\\_temp%'")
shows = {table if schema == 'public' else schema + '.' + table: '.'.join('"%s"' % one.replace('"', '""') for one in (schema, table)) for schema, table in every}
# pgAdmin's program creates the preferences and their names when it starts.
asked = {table: quoted for table, quoted in shows.items() if table not in ('preferences', 'preference_category', 'module_preference', 'alembic_version')}
HASH = re.compile(r'\$pbkdf2-sha512\$\d{5,}\$[./A-Za-z0-9]{22}\$[./A-Za-z0-9]{86}')


def of_secret(table, key, value):
    """A secret's row says only of which kind it is."""
    if table == 'keys' or key == 'fs_uniquifier': return kind_of_secret(value, (told['pgadminDatabase'], told['pgadmin']))
    return 'hash' if table == 'user' and key == 'password' and HASH.fullmatch(value) else 'is-set'


for table, row in ask(' UNION ALL '.join("SELECT '%s', row_to_json(r)::text FROM %s r" % (table.replace("'", "''"), quoted) for table, quoted in asked.items())):
    said = json.loads(row)
    if table == 'user_preferences': said['pid'] = PREFERENCES.get(str(said.get('pid')), said.get('pid'))
    if table == 'user': said.pop('masterpass_check', None)  # What pgAdmin keeps of its first use tells nothing.
    if table == 'process': said = {'unpickles': unpickled(str(said.get('desc')))}
    said = {key: value for key, value in said.items() if value not in (None, '', False, 0, [], {})}
    rows.add('row %s %s' % (word(table), ' '.join('%s=%s' % (key, of_secret(table, key, value) if SECRET.search(key) and isinstance(value, str) else word(json.dumps(value, sort_keys=True)).strip('"').translate({ord('{'): '(', ord('}'): ')'}))
                                                  for key, value in sorted(said.items()))))
# Code that the database itself runs: only tables and the simple defaults of their columns are expected.
for name, in ask("SELECT tgname FROM pg_catalog.pg_trigger WHERE NOT tgisinternal"): rows.add('code trigger %s' % word(name))
for name, in ask("SELECT p.oid::regprocedure FROM pg_catalog.pg_proc p WHERE pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"):
    rows.add('code function %s' % word(name))
for name, table in ask("SELECT rulename, ev_class::regclass FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = ev_class"
                       " WHERE relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"):
    rows.add('code rule %s %s' % (word(name), word(table)))
for table, said in ask("SELECT adrelid::regclass || '.' || attname, pg_get_expr(adbin, adrelid) FROM pg_catalog.pg_attrdef JOIN pg_catalog.pg_attribute ON attrelid = adrelid AND attnum = adnum"):
    if not re.fullmatch(r"nextval\('[\w.\"]+'::regclass\)|'[^']*'::(character varying|text)|-?\d+|true|false|'[\d{}]*'::\w+", said): rows.add('code default %s %s' % (word(table), word(said)))

# --- Sessions: each is a file that pgAdmin has encrypted and sealed by the key in its database. Whoever knows that key can make one
# of somebody's. One that is somebody's has a login in nginx's journal, between its first page and its last change.
def times(a, b):
    """The product in the field of AES (FIPS 197, 4.2)."""
    total = 0
    while b:
        if b & 1: total ^= a
        a, b = a << 1 ^ (0x11b if a & 0x80 else 0), b >> 1
    return total


class Aes128:
    """Deciphers as FIPS 197 says: Python has no cipher of its own, and no program takes a key in another way than among its words."""
    def __init__(self, key):
        powers = [1]
        while len(powers) < 255: powers.append(times(powers[-1], 3))
        inverse = {0: 0, **{one: powers[-at % 255] for at, one in enumerate(powers)}}
        box = [0x63] * 256
        for at, one in inverse.items():
            for turn in range(5): box[at] ^= (one << turn | one >> 8 - turn) & 255
        self.back = [0] * 256
        for at, one in enumerate(box): self.back[one] = at
        self.products = {by: [times(at, by) for at in range(256)] for by in (9, 11, 13, 14)}
        words, turn = [list(key[at:at + 4]) for at in range(0, 16, 4)], 1
        for at in range(4, 44):
            last = words[-1]
            if at % 4 == 0:
                last = [box[one] for one in last[1:] + last[:1]]
                last[0], turn = last[0] ^ turn, times(turn, 2)
            words.append([a ^ b for a, b in zip(words[at - 4], last)])
        self.keys = [sum(words[at:at + 4], []) for at in range(0, 44, 4)]

    def block(self, state):
        state = [a ^ b for a, b in zip(state, self.keys[10])]
        by9, by11, by13, by14 = (self.products[by] for by in (9, 11, 13, 14))
        for key in self.keys[9::-1]:
            state = [self.back[state[(at - at % 4 * 4) % 16]] ^ key[at] for at in range(16)]
            if key is self.keys[0]: return bytes(state)
            state = [one for at in range(0, 16, 4) for a, b, c, d in (state[at:at + 4],) for one in (
                by14[a] ^ by11[b] ^ by13[c] ^ by9[d], by9[a] ^ by14[b] ^ by11[c] ^ by13[d], by13[a] ^ by9[b] ^ by14[c] ^ by11[d], by11[a] ^ by13[b] ^ by9[c] ^ by14[d])]

    def chained(self, first, text):
        parts = [first] + [text[at:at + 16] for at in range(0, len(text), 16)]
        return b''.join(bytes(a ^ b for a, b in zip(self.block(part), before)) for before, part in zip(parts, parts[1:]))


class Inert(dict):
    """Stands for an object of any class: nothing of what was pickled is called."""
    def __init__(self, *_, **__): super().__init__()
    def __setstate__(self, _): pass
    def append(self, _): pass
    def extend(self, _): pass


class Reader(pickle.Unpickler):
    def find_class(self, module, name): return Inert


(secret,), = ask("SELECT value FROM public.keys WHERE name = 'SECRET_KEY'")
master = hmac.digest(hmac.digest(b'pga-session-body-v1', secret.encode(), 'sha256'), b'pgadmin session body encryption v1\x01', 'sha256')
accounts, cipher, of_somebody = dict(ask('SELECT fs_uniquifier, username FROM public."user"')), Aes128(master[16:]), []


def user_of_session(path):
    """Whose session it is, '' if nobody's; None for a file that pgAdmin would not take, as one that is just being written."""
    with open(path, 'rb') as file: seal, body = file.read(64), file.read()
    if not seal and not body: return ''
    if not hmac.compare_digest(hmac.digest(secret.encode(), body, 'sha256').hex().encode(), seal): return None
    token = base64.urlsafe_b64decode(body)
    if not hmac.compare_digest(hmac.digest(master[:16], token[:-32], 'sha256'), token[-32:]): return None
    clear = cipher.chained(token[9:25], token[25:-32])
    return Reader(io.BytesIO(clear[:-clear[-1]])).load()[2].get('_user_id') or ''


for place in told['places']:
    for path in glob.glob(glob.escape(place) + '/sessions/*'):
        try:
            changed = os.stat(path).st_mtime
            if changed > time.time() + 3600: rows.add('session from-the-future')
            user = user_of_session(path)
            if user is None:
                time.sleep(1)
                user = user_of_session(path)
            if user is None: rows.add('session another-seal')
            elif user: of_somebody.append((path, changed, accounts.get(str(user), 'nobody-known')))
        except FileNotFoundError: pass  # It has ended.
        except Exception: rows.add('session unreadable')
if of_somebody:
    begun = {}
    for path, changed, _ in of_somebody:
        try: begun[path] = float(run('stat', '-c', '%W', path)) or changed - 86400  # 0 where the file system does not tell
        except subprocess.CalledProcessError: pass
    login = '"POST %s/authenticate/login ' % told['pgadminPath'].rstrip('/')
    logins = [float(line.split()[0]) for line in run('journalctl', '-q', '--no-pager', '-o', 'short-unix', '--since', '@%d' % (min(begun.values(), default=time.time()) - 60),
                                                     '_SYSTEMD_UNIT=' + told['nginxUnit']).splitlines() if login in line and re.search(r'" [23]\d\d ', line)]
    for path, changed, user in of_somebody:
        if path in begun and not any(begun[path] - 5 <= at <= changed + 5 for at in logins): rows.add('session without-login %s' % word(user))
finish()
