# Sandbox directives that every service of the Odoo Box has.
{ paths, ... }:
{
  UMask = "0077";

  # --- privileges: none, and no way to gain any
  NoNewPrivileges = true;
  CapabilityBoundingSet = "";
  AmbientCapabilities = "";
  RestrictSUIDSGID = true;
  RemoveIPC = true;

  # --- file system
  ProtectSystem = "strict";
  # "strict" leaves /run writable as soon as ProtectProc or ProtectKernelTunables is set (seen on systemd 257). ExecPaths are
  # mounted again, and thus writable; to list them here as well would make them non-executable (seen on 257). Root owns the files
  # in them: this protects them.
  ReadOnlyPaths = [ "/run" ];
  ProtectHome = "tmpfs";
  PrivateTmp = true;
  # Without it, services share /dev/shm. It must not be in any NoExecPaths=: of two directives for one path systemd drops the
  # tmpfs, and the service sees the shared folder again (seen on 257).
  TemporaryFileSystem = [ "/dev/shm:mode=1777,nosuid,nodev,noexec" ];
  PrivateDevices = true;
  PrivateMounts = true;
  ExecPaths = paths.execPaths;

  # --- kernel and other processes
  ProtectKernelTunables = true;
  ProtectKernelModules = true;
  ProtectKernelLogs = true;
  ProtectControlGroups = true;
  ProtectClock = true;
  ProtectHostname = true;
  ProtectProc = "invisible";
  RestrictNamespaces = true;
  RestrictRealtime = true;
  LockPersonality = true;
  MemoryDenyWriteExecute = true;

  # --- system calls: an error instead of a kill, so that a library's probe of a call does not end a service
  SystemCallArchitectures = "native";
  SystemCallErrorNumber = "EPERM";
}
