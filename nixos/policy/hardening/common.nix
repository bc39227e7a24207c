# The walls that every service of the Odoo Box has.
{ paths, ... }:
{
  UMask = "0077";

  # --- privileges: none, and none to be had
  NoNewPrivileges = true;
  CapabilityBoundingSet = "";
  AmbientCapabilities = "";
  RestrictSUIDSGID = true;
  RemoveIPC = true;

  # --- file system
  ProtectSystem = "strict";
  # "strict" leaves /run writable as soon as ProtectProc or ProtectKernelTunables is set (seen on systemd 257).
  # ExecPaths are mounted anew, and writable again; naming them here, too, would take their execution away (seen on 257):
  # what lies in them is root's, and that is the wall.
  ReadOnlyPaths = [ "/run" ];
  ProtectHome = "tmpfs";
  PrivateTmp = true;
  # /dev/shm is shared between services otherwise. It must stand in no NoExecPaths=: of two directives for one
  # path systemd drops the tmpfs, and the shared folder is back (seen on 257).
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
