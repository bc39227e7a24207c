# Texts taken apart.
rec {
  lines =
    text:
    builtins.filter (line: builtins.isString line && line != "") (
      map trim (builtins.filter builtins.isString (builtins.split "\n" text))
    );
  trim = text: builtins.head (builtins.match "[ \t]*(.*[^ \t])?[ \t]*" text ++ [ "" ]);
  statements = text: builtins.filter (line: builtins.match "[#;].*" line == null) (lines text);
  words =
    text: builtins.filter (word: builtins.isString word && word != "") (builtins.split "[ \t]+" text);
  startsWith = prefix: text: builtins.substring 0 (builtins.stringLength prefix) text == prefix;

  # [ { name; value; } ] -> name -> all its values, in order.
  group =
    pairs: builtins.mapAttrs (_: map (pair: pair.value)) (builtins.groupBy (pair: pair.name) pairs);

  # "key SEPARATOR value" lines.
  pairs =
    pattern: text:
    map (
      line:
      let
        found = builtins.match pattern line;
      in
      if found == null then
        throw "drift: this line is not understood: ${line}"
      else
        {
          name = builtins.head found;
          value = builtins.elemAt found 1;
        }
    ) (statements text);

  # [Section] files, with lists of all values: "Section/Key" -> [ value ].
  sections =
    text:
    let
      step =
        state: line:
        let
          heading = builtins.match "\\[(.*)]" line;
          entry = builtins.match "([A-Za-z]+)=(.*)" line;
        in
        if heading != null then
          state // { section = builtins.head heading; }
        else if entry == null then
          throw "drift: this line is not understood: ${line}"
        else
          state
          // {
            found = state.found ++ [
              {
                name = "${state.section}/${builtins.head entry}";
                value = builtins.elemAt entry 1;
              }
            ];
          };
    in
    group
      (builtins.foldl' step {
        section = "";
        found = [ ];
      } (statements text)).found;

  # nginx.conf, one directive per line: "server 1/location \//directive" -> [ the rest ].
  blocks =
    text:
    let
      numbered =
        state: heading: if heading == "server" then "server ${toString (state.servers + 1)}" else heading;
      step =
        state: line:
        let
          open = builtins.match "(.*[^ ]) *\\{" line;
          oneLine = builtins.match "([a-z]+) \\{ (.*); }" line;
          directive = builtins.match "([^ ]+) ?(.*);" line;
          at = builtins.concatStringsSep "/" state.path;
          add = name: value: state // { found = state.found ++ [ { inherit name value; } ]; };
        in
        if line == "}" then
          state // { path = builtins.genList (builtins.elemAt state.path) (builtins.length state.path - 1); }
        else if oneLine != null then
          add "${builtins.head oneLine}" (builtins.elemAt oneLine 1)
        else if open != null then
          state
          // {
            path = state.path ++ [ (numbered state (builtins.head open)) ];
            servers = state.servers + (if builtins.head open == "server" then 1 else 0);
          }
        else if directive == null then
          throw "drift: this line is not understood: ${line}"
        else
          add "${at}/${builtins.head directive}" (builtins.elemAt directive 1);
    in
    group
      (builtins.foldl' step {
        path = [ ];
        servers = 0;
        found = [ ];
      } (statements text)).found;
}
