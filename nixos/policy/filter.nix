# Who may begin a conversation with whom on this machine, by the user of the socket: nftables' output chain. systemd's walls know
# addresses and not ports, so that a service that may speak to loopback would reach whatever listens there, later and unthought of.
{ names, settings, paths, ... }:
{
  # Accepted before the rest is looked at: these users, these TCP ports on loopback.
  allowed = [
    { users = [ "root" names.admin paths.webUser ]; ports = [ settings.odooHttpPort settings.odooGeventPort ]; }
    # wkhtmltopdf, which Odoo runs to print, fetches images and styles from it.
    { users = [ names.odoo ]; ports = [ settings.odooHttpPort ]; }
  ];
  # Users who begin nothing else, by whatever protocol and to whatever address. (They answer, of course.)
  silent = [ names.superuser names.odoo names.pgadmin paths.webUser ];
  # Ports on loopback that are closed to everybody who is not allowed above: past nginx there would be another way to Odoo.
  closed = [ settings.odooHttpPort settings.odooGeventPort ];
}
