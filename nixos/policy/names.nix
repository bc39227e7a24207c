# Checks the configurable names: { given, taken } -> checked names. A role has the name of its OS user.
# `taken`: OS users of the flavour that no configurable name may be.
{ lib }:
{ given, taken }:
let
  inherit (lib) check fail matches show;

  defaults = {
    domain = "odoo-host";
    # The cluster's bootstrap superuser and its OS user. nixpkgs fixes this name to "postgres".
    superuser = "postgres";
    admin = "admin";
    odoo = "odoo";
    pgadmin = "pgadmin";
    # NOLOGIN group role: may read and write Odoo's tables, nothing else.
    handymanGroup = "odoo_handyman";
    handyman = "jane";
    odooDatabase = "odoo_martel_14";
    pgadminDatabase = "pgadmin";
  };
  names = lib.override "names" defaults given;

  # Words that SQL or pg_hba.conf interpret as something other than a role's name. They are refused even where quoting would help,
  # because people misread them too.
  words = [
    "all" "current_role" "current_user" "default" "none" "public" "replication" "samegroup" "samerole"
    "sameuser" "session_user" "user"
  ];
  # Users and groups that an operating system provides. (useradd creates a group with the user's name.)
  accounts = [
    "root" "daemon" "bin" "sys" "sync" "games" "man" "lp" "mail" "news" "uucp" "proxy" "www-data" "backup"
    "list" "irc" "gnats" "nobody" "nogroup" "_apt" "messagebus" "sshd" "polkitd" "adm" "tty" "disk" "dialout"
    "fax" "voice" "cdrom" "floppy" "tape" "sudo" "audio" "dip" "operator" "src" "shadow" "utmp" "video" "sasl"
    "plugdev" "staff" "users" "input" "sgx" "clock" "kvm" "render" "crontab" "netdev" "wheel" "keys" "nginx"
    "ssl-cert" "docker"
  ];
  reserved = words ++ accounts ++ taken;
  isReserved = name: builtins.elem name reserved || matches "(systemd|nixbld|pg_).*" name;

  # systemd refuses dots in strict mode, sudo ignores files with a dot in their name, utmp and useradd allow at most 31
  # characters.
  user =
    key: value:
    check "names.${key}" (name: !isReserved name && (key == "superuser" || name != "postgres"))
      "reserved by PostgreSQL or the operating system"
      (check "names.${key}" (name: builtins.isString name && matches "[a-z_][a-z0-9_-]{0,30}" name)
        "a user's and role's name is 1 to 31 of a-z, 0-9, _ and -, and begins with a letter or _"
        value);

  # Odoo's own rule for a database's name (at least two characters, a letter first), limited to PostgreSQL's 63 bytes.
  # Upper case and dots need quotes in SQL: the policy adds them.
  database =
    key: value:
    check "names.${key}" (name: !builtins.elem name (words ++ [ "postgres" "template0" "template1" "odoo_box_new" "odoo_box_old" ]))
      "reserved by PostgreSQL, or by restores of backups"
      (check "names.${key}" (name: builtins.isString name && matches "[A-Za-z][A-Za-z0-9_.-]{1,62}" name)
        "a database's name is 2 to 63 of A-Z, a-z, 0-9, _, . and -, and begins with a letter"
        value);

  label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
  domain =
    value:
    check "names.domain" (name: !matches "localhost|.*\\.localhost|([0-9]+\\.)*[0-9]+" name)
      "localhost and addresses mean something else"
      (check "names.domain"
        (name: builtins.isString name && builtins.stringLength name <= 253 && matches "${label}(\\.${label})*" name)
        "a domain is lower-case labels of a-z, 0-9 and -, joined by dots"
        value);

  users = [ "superuser" "admin" "odoo" "pgadmin" "handymanGroup" "handyman" ];
  databases = [ "odooDatabase" "pgadminDatabase" ];
  checked =
    builtins.listToAttrs (
      map (key: { name = key; value = user key names.${key}; }) users
      ++ map (key: { name = key; value = database key names.${key}; }) databases
    )
    // { domain = domain names.domain; };

  distinct =
    keys: attrs:
    let
      clash = lib.firstClash (builtins.intersectAttrs (builtins.listToAttrs (map (name: { inherit name; value = null; }) keys)) attrs);
    in
    if clash == null then
      null
    else
      fail "names.${builtins.elemAt clash 0} and names.${builtins.elemAt clash 1} are both ${show attrs.${builtins.head clash}}: they must differ";
in
builtins.seq (builtins.deepSeq checked null)
  (builtins.seq (distinct users checked) (builtins.seq (distinct databases checked) checked))
