#pragma once

namespace boxtest {

/// Resets process attributes that the parent may have passed on. Call it first in main(), while there is only one thread:
/// - closed descriptors 0, 1 and 2 are opened on /dev/null, so that no file or socket of this process gets their number;
/// - ignored SIGCHLD, SIGTERM and SIGALRM get their default action (signal(7): "ignored" survives execve(2)), and no signal stays
///   blocked. Ignored SIGHUP, SIGINT and SIGQUIT stay ignored: nohup(1) and the background jobs of a shell depend on it;
/// - the umask keeps the owner's permissions: otherwise this process could not use the files that it creates;
/// - SIGPIPE and SIGXFSZ are ignored: a closed reader or a file-size limit is then an error of the write, and does not kill the
///   process;
/// - relative paths in variables (BOXTEST_QEMU, BOXTEST_QEMU_IMG, BOXTEST_GUEST, BOXTEST_SCENARIOS, TMPDIR, PATH) become
///   absolute: a daemon has another working directory.
/// Throws SystemError when there is no /dev/null.
void normaliseSurroundings();

/// Goes to "/" when the working directory was removed: programs abort, or complain, in such a folder (GoogleTest, sh(1)). False,
/// with errno set, when that fails. Async-signal-safe: for a child between fork(2) and execve(2) too.
bool leaveRemovedFolder();

/// Removes the environment variables that control GoogleTest: GTEST_*, and Bazel's variables that GoogleTest evaluates. Variables
/// that a CI has set would make the scenarios program run another part of its tests, or run each test twice.
void clearTestEnvironment();

}  // namespace boxtest
