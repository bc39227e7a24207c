#include "Walk.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <iomanip>
#include <iostream>
#include <stdexcept>
#include <vector>

namespace probe {

namespace {

constexpr std::array notWalked{"/proc", "/sys", "/dev"};

bool hasCapabilities(const std::string& path) { return ::lgetxattr(path.c_str(), "security.capability", nullptr, 0) > 0; }

class Walk {
   public:
    explicit Walk(const std::string& name) : name_(name) {}

    /// A list, not a recursion: folders nest as deep as somebody likes.
    void run(const std::string& top) {
        for (waiting_.push_back(top); !waiting_.empty();) {
            const auto folder = std::move(waiting_.back());
            waiting_.pop_back();
            look(folder);
        }
        std::cout << "complete\t" << seen_ << "\n";
    }

   private:
    void look(const std::string& path) {
        const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        DIR* const folder = fd < 0 ? nullptr : ::fdopendir(fd);
        // What ended since its name was read is no finding.
        if (!folder && errno == ENOENT) return;
        if (!folder) throw std::runtime_error("cannot look into '" + path + "': " + std::strerror(errno));
        std::vector<std::pair<ino_t, std::string>> names;
        while (const dirent* entry = ::readdir(folder)) {
            const std::string_view name = entry->d_name;
            if (name == "." || name == ".." ||
                (entry->d_type != DT_REG && entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN))
                continue;
            names.emplace_back(entry->d_ino, name);
        }
        std::sort(names.begin(), names.end());
        for (const auto& [inode, name] : names) {
            struct stat facts {};
            if (::fstatat(fd, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) continue;
            const auto whole = (path == "/" ? "" : path) + "/" + name;
            if (S_ISDIR(facts.st_mode)) {
                bool skip = false;
                for (const auto* place : notWalked) skip = skip || whole == place;
                if (skip) continue;
                waiting_.push_back(whole);
            } else if (!S_ISREG(facts.st_mode)) {
                continue;
            }
            ++seen_;
            judge(whole, name, facts);
        }
        ::closedir(folder);
    }

    void judge(const std::string& path, const std::string& name, const struct stat& facts) const {
        const bool folder = S_ISDIR(facts.st_mode);
        const bool capable = !folder && (facts.st_mode & 0111) != 0 && hasCapabilities(path);
        const bool raises = !folder && (facts.st_mode & (S_ISUID | S_ISGID)) != 0;
        const bool open = (facts.st_mode & S_IWOTH) != 0 && !(folder && (facts.st_mode & S_ISVTX) != 0);
        if (!capable && !raises && !open && (folder || name != name_)) return;
        std::cout << "found\t" << std::oct << (facts.st_mode & 07777) << std::dec << "\t" << facts.st_uid << "\t"
                  << (capable ? "capabilities" : "-") << "\t" << path << "\n";
    }

    std::string name_;
    std::vector<std::string> waiting_;
    long seen_ = 0;
};

}  // namespace

void walk(const std::string& folder, const std::string& name) { Walk(name).run(folder); }

}  // namespace probe
