# What is installed beside the programs, and the Debian package: cpack -G DEB --config BUILD/CPackConfig.cmake.
# The top CMakeLists.txt includes this file if it exists; Nix's source has only the programs.
set(doc ${CMAKE_INSTALL_DATADIR}/doc/boxtest)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${doc})
install(DIRECTORY docs/ DESTINATION ${doc}/docs)
install(FILES nixos/guest/other-names.json DESTINATION ${doc}/examples)
install(PROGRAMS packaging/examples/run-in-shards DESTINATION ${doc}/examples)

set(BOXTEST_MAINTAINER "the boxtest authors <maintainers@boxtest.example>" CACHE STRING "Who maintains the Debian package")
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME boxtest)
set(CPACK_PACKAGE_CONTACT ${BOXTEST_MAINTAINER})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "proof that an Odoo Box keeps its security promises")
set(CPACK_PACKAGE_DESCRIPTION
"boxtest boots the Odoo Box (PostgreSQL, pgAdmin and Odoo behind nginx, on one
host) under QEMU and proves from outside, over SSH and SSH tunnels, that the
machine keeps its promises: PostgreSQL takes connections of its Unix socket
only, the database role is the OS user, a handyman repairs rows and does
nothing else, and a break-in through a web page stays inside its service.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Programs that boxtest starts. Without QEMU and a guest it still lists scenarios and reads reports.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "qemu-system-x86 (>= 1:8.2), qemu-utils, openssh-client, postgresql-client, chromium-driver")
# Adds the files that Debian requires, at the locations that Debian requires.
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/packaging/DebianFiles.cmake)
set(CPACK_BOXTEST_SOURCE ${PROJECT_SOURCE_DIR})
include(CPack)
