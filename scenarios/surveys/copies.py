# Copies of the data, of keys and of sessions outside their places, recognized by their content: dumps of PostgreSQL in any
# format, archives, images of disks and file systems, core dumps, web sessions, tables as text, databases of other kinds, private
# keys, files of Odoo's file store, and files with names from Odoo's address book. One line each, compared with
# scenarios/expected/copies.txt. Run by root. Stdin: JSON, "places": the folders of the data itself; odoo, odooDatabase,
# directory, port.
import stat, zlib

told.update(json.load(sys.stdin))
MAGIC = ((b'PGDMP', 'dump'), (b'\x1f\x8b', 'gzip'), (b'BZh', 'bzip2'), (b'\xfd7zXZ\0', 'xz'), (b'\x28\xb5\x2f\xfd', 'zstd'), (b'\x04\x22\x4d\x18', 'lz4'),
         (b'PK\x03\x04', 'zip'), (b'7z\xbc\xaf', '7z'), (b'Rar!', 'rar'), (b'SQLite format 3\0', 'sqlite'), (b'QFI\xfb', 'disk-image'), (b'-----BEGIN PGP', 'pgp'), (b'age-encryption.org', 'age'),
         (b'\x89LZO', 'lzo'), (b'LZIP', 'lzip'), (b'Salted__', 'encrypted'), (b'LUKS\xba\xbe', 'disk-image'), (b'KDMV', 'disk-image'), (b'conectix', 'disk-image'),
         (b'hsqs', 'file-system'), (b'XFSB', 'file-system'), (b'070701', 'cpio'), (b'070707', 'cpio'), (b'\xc7\x71', 'cpio'))
TEXTS = ((re.compile(rb'PRIVATE KEY-----'), 'private-key'), (re.compile(rb'PostgreSQL database (cluster )?dump|^COPY \S+ \(.*\) FROM stdin|^INSERT INTO \S+ ', re.M), 'sql'),
         (re.compile(rb'\$pbkdf2-sha512\$|\$pbkdf2-sha256\$|SCRAM-SHA-256\$'), 'password-hash'),
         # Odoo's sessions are JSON; pgAdmin's are an authentication code before a Fernet token. Each of Odoo's tables has the
         # columns that record who created a row.
         (re.compile(rb'"session_token"\s*:|\A[0-9a-f]{64}gAAAAA'), 'session'), (re.compile(rb'\A[^\n]{0,8000}[,;|\t"]create_uid[,;|\t"]'), 'table'))
# Keys without a header: PKCS #8, PKCS #1 and SEC1, as DER.
DER_KEY = re.compile(rb'\A\x30(?:[\x00-\x7f]|\x81.|\x82..)\x02\x01(?:[\x00\x01]\x30.\x06(?:\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01|\x07\x2a\x86\x48\xce\x3d\x02\x01|\x03\x2b\x65[\x6e-\x71])|\x00\x02(?:\x81.|\x82..)|\x01\x04[\x1c-\x42])', re.S)
PROGRAMS = ['/usr', '/opt', '/boot', '/lib', '/bin', '/sbin']
KERNEL = {'proc', 'sysfs', 'cgroup2', 'securityfs', 'pstore', 'bpf', 'configfs', 'debugfs', 'tracefs', 'binfmt_misc', 'efivarfs', 'devpts', 'autofs'}
skipped = [fields[4] for fields in (line.split() for line in open('/proc/1/mountinfo')) if fields[fields.index('-') + 1] in KERNEL] + ['/nix/store', '/run/credentials']
SIZE = 65664
# The first and the last entries of the address book: a copy of its rows, in whatever form, contains such words. They are searched
# for as they are, as in JSON, and as in spreadsheets. Short words occur everywhere, and a single word may as well.
WORDS = """SELECT DISTINCT v FROM (SELECT id, unnest(ARRAY[name, email, phone, street, vat]) AS v FROM public.res_partner) p
    WHERE length(v) >= 8 AND (id <= (SELECT max(id) FROM (SELECT id FROM public.res_partner ORDER BY id LIMIT 8) f)
                              OR id >= (SELECT min(id) FROM (SELECT id FROM public.res_partner ORDER BY id DESC LIMIT 8) l))"""
FORMS = [{form for form in (value.encode(), json.dumps(value)[1:-1].encode(), value.encode('utf-16-le'), value.encode('latin-1', 'replace'))}
         for value, in sql(told['odooDatabase'], WORDS, told['odoo'])]
# The secret that seals Odoo's sessions and links is a finding by itself, whatever surrounds it.
SEALS = [value.encode() for value, in sql(told['odooDatabase'], "SELECT value FROM public.ir_config_parameter WHERE key = 'database.secret' AND length(value) >= 16", told['odoo'])]
if not SEALS: sys.exit("Odoo's database has no secret that could be looked for")
if len(FORMS) < 3: sys.exit('the address book has %d words that could be looked for' % len(FORMS))


def tells(path):
    """Whether three of these words stand in it, wherever, or a seal: of a large file in pieces that overlap."""
    found, before = set(), b''
    with open(path, 'rb') as file:
        while piece := file.read(1 << 22):
            whole = before + piece
            found |= {number for number, forms in enumerate(FORMS) if number not in found and any(form in whole for form in forms)}
            if any(seal in whole for seal in SEALS): return 'seal'
            if len(found) >= 3: return 'address-book'
            before = piece[-1024:]
    return None


def unpacks(head):
    """Whether it is what zlib makes, as Git keeps its objects."""
    if len(head) < 24 or head[0] != 0x78 or int.from_bytes(head[:2], 'big') % 31: return False
    try: return len(zlib.decompressobj().decompress(head, 64)) > 0
    except zlib.error: return False


def judge(path):
    try: facts = os.lstat(path)
    except OSError: return
    if not stat.S_ISREG(facts.st_mode) or facts.st_size == 0: return
    try:
        with open(path, 'rb') as file: head = file.read(SIZE)
    except OSError: return
    what = [name for magic, name in MAGIC if head.startswith(magic)]
    # A file of lzma(1) has no magic number, but plausible properties and a plausible size.
    if head[:1] == b'\x5d' and head[1:5] in (b'\0\0\x01\0', b'\0\0\x10\0', b'\0\0\x20\0', b'\0\0\x40\0', b'\0\0\x80\0', b'\0\0\0\x01', b'\0\0\0\x04', b'\0\0\x04\0', b'\0\0\x08\0', b'\0\0\x02\0') and head[10:13] in (b'\xff' * 3, b'\0' * 3): what.append('lzma')
    if unpacks(head): what.append('zlib')
    if DER_KEY.match(head): what.append('private-key')
    if head[257:262] == b'ustar': what.append('tar')
    if head.startswith(b'\x7fELF') and head[16:18] == b'\4\0': what.append('core')  # What a process had in memory.
    if head[1080:1082] == b'\x53\xef' or head[65600:65608] == b'_BHRfS_M': what.append('file-system')
    # A page of PostgreSQL: the version and size of its layout are at a fixed offset.
    if len(head) >= 8192 and head[18:20] == b'\x04\x20' and facts.st_size % 8192 == 0: what.append('pages')
    if re.fullmatch(r'[0-9a-f]{40}', os.path.basename(path)) and os.path.basename(path).startswith(os.path.basename(os.path.dirname(path))): what.append('file-store')
    if not what: what = [name for text, name in TEXTS if text.search(head)]
    try:
        if not what: what = [one for one in (tells(path),) if one]
    except OSError: return
    for name in what:
        rows.add('copy %s %s:%04o %s' % (name, user_of(facts.st_uid), stat.S_IMODE(facts.st_mode), re.sub(r'\s', '_', path)))


# Odoo's and pgAdmin's own folders contain their files and sessions; everything else there is checked as in any other folder.
told['places'] = [inner for path in told['places'] for inner in (
    [path] if not any(os.path.isdir(os.path.join(path, name)) for name in ('filestore', 'sessions')) else [os.path.join(path, name) for name in ('filestore', 'sessions')])]
count = 0
for folder, folders, files in os.walk('/'):
    folders[:] = [name for name in folders if os.path.join(folder, name) not in skipped and os.path.join(folder, name) not in told['places']
                  and os.path.join(folder, name) not in PROGRAMS and not os.path.islink(os.path.join(folder, name))]
    for name in files:
        judge(os.path.join(folder, name))
        count += 1
# In folders of programs, only files that were added after the boot: all files are too many to read, and the others were installed
# before.
since = booted_at()
newer = run('find', *[top for top in PROGRAMS if os.path.isdir(top) and not os.path.islink(top)], '-type', 'f', '-newerct', '@%d' % since, '-print0')
for path in newer.split('\0'):
    if path: judge(path)
# Files beneath a file system that was mounted over their folder.
for kind, place in {(fields[fields.index('-') + 1], fields[4]) for fields in map(str.split, text('/proc/1/mountinfo').splitlines()) if fields[4] != '/'}:
    found = run('unshare', '-m', '--', 'sh', '-c', 'mount --bind / /mnt && find "/mnt$1" -xdev -type f -size +0 -print0 2>/dev/null | head -c 65536', 'sh', place)
    for path in found.split('\0'):
        if path: rows.add('beneath ' + shown(path[len('/mnt'):]))
if count < 100: sys.exit('only %d files were looked at' % count)
finish()
