#pragma once

namespace boxtest {

/// Undoes what a parent may have left to this process. To be called first in main(), while there is one thread:
/// - descriptors 0, 1 and 2 that are closed become /dev/null, so that no file or socket of ours gets their number;
/// - SIGCHLD, SIGTERM and SIGALRM that are ignored get their default action (signal(7): "ignored" survives execve(2)), and no
///   signal stays blocked. SIGHUP, SIGINT and SIGQUIT that are ignored stay so: nohup(1) and a shell's background jobs mean it;
/// - the umask leaves the owner's own rights alone: otherwise we could not use the files that we make;
/// - SIGPIPE and SIGXFSZ are ignored: a reader that is gone, or a file-size limit, is an error of the write, not a sudden death;
/// - variables that hold relative paths (BOXTEST_QEMU, BOXTEST_QEMU_IMG, BOXTEST_GUEST, BOXTEST_SCENARIOS, TMPDIR, PATH) get
///   absolute ones: a daemon has another working directory.
/// Throws SystemError when there is no /dev/null.
void normaliseSurroundings();

/// Takes away what steers GoogleTest: GTEST_*, and Bazel's variables that it heeds. A CI's own would have our scenarios program
/// run another share of its tests, or each twice.
void clearTestEnvironment();

}  // namespace boxtest
