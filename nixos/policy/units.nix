# The units, without their sandbox (hardening/ has it): each starts its server directly, as its own user.
arguments@{ names, settings, paths, ... }:
let
  backup = import ./backup.nix arguments;
  config = "${paths.configDirectory}/odoo.conf";
  # A service that cannot start ends as failed after five attempts, also on a slow machine, instead of being retried forever.
  # (Manual restarts count as well; systemctl reset-failed resets the count.)
  startLimit = {
    StartLimitIntervalSec = 600;
    StartLimitBurst = 5;
  };
  # systemd's escaping: a dash within a path's part is written \x2d.
  agentDevice = "dev-virtio\\x2dports-org.qemu.guest_agent.0.device";
  agentCalls = [
    "guest-sync"
    "guest-sync-delimited"
    "guest-get-time"
    "guest-set-time"
    # For the token; the unit's sandbox lets the agent write to no other folder.
    "guest-file-open"
    "guest-file-write"
    "guest-file-close"
  ];
in
{
  services = {
    postgresql = {
      unit = startLimit // {
        Description = "PostgreSQL";
        After = [ "network.target" ];
      };
      service = {
        Type = "notify";
        User = names.superuser;
        Group = names.superuser;
        RuntimeDirectory = baseNameOf paths.socketDirectory;
        RuntimeDirectoryMode = "0755";
        # A restart must not recreate the folder: when a folder is removed, the kernel drops everything mounted over it, in every
        # mount namespace, and with it the sandbox of other services. (Odoo's and pgAdmin's folders as well.)
        RuntimeDirectoryPreserve = true;
        StateDirectory = baseNameOf paths.postgresqlHome;
        StateDirectoryMode = "0750";
        ExecStart = "${paths.postgresqlProgram} -D ${paths.dataDirectory}";
        ExecReload = "${paths.kill} -HUP $MAINPID";
        KillMode = "mixed";
        # Fast shutdown: sessions are ended, no data is lost.
        KillSignal = "SIGINT";
        TimeoutSec = 120;
        Restart = "on-failure";
        OOMScoreAdjust = "-900";
      };
      wantedBy = [ "multi-user.target" ];
    };

    odoo = {
      unit = startLimit // {
        Description = "Odoo";
        After = [ "network.target" "odoo-box-filter.service" paths.postgresqlUnit ];
        Requires = [ "odoo-box-filter.service" paths.postgresqlUnit ];
      };
      service = {
        Type = "exec";
        User = names.odoo;
        Group = names.odoo;
        StateDirectory = baseNameOf paths.odooState;
        StateDirectoryMode = "0700";
        RuntimeDirectory = "odoo";
        RuntimeDirectoryMode = "0700";
        RuntimeDirectoryPreserve = true;
        LoadCredential = [ "master-password:${paths.odooMasterPassword}" ];
        Environment = [
          "HOME=${paths.odooState}"
          # Python and psql run no file of that folder when they start.
          "PYTHONNOUSERSITE=1"
          "PSQLRC=/dev/null"
          "PGHOST=${paths.socketDirectory}"
        ];
        # The password is assigned and tested first: inside printf a missing credential would give an empty password.
        ExecStartPre = "${paths.shell} -euc 'umask 077; password=$(cat \"$CREDENTIALS_DIRECTORY/master-password\"); test -n \"$password\"; { cat ${config}; printf \"admin_passwd = %%s\\n\" \"$password\"; } > \"$RUNTIME_DIRECTORY/odoo.conf\"'";
        ExecStart = "${paths.odooProgram} -c \${RUNTIME_DIRECTORY}/odoo.conf --no-database-list";
        KillMode = "mixed";
        TimeoutStopSec = 60;
        Restart = "on-failure";
      };
      wantedBy = [ "multi-user.target" ];
    };

    pgadmin = {
      unit = startLimit // {
        Description = "pgAdmin 4";
        After = [ "network.target" "pgadmin.socket" paths.postgresqlUnit ];
        Requires = [ "pgadmin.socket" paths.postgresqlUnit ];
      };
      service = {
        Type = "exec";
        User = names.pgadmin;
        Group = names.pgadmin;
        StateDirectory = baseNameOf paths.pgadminState;
        StateDirectoryMode = "0700";
        LogsDirectory = baseNameOf paths.pgadminLog;
        LogsDirectoryMode = "0700";
        RuntimeDirectory = "pgadmin";
        RuntimeDirectoryMode = "0700";
        RuntimeDirectoryPreserve = true;
        Environment = [
          "HOME=${paths.pgadminState}"
          "PYTHONNOUSERSITE=1"
          "PSQLRC=/dev/null"
          "PGHOST=${paths.socketDirectory}"
          "PGSERVICEFILE=${paths.pgadminConfigDirectory}/pg_service.conf"
        ];
        # One worker: pgAdmin keeps server connections in the process. The listening socket belongs to pgadmin.socket.
        ExecStart = "${paths.gunicornProgram} --workers 1 --threads ${toString settings.pgadminThreads} --worker-tmp-dir /run/pgadmin --timeout 600 --chdir ${paths.pgadminPackage} pgAdmin4:app";
        Restart = "on-failure";
      };
      wantedBy = [ "multi-user.target" ];
    };

    nginx = {
      unit = startLimit // {
        Description = "nginx";
        After = [ "network.target" "odoo-box-filter.service" "pgadmin.socket" ];
        Requires = [ "odoo-box-filter.service" ];
      };
      service = {
        Type = "exec";
        User = paths.webUser;
        Group = paths.webGroup;
        RuntimeDirectory = "nginx";
        RuntimeDirectoryMode = "0750";
        CacheDirectory = "nginx";
        CacheDirectoryMode = "0750";
        LogsDirectory = "nginx";
        LogsDirectoryMode = "0750";
        LoadCredential = [
          "tls.key:${paths.tlsKey}"
          "tls.crt:${paths.tlsCertificate}"
        ];
        ExecStart = "${paths.nginxProgram} -c ${paths.configDirectory}/nginx.conf -e stderr";
        ExecReload = "${paths.kill} -HUP $MAINPID";
        Restart = "on-failure";
      };
      wantedBy = [ "multi-user.target" ];
    };
  }
  // {
    odoo-box-handymen = (import ./handymen.nix arguments).service;

    # Runs before the network is up; its rules stay until the machine stops. Services that rely on the rules do not start without
    # this unit.
    odoo-box-filter = {
      unit = {
        Description = "Who may connect to whom on this machine";
        DefaultDependencies = false;
        After = [ "local-fs.target" ];
        Before = [ "network-pre.target" "shutdown.target" ];
        Wants = [ "network-pre.target" ];
        Conflicts = [ "shutdown.target" ];
      };
      service = {
        Type = "oneshot";
        RemainAfterExit = true;
        ExecStart = "${paths.nftProgram} -f ${paths.configDirectory}/filter.nft";
        ExecReload = "${paths.nftProgram} -f ${paths.configDirectory}/filter.nft";
      };
      wantedBy = [ "multi-user.target" ];
    };
  }
  // backup.services
  // (
    if settings.testMachine then
      {
        # QEMU's guest agent, for the clock and the token. udev starts it when its virtio port appears.
        qemu-guest-agent = {
          unit = startLimit // {
            Description = "QEMU guest agent";
            BindsTo = agentDevice;
            After = agentDevice;
          };
          service = {
            Type = "exec";
            # Root: no other user can set the clock.
            User = "root";
            RuntimeDirectory = baseNameOf paths.guestAgentFolder;
            RuntimeDirectoryMode = "0700";
            ExecStart = "${paths.guestAgentProgram} --method=virtio-serial --path=/dev/virtio-ports/org.qemu.guest_agent.0 --statedir=${paths.guestAgentFolder} --allow-rpcs=${builtins.concatStringsSep "," agentCalls}";
            Restart = "on-failure";
          };
          wantedBy = [ agentDevice ];
        };
      }
    else
      { }
  );

  inherit (backup) timers;

  sockets.pgadmin = {
    unit.Description = "pgAdmin 4's HTTP socket";
    socket = {
      ListenStream = [ paths.pgadminSocket ];
      SocketUser = "root";
      # Only the web server.
      SocketGroup = paths.webGroup;
      SocketMode = "0660";
    };
    wantedBy = [ "sockets.target" ];
  };
}
