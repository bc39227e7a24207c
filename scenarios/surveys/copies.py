# Copies of the data, of keys and of sessions outside their places, recognized by their content: dumps of PostgreSQL in any
# format, archives, images of disks and file systems, core dumps, web sessions, tables as text, databases of other kinds, private
# keys, files of Odoo's file store, texts from Odoo's address book and messages, copies of the journal; also as base64 and as
# hexadecimal digits. The machine's own secrets are searched for by their value, in all of a file. In the places of the data:
# names that neither PostgreSQL nor Odoo nor pgAdmin makes. Extended attributes. One line each, compared with
# scenarios/expected/copies.txt. Run by root. Stdin: JSON, "places": the folders of the data itself, "data": PostgreSQL's; odoo,
# odooDatabase, pgadmin, pgadminDatabase, directory, port.
import base64, glob, stat, zlib

told.update(json.load(sys.stdin))
MAGIC = ((b'PGDMP', 'dump'), (b'PGCOPY\n\xff', 'dump'), (b'\x1f\x8b', 'gzip'), (b'BZh', 'bzip2'), (b'\xfd7zXZ\0', 'xz'), (b'\x28\xb5\x2f\xfd', 'zstd'), (b'\x04\x22\x4d\x18', 'lz4'),
         (b'PK\x03\x04', 'zip'), (b'7z\xbc\xaf', '7z'), (b'Rar!', 'rar'), (b'SQLite format 3\0', 'sqlite'), (b'QFI\xfb', 'disk-image'), (b'-----BEGIN PGP', 'pgp'), (b'age-encryption.org', 'age'),
         (b'\x89LZO', 'lzo'), (b'LZIP', 'lzip'), (b'Salted__', 'encrypted'), (b'LUKS\xba\xbe', 'disk-image'), (b'KDMV', 'disk-image'), (b'conectix', 'disk-image'), (b'vhdxfile', 'disk-image'),
         (b'hsqs', 'file-system'), (b'XFSB', 'file-system'), (b'070701', 'cpio'), (b'070707', 'cpio'), (b'\xc7\x71', 'cpio'), (b'MSCF', 'cab'), (b'%PDF-', 'pdf'), (b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'office'),
         (b'LPKSHHRH', 'journal'), (b'__CURSOR=', 'journal'), (b'PAR1', 'table'), (b'\xfe\xed\xfe\xed', 'key-store'), (b'\xce\xce\xce\xce', 'key-store'), (b'\x03\xd9\xa2\x9a', 'key-store'))
# What stands anywhere in a file: the expression, and texts one of which is in each match.
TEXTS = ((rb'PRIVATE KEY ?----|PuTTY-User-Key-File-\d', 'private-key', (b'PRIVATE KEY', b'PuTTY-User-Key-File-')),
         (rb'PostgreSQL database (cluster )?dump|COPY [\w."$]+ \([^()\n]*\) FROM stdin|^INSERT INTO \S+ ', 'sql', (b'PostgreSQL database', b' FROM stdin', b'INSERT INTO ')),
         (rb'\$pbkdf2-sha(512|256)\$\d|SCRAM-SHA-256\$\d', 'password-hash', (b'$pbkdf2-sha', b'SCRAM-SHA-256$')),
         # Odoo's sessions are JSON; pgAdmin's are an authentication code before a Fernet token. Each of Odoo's tables has the
         # columns that record who created a row.
         (rb'"session_token"\s*:|^[0-9a-f]{64}gAAAAA', 'session', (b'"session_token"', b'gAAAAA')), (rb'\A[^\n]{0,8000}[,;|\t"]create_uid[,;|\t"]', 'table', (b'create_uid',)),
         # As journalctl shows the journal, or exports it: what everybody asked for, and under which name.
         (rb'^\S.{8,300} systemd\[1\]: (Start|Stopp|Reached|Finish)|"__REALTIME_TIMESTAMP"\s*:', 'journal', (b' systemd[1]: ', b'"__REALTIME_TIMESTAMP"')))
TEXTS = tuple((re.compile(text, re.M), name, marks) for text, name, marks in TEXTS)
# Keys without a header: PKCS #8, PKCS #1 and SEC1, and key stores of PKCS #12, as DER.
DER_KEY = re.compile(rb'\A\x30(?:[\x00-\x80]|\x81.|\x82..)\x02\x01(?:[\x00\x01]\x30.\x06(?:\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01|\x07\x2a\x86\x48\xce\x3d\x02\x01|\x03\x2b\x65[\x6e-\x71])|\x00\x02(?:\x81.|\x82..)|\x01\x04[\x1c-\x42]|\x03\x30)', re.S)
PROGRAMS = ['/usr', '/opt', '/boot', '/lib', '/bin', '/sbin']
KERNEL = {'proc', 'sysfs', 'cgroup2', 'securityfs', 'pstore', 'bpf', 'configfs', 'debugfs', 'tracefs', 'binfmt_misc', 'efivarfs', 'devpts', 'autofs'}
own_mounts = mounts_of(1)
skipped = {mount.place for mount in own_mounts if mount.kind in KERNEL} | {'/nix/store', '/run/credentials'} | set(PROGRAMS)
SIZE, STEP, OVERLAP = 65664, 1 << 20, 16384
# The first and the last entries of the address book, and of the messages: a copy of these rows, in whatever form, contains such
# words. They are searched for as they are, as in JSON, and as in spreadsheets. Short words occur everywhere, and a single word may
# as well.
COMMENTS = "SELECT 'comment', description FROM pg_description WHERE objoid >= 16384 UNION ALL SELECT 'comment', description FROM pg_shdescription"
IN_ODOO = COMMENTS + """ UNION ALL SELECT 'seal', value FROM public.ir_config_parameter WHERE key = 'database.secret' AND length(value) >= 16
    UNION ALL SELECT DISTINCT 'word', v FROM (SELECT id, unnest(ARRAY[name, email, phone, street, vat]) AS v FROM public.res_partner) p
    WHERE length(v) >= 8 AND (id <= (SELECT max(id) FROM (SELECT id FROM public.res_partner ORDER BY id LIMIT 8) f)
                              OR id >= (SELECT min(id) FROM (SELECT id FROM public.res_partner ORDER BY id DESC LIMIT 8) l))
    UNION ALL SELECT DISTINCT 'word', left(split_part(body, E'\n', 1), 60) FROM ((SELECT body FROM public.mail_message ORDER BY id LIMIT 8) UNION ALL
        (SELECT body FROM public.mail_message ORDER BY id DESC LIMIT 8)) m WHERE length(split_part(body, E'\n', 1)) >= 12"""
IN_PGADMIN = COMMENTS + " UNION ALL SELECT 'seal', value FROM public.keys WHERE length(value) >= 16"


def read(application, query):
    answer = {'word': [], 'seal': [], 'comment': []}
    for kind, value in sql(told[application + 'Database'], query, told[application]): answer[kind].append(value)
    return answer


in_odoo, in_pgadmin = read('odoo', IN_ODOO), read('pgadmin', IN_PGADMIN)
FORMS = [{form for form in (value.encode(), json.dumps(value)[1:-1].encode(), value.encode('utf-16-le'), value.encode('latin-1', 'replace'))} for value in in_odoo['word']]
# The secrets that seal sessions and links are findings by themselves, whatever surrounds them.
SEALS, PGADMIN_SEALS = ([value.encode() for value in one['seal']] for one in (in_odoo, in_pgadmin))
if not SEALS: sys.exit("Odoo's database has no secret that could be looked for")
if not PGADMIN_SEALS: sys.exit("pgAdmin's database has no secret that could be looked for")
if len(FORMS) < 3: sys.exit('the address book has %d words that could be looked for' % len(FORMS))


def in_base64(value):
    """What stands in base64, wherever the value begins in what was encoded: only characters that depend on the value alone."""
    for shift in range(3):
        size = shift + len(value)
        whole = base64.b64encode(b'\0' * shift + value)[(8 * shift + 5) // 6:8 * size // 6]
        yield from {whole, whole.translate(bytes.maketrans(b'+/', b'-_'))}


def forms_of(value):
    """A secret as it is, as base64 and as hexadecimal digits. Lines may be broken anywhere: of several short parts one remains whole."""
    all_forms = {max(re.split(rb'[\n\0]', value), key=len)}
    for at in (0, (len(value) - 15) // 2, len(value) - 15):
        part = value[at:at + 15]
        all_forms |= {*in_base64(part), part.hex().encode(), part.hex().upper().encode()}
    for at in range(0, len(value) - 6, 8):
        all_forms |= {form.encode() for mark in (' ', ':') for form in (value[at:at + 7].hex(mark), value[at:at + 7].hex(mark).upper())}
    return {form for form in all_forms if len(form) >= 12}


def fields_of(data):
    """The fields of one of SSH's binary texts."""
    at = 0
    while at + 4 <= len(data):
        size = int.from_bytes(data[at:at + 4], 'big')
        yield data[at + 4:at + 4 + size]
        at += 4 + size


def secrets_of(pem):
    """The parts of a private key that nobody may know: a scalar, or bytes of two primes."""
    body = base64.b64decode(b''.join(line for line in pem.split() if re.fullmatch(rb'[A-Za-z0-9+/]+={0,2}', line) and line not in (b'BEGIN', b'END', b'PRIVATE', b'RSA', b'EC', b'OPENSSH')))
    if body.startswith(b'openssh-key-v1\0'):
        outer = list(fields_of(body[15:]))
        if not outer or outer[0] != b'none': return []
        # After the three names stand the number of keys, the public key and the private ones.
        rest = list(fields_of(body[15 + sum(4 + len(one) for one in outer[:3]) + 4:]))
        kind, *inner = fields_of(rest[1][8:])
        return [one[:32] for one in {b'ssh-ed25519': inner[1:2], b'ssh-rsa': inner[4:6]}.get(kind, inner[2:3])]
    scalar = re.search(rb'\x02\x01\x01\x04([\x1c-\x42])|\x04\x22\x04(\x20)', body[:96], re.S)
    if scalar: return [body[scalar.end():scalar.end() + (scalar[1] or scalar[2])[0]]]
    return [body[at:at + 32] for at in (len(body) * 48 // 100, len(body) * 59 // 100)]


def unpacks(head):
    """Whether it is what zlib makes, as Git keeps its objects."""
    if len(head) < 24 or head[0] != 0x78 or int.from_bytes(head[:2], 'big') % 31: return False
    try: return len(zlib.decompressobj().decompress(head, 64)) > 0
    except zlib.error: return False


def packed(head):
    """Whether it has no pattern, as what is compressed or encrypted: also a part without its beginning."""
    if len(head) < 4096 or len(head[:512].translate(None, bytes(range(128)))) < 128: return False
    return len(zlib.compress(head[:16384], 1)) > len(head[:16384]) * 0.97


def kinds_of(head, size, path):
    what = [name for magic, name in MAGIC if head.startswith(magic)]
    # A file of lzma(1) has no magic number, but plausible properties and a plausible size.
    if head[:1] == b'\x5d' and head[1:5] in (b'\0\0\x01\0', b'\0\0\x10\0', b'\0\0\x20\0', b'\0\0\x40\0', b'\0\0\x80\0', b'\0\0\0\x01', b'\0\0\0\x04', b'\0\0\x04\0', b'\0\0\x08\0', b'\0\0\x02\0') and head[10:13] in (b'\xff' * 3, b'\0' * 3): what.append('lzma')
    if unpacks(head): what.append('zlib')
    if DER_KEY.match(head): what.append('private-key')
    if head[257:262] == b'ustar': what.append('tar')
    if head.startswith(b'\x7fELF') and head[16:18] == b'\4\0': what.append('core')  # What a process had in memory.
    if head[1080:1082] == b'\x53\xef' or head[1024:1028] == b'\xe2\xe1\xf5\xe0' or head[32769:32774] == b'CD001' or head[65600:65608] == b'_BHRfS_M': what.append('file-system')
    # A page of PostgreSQL: the version and size of its layout are at a fixed offset.
    if len(head) >= 8192 and head[18:20] == b'\x04\x20' and size % 8192 == 0: what.append('pages')
    if re.fullmatch(r'[0-9a-f]{40}', os.path.basename(path)) and os.path.basename(path).startswith(os.path.basename(os.path.dirname(path))): what.append('file-store')
    elif size in stored and hashlib.sha1(head if size < SIZE else open(path, 'rb').read()).hexdigest() in stored[size]: what.append('file-store')
    if not what and packed(head): what.append('packed')
    return what


def show(name, path):
    facts, label = candidates[path]
    rows.add('copy %s %s:%04o %s' % (name, user_of(facts.st_uid), stat.S_IMODE(facts.st_mode), shown(label)))


def judge(path, label=None):
    """What a file's first bytes say. All of it is searched later, together with that of the others."""
    try:
        attributes(path, label)
        facts = os.lstat(path)
        if not stat.S_ISREG(facts.st_mode) or facts.st_size == 0: return
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try: head = os.read(file, min(facts.st_size, SIZE) if facts.st_size > 0 else SIZE)
        finally: os.close(file)
        candidates[path] = facts, label or path
        for name in kinds_of(head, facts.st_size, path): show(name, path)
        if facts.st_size <= 16384 and b'PRIVATE KEY' in head and TEXTS[0][0].search(head): keys[path] = head
        if head.startswith(b'LPKSHHRH'): journals.add(path)
    except OSError: return


def attributes(path, label=None):
    for name in os.listxattr(path, follow_symlinks=False):
        # Access lists and capabilities are the matter of the survey "files".
        if not name.startswith('system.posix_acl_') and name != 'security.capability': rows.add('attribute %s %d %s' % (
            word(name), len(os.getxattr(path, name, follow_symlinks=False)), shown(label or path)))


def walk(top, leave_out=(), view=''):
    """Each file below a folder, as seen in another view of the mounts if one is given: its root, and its name."""
    root, _, name = view.partition(' ')
    for folder, folders, files in os.walk(root + top):
        label = folder[len(root):]
        folders[:] = [one for one in folders if os.path.join(label, one) not in leave_out and not os.path.islink(os.path.join(folder, one))]
        for one in files: judge(os.path.join(folder, one), '%s:%s' % (name, os.path.join(label, one)) if name else None)
        for one in folders:
            try: attributes(os.path.join(folder, one))
            except OSError: pass


# Odoo's and pgAdmin's own folders contain their files and sessions; everything else there is checked as in any other folder.
places = [inner for path in told['places'] for inner in (
    [path] if not any(os.path.isdir(os.path.join(path, name)) for name in ('filestore', 'sessions')) else [os.path.join(path, name) for name in ('filestore', 'sessions')])]
candidates, keys, stored, journals = {}, {}, {}, set()
# In these places lies only what their program makes, under the names that it gives. Restores put the new files beside the store.
SESSION = re.compile(rb'\Z|\s*\{|[0-9a-f]{64}gAAAAA')
HEX2, HEX4 = '[0-9a-f]{2}', '[0-9A-F]{4,6}'
RELATION = r'\d+(_fsm|_vm|_init)?(\.\d+)?|t\d+_\d+(_fsm|_vm)?(\.\d+)?|pg_filenode\.map|pg_internal\.init(\.\d+)?|PG_VERSION'
NAMES = {'filestore': re.compile(r'%s(\.new)?/(checklist/)?(%s)/\3[0-9a-f]{38}' % (re.escape(told['odooDatabase']), HEX2)),
         'sessions': re.compile(r'(?:([\w-]{2})/\1[A-Za-z0-9_-]{38,84}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|tmp\w{8}(\.__wz_sess)?)'),
         'data': re.compile(r'(PG_VERSION|postmaster\.(pid|opts)|postgresql\.(auto\.)?conf(\.tmp)?|pg_(hba|ident)\.conf|current_logfiles|(backup_label|tablespace_map)(\.old)?|recovery\.done'
                            r'|base/(\d+/(%s)|pgsql_tmp/pgsql_tmp[\w.]+(/[\w.]+)?)|global/(%s|pg_control)|pg_wal/([0-9A-F]{24}(\.partial|\.[0-9A-F]{8}\.backup)?|[0-9A-F]{8}\.history|xlogtemp\.\d+'
                            r'|archive_status/[0-9A-F]{8,24}[\w.]*\.(ready|done)|summaries/[0-9A-F]{40}\.summary|summaries/temp\.summary)|pg_(xact|subtrans|commit_ts|serial|multixact/(members|offsets))/%s'
                            r'|pg_notify/[0-9A-F]{4,15}|pg_(stat|stat_tmp)/(pgstat|pgss_query_texts|pg_stat_statements)\.(stat|tmp)|pg_logical/(replorigin_checkpoint(\.tmp)?|mappings/map-[\w-]+|snapshots/[0-9A-F]+-[0-9A-F]+\.snap(\.\d+\.tmp)?)'
                            r'|pg_snapshots/[0-9A-F]{8}-[0-9A-F]{8}-\d+(\.tmp)?|pg_dynshmem/mmap\.\d+|pg_twophase/[0-9A-F]{8,16}|pg_replslot/[a-z0-9_]+/(state(\.tmp)?|xid-\d+-lsn-[\w-]+\.spill))' % (RELATION, RELATION, HEX4))}
for place in sorted(set(places)):
    names = NAMES['data'] if place == told['data'] else NAMES.get(os.path.basename(place))
    if names is None: continue
    for folder, folders, files in os.walk(place):
        for name in files:
            path = os.path.join(folder, name)
            inside = os.path.relpath(path, place)
            whole = names.fullmatch(inside)
            try:
                if whole and names is NAMES['filestore']:
                    size = os.lstat(path).st_size
                    # The mark of what is to be removed is empty. A few bytes are equal by chance.
                    whole = size == 0 or not whole[2]
                    if size >= 100: stored.setdefault(size, set()).add(name)
                elif whole and names is NAMES['data'] and inside.startswith(('base/', 'global/')) and re.fullmatch(r'\d+(_\w+)?(\.\d+)?', name): whole = os.lstat(path).st_size % 8192 == 0
                elif whole and names is NAMES['sessions']:
                    with open(path, 'rb') as file: whole = SESSION.match(file.read(80))
                if not whole: rows.add('place ' + shown(path))
            except FileNotFoundError: pass
walk('/', skipped | set(places))
count = len(candidates)
# In folders of programs, only what no package has brought and what was added or changed after the boot: all files are too many to
# read. What a package brings, dpkg and pip list by name. Python compiles modules beside their source.
there, added = os.memfd_create('there', 0), os.memfd_create('added', 0)
subprocess.run(['find', *[top for top in PROGRAMS if os.path.isdir(top) and not os.path.islink(top)], '-type', 'f', '-print0', '-newerct', '@%d' % booted_at(), '-fprint0', '/proc/self/fd/%d' % added],
               stdout=there, pass_fds=[added], check=True, env={'PATH': PATH, 'LC_ALL': 'C'})
there, added = (set(os.pread(file, os.fstat(file).st_size, 0).split(b'\0')) for file in (there, added))
installed = set()
for path in glob.iglob('/var/lib/dpkg/info/*.list'):
    with open(path, 'rb') as file: installed.update(file.read().split(b'\n'))
installed.update([b'/usr' + path for path in installed if path.startswith((b'/lib', b'/bin/', b'/sbin/'))])
there -= installed
for path in [path for path in there if path.endswith(b'.dist-info/RECORD')]:
    top = os.path.dirname(os.path.dirname(path)) + b'/'
    # Relative to the folder of the modules; before the first comma, unless the name has one itself.
    with open(path, 'rb') as file: names = [line.partition(b',')[0] for line in file]
    installed.update([os.path.normpath(top + name) if name.startswith(b'.') else top + name for name in names])
there -= installed


def compiled(path):
    """Whether it is what Python makes of a module that a package has brought, by its name."""
    folder, _, name = path.rpartition(b'/__pycache__/')
    return path.endswith(b'.pyc') and folder + b'/' + name.partition(b'.cpython-')[0] + b'.py' in installed


for path in added | {path for path in there if not compiled(path)}:
    if path: judge(os.fsdecode(path))
# File systems that only a service has: its own /dev/shm and others in memory.
seen = {(mount.device, folder) for mount in own_mounts for folder in (mount.folder, '/')}
views = set()
for pid in threads():
    try:
        view = os.readlink('/proc/%s/ns/mnt' % pid)
        if view in views: continue
        views.add(view)
        unit = os.path.basename(text('/proc/%s/cgroup' % pid).strip()) or '-'
        foreign = mounts_of(pid)
        inner = {mount.place for mount in foreign}
        for device, top, place, _, kind, _ in foreign:
            if kind in KERNEL or (device, '/') in seen or (device, top) in seen or (place + '/').startswith('/run/credentials/'): continue
            seen.add((device, top))
            walk(place, skipped | inner, '/proc/%s/root %s' % (pid, unit))
    except OSError: pass
# All of them are searched in one go. Only where one of these stands is it worth a closer look.
SECRETS = [('key-value', form) for head in keys.values() for secret in secrets_of(head) for form in forms_of(secret)]
# A key's own lines, encoded once more.
SECRETS += [('key-value', form) for head in keys.values() for secret in secrets_of(head) for line in head.split() if any(part in line for part in in_base64(secret[:15])) for form in in_base64(line[:36])]
SECRETS += [(name, form) for name, all_seals in (('seal', SEALS), ('pgadmin-seal', PGADMIN_SEALS)) for value in all_seals for form in forms_of(value) | {value}]
# Beginnings of what was encoded: base64 of them, and digits in groups of one or two bytes. These are decoded, and judged as a file.
ENCODED = [b'PGDMP\1', b'-----BEGIN ', b'SQLite format', b'PGCOPY\n\xff', b'\x1f\x8b\x08\0\0\0', b'\xfd7zXZ\0', b'PK\x03\x04\x14', b'7z\xbc\xaf\x27\x1c', b'Salted__', b'\x28\xb5\x2f\xfd', b'openssh-key-v1']
BASE64 = [base64.b64encode(one)[:len(one) * 8 // 6] for one in ENCODED]
DIGITS = [form for one in ENCODED if len(one) > 4 for form in (one[:6].hex(), one[:6].hex(' '), one[:6].hex(':'), one[:6].hex(' ', -2))]
DIGITS = [form.encode() for one in DIGITS for form in (one, one.upper())]
NEEDLES = {needle for forms in FORMS for needle in forms} | {form for _, form in SECRETS} | {mark for _, _, marks in TEXTS for mark in marks} | {*BASE64, *DIGITS}
RUNS = ((re.compile(rb'(?<![A-Za-z0-9+/])(?:%s)[A-Za-z0-9+/\s]{40,}' % b'|'.join(map(re.escape, BASE64))), re.compile(rb'\s'), 4, base64.b64decode),
        (re.compile(rb'(?:%s)[0-9A-Fa-f\s:]{40,}' % b'|'.join(DIGITS)), re.compile(rb'[\s:]'), 2, lambda digits: bytes.fromhex(digits.decode())))


def decoded_kinds(run_found, between, group, decode):
    digits = between.sub(b'', run_found[:1 << 18])
    inner = decode(digits[:len(digits) // group * group])
    kinds = [name for magic, name in MAGIC if inner.startswith(magic)] + [name for expression, name, _ in TEXTS if expression.search(inner)]
    return {'encoded-' + name for name in kinds + ['private-key' for _ in DER_KEY.findall(inner)]}


def searched(path):
    """What stands in a file, wherever: three words, a secret, or a text that tells what it is. A large file in pieces that overlap."""
    words_found, what, before = set(), set(), b''
    with open(path, 'rb') as file:
        while piece := file.read(STEP):
            whole = before + piece
            words_found |= {number for number, forms in enumerate(FORMS) if number not in words_found and any(form in whole for form in forms)}
            if len(words_found) >= 3: what.add('address-book')
            what |= {name for name, form in SECRETS if form in whole}
            # The journal tells which statements and commands there were, this search too.
            if path not in journals:
                what |= {name for expression, name, marks in TEXTS if (not before or name != 'table') and any(mark in whole for mark in marks) and expression.search(whole)}
                for expression, *how in RUNS: what |= {name for one in expression.finditer(whole) for name in decoded_kinds(one[0], *how)}
            before = piece[-OVERLAP:]
    return what


needles = os.memfd_create('needles', 0)
os.write(needles, b'\n'.join(sorted(needle for needle in NEEDLES if needle and b'\n' not in needle)) + b'\n')
itself = '/proc/self/fd/%d' % needles
found = subprocess.run(['xargs', '-0', 'grep', '-l', '-s', '-a', '-Z', '-F', '-f', itself, '--'], input=b'\0'.join(map(os.fsencode, [*candidates, itself])), stdout=subprocess.PIPE,
                       pass_fds=[needles], env={'PATH': PATH, 'LC_ALL': 'C'}).stdout
found = set(map(os.fsdecode, found.split(b'\0')))
if itself not in found: sys.exit('grep does not find what it is to look for')
for path in sorted(found & set(candidates)):
    try:
        for name in searched(path):
            # A key's own file, of course, has its value.
            if name != 'key-value' or path not in keys: show(name, path)
    except OSError: pass
# Comments on the objects of a database: each role that may connect reads them.
for database, comments in ((told['odooDatabase'], in_odoo['comment']), (told['pgadminDatabase'], in_pgadmin['comment'])):
    whole = '\n'.join(comments).encode()
    for name in {name for name, form in SECRETS if form in whole} | {name for expression, name, _ in TEXTS[:1] if expression.search(whole)}: rows.add('comment %s %s' % (name, database))
# Files beneath a file system that was mounted over their folder.
found = run('unshare', '-m', '--', 'sh', '-c', 'mount --bind / /mnt; for place; do find "/mnt$place" -xdev -type f -size +0 -print0 2>/dev/null | head -c 65536; done', 'sh',
            *sorted({mount.place for mount in own_mounts} - {'/'}))
for path in found.split('\0'):
    if path: rows.add('beneath ' + shown(path[len('/mnt'):]))
if count < 100: sys.exit('only %d files were looked at' % count)
finish()
