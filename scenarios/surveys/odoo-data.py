# Records in Odoo's database that give access, or run code: modules, accounts' groups, keys, devices, mail servers, system
# parameters, scheduled and server actions, access rules, views, files that are served to everybody. Records that a module's own
# files create are compared with those files, and are a row only if they differ; all other records are rows. Odoo's role reads
# them: a superuser would run Odoo's code. One line each, compared with scenarios/expected/odoo-data.txt. Run by root. Stdin:
# JSON, see below.
import ast, csv, glob
import xml.etree.ElementTree as ET

# odooUnit, odoo (the role), odooDatabase, directory, port
told.update(json.load(sys.stdin))


ask = session_of(told['odooDatabase'], told['odoo'])


def records(query): return [json.loads(row) for row, in ask('SELECT row_to_json(r) FROM (%s) r' % query)]


def english(value): return (value.get('en_US') or '') if isinstance(value, dict) else value or ''


def digest(what): return hashlib.sha256(str(what).encode()).hexdigest()[:16]


# --- Folders of modules: Odoo's own folder, those in its configuration, and the one in its data.
main = main_of(told['odooUnit'])
root = '/proc/%s/root' % main
command = text('/proc/%s/cmdline' % main).split('\0')
# The lines of Odoo's program before it loads Odoo determine where Odoo is.
PLACE = 'import re, sys; exec(re.split(r"(?m)^.*import odoo.*$", open(sys.argv[1]).read())[0]); import odoo; print(*odoo.__path__, sep="\\n")'
own = [path + '/addons' for path in run(os.readlink('/proc/%s/exe' % main), '-B', '-c', PLACE, command[1], user=told['odoo']).split('\n') if path]
settings = {}
for line in text(root + command[command.index('-c') + 1]).splitlines():
    key, found, value = line.partition('=')
    if found: settings[key.strip()] = value.strip()
data = settings.get('data_dir', '') + '/addons'
places = own + [path.strip() for path in settings.get('addons_path', '').split(',') if path.strip()]
if os.path.isdir(root + data): places += [os.path.join(data, one) for one in sorted(os.listdir(root + data))]


def place_of(module):
    """The folder that Odoo takes it from: its data's comes before those of the configuration."""
    found = sorted({place for place in places if os.path.isfile(root + os.path.join(place, module, '__manifest__.py'))}, key=places.index)
    for place in found:
        if place not in own: rows.add('module-place %s %s' % (module, shown(place)))
    return [root + os.path.join(place, module) for place in found]


# --- Records that the files of the installed modules create: for each record, by its full name, all values that a file gives a
# field.
made, names, kept = {}, {}, {}
# Models whose records are there as long as their module is, and have what its files give them: those that people change as they work
# are not among them.
HELD = {'ir.rule': 'ir_rule', 'ir.model.access': 'ir_model_access', 'ir.cron': 'ir_cron', 'ir.ui.view': 'ir_ui_view', 'ir.ui.menu': 'ir_ui_menu', 'res.groups': 'res_groups',
        'mail.template': 'mail_template', 'mail.message.subtype': 'mail_message_subtype', 'ir.config_parameter': 'ir_config_parameter', 'ir.actions.server': 'ir_act_server',
        'ir.actions.act_window': 'ir_act_window', 'ir.actions.act_url': 'ir_act_url', 'ir.actions.client': 'ir_act_client', 'ir.actions.report': 'ir_act_report_xml'}
# Of their records: {(full name, field): what files give it}, each ('ref', full name) or ('value', text).
given = {}


def make(module, name, model, field, value):
    full = name if '.' in name else '%s.%s' % (module, name)
    names.setdefault(full, set()).add(model)
    if field: made.setdefault((full, field), set()).add(value)


def give(module, name, field, kind, value):
    full = name if '.' in name else '%s.%s' % (module, name)
    if kind == 'ref' and '.' not in value: value = '%s.%s' % (module, value)
    given.setdefault((full, field), set()).add((kind, value))


def truth(word): return str(word).strip().lower() not in ('0', 'false', 'off', '')


def references(module, expression): return {one if '.' in one else '%s.%s' % (module, one) for one in re.findall(r'''ref\(\s*['"]([\w.]+)['"]''', expression)}


def shape(element, top=False):
    """An element as a text, without comments, and without blanks at the ends of texts."""
    # The attributes of a template's first tag are the view's name and inheritance.
    attributes = {key: value for key, value in element.attrib.items() if not top or (key.startswith('t-') and key != 't-name')}
    inside = ''.join(shape(one) + (one.tail or '').strip() for one in element)
    return '<%s%s>%s%s</>' % (element.tag, ''.join(' %s=%r' % one for one in sorted(attributes.items())), (element.text or '').strip(), inside)


def arch_of(elements):
    """Several elements side by side stand in one of the name "data" in the database."""
    return shape(elements[0]) if len(elements) == 1 else '<data>%s</>' % ''.join(shape(one) for one in elements)


def letter_of(text):
    """A letter's elements with their attributes, and its words. Odoo marks quotations, and mends elements that may not contain each other."""
    try: letter = ET.fromstring('<x>%s</x>' % text.replace('&nbsp;', '\xa0'))
    except ET.ParseError: return 'unreadable'
    kept = [(one.tag, sorted((key, ' '.join(value.split())) for key, value in one.attrib.items() if key not in ('data-o-mail-quote', 'data-o-mail-quote-node', 'data-o-mail-quote-container')))
            for one in letter.iter()]
    return repr([one for one in kept if one[1]]) + ''.join(''.join(letter.itertext()).split())


def read_template(module, element):
    name = element.get('id', element.get('t-name'))
    full = name if '.' in name else '%s.%s' % (module, name)
    element.tag = 'data' if element.get('inherit_id') else 't'
    if element.get('primary') == 'True':
        element.append(ET.fromstring('<xpath expr="." position="attributes"><attribute name="t-name">%s</attribute></xpath>' % full))
    make(module, name, 'ir.ui.view', 'top', True)
    make(module, name, 'ir.ui.view', 'arch', shape(element, top=True))
    for one in groups_of(module, element.get('groups')): make(module, name, 'ir.ui.view', 'groups', one)
    for key in {'active', 'priority'} & element.attrib.keys(): give(module, name, key, 'value', element.get(key))
    give(module, name, 'key', 'value', full)
    if element.get('inherit_id'): give(module, name, 'inherit_id', 'ref', element.get('inherit_id'))


def groups_of(module, words):
    """Of an attribute: names with commas between them; one with a minus is taken away."""
    return [one if '.' in one else '%s.%s' % (module, one) for one in re.split(r'[,\s]+', words or '') if one and one[0] != '-']


def read_record(module, element):
    name, model = element.get('id'), element.get('model')
    if not name: return
    make(module, name, model, None, None)
    for field in element.findall('field'):
        key, inside, evaluated = field.get('name'), list(field), field.get('eval')
        if model == 'ir.ui.view' and key == 'arch' and field.get('type') == 'xml': make(module, name, model, 'arch', arch_of(inside))
        elif key in ('groups', 'group_ids', 'groups_id', 'implied_ids', 'group_id'):
            for one in references(module, evaluated or '') | ({field.get('ref')} - {None}): make(module, name, model, 'groups', one if '.' in one else '%s.%s' % (module, one))
        elif key in ('model_id', 'user_id', 'inherit_id'): make(module, name, model, key, field.get('ref') or '')
        elif field.get('type') in ('html', 'xml'): make(module, name, model, key, letter_of((field.text or '') + ''.join(ET.tostring(one, encoding='unicode') for one in inside)))
        elif key.startswith('perm_') or key in ('active', 'global'): make(module, name, model, key, truth(evaluated or field.text or ''))
        else: make(module, name, model, key, (evaluated if evaluated is not None else field.text or '').strip())
        for one in field.findall('record'): read_record(module, one)
        if model not in HELD or inside or {'search', 'file', 'model', 'type'} & field.attrib.keys(): continue
        referred = field.get('ref') or (re.fullmatch(r'\s*ref\(\s*[\'"]([\w.]+)[\'"]\s*\)\s*', evaluated or '') or [None, None])[1]
        if referred: give(module, name, key, 'ref', referred)
        elif evaluated is None: give(module, name, key, 'value', (field.text or '').strip())
        else:
            # What Odoo computes is not known here.
            try: give(module, name, key, 'value', str(ast.literal_eval(evaluated.strip())))
            except (ValueError, SyntaxError): give(module, name, key, 'computed', evaluated)


def read_elements(module, element, stays=False):
    """What stays is made once: updates of the module do not touch it again."""
    stays = truth(element.get('noupdate', stays))
    for one in element:
        if one.tag in ('odoo', 'data', 'openerp'): read_elements(module, one, stays)
        elif one.tag == 'template': read_template(module, one)
        elif one.tag == 'record': read_record(module, one)
        elif one.tag in ('menuitem', 'asset'): read_item(module, one, one.get('parent'))
        name = one.get('id', one.get('t-name'))
        if name: kept.setdefault(name if '.' in name else '%s.%s' % (module, name), set()).add(stays)


def read_item(module, element, parent):
    make(module, element.get('id'), 'ir.ui.menu' if element.tag == 'menuitem' else 'ir.asset', None, None)
    for one in groups_of(module, element.get('groups')): make(module, element.get('id'), 'ir.ui.menu', 'groups', one)
    for key in {'name', 'sequence', 'active', 'web_icon'} & element.attrib.keys(): give(module, element.get('id'), key, 'value', element.get(key))
    for key, other in (('parent_id', parent), ('action', element.get('action'))):
        if other: give(module, element.get('id'), key, 'ref', other)
    for one in element.findall('menuitem'): read_item(module, one, element.get('id'))


def read_table(module, path):
    model = os.path.basename(path)[:-4].split('-')[0]
    with open(path, newline='', encoding='utf-8') as file:
        for line in csv.DictReader(file):
            name = line.get('id')
            if not name: continue
            make(module, name, model, None, None)
            if model != 'ir.model.access': continue
            make(module, name, model, 'model_id', line['model_id:id'])
            if line.get('group_id:id'): make(module, name, model, 'groups', line['group_id:id'] if '.' in line['group_id:id'] else '%s.%s' % (module, line['group_id:id']))
            for key, value in line.items():
                if key and key.startswith('perm_'): make(module, name, model, key, truth(value))


# Values that Odoo's program itself sets if a file sets none.
OWN_VALUES = {'{}', '[]', 'qweb-pdf'}
demo = {name for name, in ask("SELECT name FROM public.ir_module_module WHERE demo AND state = 'installed'")}
for name, state, version in ask("SELECT name, state, coalesce(latest_version, '-') FROM public.ir_module_module WHERE state NOT IN ('uninstalled', 'uninstallable')"):
    rows.add('module %s %s' % (word(name), state.replace(' ', '_')))
    for place in place_of(name):
        manifest = ast.literal_eval(text(place + '/__manifest__.py'))
        for file in manifest.get('data', []) + manifest.get('init_xml', []) + manifest.get('update_xml', []) + (manifest.get('demo', []) if name in demo else []):
            if file.endswith('.xml'): read_elements(name, ET.parse(os.path.join(place, file)).getroot())
            elif file.endswith('.csv'): read_table(name, os.path.join(place, file))
# Whatever lies in a folder of modules that is not Odoo's own, installed or not.
for place in places:
    if place in own or not os.path.isdir(root + place): continue
    for one in os.listdir(root + place): rows.add('module-place %s %s' % (word(one), shown(place)))

# --- Records in the database. Every record has a full name, or none.
full_names, numbers, staying = {}, {}, {}
for module, name, model, number, stays in ask("SELECT module, name, model, res_id, noupdate FROM public.ir_model_data WHERE model !~ '^ir[.]model([.]fields|[.]constraint|[.]relation|$)|[.]selection$'"):
    full_names.setdefault((model, int(number or 0)), []).append('%s.%s' % (module, name))
    numbers['%s.%s' % (module, name)] = number
    if stays == 't' and True not in kept.get('%s.%s' % (module, name), {True}): staying.setdefault((module, model), []).append(name)
for (module, model), all_of in staying.items(): rows.update('stays %s %s' % (one, model) for one in (['%s.%s' % (module, one) for one in all_of] if len(all_of) < 9 else [module + '.*']))


def name_of(model, number, other=''):
    """The name by which a module's files know the record; else another, and the number where that says nothing."""
    known = sorted(full_names.get((model, number), []))
    ours = [one for one in known if model in names.get(one, ())]
    return (ours + known + ['-:' + word(other or number)])[0]


def is_made(model, number): return any(model in names.get(one, ()) for one in full_names.get((model, number), []))


def differs(full, field, value):
    """Whether a file gives it, and none this."""
    return (full, field) in made and value not in made[full, field]


tables = {name for name, in ask("SELECT c.relname FROM pg_catalog.pg_class c WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace")}
users = dict(ask('SELECT id, login FROM public.res_users'))
models = dict(ask('SELECT id, model FROM public.ir_model'))
# Modules that are not installed, but that an update of the list would take from a place that is not Odoo's own. Those of the files have to be bought.
for number, name in ask("SELECT id, name FROM public.ir_module_module WHERE state IN ('uninstalled', 'uninstallable')"):
    if not is_made('ir.module.module', int(number)) and not any(os.path.isfile(root + os.path.join(place, name, '__manifest__.py')) for place in own): rows.add('module-place %s listed' % word(name))


def related(table, owner, group):
    """The groups' names, by the record's number."""
    found = {}
    if table in tables:
        for number, one in ask('SELECT %s, %s FROM public.%s' % (owner, group, table)): found.setdefault(int(number), set()).add(name_of('res.groups', int(one)))
    return found


# Records that the files make and that are gone, and fields that have another value than the files give, or than the program has where
# they give none. What has a check of its own is left out, and a screen's help, in which Odoo mends the quotation marks.
USUAL = {'active': 'True', 'share': 'False', 'priority': {'ir.ui.view': '16', 'ir.cron': '5'}}
SEPARATE = {'arch', 'code', 'state', 'body_html', 'help', 'groups', 'group_id', 'domain_force', 'user_id'}
columns, known_of, fields_of = {}, {}, {}
for table, column, kind in ask("SELECT relname, attname, atttypid::regtype FROM pg_catalog.pg_attribute JOIN pg_catalog.pg_class c ON c.oid = attrelid"
                               " WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped AND relkind = 'r'"): columns.setdefault(table, {})[column] = kind
for full, models_of in names.items():
    for model in models_of & HELD.keys(): known_of.setdefault(model, []).append(full)
for full, field in given:
    for model in names[full] & HELD.keys(): fields_of.setdefault(model, set()).add(field)


def is_given(value, kind, way, said):
    """Whether a record's field has what a file gives it."""
    if way == 'computed' or kind.startswith(('timestamp', 'date')): return True
    if way == 'ref':
        if said.split('.')[1].startswith('model_'): return said.split('.')[1] == 'model_' + models.get(str(value), '').replace('.', '_')
        # A reference to a record of any model has its number behind a comma.
        return said not in numbers or numbers[said] == str(value).rpartition(',')[2]
    if kind == 'boolean': return truth(said) == bool(value)
    if said in ('False', 'None', ''): return not value
    if kind in ('integer', 'bigint', 'numeric', 'double precision'): return float(said) == (value or 0)
    return ' '.join(str(english(value)).split()) == ' '.join(said.split())


for model, table in HELD.items():
    if table not in columns: continue
    # A scheduled action is a row of its own and one of the server actions'.
    tables_of = {table: columns[table], **({'ir_act_server': columns['ir_act_server']} if model == 'ir.cron' else {})}
    fields = {field: (one, tables_of[one][field]) for field in (fields_of.get(model, set()) | USUAL.keys()) - SEPARATE for one in tables_of if field in tables_of[one]}
    there = {row['id']: row for row in records('SELECT %s FROM public.%s%s' % (', '.join([table + '.id'] + ['%s."%s"' % (one, field) for field, (one, _) in fields.items()]), table,
                                               ' JOIN public.ir_act_server ON ir_act_server.id = ir_actions_server_id' if model == 'ir.cron' else ''))}
    for full in known_of.get(model, ()):
        row = there.get(int(numbers.get(full) or 0))
        if not row: rows.add('gone %s %s' % (full, model))
        for field, (_, kind) in fields.items() if row else ():
            usual = USUAL.get(field) if field != 'priority' else USUAL[field].get(model)
            known = given.get((full, field)) or ({('value', usual)} if usual else ())
            if known and not any(is_given(row[field], kind, *one) for one in known): rows.add('differs %s %s %s' % (full, field, word(english(row[field]) if kind == 'jsonb' else row[field])[:100]))

# Tables in which a row opens an access path; in a fresh Odoo they are empty.
for table, kind, column in (('res_users_apikeys', 'api-key', 'name'), ('auth_totp_device', 'trusted-device', 'name'), ('auth_passkey_key', 'passkey', 'name'),
                            ('auth_oauth_provider', 'login-elsewhere', 'name'), ('res_company_ldap', 'login-elsewhere', 'ldap_server'), ('ir_mail_server', 'mail-server', 'smtp_host'),
                            ('fetchmail_server', 'mail-server', 'server'), ('base_automation', 'automation', 'name'), ('ir_asset', 'asset', 'path'),
                            ('mail_alias', 'mail-address', 'alias_name')):
    if table not in tables: continue
    for row in records('SELECT * FROM public.%s' % table): rows.add('%s %s %s' % (kind, word(users.get(str(row.get('user_id')), '-')), word(row.get(column))))

# Accounts and their groups, and every account that is an administrator, directly or through other groups.
implied = related('res_groups_implied_rel', 'gid', 'hid')
for number, all_of in implied.items():
    for one in all_of: rows.add('implies %s %s' % (name_of('res.groups', number), one))
by_name = {name_of('res.groups', number): all_of for number, all_of in implied.items()}
for number, direct in related('res_groups_users_rel', 'uid', 'gid').items():
    login = users.get(str(number), number)
    reached, fresh = set(direct), set(direct)
    while fresh: fresh = {two for one in fresh for two in by_name.get(one, ())} - reached; reached |= fresh
    for one in reached & {'base.group_system', 'base.group_erp_manager', 'base.group_sanitize_override'}: rows.add('may %s %s' % (word(login), one))
    for one in direct: rows.add('member %s %s' % (word(login), one))

# Groups of everything else: screens, menus, actions, reports. And how long keys last that a group's members may make.
for model, table, owner, group in ask("SELECT model, relation_table, column1, column2 FROM public.ir_model_fields WHERE ttype = 'many2many' AND relation = 'res.groups' AND store"
                                      " AND model NOT IN ('res.groups', 'res.users', 'ir.rule')"):
    found = related(table, owner, group)
    for number in found.keys() | {number for kind, number in full_names if kind == model}:
        full = name_of(model, number)
        expected = made.get((full, 'groups'), set()) if is_made(model, number) else set()
        if found.get(number, set()) != expected: rows.add('for %s %s %s' % (full, model, ','.join(sorted(found.get(number, ()))) or 'everybody'))
for row in records('SELECT * FROM public.res_groups'):
    full, days = name_of('res.groups', row['id']), float(row.get('api_key_duration') or 0)
    if days not in {float(one or 0) for one in made.get((full, 'api_key_duration'), {0})}: rows.add('keys-of %s last-%d-days' % (full, days))
# Links by which an account gets a new password, and addresses to which letters go in which such a link stands.
for login, kind in ask("SELECT coalesce(login, '-'), to_jsonb(p) ->> 'signup_type' FROM public.res_partner p LEFT JOIN public.res_users u ON u.partner_id = p.id"
                       " WHERE to_jsonb(p) ->> 'signup_type' <> ''"):
    rows.add('signup %s %s' % (word(login), word(kind)))
domain = dict(ask("SELECT 'is', split_part(split_part(value, '//', 2), '/', 1) FROM public.ir_config_parameter WHERE key = 'web.base.url'")).get('is', '').partition(':')[0].lower()


def where_of(address):
    """Where letters go: 'domain' is the machine's domain or one above it."""
    where = address.rpartition('@')[2].strip().lower().rstrip('>')
    return 'none' if not address else 'domain' if where == domain or ('.' in where and domain.endswith('.' + where)) else word(where)


for login, address in ask("SELECT login, coalesce(p.email, '') FROM public.res_users u JOIN public.res_partner p ON p.id = u.partner_id WHERE u.active"):
    rows.add('address %s %s' % (word(login), 'own' if address == login else where_of(address)))
for company, address, other in ask("SELECT k.name, coalesce(c.email, ''), coalesce(to_jsonb(k) ->> 'email', c.email, '') FROM public.res_company k JOIN public.res_partner c ON c.id = k.partner_id"):
    rows.update('company %s %s' % (word(company), where_of(one)) for one in {address, other})

SECRET = re.compile(r'secret|password|token|private|(^|[._])key$|uuid|[._]hash')
for key, value in ask("SELECT replace(key, ' ', '_'), coalesce(value, '') FROM public.ir_config_parameter"):
    rows.add('parameter %s %s' % (key, kind_of_secret(value, (told['odooDatabase'], domain, *users.values())) if SECRET.search(key) and value not in ('True', 'False') else word(value)))

# For each kind, the number of records that were compared with a file.
held = dict.fromkeys(('action', 'access', 'rule', 'view'), 0)
# Actions that run code, and their schedule. A scheduled action's code is in a separate action.
crons = {row['ir_actions_server_id']: row for row in records('SELECT * FROM public.ir_cron')}
for row in records('SELECT * FROM public.ir_act_server'):
    cron = crons.get(row['id'])
    full = name_of('ir.cron', cron['id'], cron.get('cron_name')) if cron else name_of('ir.actions.server', row['id'], (row['name'] or {}).get('en_US') if isinstance(row['name'], dict) else row['name'])
    model = 'ir.cron' if cron else 'ir.actions.server'
    if cron: rows.add('scheduled %s %s %s' % (full, 'active' if cron['active'] else 'inactive', word(users.get(str(cron['user_id']), cron['user_id']))))
    code = (row.get('code') or '').strip() if row['state'] == 'code' else ''
    held['action'] += (full, 'code') in made
    # The code of a new action is only a comment.
    if model not in names.get(full, ()): rows.add('action %s %s %s' % (full, row['state'], digest(code)))
    elif differs(full, 'code', code) or (code and not all(line.lstrip().startswith('#') for line in code.splitlines()) and (full, 'code') not in made):
        rows.add('action %s %s %s' % (full, row['state'], digest(code)))
    elif differs(full, 'state', row['state']): rows.add('action %s %s -' % (full, row['state']))

for name, year in ask("SELECT coalesce(cron_name, id::text), to_char(nextcall, 'YYYY') FROM public.ir_cron WHERE active AND nextcall > now() AT TIME ZONE 'UTC' + (2 * interval_number || ' ' || interval_type)::interval + interval '1 day'"):
    rows.add('scheduled %s not-before-%s' % (word(name), year))

# Access rights on records, and their groups.
def groups_differ(full, found): return found != made.get((full, 'groups'), set())


for row in records('SELECT * FROM public.ir_model_access'):
    full, group = name_of('ir.model.access', row['id'], row['name']), {name_of('res.groups', row['group_id'])} if row['group_id'] else set()
    model = models[str(row['model_id'])]
    known = {one.split('.')[-1] for one in made.get((full, 'model_id'), ())}
    rights = ''.join(letter for letter, field in (('r', 'perm_read'), ('w', 'perm_write'), ('c', 'perm_create'), ('d', 'perm_unlink')) if row[field])
    held['access'] += (full, 'model_id') in made
    if not is_made('ir.model.access', row['id']) or 'model_' + model.replace('.', '_') not in known or groups_differ(full, group) or not row['active'] or any(
            differs(full, field, row[field]) for field in ('perm_read', 'perm_write', 'perm_create', 'perm_unlink')):
        rows.add('access %s %s %s %s %s' % (full, model, rights or '-', ','.join(sorted(group)) or 'everybody', 'active' if row['active'] else 'inactive'))
rule_groups = related('rule_group_rel', 'rule_group_id', 'group_id')
for row in records('SELECT * FROM public.ir_rule'):
    full, groups = name_of('ir.rule', row['id'], row['name']), rule_groups.get(row['id'], set())
    held['rule'] += (full, 'domain_force') in made
    if not is_made('ir.rule', row['id']) or groups_differ(full, groups) or differs(full, 'domain_force', (row['domain_force'] or '').strip()) or row['active'] != all(
            made.get((full, 'active'), {True})) or any(row[field] is not True and not differs(full, field, True) and (full, field) not in made for field in ('perm_read', 'perm_write', 'perm_create', 'perm_unlink')) or any(
            differs(full, field, row[field]) for field in ('perm_read', 'perm_write', 'perm_create', 'perm_unlink')):
        rows.add('rule %s %s %s %s %s' % (full, models[str(row['model_id'])], 'active' if row['active'] else 'inactive', ','.join(sorted(groups)) or 'everybody', digest(row['domain_force'])))


# Pages and screens: a script in one runs with the rights of the user who opens it.
def bones(element):
    """Of a translation what may not differ: elements, and all attributes but texts."""
    kept = sorted((key, value) for key, value in element.attrib.items() if key not in ('string', 'placeholder', 'title', 'alt', 'help', 'label', 'confirm', 'sum', 'avg', 'aria-label', 'data-tooltip', 'name') )
    return '<%s%s>%s</>' % (element.tag, kept, ''.join(bones(one) for one in element))


def view_of(full, stored, known):
    stored = ET.fromstring(stored)
    found = {shape(stored), shape(stored, top=True)}
    for one in known:
        if '%' in one: one = re.sub(r'(?<=[^%])%\(([^)]*)\)[ds]', lambda match: str(numbers.get(match[1] if '.' in match[1] else full.split('.')[0] + '.' + match[1], match[0])), one).replace('%%', '%')
        if one in found: return True
    return False


for row in records('SELECT id, key, name, active, arch_db FROM public.ir_ui_view'):
    full = name_of('ir.ui.view', row['id'], row['key'] or row['name'])
    if not row['arch_db']: continue
    original = row['arch_db'].get('en_US') or ''
    held['view'] += (full, 'arch') in made
    if not is_made('ir.ui.view', row['id']) or not view_of(full, original, made.get((full, 'arch'), ())):
        rows.add('view %s %s %s' % (full, 'active' if row['active'] else 'inactive', digest(shape(ET.fromstring(original)) if original else '')))
    for language, translated in row['arch_db'].items():
        if language != 'en_US' and original and bones(ET.fromstring(translated)) != bones(ET.fromstring(original)):
            rows.add('view %s %s %s %s' % (full, 'active' if row['active'] else 'inactive', language, digest(translated)))

# Files that are served: to everybody, or at their own address. In the file store, a file's name is its checksum.
store = root + os.path.join(settings.get('data_dir', ''), 'filestore', told['odooDatabase'])
referred_to = set()
for row in records("SELECT id, name, url, public, res_model, res_field, mimetype, type, store_fname, checksum, access_token, encode(db_datas, 'hex') AS kept FROM public.ir_attachment"):
    if row['url'] or row['public']:
        rows.add('served %s %s %s %s %s' % ('public' if row['public'] else 'closed', row['type'], word(row['url']), word(row['name']), word(row['mimetype'])))
    if row['access_token']: rows.add('served token %s %s %s %s' % (row['type'], word(row['res_model']), word(row['name']), word(row['mimetype'])))
    content = bytes.fromhex(row['kept']) if row['kept'] else None
    if row['store_fname']:
        referred_to.add(row['store_fname'])
        path = os.path.join(store, row['store_fname'])
        if not os.path.isfile(path): rows.add('stored %s %s is-not-there' % (word(row['url'] or row['name']), word(row['store_fname'])))
        else:
            with open(path, 'rb') as file: content = file.read()
    if content is not None and (hashlib.sha1(content).hexdigest() != row['checksum'] or (row['store_fname'] and os.path.basename(row['store_fname']) != row['checksum'])):
        rows.add('stored %s %s is-another' % (word(row['url'] or row['name']), word(row['store_fname'])))
# Other files there: of what was just written or removed, which Odoo marks, and removes within a day. Their names are their checksums.
for folder, folders, files in os.walk(store):
    for name in files:
        path, inside = os.path.join(folder, name), os.path.relpath(os.path.join(folder, name), store)
        if inside in referred_to or inside.startswith('checklist/'): continue
        total = hashlib.sha1()
        try:
            with open(path, 'rb') as file:
                while piece := file.read(1 << 20): total.update(piece)
            if total.hexdigest() != name: rows.add('stored - %s is-another' % word(inside))
            try: marked = os.stat(os.path.join(store, 'checklist', inside)).st_mtime > time.time() - 7 * 86400
            except FileNotFoundError: marked = False
            # One that came since the question has a record by now.
            if not marked and not ask("SELECT 1 FROM public.ir_attachment WHERE store_fname = '%s' LIMIT 1" % inside.replace("'", "''")): rows.add('stored - %s nobody-refers-to-it' % word(inside))
        except FileNotFoundError: pass  # It was removed.

# Additions that people can make in Odoo itself: models and fields with code, values for new records.
for name, in ask("SELECT model FROM public.ir_model WHERE state <> 'base'"): rows.add('own-model %s' % word(name))
for row in records("SELECT model, name, compute, related FROM public.ir_model_fields WHERE state <> 'base'"):
    rows.add('own-field %s.%s %s' % (row['model'], row['name'], digest(row['compute']) if row['compute'] else '-'))
for row in records('SELECT f.model, f.name, d.user_id, d.company_id, d.condition, d.json_value FROM public.ir_default d JOIN public.ir_model_fields f ON f.id = d.field_id'):
    rows.add('default %s.%s %s %s' % (row['model'], row['name'], 'everybody' if row['user_id'] is None else word(users.get(str(row['user_id']))), word(row['json_value'])))

# Screens, reports and letters: those that no module's files create, and the targets of the modules' own.
# For records that no file creates: the row's kind, the field that names it, and the field that it shows. Window actions are left
# out: people create them as they work.
LEADS = (('ir_act_window', 'ir.actions.act_window', None, ('res_model',)), ('ir_act_url', 'ir.actions.act_url', ('action', 'url', 'url'), ('url',)),
         ('ir_act_client', 'ir.actions.client', ('action', 'tag', 'tag'), ('tag', 'params')),
         ('ir_act_report_xml', 'ir.actions.report', ('report', 'report_name', 'report_type'), ('report_name', 'report_file', 'print_report_name', 'attachment')),
         ('mail_template', 'mail.template', ('action', 'model', 'model'), ('subject', 'body_html', 'email_from', 'email_to', 'email_cc', 'partner_to', 'reply_to', 'lang', 'scheduled_date')))
for table, model, unmade, fields in LEADS:
    if table not in tables: continue
    for row in records('SELECT * FROM public.%s' % table):
        if not is_made(model, row['id']):
            if unmade: rows.add(' '.join((unmade[0], name_of(model, row['id'], row[unmade[1]]), *((model,) if unmade[0] == 'action' else ()), word(row[unmade[2]]))))
            continue
        full = name_of(model, row['id'])
        for field in fields:
            value = ' '.join(english(row.get(field)).split())
            if field == 'body_html': value = value and letter_of(value)
            # If no file sets a value, the program's own value is expected.
            known = made.get((full, field), {value} & OWN_VALUES)
            if value and value not in {' '.join(one.split()) for one in known}: rows.add('leads %s %s %s' % (full, field, digest(value) if field == 'body_html' else word(value)[:100]))
# Code for a browser, and hosts elsewhere, in any text of any table; views and code have separate checks, and nothing shows what a file is found by.
# A letter that waits has a head. People may write addresses where they work, so those count in what the modules bring only.
SCRIPT = r'<\s*(script|iframe|object|embed|form|base|meta|link)\M|<[^<]*\mon[a-z]+\s*=|javascript\s*:|srcdoc\s*='
HEAD = r'<head>\s*<meta http-equiv="Content-Type" content="text/html charset=UTF-8"/>\s*</head>'
# Not in the middle of a word: "//" and "." are also characters of a password's hash.
HOST = r"""(?:[a-z][a-z0-9+.-]*:|^|[^a-z0-9+/.$:])//([a-z0-9][^/\"'' <>\\{}?#:&)]*\.[a-z]+)"""
texts = {}
for table, column in ask("SELECT c.relname, a.attname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
                         " AND attnum > 0 AND NOT attisdropped AND atttypid IN ('text'::regtype, 'varchar'::regtype, 'jsonb'::regtype) AND pg_catalog.pg_relation_size(c.oid) > 0"
                         " AND attname NOT IN ('code', 'domain', 'context', 'arch_db', 'arch_prev', 'index_content')"):
    texts.setdefault(table, []).append("('%s', %s)" % (column, "regexp_replace(body_html, '%s', '')" % HEAD if (table, column) == ('mail_mail', 'body_html') else '"%s"::text' % column))
found = []
for table, columns in texts.items():
    shown_by = 'FROM public."%s" r, LATERAL (VALUES %s) t(c, v)' % (table, ', '.join(columns))
    found.append("SELECT 'script', '%s', c, coalesce(to_jsonb(r) ->> 'id', '-') %s WHERE CASE WHEN strpos(v, '<') > 0 OR strpos(v, ':') > 0 THEN v ~* '%s' END" % (table, shown_by, SCRIPT))
    if re.match('(ir|web|iap|report|base|digest)_|res_(company|groups|users|config)|mail_(template|activity_type|message_subtype|canned_response)|discuss_channel$', table) and table not in ('ir_module_module', 'ir_model_data'):
        found.append("SELECT 'link', '%s', c, m[1] %s, LATERAL regexp_matches(CASE WHEN strpos(v, '//') > 0 THEN v END, '%s', 'gi') m" % (table, shown_by, HOST))
for row in ask(' UNION ALL '.join(found)): rows.add(' '.join(word(one) for one in row))
# A discussion channel that everybody with its address may enter, or that somebody without a login is in.
if 'discuss_channel' in tables:
    for row in records("SELECT c.id, c.name, group_public_id FROM public.discuss_channel c LEFT JOIN public.ir_model_data d ON d.model = 'res.groups' AND d.res_id = group_public_id AND d.module = 'base'"
                       " WHERE channel_type = 'channel' AND (group_public_id IS NULL OR d.name IN ('group_public', 'group_portal'))"):
        rows.add('channel %s open' % word(english(row['name'])))
    for row in records("SELECT DISTINCT c.id, c.name, u.login FROM public.discuss_channel c JOIN public.discuss_channel_member m ON m.channel_id = c.id LEFT JOIN public.res_users u ON u.partner_id = m.partner_id"
                       " WHERE channel_type <> 'livechat' AND (m.partner_id IS NULL OR u.share)"):
        rows.add('channel %s has-a-member-from-outside %s' % (word(english(row['name'])), word(row['login'] or 'guest')))
# A session of somebody's begins with a login. It ends some time after its last use: with a last use in the future it never ends.
logins, devices = {}, {}
for user, at in ask('SELECT create_uid, extract(epoch FROM create_date) FROM public.res_users_log'): logins.setdefault(user, []).append(float(at))
if 'res_device_log' in tables:
    devices = {one: float(at) for one, at in ask('SELECT session_identifier, extract(epoch FROM min(first_activity)) FROM public.res_device_log GROUP BY 1')}
for path in glob.glob(glob.escape(root + settings.get('data_dir', '')) + '/sessions/**', recursive=True):
    try:
        if not os.path.isfile(path) or path.endswith('.__wz_sess'): continue
        used = os.stat(path).st_mtime
        if used > time.time() + 3600: rows.add('session from-the-future')
        session = json.loads(text(path))
        user, name = str(session.get('uid') or ''), os.path.basename(path)
        # A report's own session, while it is printed.
        if not user or (session.get('_trace_disable') and used > time.time() - 900): continue
        begun = min(session.get('create_time') or used, devices.get(name[:42], used), used)
        # Odoo forgets a user's earlier logins: what began before the last one may have had one.
        if session.get('db') != told['odooDatabase'] or all(at < begun - 300 for at in logins.get(user, ())): rows.add('without-login %s' % word(users.get(user, user)))
    except FileNotFoundError: pass
    except (ValueError, AttributeError): rows.add('without-login unreadable')
for kind, count in held.items(): rows.add('held %s %s' % (kind, 'hundreds' if count >= 100 else 'dozens' if count >= 12 else count))
finish()
