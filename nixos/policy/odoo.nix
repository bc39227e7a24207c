# Odoo: one database, no database manager, loopback only behind nginx, no self sign-up.
{ names, settings, paths, ... }:
{
  # odoo.conf, section [options]. The master password is no setting: the unit adds it from a credential.
  settings = {
    db_host = paths.socketDirectory;
    db_port = settings.postgresqlPort;
    db_user = names.odoo;
    db_name = names.odooDatabase;
    # An anchored regular expression; of a database's characters only the dot means something in one.
    dbfilter = "^${builtins.replaceStrings [ "." ] [ "\\." ] names.odooDatabase}$";
    list_db = false;
    proxy_mode = true;
    # Without it both ports are open on every interface.
    http_interface = "127.0.0.1";
    http_port = settings.odooHttpPort;
    gevent_port = settings.odooGeventPort;
    workers = settings.odooWorkers;
    max_cron_threads = settings.odooCronThreads;
    limit_time_cpu = settings.odooCpuSeconds;
    limit_time_real = settings.odooRealSeconds;
    data_dir = paths.odooState;
    without_demo = true;
  };

  # System parameters, kept in the database.
  parameters = {
    # Only invited people get an account ("b2c" is open sign-up).
    "auth_signup.invitation_scope" = "b2b";
    # There is no mail server to send a reset link by.
    "auth_signup.reset_password" = "False";
    "web.base.url" = "https://${names.domain}";
    # Or the first login of an administrator changes it to whatever Host header came along.
    "web.base.url.freeze" = "True";
    # Where the program that prints reports gets a page's images and styles: what else is on loopback is closed to it.
    "report.url" = "http://127.0.0.1:${toString settings.odooHttpPort}";
  };

  # Scheduled actions that call home, which the unit's walls forbid anyway.
  disabledCrons = [ "mail.ir_cron_module_update_notification" ];

  # Odoo looks once a minute for scheduled actions whose time has come. A machine that is made to be tested is frozen and later gets
  # the right time: every copy would do all of them at that moment. On a slow host some would never end: each run gets ten
  # seconds, which may be over before it has done anything, and a minute later it begins again. So there each is done once,
  # without a limit, when the database is made, and by the clock never again. (What an event triggers is done as everywhere.)
  cronsByClock = !settings.testMachine;

  # Odoo's first web user; its password is made when the machine is (the default would be "admin").
  login = "admin";
}
