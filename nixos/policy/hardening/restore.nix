# A restore: like a backup, but it also writes Odoo's file store.
arguments@{ paths, ... }:
let
  backup = import ./backup.nix arguments;
in
backup
// {
  ReadWritePaths = backup.ReadWritePaths ++ [ paths.odooState ];
  NoExecPaths = backup.NoExecPaths ++ [ paths.odooState ];
}
