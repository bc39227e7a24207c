# The routing map of the running Odoo: every address that it answers, with the login that it requires, from its registry, in a
# process that is started like Odoo itself, by its user and in its namespace. Of the routes that require a login only the number
# is printed. In addition, each of its program files that changed after it had started. And, on request, whether the scripts and
# styles that it stores are equal to those that it generates from its modules: each page loads them. One line each, compared with
# scenarios/expected/odoo-routes.txt. Run by root. Stdin: JSON: odooUnit, odoo (the role, and the user), bundles.
told.update(json.load(sys.stdin))
PROGRAM = r'''
import threading
import odoo
from odoo import http
threading.current_thread().dbname = env.cr.dbname

def tell(kind, url, endpoint):
    routing = getattr(endpoint, 'routing', None) or {}
    code = getattr(endpoint, 'original_endpoint', endpoint)
    # Who asks for no login, and does not ask for a token of a page of its own either.
    print('=route', kind, routing.get('auth'), routing.get('type'), ','.join(sorted(routing.get('methods') or ())) or '-', 'csrf' if routing.get('csrf', True) else 'no-csrf',
          'cors=%s' % routing.get('cors') if routing.get('cors') else '-', url, '%s.%s' % (getattr(code, '__module__', '?'), getattr(code, '__qualname__', '?')), sep='\x1f')

for rule in env['ir.http'].routing_map().iter_rules(): tell('database', rule.rule, rule.endpoint)
for rule in http.root.nodb_routing_map.iter_rules(): tell('none', rule.rule, rule.endpoint)
if BUNDLES:
    import re
    from odoo.addons.base.models.assetsbundle import AssetsBundle
    class Made(Exception): pass
    def made(self, extension, content): raise Made(content)
    # None is there yet, and none is kept.
    AssetsBundle.get_attachments = lambda self, *arguments, **options: env['ir.attachment']
    AssetsBundle.save_attachment = made
    for one in env['ir.attachment'].sudo().search([('url', '=like', '/web/assets/%')]):
        name, turned, kind = re.fullmatch(r'(.*?)(\.rtl)?(?:\.autoprefixed)?\.min\.(js|css)', one.name).groups()
        options = {'rtl': True} if turned else {}
        try: getattr(env['ir.qweb']._get_asset_bundle(name, css=kind == 'css', js=kind == 'js', **options), kind)()
        except Made as content: print('=bundle', one.name, 'as-made' if content.args[0].encode() == one.raw else 'another', sep='\x1f')
print('=module', *sorted(env.registry._init_modules), sep='\x1f')
print('=version', odoo.release.version, sep='\x1f')
print('=place', *odoo.__path__, sep='\x1f')
'''
main = main_of(told['odooUnit'])
begun, account = begun_at(main), pwd.getpwnam(told['odoo'])
command = text('/proc/%s/cmdline' % main).split('\0')[:-1]
environment = dict(one.split('=', 1) for one in text('/proc/%s/environ' % main).split('\0') if '=' in one)
# With a private folder for temporary files, which disappears with the process.
ALONE = 'mount -t tmpfs -o mode=1777 tmpfs /tmp && exec "$@"'
answer = subprocess.run(['nsenter', '-t', main, '-m', '--', 'unshare', '-m', '--', 'sh', '-c', ALONE, 'sh', 'setpriv', '--reuid', str(account.pw_uid), '--regid', str(account.pw_gid), '--clear-groups',
                         os.readlink('/proc/%s/exe' % main), '-B', command[1], 'shell', *command[2:], '--workers=0', '--max-cron-threads=0', '--no-http', '--log-level=error'],
                        input=PROGRAM.replace('BUNDLES', str(told['bundles'])), stdout=subprocess.PIPE, text=True, check=True, cwd='/', env={**environment, 'PATH': PATH})
wanted, places = 0, []
for line in answer.stdout.splitlines():
    kind, *words = line.split('\x1f')
    if kind == '=route':
        # A session, or a key with equal rights.
        if words[1] in ('user', 'bearer'): wanted += 1
        else: rows.add('route ' + ' '.join(map(word, words)))
    elif kind == '=bundle': rows.add('bundle ' + ' '.join(map(word, words)))
    elif kind == '=module': rows.update('loaded ' + word(one) for one in words)
    elif kind == '=version': rows.add('version ' + word('.'.join(words[0].split('.')[:2])))
    elif kind == '=place': places = words
if not places: sys.exit('Odoo told nothing: %s' % answer.stdout[-2000:])
rows.add('wants-a-login %s' % ('hundreds' if wanted >= 100 else wanted))
# A process keeps in memory the earlier content of a program file that changed after the start.
for place in places:
    for path in run('find', '/proc/%s/root%s' % (main, place), '-name', '*.py', '-newerct', '@%.2f' % (begun + 0.05), '-print0').split('\0'):
        if path: rows.add('not-loaded %s' % shown(path.split('/root', 1)[1]))
finish()
