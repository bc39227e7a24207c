#include <fcntl.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "Calls.hpp"

namespace probe {

namespace {

constexpr std::size_t page = 4096;

Attempt mapped(void* at) { return at == MAP_FAILED ? Attempt::failed(errno) : Attempt::worked(); }

Attempt writableCode() {
    return mapped(::mmap(nullptr, page, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

Attempt codeFromData() {
    void* const at = ::mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return at == MAP_FAILED ? Attempt::failed(errno) : Attempt::of(::mprotect(at, page, PROT_READ | PROT_EXEC));
}

Attempt codeFromDataWithKey() {
    void* const at = ::mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return at == MAP_FAILED ? Attempt::failed(errno)
                            : Attempt::of(::syscall(SYS_pkey_mprotect, at, page, PROT_READ | PROT_EXEC, -1));
}

int memoryFile() { return static_cast<int>(::syscall(SYS_memfd_create, "probe", 0)); }

Attempt mapMemoryFile() {
    const int fd = memoryFile();
    if (fd < 0 || ::ftruncate(fd, page) != 0) return Attempt::failed(errno);
    return mapped(::mmap(nullptr, page, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0));
}

/// Runs a program that was never in a file system.
Attempt executeMemoryFile() {
    const int fd = memoryFile();
    constexpr std::string_view text = "#!/bin/sh\nexit 0\n";
    if (fd < 0 || ::write(fd, text.data(), text.size()) < 0) return Attempt::failed(errno);
    const auto child = ::fork();
    if (child == 0) {
        std::array<char*, 1> none{};
        ::fexecve(fd, none.data(), none.data());
        ::_exit(errno);
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) < 0) return Attempt::failed(errno);
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
    return code == 0 ? Attempt::worked() : Attempt::failed(code);
}

Attempt sharedMemory(int flags) {
    const int segment = ::shmget(IPC_PRIVATE, page, IPC_CREAT | 0700);
    if (segment < 0) return Attempt::failed(errno);
    const bool attached = ::shmat(segment, nullptr, flags) != reinterpret_cast<void*>(-1);
    const int error = errno;
    ::shmctl(segment, IPC_RMID, nullptr);
    return attached ? Attempt::worked() : Attempt::failed(error);
}

/// Makes a mapping of program code writable; the mapped file is the probe itself.
Attempt writableLibrary() {
    const int fd = ::open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return Attempt::failed(errno, "cannot read itself");
    void* const at = ::mmap(nullptr, page, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
    return at == MAP_FAILED ? Attempt::failed(errno) : Attempt::of(::mprotect(at, page, PROT_READ | PROT_WRITE | PROT_EXEC));
}

constexpr std::array calls{
    Call{"mmap-wx", writableCode},
    Call{"mprotect-x", codeFromData},
    Call{"pkey_mprotect-x", codeFromDataWithKey},
    Call{"mprotect-code-w", writableLibrary},
    Call{"memfd-x", mapMemoryFile},
    Call{"memfd-exec", executeMemoryFile},
    Call{"shm", [] { return sharedMemory(0); }},
    Call{"shm-x", [] { return sharedMemory(SHM_EXEC); }},
};

}  // namespace

std::span<const Call> memoryCalls() { return calls; }

}  // namespace probe
