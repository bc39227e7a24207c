# The scenarios, divided: { name -> check }, one for each filter, on forks of the template; and one check that each scenario is in
# exactly one group. The sabotages, divided by the claim that they break.
{
  lib,
  runCommand,
  jq,
  boxtest,
  runScenarios,
  # Names of groups, which are filters of `boxtest run`.
  groups,
  # Claims that sabotages break.
  sabotages,
}:
lib.listToAttrs (
  map (
    group:
    lib.nameValuePair "scenarios-${group}" (runScenarios {
      name = group;
      filter = group;
    })
  ) groups
)
// lib.listToAttrs (
  map (
    claim:
    lib.nameValuePair "sabotage-${claim}" (runScenarios {
      name = "sabotage-${claim}";
      sabotage = claim;
      limit = 7200;
    })
  ) sabotages
)
// {
  scenario-groups =
    runCommand "odoo-box-scenario-groups"
      {
        nativeBuildInputs = [
          boxtest
          jq
        ];
      }
      ''
        export HOME=$TMPDIR
        scenarios() {
          boxtest list --json "$@" > list.json
          jq -r '.[].scenario' list.json
        }
        scenarios | sort > all
        for group in ${toString groups}; do
          scenarios "$group" > members
          if [ ! -s members ]; then
            echo "no scenario is in the group $group" >&2
            exit 1
          fi
          cat members
        done > grouped
        sort grouped > together
        # Lines of "<": in no group; of ">": in more than one.
        diff all together
        mv together $out
      '';
}
