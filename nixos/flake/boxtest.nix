# boxtest, built with its unit and integration tests run. (Scenarios need a machine: they are checks of the flake.)
{
  lib,
  stdenv,
  boost,
  cli11,
  cmake,
  curl,
  fmt,
  gtest,
  libpq,
  libpqxx,
  libssh,
  makeBinaryWrapper,
  ninja,
  nlohmann_json,
  openssh,
  openssl,
  pkg-config,
  postgresql_17,
  python3,
  qemu_kvm,
  zlib,
  zstd,
}:
let
  # nixpkgs builds it as C++17, and its headers ask the *user's* standard whether exceptions carry a source location.
  libpqxx20 = libpqxx.overrideAttrs (previous: {
    configureFlags = previous.configureFlags or [ ] ++ [ "CXXFLAGS=-O2 -std=c++20" ];
  });
  # What `boxtest` starts: QEMU for this machine's own architecture (its emulator, too), ssh and psql for whoever works by hand.
  programs = [
    qemu_kvm
    openssh
    postgresql_17
    # Packs the machines of failed scenarios.
    zstd
  ];
in
stdenv.mkDerivation (finalAttrs: {
  pname = "boxtest";
  version = "0.1.0";

  # Only what compiles and what the tests read: a changed README builds nothing anew.
  src = lib.fileset.toSource {
    root = ../..;
    fileset = lib.fileset.unions [
      ../../CMakeLists.txt
      ../../ci/debian-guest
      ../../docs
      ../../harness
      ../../nixos/policy
      ../../scenarios
      ../../tests
    ];
  };

  strictDeps = true;
  nativeBuildInputs = [
    cmake
    makeBinaryWrapper
    ninja
    pkg-config
    # CMake asks for it; tests start helpers in it.
    python3
  ];
  buildInputs = [
    boost
    cli11
    curl
    fmt
    # A library that boxtest-scenarios links, too.
    gtest
    libpq
    libpqxx20
    libssh
    nlohmann_json
    openssl
    zlib
  ];
  cmakeFlags = [ (lib.cmakeBool "BUILD_TESTING" finalAttrs.finalPackage.doCheck) ];

  doCheck = true;
  nativeCheckInputs = [
    openssh
    postgresql_17
    zstd
  ];
  postPatch = ''
    patchShebangs tests
  '';
  checkPhase = ''
    runHook preCheck
    export HOME=$TMPDIR
    ctest --output-on-failure -j "$NIX_BUILD_CORES" -L '^(unit|integration)$'
    runHook postCheck
  '';

  postInstall = ''
    wrapProgram $out/bin/boxtest \
      --prefix PATH : ${lib.makeBinPath programs} \
      --set-default BOXTEST_SCENARIOS $out/bin/boxtest-scenarios
  '';

  meta = {
    description = "Proves that the Odoo Box keeps its promises";
    license = lib.licenses.mit;
    mainProgram = "boxtest";
    platforms = lib.platforms.linux;
  };
})
