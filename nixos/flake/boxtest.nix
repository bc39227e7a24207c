# boxtest, built with its unit and integration tests run. (Scenarios need a machine: they are checks of the flake.)
# Without scenarios it is the program that builds a template: a change of a scenario does not rebuild the template.
{
  lib,
  stdenv,
  boost,
  cli11,
  chromedriver,
  chromium,
  cmake,
  curl,
  dejavu_fonts,
  fmt,
  gtest,
  libarchive,
  libpq,
  libpqxx,
  libssh,
  makeBinaryWrapper,
  makeFontsConf,
  ninja,
  nlohmann_json,
  openssh,
  openssl,
  pkg-config,
  postgresql_17,
  python3,
  qemu_test,
  re2,
  tomlplusplus,
  zlib,
  withScenarios ? true,
}:
let
  # nixpkgs builds it as C++17, but its headers decide by the *user's* standard whether exceptions carry a source location.
  libpqxx20 = libpqxx.overrideAttrs (previous: {
    # Not through configureFlags, which are split at blanks in a package without structured attributes.
    env = previous.env or { } // {
      CXXFLAGS = "-O2 -std=c++20";
    };
    # Its own tests are nixpkgs' task: they compile it again, and take longer than this whole build.
    doCheck = false;
  });
  # Programs that `boxtest` starts: QEMU for this machine's own architecture (with its emulator), without windows and sound; ssh
  # and psql for manual work.
  programs = [
    qemu_test
    openssh
    postgresql_17
  ]
  # Scenarios use the web in a browser, as a person does.
  ++ lib.optionals withScenarios [
    chromedriver
    chromium
  ];
  # Chromium aborts without any font, and a builder's sandbox has none.
  fonts = makeFontsConf { fontDirectories = [ dejavu_fonts ]; };
in
stdenv.mkDerivation (finalAttrs: {
  pname = "boxtest${lib.optionalString (!withScenarios) "-harness"}";
  # Must equal project() in CMakeLists.txt; tests/nix/run compares them.
  version = "0.2.0";

  # Only files that are compiled or that the tests read: a changed README rebuilds nothing.
  src = lib.fileset.toSource {
    root = ../..;
    fileset = lib.fileset.unions (
      [
        ../../CMakeLists.txt
        ../../harness
      ]
      ++ lib.optionals withScenarios [
        # Files that the tests compare with the program.
        ../../docs/claims.md
        ../../docs/guest.schema.json
        ../../nixos/policy/roles.sql
        ../../scenarios
        ../../tests/AtOnce.hpp
        ../../tests/CMakeLists.txt
        ../../tests/Deadlines.hpp
        ../../tests/MadeUpNames.hpp
        ../../tests/Paths.cpp.in
        ../../tests/Paths.hpp
        ../../tests/SampleReport.hpp
        ../../tests/cli
        ../../tests/ctest
        ../../tests/fake-qemu
        ../../tests/fake-worker
        ../../tests/fuzz
        ../../tests/integration
        ../../tests/machine
        ../../tests/sabotage
        ../../tests/shim
        ../../tests/tiny
        ../../tests/unit
      ]
    );
  };

  strictDeps = true;
  nativeBuildInputs = [
    cmake
    makeBinaryWrapper
    ninja
    pkg-config
    # CMake requires it; tests start helpers in it.
    python3
  ];
  buildInputs = [
    boost
    cli11
    curl
    fmt
    # boxtest-scenarios links it as well, not only the tests.
    gtest
    libarchive
    libpq
    libpqxx20
    libssh
    nlohmann_json
    openssl
    re2
    tomlplusplus
    zlib
  ];
  cmakeFlags = [
    (lib.cmakeBool "BUILD_TESTING" finalAttrs.finalPackage.doCheck)
    (lib.cmakeBool "BOXTEST_SCENARIOS" withScenarios)
  ];

  doCheck = withScenarios;
  nativeCheckInputs = [
    openssh
    openssl
    postgresql_17
  ];
  postPatch = lib.optionalString withScenarios ''
    patchShebangs tests
  '';
  checkPhase = ''
    runHook preCheck
    export HOME=$TMPDIR
    # Those labelled "host" need what no sandbox has: ../../tests/CMakeLists.txt.
    ctest --output-on-failure -j "$NIX_BUILD_CORES" -L '^(unit|integration)$' -LE '^host$' --output-log ctest.log
    # One that is skipped, for want of a program, has not passed.
    if grep -q 'did not run' ctest.log; then
      exit 1
    fi
    runHook postCheck
  '';

  postInstall = ''
    wrapProgram $out/bin/boxtest \
      --prefix PATH : ${lib.makeBinPath programs} ${
        lib.optionalString withScenarios "--set-default BOXTEST_SCENARIOS $out/bin/boxtest-scenarios --set-default FONTCONFIG_FILE ${fonts}"
      }
  '';

  meta = {
    description = "Proves that the Odoo Box keeps its promises";
    license = lib.licenses.mit;
    mainProgram = "boxtest";
    platforms = lib.platforms.linux;
  };
})
