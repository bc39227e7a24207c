# The backups that are there: whether each could be restored. One line each, compared with scenarios/expected/backups.txt. Run by
# root. Stdin: JSON with the backups' folder, Odoo's database, the superuser's name, the socket's folder and the port.
import stat, tarfile

told.update(json.load(sys.stdin))
NAME = re.compile(r'(hot|cold)-\d{8}T\d{6}Z')
FILES = {'hot': {'SHA256SUMS', 'about', 'database.dump', 'filestore.tar', 'filestore-since.tar'}, 'cold': {'SHA256SUMS', 'about', 'database.dump', 'filestore.tar'}}
tables = {name for name, in sql(told['odooDatabase'], "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}


def modes_of(path):
    facts = os.lstat(path)
    return '%s:%s %s %04o' % (user_of(facts.st_uid), group_of(facts.st_gid), stat.filemode(facts.st_mode)[0], stat.S_IMODE(facts.st_mode))


def column_of(dump, table, column):
    """The values of one column as the dump has them."""
    values, at = [], None
    for line in run('pg_restore', '--data-only', '--table=' + table, '--file=-', dump).splitlines():
        if at is None and (match := re.match(r'COPY \S+ \((.*)\) FROM stdin;', line)): at = match.group(1).split(', ').index(column)
        elif line == '\\.': at = None
        elif at is not None: values.append(line.split('\t')[at])
    return values


def faults_of(folder, name):
    kind = name.split('-')[0]
    there = set(os.listdir(folder))
    if modes_of(folder) != 'root:root d 0700': yield 'its-folder-is ' + modes_of(folder)
    for one in sorted(there):
        if modes_of(os.path.join(folder, one)) != 'root:root - 0600': yield 'file-is %s %s' % (one, modes_of(os.path.join(folder, one)))
    if there != FILES[kind]:
        yield 'files ' + ','.join(sorted(there))
        return
    sums = dict(reversed(line.split(maxsplit=1)) for line in text(folder + '/SHA256SUMS').splitlines())
    if set(sums) != FILES[kind] - {'SHA256SUMS'}: yield 'sums-of ' + ','.join(sorted(sums))
    for one, digest in sorted(sums.items()):
        if digest_of(os.path.join(folder, one)) != digest: yield 'another-sum ' + one
    about = dict(line.partition('=')[::2] for line in text(folder + '/about').splitlines())
    if '%s-%s' % (about.get('kind'), about.get('taken')) != name or about.get('database') != told['odooDatabase']: yield 'about ' + word(about)
    # What it contains: the dump of every table, and every file that the dump's rows name.
    dump = folder + '/database.dump'
    try:
        dumped = {match.group(1) for match in re.finditer(r' TABLE DATA public (\S+) ', run('pg_restore', '--list', dump))}
        for missing in sorted(tables - dumped)[:3]: yield 'no-table ' + missing
        users, stored = column_of(dump, 'res_users', 'login'), set(column_of(dump, 'ir_attachment', 'store_fname')) - {r'\N'}
    except subprocess.CalledProcessError:
        yield 'dump-is-none'
        return
    if not users: yield 'no-user'
    kept = {}
    for archive in ('filestore.tar', 'filestore-since.tar') if kind == 'hot' else ('filestore.tar',):
        try:
            with tarfile.open(os.path.join(folder, archive)) as files:
                for member in files:
                    if not member.isfile(): continue
                    with files.extractfile(member) as file: kept[member.name.removeprefix('./')] = hashlib.file_digest(file, 'sha1').hexdigest()
        except (tarfile.TarError, OSError): yield 'archive-is-none ' + archive
    for missing in sorted(stored - set(kept))[:3]: yield 'no-file ' + missing
    # Odoo names a file by its content.
    for other in sorted(name for name, total in kept.items() if name in stored and os.path.basename(name) != total)[:3]: yield 'another-file ' + other


for name in sorted(os.listdir(told['backups'])):
    folder = os.path.join(told['backups'], name)
    if not NAME.fullmatch(name) or not os.path.isdir(folder): continue
    rows.add('backup ' + name)
    for fault in faults_of(folder, name): rows.add('worthless %s %s' % (name, fault))
finish()
