# Run by CPack between installation and packaging: Debian's files, and Debian's places.
set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY}${CPACK_PACKAGING_INSTALL_PREFIX})
set(doc ${root}/share/doc/boxtest)
function(run)
    execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

execute_process(COMMAND ${CPACK_BOXTEST_SOURCE}/packaging/debian-changelog ${CPACK_BOXTEST_SOURCE}/CHANGELOG.md ${CPACK_PACKAGE_CONTACT}
    OUTPUT_FILE ${doc}/changelog COMMAND_ERROR_IS_FATAL ANY)
# The changelog above is generated from it and replaces it.
file(REMOVE ${doc}/CHANGELOG.md)
run(gzip -9nf ${doc}/changelog)
run(gzip -9nf ${root}/share/man/man1/boxtest.1)
file(RENAME ${doc}/LICENSE ${doc}/copyright)
file(MAKE_DIRECTORY ${root}/share/zsh/vendor-completions)
file(RENAME ${root}/share/zsh/site-functions/_boxtest ${root}/share/zsh/vendor-completions/_boxtest)
file(REMOVE_RECURSE ${root}/share/zsh/site-functions)
file(MAKE_DIRECTORY ${root}/share/lintian/overrides)
file(COPY_FILE ${CPACK_BOXTEST_SOURCE}/packaging/lintian-overrides ${root}/share/lintian/overrides/boxtest)
# Sets the modes independently of the builder's umask.
run(find ${CPACK_TEMPORARY_INSTALL_DIRECTORY} -type d -exec chmod 0755 {} +)
run(find ${CPACK_TEMPORARY_INSTALL_DIRECTORY} -type f -perm /111 -exec chmod 0755 {} +)
run(find ${CPACK_TEMPORARY_INSTALL_DIRECTORY} -type f ! -perm /111 -exec chmod 0644 {} +)
