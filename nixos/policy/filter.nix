# Which users may open connections to which ports and addresses, by the user of the socket: nftables' output chain. systemd's
# sandbox filters addresses but not ports: a service that may use loopback could otherwise reach every port there, also ports that
# are opened later.
{ names, settings, paths, ... }:
{
  # Accepted before all other rules: connections of these users to these TCP ports on loopback.
  allowed = [
    { users = [ "root" names.admin paths.webUser ]; ports = [ settings.odooHttpPort settings.odooGeventPort ]; }
    # Odoo runs wkhtmltopdf to print; wkhtmltopdf fetches images and styles from this port.
    { users = [ names.odoo ]; ports = [ settings.odooHttpPort ]; }
  ];
  # Users that may open no other connection, with any protocol, to any address. (They may answer.)
  silent = [ names.superuser names.odoo names.pgadmin paths.webUser ];
  # Loopback ports that are closed to every user who is not allowed above: direct access to Odoo would bypass nginx.
  closed = [ settings.odooHttpPort settings.odooGeventPort ];
}
