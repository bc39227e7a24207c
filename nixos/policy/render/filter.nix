# nftables' rules. They replace the rules of an earlier run and change no other table.
{ lib, policy }:
let
  inherit (policy.filter) allowed silent closed;
  list = items: "{ ${builtins.concatStringsSep ", " items} }";
  users = names: list (map lib.quoted names);
  ports = numbers: list (map toString numbers);
  # A TCP connection's first packet.
  begins = "tcp flags & (syn | ack) == syn";
  allow = rule: "    oifname \"lo\" meta skuid ${users rule.users} tcp dport ${ports rule.ports} accept\n";
in
''
  # Rendered from the Odoo Box policy.
  table inet odoo_box
  delete table inet odoo_box
  table inet odoo_box {
    chain output {
      type filter hook output priority filter; policy accept;
''
+ builtins.concatStringsSep "" (map allow allowed)
+ ''
      meta skuid ${users silent} ${begins} reject with tcp reset
      meta skuid ${users silent} meta l4proto != tcp reject
      oifname "lo" tcp dport ${ports closed} ${begins} reject with tcp reset
    }
  }
''
