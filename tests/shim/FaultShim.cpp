// Preloaded into programs under test (LD_PRELOAD): file calls fail according to the rules in $BOXTEST_FAULTS, and the clock is
// shifted. Rules are separated by ';': CALLS=ERRNO@PREFIX, for every path that begins with PREFIX, and CALLS=ERRNO@PREFIX*N, for
// the first N calls of each process only. read=SLOW@PREFIX simulates a slow disk: each read waits 10 ms and returns one byte.
// CALLS is one of
//
//   open    open(2) and its variants for writing, mkdir, mkstemp: calls that create files and folders
//   write   write(2) and its variants, ftruncate, copy_file_range and sendfile into a file
//   sync    fsync, fdatasync
//   rename  rename and its variants
//   link    hard links
//   tmpfile O_TMPFILE
//   read    read(2) and its variants
//
// $BOXTEST_CLOCK_FILE names a file with the seconds by which CLOCK_REALTIME is shifted; each clock call reads the file again. Not
// for builds with a sanitizer: its runtime must be the first library.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <initializer_list>

namespace {

struct Rule {
    char calls[16]{};
    int number = 0;
    char prefix[PATH_MAX]{};
    std::atomic<long> left = -1;  ///< -1: always
};

constexpr int mostRules = 8;
// Initialized before any constructor runs.
constinit Rule rules[mostRules];
int ruleCount = 0;
const char* clockFile = nullptr;

/// Replaces the errno in a SLOW rule.
constexpr int slow = -1;

int numberOf(const char* name) {
    if (std::strcmp(name, "SLOW") == 0) return slow;
    for (const int one : {ENOSPC, EIO, EROFS, EACCES, EPERM, EMFILE, ENFILE, ENOMEM, EDQUOT, EOPNOTSUPP, EXDEV, EINTR})
        if (std::strcmp(strerrorname_np(one), name) == 0) return one;
    std::fprintf(stderr, "fault shim: unknown errno '%s'\n", name);
    std::_Exit(99);
}

__attribute__((constructor)) void readRules() {
    clockFile = std::getenv("BOXTEST_CLOCK_FILE");
    const char* told = std::getenv("BOXTEST_FAULTS");
    if (!told) return;
    static char text[4096];
    std::snprintf(text, sizeof text, "%s", told);
    char* rest = nullptr;
    for (char* one = strtok_r(text, ";", &rest); one && ruleCount < mostRules; one = strtok_r(nullptr, ";", &rest)) {
        auto& rule = rules[ruleCount];
        char name[32];
        char prefix[PATH_MAX];
        if (std::sscanf(one, "%15[^=]=%31[^@]@%4095s", rule.calls, name, prefix) != 3) {
            std::fprintf(stderr, "fault shim: not a rule: '%s'\n", one);
            std::_Exit(99);
        }
        if (char* star = std::strrchr(prefix, '*')) {
            *star = '\0';
            rule.left = std::atol(star + 1);
        }
        std::snprintf(rule.prefix, sizeof rule.prefix, "%s", prefix);
        rule.number = numberOf(name);
        ++ruleCount;
    }
}

bool isFor(const Rule& rule, const char* calls, const char* path) {
    return std::strcmp(rule.calls, calls) == 0 && std::strncmp(path, rule.prefix, std::strlen(rule.prefix)) == 0;
}

/// Returns whether the call must fail, and then sets errno.
bool fails(const char* calls, const char* path) {
    if (!path) return false;
    for (int i = 0; i < ruleCount; ++i) {
        auto& rule = rules[i];
        if (rule.number == slow || !isFor(rule, calls, path)) continue;
        if (rule.left >= 0 && rule.left.fetch_sub(1) <= 0) {
            rule.left = 0;
            continue;
        }
        errno = rule.number;
        return true;
    }
    return false;
}

bool failsAt(const char* calls, int folder, const char* path) {
    if (ruleCount == 0) return false;
    if (!path || path[0] == '/') return fails(calls, path);
    char whole[2 * PATH_MAX];
    char link[64];
    if (folder == AT_FDCWD)
        std::snprintf(link, sizeof link, "/proc/self/cwd");
    else
        std::snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    const auto size = ::readlink(link, whole, PATH_MAX);
    if (size < 0) return false;
    std::snprintf(whole + size, PATH_MAX, "/%s", path);
    return fails(calls, whole);
}

/// The path of an open descriptor; false when it has none. Preserves errno.
bool pathOf(int fd, char (&path)[PATH_MAX]) {
    const int before = errno;
    char link[64];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const auto size = ::readlink(link, path, sizeof path - 1);
    errno = before;
    if (size < 0) return false;
    path[size] = '\0';
    return true;
}

bool failsOf(const char* calls, int fd) {
    char path[PATH_MAX];
    return ruleCount != 0 && pathOf(fd, path) && fails(calls, path);
}

/// The size that a read may request. Under a SLOW rule: waits 10 ms, and returns 1.
size_t given(int fd, size_t size) {
    char path[PATH_MAX];
    if (ruleCount == 0 || size == 0 || !pathOf(fd, path)) return size;
    for (int i = 0; i < ruleCount; ++i) {
        if (rules[i].number != slow || !isFor(rules[i], "read", path)) continue;
        const timespec while_{0, 10'000'000};
        ::nanosleep(&while_, nullptr);
        return 1;
    }
    return size;
}

bool openFails(int folder, const char* path, int flags) {
    if ((flags & O_TMPFILE) == O_TMPFILE && failsAt("tmpfile", folder, path)) return true;
    return (flags & (O_WRONLY | O_RDWR | O_CREAT)) != 0 && failsAt("open", folder, path);
}

template <typename Function>
Function* real(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

mode_t modeFrom(int flags, va_list& more) {
    return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(more, mode_t) : 0;
}

long clockShift() {
    // Direct system calls: library functions called here could call the shifted clock functions again.
    const auto fd = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, clockFile, O_RDONLY | O_CLOEXEC));
    if (fd < 0) return 0;
    char text[32]{};
    ::syscall(SYS_read, fd, text, sizeof text - 1);
    ::syscall(SYS_close, fd);
    return std::atol(text);
}

}  // namespace

// Replacements for libc functions, also under the names of their 64-bit variants.
extern "C" {

int open(const char* path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    const auto mode = modeFrom(flags, more);
    va_end(more);
    static auto* next = real<int(const char*, int, ...)>("open");
    return openFails(AT_FDCWD, path, flags) ? -1 : next(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    const auto mode = modeFrom(flags, more);
    va_end(more);
    static auto* next = real<int(const char*, int, ...)>("open64");
    return openFails(AT_FDCWD, path, flags) ? -1 : next(path, flags, mode);
}

int openat(int folder, const char* path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    const auto mode = modeFrom(flags, more);
    va_end(more);
    static auto* next = real<int(int, const char*, int, ...)>("openat");
    return openFails(folder, path, flags) ? -1 : next(folder, path, flags, mode);
}

std::FILE* fopen(const char* path, const char* mode) {
    static auto* next = real<std::FILE*(const char*, const char*)>("fopen");
    return std::strpbrk(mode, "wa+") && failsAt("open", AT_FDCWD, path) ? nullptr : next(path, mode);
}

std::FILE* fopen64(const char* path, const char* mode) {
    static auto* next = real<std::FILE*(const char*, const char*)>("fopen64");
    return std::strpbrk(mode, "wa+") && failsAt("open", AT_FDCWD, path) ? nullptr : next(path, mode);
}

int mkdir(const char* path, mode_t mode) noexcept {
    static auto* next = real<int(const char*, mode_t)>("mkdir");
    return failsAt("open", AT_FDCWD, path) ? -1 : next(path, mode);
}

char* mkdtemp(char* pattern) noexcept {
    static auto* next = real<char*(char*)>("mkdtemp");
    return failsAt("open", AT_FDCWD, pattern) ? nullptr : next(pattern);
}

int mkostemp(char* pattern, int flags) {
    static auto* next = real<int(char*, int)>("mkostemp");
    return failsAt("open", AT_FDCWD, pattern) ? -1 : next(pattern, flags);
}

ssize_t write(int fd, const void* bytes, size_t size) {
    static auto* next = real<ssize_t(int, const void*, size_t)>("write");
    return failsOf("write", fd) ? -1 : next(fd, bytes, size);
}

ssize_t writev(int fd, const iovec* parts, int count) {
    static auto* next = real<ssize_t(int, const iovec*, int)>("writev");
    return failsOf("write", fd) ? -1 : next(fd, parts, count);
}

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) {
    static auto* next = real<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
    return failsOf("write", fd) ? -1 : next(fd, bytes, size, at);
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) { return pwrite64(fd, bytes, size, at); }

int ftruncate(int fd, off_t size) noexcept {
    static auto* next = real<int(int, off_t)>("ftruncate");
    return failsOf("write", fd) ? -1 : next(fd, size);
}

ssize_t copy_file_range(int from, off64_t* fromAt, int to, off64_t* toAt, size_t size, unsigned flags) {
    static auto* next = real<ssize_t(int, off64_t*, int, off64_t*, size_t, unsigned)>("copy_file_range");
    return failsOf("write", to) ? -1 : next(from, fromAt, to, toAt, size, flags);
}

ssize_t sendfile64(int to, int from, off64_t* at, size_t size) noexcept {
    static auto* next = real<ssize_t(int, int, off64_t*, size_t)>("sendfile64");
    return failsOf("write", to) ? -1 : next(to, from, at, size);
}

ssize_t sendfile(int to, int from, off_t* at, size_t size) noexcept { return sendfile64(to, from, at, size); }

ssize_t read(int fd, void* bytes, size_t size) {
    static auto* next = real<ssize_t(int, void*, size_t)>("read");
    return failsOf("read", fd) ? -1 : next(fd, bytes, given(fd, size));
}

ssize_t pread64(int fd, void* bytes, size_t size, off64_t at) {
    static auto* next = real<ssize_t(int, void*, size_t, off64_t)>("pread64");
    return failsOf("read", fd) ? -1 : next(fd, bytes, given(fd, size), at);
}

ssize_t pread(int fd, void* bytes, size_t size, off_t at) { return pread64(fd, bytes, size, at); }

int fsync(int fd) {
    static auto* next = real<int(int)>("fsync");
    return failsOf("sync", fd) ? -1 : next(fd);
}

int fdatasync(int fd) {
    static auto* next = real<int(int)>("fdatasync");
    return failsOf("sync", fd) ? -1 : next(fd);
}

int rename(const char* from, const char* to) noexcept {
    static auto* next = real<int(const char*, const char*)>("rename");
    return failsAt("rename", AT_FDCWD, to) ? -1 : next(from, to);
}

int renameat2(int fromFolder, const char* from, int toFolder, const char* to, unsigned flags) noexcept {
    static auto* next = real<int(int, const char*, int, const char*, unsigned)>("renameat2");
    return failsAt("rename", toFolder, to) ? -1 : next(fromFolder, from, toFolder, to, flags);
}

int link(const char* from, const char* to) noexcept {
    static auto* next = real<int(const char*, const char*)>("link");
    return failsAt("link", AT_FDCWD, to) ? -1 : next(from, to);
}

int linkat(int fromFolder, const char* from, int toFolder, const char* to, int flags) noexcept {
    static auto* next = real<int(int, const char*, int, const char*, int)>("linkat");
    return failsAt("link", toFolder, to) ? -1 : next(fromFolder, from, toFolder, to, flags);
}

int clock_gettime(clockid_t clock, timespec* time) noexcept {
    static auto* next = real<int(clockid_t, timespec*)>("clock_gettime");
    const int result = next(clock, time);
    if (result == 0 && clock == CLOCK_REALTIME && clockFile) time->tv_sec += clockShift();
    return result;
}

int gettimeofday(timeval* time, void*) noexcept {
    timespec now{};
    const int result = clock_gettime(CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return result;
}

time_t time(time_t* told) noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    if (told) *told = now.tv_sec;
    return now.tv_sec;
}

}  // extern "C"
