# services.odoo-box.*, and the policy and the values that follow from it.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.services.odoo-box;

  name =
    default: description:
    mkOption {
      type = types.str;
      inherit default description;
      example = "erp-${builtins.replaceStrings [ "_" ] [ "-" ] default}";
    };

  # A file that is read at run time: never a path literal, which would be copied to the world-readable store.
  secret =
    description:
    mkOption {
      type = types.nullOr (
        types.pathWith {
          inStore = false;
          absolute = true;
        }
      );
      default = null;
      example = "/run/secrets/odoo-box";
      description = description + " Of root, mode 0600: systemd hands it to the one unit that needs it.";
    };

  backups = kind: schedule: keep: {
    schedule = mkOption {
      type = types.nullOr types.str;
      default = schedule;
      example = "Mon..Fri 22:00";
      description = "When backups ${kind} are made, as {manpage}`systemd.time(7)` writes calendar events; `null`: only by hand.";
    };
    keep = mkOption {
      type = types.ints.between 1 1000;
      default = keep;
      example = 14;
      description = "How many backups ${kind} are kept. An older one goes only after a new one is complete.";
    };
  };

  keys = {
    authorizedKeys = mkOption {
      type = types.listOf types.singleLineStr;
      default = [ ];
      example = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1example kim@laptop" ];
      description = "Public SSH keys, as in a line of {file}`authorized_keys`. Nothing but a key lets anybody in.";
    };
    authorizedKeysFile = mkOption {
      type = types.nullOr types.path;
      default = null;
      example = "/etc/nixos/kim.pub";
      description = ''
        A file of public SSH keys, instead of
        {option}`authorizedKeys`. It may be the product of a derivation: it is not read during evaluation.
      '';
    };
  };
in
{
  options.services.odoo-box = {
    enable = lib.mkEnableOption "the Odoo Box: PostgreSQL, pgAdmin and Odoo behind nginx, walled off from each other";

    domain = mkOption {
      type = types.str;
      default = "odoo-host";
      example = "erp.example.org";
      description = "The machine's name in URLs: Odoo is at its root, pgAdmin below `/pgadmin`.";
    };

    names = {
      admin = name "admin" "The administrator: an OS user, who may do all by sudo, and a superuser of PostgreSQL.";
      odoo = name "odoo" "Odoo's OS user and role: owner of Odoo's database, and nothing else.";
      pgadmin = name "pgadmin" "pgAdmin's OS user and role: owner of pgAdmin's database, reads and writes Odoo's tables.";
      handymanGroup = name "odoo_handyman" "The role whose members may read and write Odoo's tables, and nothing else.";
      odooDatabase = name "odoo_martel_14" "Odoo's database.";
      pgadminDatabase = name "pgadmin" "The database in which pgAdmin keeps its own state.";
    };

    admin = keys;

    handymen = mkOption {
      type = types.attrsOf (
        types.submodule {
          options = keys // {
            membership = mkOption {
              type = types.enum [
                "group"
                "documented"
              ];
              default = "group";
              example = "documented";
              description = ''
                `group` makes the handyman a member of the role {option}`services.odoo-box.names.handymanGroup`.

                `documented` makes him a member of pgAdmin's role, as the Odoo Box documentation writes
                (`CREATE ROLE jane LOGIN IN ROLE pgadmin`). That lends him what this role owns, too: he can alter or
                drop pgAdmin's database and read statistics. Choose it only where that is wanted.
              '';
            };
          };
        }
      );
      default = { };
      example = {
        jane.authorizedKeys = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1example jane@laptop" ];
      };
      description = ''
        Ordinary OS users who repair rows of Odoo's tables through an SSH tunnel. The roles of those who stand here are
        made and kept in order at each boot. Somebody who no longer stands here loses keys, account, running sessions and
        tunnels, the role and its rights, as soon as the new configuration is switched to. Roles that were made by hand stay.
      '';
    };

    tls = {
      acme = mkOption {
        type = types.bool;
        default = false;
        example = true;
        description = ''
          Get the certificate from an ACME authority. {option}`security.acme.acceptTerms` and
          {option}`security.acme.defaults.email` are yours to set.
        '';
      };
      certificateFile = secret "The server's certificate, with its chain, in PEM.";
      keyFile = secret "The key of the server's certificate, in PEM.";
    };

    odoo = {
      # Pinned to one major. Not odoo19: it depends on a package that nixpkgs marks as insecure.
      package = lib.mkPackageOption pkgs "odoo18" { };
      addons = mkOption {
        type = types.listOf types.package;
        default = [ ];
        example = lib.literalExpression "[ (pkgs.callPackage ./my-addons.nix { }) ]";
        description = "Packages of further Odoo modules.";
      };
      workers = mkOption {
        type = types.ints.between 1 64;
        default = 2;
        example = 6;
        description = "Number of processes that serve requests; Odoo's documentation recommends twice the number of CPUs, plus one.";
      };
      masterPasswordFile = secret "The master password of Odoo's database manager, which is switched off besides.";
      adminPasswordFile = secret "The first password of Odoo's web user `admin`, read when its database is made.";
    };

    pgadmin = {
      package = lib.mkPackageOption pkgs "pgadmin4" {
        extraDescription = "It must be built with {var}`pkgs.python3`: gunicorn runs it in one environment with it.";
      };
      email = mkOption {
        type = types.nullOr types.str;
        default = null;
        example = "admin@example.org";
        description = ''
          The login of pgAdmin's first web user, read when its database is made. `null` takes the admin's name at the
          domain. No mail is ever sent.
        '';
      };
      passwordFile = secret "The first password of pgAdmin's first web user, at least six characters, read when its database is made.";
    };

    backup = {
      enable = mkOption {
        type = types.bool;
        default = true;
        example = false;
        description = "Units that back up Odoo's database and file store, by themselves or when started, and one that restores them.";
      };
      directory = mkOption {
        type = types.path;
        default = "/var/backups/odoo-box";
        example = "/mnt/backup/odoo";
        description = "Where the backups lie, one folder each. It is made when the machine starts, of root and closed to all others.";
      };
      hot = backups "taken while Odoo serves" "*-*-* 01:30:00" 7;
      cold = backups "for which Odoo is stopped" "Sun *-*-* 03:30:00" 4;
    };

    settings = mkOption {
      type = types.attrsOf types.raw;
      default = { };
      example = {
        uploadLimitMiB = 512;
        odooMemoryMax = "8G";
      };
      description = "Ports and limits, by the names and with the defaults of {file}`nixos/policy/settings.nix`, which refuses others.";
    };

    policy = mkOption {
      type = types.raw;
      internal = true;
      readOnly = true;
      description = "The policy for these options.";
    };
    values = mkOption {
      type = types.raw;
      internal = true;
      readOnly = true;
      description = "What the modules set: ./values.nix of the policy.";
    };
    pgadminEnvironment = mkOption {
      type = types.package;
      internal = true;
      readOnly = true;
      description = "Python with pgAdmin and gunicorn.";
    };
  };

  config.services.odoo-box = {
    # pgAdmin's package is an application without gunicorn; only in this way are its modules found beside gunicorn's.
    pgadminEnvironment = pkgs.python3.withPackages (ps: [
      ps.gunicorn
      (ps.toPythonModule cfg.pgadmin.package)
    ]);

    # For a name that SQL, systemd, sudo, sshd or nginx would misinterpret, for two clashing names and for an unknown setting, the
    # policy ends the evaluation with a message that contains the option and the value.
    policy = import ./policy {
      names = cfg.names // {
        inherit (cfg) domain;
        # nixpkgs fixes this name.
        superuser = config.services.postgresql.superUser;
        # Only the documented statement and guest.json use a single handyman; the accounts are those of `handymen`.
        handyman = lib.head (lib.attrNames cfg.handymen ++ [ "handyman" ]);
      };
      handymen = lib.mapAttrs (_: handyman: handyman.membership) cfg.handymen;
      settings = {
        odooWorkers = cfg.odoo.workers;
        backup = cfg.backup.enable;
        backupHotSchedule = cfg.backup.hot.schedule;
        backupHotKeep = cfg.backup.hot.keep;
        backupColdSchedule = cfg.backup.cold.schedule;
        backupColdKeep = cfg.backup.cold.keep;
      }
      // lib.optionalAttrs (cfg.pgadmin.email != null) { pgadminLogin = cfg.pgadmin.email; }
      // cfg.settings;
      paths = import ./paths.nix {
        postgresql = config.services.postgresql.finalPackage;
        odoo = cfg.odoo.package;
        pgadmin = cfg.pgadminEnvironment;
        inherit (pkgs.python3) sitePackages;
        nginx = config.services.nginx.package;
        inherit (pkgs)
          coreutils
          mailcap
          nftables
          shadow
          ;
        shell = pkgs.runtimeShell;
        guestAgent = config.services.qemuGuest.package;
        odooMasterPassword = cfg.odoo.masterPasswordFile;
        tlsCertificate = cfg.tls.certificateFile;
        tlsKey = cfg.tls.keyFile;
        backupDirectory = toString cfg.backup.directory;
      };
    };
    values = import ./values.nix {
      inherit (cfg) policy;
      inherit (cfg.tls) acme;
    };
  };
}
