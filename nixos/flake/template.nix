# The guest, booted and frozen: the folder from which `boxtest run --template` forks machines, on any builder of the architecture.
{
  lib,
  runCommand,
  boxtest,
  guest,
  # Limit in seconds for boot, first set-up and freezing together.
  limit ? 2400,
  # "tcg" is only for tests/nix, whose guest boots on an emulated CPU in time.
  accel ? "kvm",
}:
let
  # A frozen machine resumes only on a CPU that has all features of the CPU that it booted with, so it must not boot with the
  # builder's own model. This model is x86-64-v2 with AES, which Intel's CPUs have since 2010 and AMD's since 2011. Without the
  # vendor here, KVM would use the builder's.
  cpuModel = "Westmere,vendor=GenuineIntel";
in
runCommand "odoo-box-template"
  {
    nativeBuildInputs = [ boxtest ];
    # QEMU's emulator can freeze a machine, too, but that machine resumes only in an emulator.
    requiredSystemFeatures = [
      "kvm"
      "nixos-test"
    ];
    passthru = {
      inherit cpuModel guest;
    };
    meta.description = "The guest, booted and frozen: what scenarios are forked from";
    meta.platforms = [ "x86_64-linux" ];
    meta.timeout = limit;
  }
  ''
    mkdir -m 700 $TMPDIR/run
    export HOME=$TMPDIR XDG_CACHE_HOME=$TMPDIR/cache XDG_RUNTIME_DIR=$TMPDIR/run
    status=0
    made=$(timeout --signal=INT --kill-after=60 ${toString limit} \
      boxtest template --accel ${accel} --cpu ${lib.escapeShellArg cpuModel} --timeout 1800 \
      --guest ${guest} --store $TMPDIR/templates) || status=$?
    if [ "$status" != 0 ]; then
      # Nothing of a failed build stays.
      find "$TMPDIR" -name console.log -exec tail -n 60 {} +
      echo "the guest was not frozen (status $status)"
      exit 1
    fi
    # It will be used where this folder is not.
    if grep -F "$TMPDIR/" "$made/template.json"; then
      echo 'template.json names the folder that it was built in'
      exit 1
    fi
    mv "$made" $out
  ''
