#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "Attempt.hpp"

namespace probe {

namespace {

/// Creates a file in a folder, and removes it at once.
Attempt create(const std::string& folder) {
    const std::string path = folder + "/.boxtest-probe";
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return Attempt::failed(errno);
    ::close(fd);
    return Attempt::of(::unlink(path.c_str()));
}

/// Opens an existing file for writing, without writing.
Attempt overwrite(const std::string& path) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return Attempt::failed(errno);
    ::close(fd);
    return Attempt::worked();
}

Attempt list(const std::string& path) {
    DIR* folder = ::opendir(path.c_str());
    if (!folder) return Attempt::failed(errno);
    int entries = 0;
    while (const dirent* entry = ::readdir(folder)) {
        if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0) ++entries;
    }
    ::closedir(folder);
    return entries == 0 ? Attempt::worked("empty") : Attempt::worked(std::to_string(entries) + " entries");
}

/// Lists a folder, or reads a file's first bytes.
Attempt read(const std::string& path) {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode)) return list(path);
    const int fd = ::open(path.c_str(), O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return Attempt::failed(errno);
    std::array<char, 64> bytes{};
    const auto got = ::read(fd, bytes.data(), bytes.size());
    const int error = errno;
    ::close(fd);
    return got < 0 ? Attempt::failed(error) : Attempt::worked(std::to_string(got) + " bytes");
}

/// A new file in a folder, to test what is possible with it there.
class Dropped {
   public:
    explicit Dropped(const std::string& folder)
        : path_(folder + "/.boxtest-dropped"),
          fd_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0700)),
          error_(fd_ < 0 ? errno : 0) {}
    Dropped(const Dropped&) = delete;
    Dropped& operator=(const Dropped&) = delete;
    ~Dropped() {
        close();
        if (there()) ::unlink(path_.c_str());
    }

    bool there() const { return error_ == 0; }
    /// The result if the file could not be created: nothing else can be tested with it.
    Attempt why() const { return Attempt::failed(error_, "cannot even be created"); }
    const std::string& path() const { return path_; }
    int fd() const { return fd_; }
    /// The kernel does not execute a file that is open for writing (ETXTBSY).
    void close() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }

   private:
    std::string path_;
    int fd_;
    int error_;
};

Attempt makeSetuid(const std::string& folder) {
    Dropped file(folder);
    if (!file.there()) return file.why();
    if (::chmod(file.path().c_str(), 04755) != 0) return Attempt::failed(errno);
    struct stat facts {};
    if (::stat(file.path().c_str(), &facts) != 0) return Attempt::failed(errno);
    return (facts.st_mode & S_ISUID) != 0 ? Attempt::worked() : Attempt::failed(EPERM, "silently not set");
}

/// Runs a script that was written to the folder.
Attempt executeDropped(const std::string& folder) {
    Dropped file(folder);
    if (!file.there()) return file.why();
    constexpr std::string_view text = "#!/bin/sh\nexit 0\n";
    const bool written = ::write(file.fd(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
    file.close();
    if (!written) return Attempt::failed(errno, "cannot be written");
    const auto child = ::fork();
    if (child == 0) {
        ::execl(file.path().c_str(), file.path().c_str(), nullptr);
        ::_exit(errno);
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) < 0) return Attempt::failed(errno);
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
    return code == 0 ? Attempt::worked() : Attempt::failed(code);
}

/// As executeDropped(), with a mapping, as a loader of shared objects makes it.
Attempt mapDropped(const std::string& folder) {
    Dropped file(folder);
    if (!file.there()) return file.why();
    if (::ftruncate(file.fd(), 4096) != 0) return Attempt::failed(errno);
    file.close();
    const int fd = ::open(file.path().c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return Attempt::failed(errno);
    void* const at = ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
    const int error = errno;
    ::close(fd);
    return at == MAP_FAILED ? Attempt::failed(error) : Attempt::worked();
}

/// Creates a hard link to a foreign file in a writable folder: the link would survive when the owner removes or closes the file.
Attempt linkForeign(const std::string& folder) {
    const std::string path = folder + "/.boxtest-link";
    if (::link("/etc/passwd", path.c_str()) != 0) return Attempt::failed(errno);
    ::unlink(path.c_str());
    return Attempt::worked();
}

Attempt giveAway(const std::string& folder) {
    Dropped file(folder);
    if (!file.there()) return file.why();
    return Attempt::of(::chown(file.path().c_str(), 0, 0));
}

Attempt makeDevice(const std::string& folder) {
    const std::string path = folder + "/.boxtest-device";
    if (::mknod(path.c_str(), S_IFCHR | 0600, static_cast<dev_t>(1 << 8 | 1)) != 0) return Attempt::failed(errno);
    ::unlink(path.c_str());
    return Attempt::worked();
}

struct Verb {
    std::string_view name;
    Attempt (*run)(const std::string& path);
};

constexpr std::array verbs{
    Verb{"create", create},          Verb{"overwrite", overwrite},         Verb{"read", read},
    Verb{"setuid-file", makeSetuid}, Verb{"exec-dropped", executeDropped}, Verb{"map-dropped", mapDropped},
    Verb{"device", makeDevice},      Verb{"link-foreign", linkForeign},    Verb{"give-away", giveAway},
};

}  // namespace

bool isFileVerb(std::string_view verb) {
    for (const auto& known : verbs)
        if (known.name == verb) return true;
    return false;
}

Attempt tryFile(std::string_view verb, Words words) {
    want(words, 1);
    for (const auto& known : verbs)
        if (known.name == verb) return known.run(words[0]);
    throw std::invalid_argument("no such probe");
}

}  // namespace probe
