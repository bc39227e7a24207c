# { name, filter } -> a check: the scenarios that `filter` selects, each on a fork of the template.
# { name, sabotage } -> a check: the scenarios detect every sabotage of that claim, each applied to forks of its own.
#
# Nix keeps no output of a failed build. So the run is a derivation that always succeeds and stores verdict, results and logs; the
# check reads the verdict, and its failure message contains the report's path.
{
  lib,
  runCommand,
  boxtest,
  guest,
  # From packages.template; null: the check boots the guest and freezes its own template.
  template ? null,
}:
{
  name,
  # Patterns as `boxtest run` accepts them; null: all.
  filter ? null,
  # A claim as `boxtest sabotage --claim` accepts it.
  sabotage ? null,
  # Limit in seconds for boot, first set-up and scenarios together: a build must end.
  limit ? 3600,
}:
let
  machines =
    if template == null then
      "--accel kvm --timeout 1800 --guest ${guest}"
    else
      "--template ${template}";
  command =
    if sabotage != null then
      "sabotage ${machines} --claim ${lib.escapeShellArg sabotage} --json $out/sabotage.json"
    else
      # A failed scenario's machine is kept as its difference from the template, which is some MiB. If the template is deleted
      # with the build, no machine can be kept.
      "run ${machines} --keep ${if template == null then "0" else "3"} --junit $out/junit.xml --json $out/report.json --html $out/report.html"
      + lib.optionalString (filter != null) " ${lib.escapeShellArg filter}";
  report =
    runCommand "odoo-box-report-${name}"
      {
        nativeBuildInputs = [ boxtest ];
        # Never run without KVM: the first boot creates the databases, which takes many minutes on an emulated CPU, and a template
        # that KVM froze resumes only under KVM.
        requiredSystemFeatures = [
          "kvm"
          "nixos-test"
        ];
        meta.timeout = limit;
      }
      ''
        mkdir -p $out/nix-support
        mkdir -m 700 $TMPDIR/run
        export HOME=$TMPDIR XDG_CACHE_HOME=$TMPDIR/cache XDG_RUNTIME_DIR=$TMPDIR/run
        # What reports say of a failure's machine: outside the build it is in this output.
        export BOXTEST_RESUME="nix run . -- resume $out"
        status=0
        timeout --signal=INT --kill-after=60 ${toString limit} \
          boxtest ${command} > $out/run.log 2>&1 || status=$?
        echo "$status" > $out/status
        # Logs, but no machine's memory or disk; and no sockets, which a store cannot hold.
        mkdir -p "$XDG_CACHE_HOME/boxtest/runs" $out/runs
        cd "$XDG_CACHE_HOME/boxtest/runs"
        find . -path './*/kept' -prune -o -type f -size -64M -exec cp --parents --no-preserve=mode -t $out/runs {} +
        # Of the kept machines those that are packed, and each whole: `boxtest resume` brings them back from the store.
        find . -path './*/kept/*' -name state.zst -printf '%h\0' | while IFS= read -r -d "" kept; do
          cp -r --parents --no-preserve=mode -t $out/runs "$kept"
          rm -f "$out/runs/$kept/state" "$out/runs/$kept/packing"
        done
        # What Hydra shows.
        if [ -e $out/junit.xml ]; then
          echo "report junit $out/junit.xml" >> $out/nix-support/hydra-build-products
        fi
        if [ -e $out/report.html ]; then
          echo "report page $out report.html" >> $out/nix-support/hydra-build-products
        fi
        echo "report log $out/run.log" >> $out/nix-support/hydra-build-products
        tail -n 40 $out/run.log
      '';
in
runCommand "odoo-box-scenarios-${name}"
  {
    passthru = { inherit report; };
  }
  ''
    case $(cat ${report}/status) in
      0)
        ln -s ${report} $out
        exit 0
        ;;
      1) verdict='${if sabotage == null then "a scenario failed" else "a sabotage was not noticed"}' ;;
      3) verdict='something was not run' ;;
      124 | 137) verdict='it took more than ${toString limit} s' ;;
      *) verdict='boxtest itself failed' ;;
    esac
    tail -n 40 ${report}/run.log
    echo "$verdict; results, logs and the machine's console: ${report}"
    find ${report}/runs -path '*/kept/*' -name kept.json | LC_ALL=C sort | while IFS= read -r file; do
      scenario=''${file#*/kept/}
      echo "its machine, as it was then: nix run . -- resume ${report} ''${scenario%/kept.json}"
    done
    exit 1
  ''
