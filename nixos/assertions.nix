# Refuses settings that would make the box unusable, or different from the one that the policy assumes.
# (The policy checks names itself: it refuses them with a message that contains the name and the reason.)
{ config, lib, ... }:
let
  cfg = config.services.odoo-box;
  option = path: "services.odoo-box.${path}";
  hasKey = person: person.authorizedKeys != [ ] || person.authorizedKeysFile != null;
  oneSource = person: person.authorizedKeys == [ ] || person.authorizedKeysFile == null;
  required = path: what: {
    assertion = lib.attrByPath (lib.splitString "." path) null cfg != null;
    message = "${option path} is not set: ${what}.";
  };
  inherit (config.networking) nftables;
  flushes =
    nftables.flushRuleset
    || lib.any (lib.hasInfix "flush ruleset") [
      nftables.ruleset
      nftables.extraDeletions
    ];
  people = {
    admin = cfg.admin;
  }
  // lib.mapAttrs' (name: lib.nameValuePair "handymen.${name}") cfg.handymen;
in
{
  config = lib.mkIf cfg.enable {
    assertions = [
      (required "odoo.masterPasswordFile" "without it Odoo's master password would be \"admin\"")
      (required "odoo.adminPasswordFile" "without it Odoo's first web user would have the password \"admin\"")
      (required "pgadmin.passwordFile" "pgAdmin's first web user needs a password")
      {
        assertion = cfg.tls.acme -> cfg.tls.certificateFile == null && cfg.tls.keyFile == null;
        message = "${option "tls"}: a certificate comes either from acme or from certificateFile and keyFile, not from both.";
      }
      {
        assertion = cfg.tls.acme || (cfg.tls.certificateFile != null && cfg.tls.keyFile != null);
        message = "${option "tls"}: set certificateFile and keyFile, or acme.";
      }
      {
        assertion = lib.versions.major config.services.postgresql.package.version == "17";
        message = "services.postgresql.package is ${config.services.postgresql.package.version}: the Odoo Box is made for, and tested with, PostgreSQL 17.";
      }
      {
        assertion = config.services.postgresql.dataDir == cfg.policy.paths.dataDirectory;
        message = "services.postgresql.dataDir is ${config.services.postgresql.dataDir}: the walls of the Odoo Box's services are built around ${cfg.policy.paths.dataDirectory}.";
      }
      {
        assertion = !config.services.postgresql.enableTCPIP;
        message = "services.postgresql.enableTCPIP: the Odoo Box's PostgreSQL takes Unix socket connections only.";
      }
      {
        assertion = !config.services.odoo.autoInit;
        message = "services.odoo.autoInit: the unit odoo-box-odoo makes Odoo's database.";
      }
      {
        assertion = !config.security.sudo-rs.enable;
        message = "security.sudo-rs.enable switches sudo off, for which the Odoo Box's rules are written.";
      }
      {
        assertion = nftables.enable -> !flushes;
        message = "networking.nftables.flushRuleset: a reload of nftables.service would remove the Odoo Box's packet filter, the table inet odoo_box. Set it to false (it is true by itself where ruleset or rulesetFile is set, or where stateVersion is older than 23.11), write no \"flush ruleset\", and put rules into networking.nftables.tables, each of which a reload replaces by itself.";
      }
    ]
    ++ lib.mapAttrsToList (path: person: {
      assertion = hasKey person;
      message = "${option path} has neither authorizedKeys nor authorizedKeysFile: nobody could log in as this user.";
    }) people
    ++ lib.mapAttrsToList (path: person: {
      assertion = oneSource person;
      message = "${option path} has both authorizedKeys and authorizedKeysFile: choose one.";
    }) people;
  };
}
