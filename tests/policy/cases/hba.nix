{ policy, render, texts, lines, allAre, equals, contains, ... }:
let
  rules = text: builtins.filter (line: builtins.substring 0 1 line != "#") (lines text);
  default = rules (render (policy { })).pgHbaConf;
  words = line: builtins.filter (word: builtins.isString word && word != "") (builtins.split " +" line);
  last = list: builtins.elemAt list (builtins.length list - 1);
  quoted = word: builtins.match "\\+?\"[^\"]+\"" word != null;
in
{
  "pg_hba.conf has local lines only, so no host and no replication line" = allAre (line: builtins.head (words line) == "local") default;
  "pg_hba.conf ends in a line that rejects everybody" = equals [ "local" "all" "all" "reject" ] (words (last default));
  "Every line of pg_hba.conf before the last is peer, without a map" = allAre (line: builtins.length (words line) == 4 && last (words line) == "peer") (
    builtins.filter (line: line != last default) default
  );
  "Every user in pg_hba.conf but the last line's is quoted" = allAre (line: quoted (builtins.elemAt (words line) 2)) (
    builtins.filter (line: line != last default) default
  );
  "Every database in pg_hba.conf is quoted, except all for the two superusers and the last line" = allAre (
    line:
    quoted (builtins.elemAt (words line) 1)
    || builtins.elem (builtins.elemAt (words line) 2) [ "\"postgres\"" "\"admin\"" ]
    || line == last default
  ) default;
  "pg_ident.conf has no map" = equals [ ] (rules (render (policy { })).pgIdentConf);
}
