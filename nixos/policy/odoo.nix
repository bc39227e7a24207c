# Odoo: one database, no database manager, loopback only behind nginx, no self sign-up.
{ names, settings, paths, ... }:
{
  # odoo.conf, section [options]. The master password is not in it: the unit adds it from a credential.
  settings = {
    db_host = paths.socketDirectory;
    db_port = settings.postgresqlPort;
    db_user = names.odoo;
    db_name = names.odooDatabase;
    # An anchored regular expression; of the characters of a database's name only the dot has a special meaning in it.
    dbfilter = "^${builtins.replaceStrings [ "." ] [ "\\." ] names.odooDatabase}$";
    list_db = false;
    proxy_mode = true;
    # Without it, both ports listen on every interface.
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
    # There is no mail server to send a reset link.
    "auth_signup.reset_password" = "False";
    "web.base.url" = "https://${names.domain}";
    # Otherwise the first login of an administrator sets web.base.url to the Host header of that request.
    "web.base.url.freeze" = "True";
    # URL from which the program that prints reports loads images and styles; everything else on loopback is closed to it.
    "report.url" = "http://127.0.0.1:${toString settings.odooHttpPort}";
  };

  # Scheduled actions that contact the vendor's servers, which the unit's sandbox forbids anyway.
  disabledCrons = [ "mail.ir_cron_module_update_notification" ];

  # Odoo checks once a minute for scheduled actions that are due. A test machine is frozen and later gets the correct time: every
  # copy would run all of them at that moment. On a slow host some would never finish: each run has a limit of ten seconds, which
  # may end it before it has done anything, and it starts again a minute later. So on a test machine each action runs once,
  # without a limit, when the database is created, and never again by the clock. (Actions that an event triggers run as
  # everywhere.)
  cronsByClock = !settings.testMachine;

  # Odoo's first web user; its password is generated when the machine is created (the default would be "admin").
  login = "admin";
}
