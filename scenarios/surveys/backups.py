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


COLUMNS = {'res_users': 'login', 'ir_attachment': 'store_fname'}


def contents_of(dump):
    """How many rows the dump has of each table, and the values of the columns above."""
    counts, values, table, at = {}, {name: [] for name in COLUMNS}, None, None
    for line in run('pg_restore', '--data-only', '--schema=public', '--file=-', dump).splitlines():
        if table is None:
            if match := re.match(r'COPY public[.]"?(\w+)"? \((.*)\) FROM stdin;', line):
                table, counts[match.group(1)] = match.group(1), 0
                at = match.group(2).split(', ').index(COLUMNS[table]) if table in COLUMNS else None
        elif line == '\\.': table = None
        else:
            counts[table] += 1
            if at is not None: values[table].append(line.split('\t')[at])
    return counts, values


@lru_cache(None)
def dated():
    """The tables that record when each of their rows was made."""
    return [name for name, in sql(told['odooDatabase'], "SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attname = 'create_date' AND atttypid = 'timestamp'::regtype")]


def older_than(taken):
    """The tables with rows that were made before this time (UTC, as Odoo writes them)."""
    return {name for name, in sql(told['odooDatabase'], ' UNION ALL '.join('SELECT \'%s\' WHERE EXISTS (SELECT FROM ONLY public."%s" WHERE create_date < \'%s\')' % (one, one, taken) for one in dated()))}


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
        counts, values = contents_of(dump)
        users, stored = values['res_users'], set(values['ir_attachment']) - {r'\N'}
    except subprocess.CalledProcessError:
        yield 'dump-is-none'
        return
    if not users: yield 'no-user'
    # What the database had before this backup, it still has: then the backup has rows of that table, too.
    for empty in sorted(table for table in older_than(name.split('-')[1]) if counts.get(table) == 0)[:3]: yield 'no-row-of ' + empty
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
