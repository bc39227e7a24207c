# What PostgreSQL has loaded, and what its next start would read: settings from all sources, rules, maps, and the files that
# contain them. One line each, compared with scenarios/expected/server.txt. Run by root. Stdin: JSON with the superuser's name,
# the socket's folder and the port.
import stat

told.update(json.load(sys.stdin))


def ask(query): return sql('postgres', query)


def owner_and_mode(path):
    facts = os.stat(path)
    return '%s:%04o' % (pwd.getpwuid(facts.st_uid).pw_name, stat.S_IMODE(facts.st_mode))


# In force: all settings that differ from PostgreSQL's built-in ones. Settings of this session's client are left out.
for name, value, source in ask("SELECT name, setting, source FROM pg_settings WHERE source NOT IN ('default', 'client', 'session')"):
    rows.add('setting %s %s %s' % (name, word(value), word(source)))
for name, in ask('SELECT name FROM pg_settings WHERE pending_restart'): rows.add('next-start %s' % name)
for role, database, settings in ask("SELECT coalesce(r.rolname, '-'), coalesce(d.datname, '-'), unnest(s.setconfig) FROM pg_db_role_setting s "
                                    "LEFT JOIN pg_roles r ON r.oid = s.setrole LEFT JOIN pg_database d ON d.oid = s.setdatabase"):
    rows.add('own-setting %s %s %s' % (role, database, word(settings)))
# In the files: all settings, whether they are in force yet or not.
files = set()
for path, name, value, error in ask("SELECT sourcefile, name, coalesce(setting, ''), coalesce(error, '') FROM pg_file_settings"):
    files.add(path)
    rows.add('file-setting %s %s' % (name, word(value)))
    if error: rows.add('broken %s %s' % (name, word(error)))
rows.add('checksums ' + ask('SHOW data_checksums')[0][0])
for kind, name, count in ask("SELECT 'database', datname, datconnlimit FROM pg_database WHERE datconnlimit <> -1 UNION ALL SELECT 'role', rolname, rolconnlimit FROM pg_roles WHERE rolconnlimit <> -1"):
    rows.add('connections %s %s %s' % (kind, word(name), count))
for path, line in ask("SELECT file_name, concat_ws(' ', row_number() OVER (ORDER BY rule_number, line_number), type, array_to_string(database, ','), array_to_string(user_name, ','), address, netmask, auth_method, "
                      "array_to_string(options, ','), error) FROM pg_hba_file_rules"):
    files.add(path)
    rows.add('rule %s' % line)
for path, line in ask("SELECT file_name, concat_ws(' ', map_name, sys_name, pg_username, error) FROM pg_ident_file_mappings"):
    files.add(path)
    rows.add('map %s' % line)
for path, in ask("SELECT setting FROM pg_settings WHERE name IN ('config_file', 'hba_file', 'ident_file')"): files.add(path)
data = ask('SHOW data_directory')[0][0]
files.add(os.path.join(data, 'postgresql.auto.conf'))
# A file that a line names and that has no setting or rule yet, or is not there yet, is in none of these answers: whoever may write it, or
# make it, decides what the next reload reads.
LINE = {'conf': re.compile(r"\s*(include_if_exists|include_dir|include)\s*=?\s*(?:'((?:[^']|'')*)'|([^\s#']+))", re.I),
        'rules': re.compile(r'\s*(include_if_exists|include_dir|include)\s+(?:"([^"]*)"|([^\s#,"]+))')}
AT = re.compile(r'(?:^|[\s,])@(?:"([^"]*)"|([^\s#,"]+))')


def named_in(path, syntax):
    """Files and folders that this configuration file names, whether they are there or not."""
    if not os.path.isfile(seen(path)): return
    # A backslash at the end of a line continues it.
    for line in text(seen(path)).replace('\\\n', ' ').splitlines():
        found = [match.group(2) or match.group(3) for match in [LINE[syntax].match(line)] if match]
        if syntax == 'rules': found += [quoted or plain for quoted, plain in AT.findall(line.split('#')[0])]
        for name in found: yield os.path.join(os.path.dirname(path), name.replace("''", "'"))


pid = postmaster_of(data)


def seen(path):
    """The path as the server sees it, which has folders of its own for temporary files."""
    return '/proc/%s/root%s' % (pid, path)


def nearest(path):
    """The path itself, or the nearest folder above that is there: who may write that decides what will be there."""
    while not os.path.lexists(seen(path)): path = os.path.dirname(path)
    return path


def follow(path, syntax, met):
    for target in map(os.path.normpath, named_in(path, syntax)):
        if target in met: continue
        met.add(target)
        there = nearest(target)
        rows.add('include %s %s%s' % (owner_and_mode(seen(there)), shown(target), '' if there == target else ' (not there, in %s)' % shown(there)))
        for one in sorted(os.path.join(target, name) for name in os.listdir(seen(target))) if os.path.isdir(seen(target)) else [target]: follow(one, syntax, met)


for setting, syntax in ('config_file', 'conf'), ('hba_file', 'rules'), ('ident_file', 'rules'): follow(ask('SHOW %s' % setting)[0][0], syntax, set())
loaded = float(ask('SELECT extract(epoch FROM pg_conf_load_time())')[0][0])
for path in files:
    real = os.path.realpath(path)
    rows.add('read %s %s' % (owner_and_mode(real), path))
    # Changed and not loaded: the answers above come from the file, but the server works with the earlier content.
    if os.stat(real).st_ctime > loaded: rows.add('not-loaded %s' % path)
# Other files in the folder: files that a line could include, and files that the next start reads.
for name in os.listdir(data):
    path = os.path.join(data, name)
    if os.path.islink(path) and not os.path.realpath(path).startswith('/nix/store/'): rows.add('link %s %s' % (name, os.readlink(path)))
    if os.path.isfile(path): rows.add('beside %s' % name)
    elif os.path.isdir(path): rows.add('beside %s/' % name)
for name in os.listdir(os.path.join(data, 'pg_tblspc')): rows.add('tablespace %s' % os.readlink(os.path.join(data, 'pg_tblspc', name)))
rows.add('started %s' % ' '.join(os.path.basename(one) if at == 0 else one for at, one in enumerate(open('/proc/%s/cmdline' % pid).read().rstrip('\0').split('\0'))))
for line in open('/proc/%s/environ' % pid).read().split('\0'):
    name, _, value = line.partition('=')
    if name.startswith(('PG', 'LD_', 'PERL', 'PYTHON', 'LC_', 'OPENSSL')) or name in ('PATH', 'GCONV_PATH'): rows.add('environment %s=%s' % (name, word(value)))
with open('/proc/%s/maps' % pid) as maps:
    for path in {line.split(None, 5)[5].strip() for line in maps if len(line.split(None, 5)) == 6 and line.split(None, 5)[5].startswith('/')}:
        if not path.startswith(('/usr/lib/', '/lib/', '/nix/store/', '/dev/', '/SYSV', '/usr/share/', '/memfd:', '/run/')): rows.add('library %s' % path)
finish()
