#include "Walk.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/posix_acl_xattr.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "Names.hpp"

namespace probe {

namespace {

struct Told {
    std::vector<std::string> tops, places, programs, wholes;
    std::set<std::string> skipped, names;
    long since = 0;

    static Told read(std::istream& lines) {
        Told told;
        for (std::string line; std::getline(lines, line);) {
            const auto tab = line.find('\t');
            const auto word = line.substr(0, tab), value = tab == std::string::npos ? "" : line.substr(tab + 1);
            if (word == "top")
                told.tops.push_back(value);
            else if (word == "skip")
                told.skipped.insert(value);
            else if (word == "place")
                told.places.push_back(value);
            else if (word == "name")
                told.names.insert(value);
            else if (word == "since")
                told.since = std::stol(value);
            else if (word == "program")
                told.programs.push_back(value);
            else if (word == "whole")
                told.wholes.push_back(value);
            else
                throw std::invalid_argument("a walk is not told '" + line + "'");
        }
        return told;
    }
};

bool isBelow(const std::string& path, const std::vector<std::string>& tops) {
    return std::any_of(tops.begin(), tops.end(), [&](const std::string& top) {
        return path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/');
    });
}

using Facts = struct statx;

bool factsOf(const char* file, Facts& facts) {
    return ::statx(AT_FDCWD, file, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_BASIC_STATS, &facts) == 0;
}

char kindOf(mode_t mode) {
    switch (mode & S_IFMT) {
        case S_IFREG: return 'f';
        case S_IFDIR: return 'd';
        case S_IFLNK: return 'l';
        case S_IFBLK: return 'b';
        case S_IFCHR: return 'c';
        case S_IFSOCK: return 's';
        default: return 'p';
    }
}

/// The entries of an access list that the mode does not show: those with a name.
std::string namedEntries(const char* file, const char* attribute, const char* shown) {
    std::vector<char> bytes(::lgetxattr(file, attribute, nullptr, 0) > 0 ? 65536 : 0);
    const auto size = bytes.empty() ? 0 : ::lgetxattr(file, attribute, bytes.data(), bytes.size());
    std::string text;
    for (auto at = static_cast<ssize_t>(sizeof(posix_acl_xattr_header));
         at + static_cast<ssize_t>(sizeof(posix_acl_xattr_entry)) <= size;
         at += static_cast<ssize_t>(sizeof(posix_acl_xattr_entry))) {
        posix_acl_xattr_entry entry{};
        std::memcpy(&entry, bytes.data() + at, sizeof entry);
        constexpr unsigned user = 2, group = 8;  // ACL_USER and ACL_GROUP of the kernel's posix_acl.h
        if (entry.e_tag != user && entry.e_tag != group) continue;
        text += (text.empty() ? "" : ",") + std::string(shown) + "-" + (entry.e_tag == user ? "user" : "group") + ":" +
                std::to_string(entry.e_perm & 7U) + ":" + std::to_string(entry.e_id);
    }
    return text;
}

std::string attributesOf(const char* file) {
    std::array<char, 4096> names{};
    const auto size = ::llistxattr(file, names.data(), names.size());
    std::string text;
    const auto add = [&](const std::string& one) {
        if (!one.empty()) text += (text.empty() ? "" : ",") + one;
    };
    if (size < 0 && errno == ERANGE) return "too-many-attributes";
    for (ssize_t at = 0; at < size; at += static_cast<ssize_t>(std::strlen(&names.at(static_cast<std::size_t>(at)))) + 1) {
        const std::string_view name = &names.at(static_cast<std::size_t>(at));
        if (name == "security.capability") add("capabilities");
        if (name == "system.posix_acl_access") add(namedEntries(file, "system.posix_acl_access", "acl"));
        if (name == "system.posix_acl_default") add(namedEntries(file, "system.posix_acl_default", "default"));
    }
    return text;
}

class Walk {
   public:
    explicit Walk(Told told) : told_(std::move(told)) {}

    /// Uses a list instead of recursion, because folders may be nested arbitrarily deep.
    void run() {
        for (const auto& top : told_.tops) {
            Facts facts{};
            if (::chdir("/") != 0 || !factsOf(top.c_str(), facts) || !S_ISDIR(facts.stx_mode)) continue;
            judge(top, top.c_str(), facts);
            for (waiting_.push_back(top); !waiting_.empty();) {
                const auto folder = std::move(waiting_.back());
                waiting_.pop_back();
                look(folder);
            }
        }
        for (const auto& [place, names] : names_) std::cout << "N\t0\t0\t0\t-\tN\t" << place << "\t" << names.text() << '\0';
        std::cout << "complete\t" << seen_ << '\0';
    }

   private:
    void look(const std::string& path) {
        const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        DIR* const folder = fd < 0 ? nullptr : ::fdopendir(fd);
        // A folder that was removed since its name was read is not a finding.
        if (!folder && errno == ENOENT) return;
        if (!folder || ::fchdir(fd) != 0) {
            std::cout << "?\t0\t0\t0\t-\to\t" << path << "\t" << std::strerror(errno) << '\0';
            if (folder) ::closedir(folder);
            return;
        }
        std::vector<std::pair<ino_t, std::string>> names;
        while (const dirent* entry = ::readdir(folder)) {
            const std::string_view name = entry->d_name;
            if (name != "." && name != "..") names.emplace_back(entry->d_ino, name);
        }
        // In disk order.
        std::sort(names.begin(), names.end());
        for (const auto& [inode, name] : names) {
            Facts facts{};
            if (!factsOf(name.c_str(), facts)) continue;
            const auto whole = (path == "/" ? "" : path) + "/" + name;
            const bool skip = told_.skipped.contains(whole);
            if (S_ISDIR(facts.stx_mode) && !skip) waiting_.push_back(whole);
            ++seen_;
            // A skipped path is a mount point of the kernel's own file systems.
            if (!skip) judge(whole, name.c_str(), facts);
        }
        ::closedir(folder);
    }

    void judge(const std::string& path, const char* name, const Facts& facts) {
        const auto kind = kindOf(facts.stx_mode);
        std::string why, attributes, target;
        if (kind == 'l') {
            std::array<char, 4096> bytes{};
            const auto size = ::readlink(name, bytes.data(), bytes.size());
            if (size > 0) target.assign(bytes.data(), static_cast<std::size_t>(size));
            const auto folder = std::filesystem::path(path).parent_path();
            if (isBelow((folder / target).lexically_normal().string(), told_.places)) why += 'l';
        } else {
            if (facts.stx_uid != 0 || (facts.stx_mode & (S_IWGRP | S_IWOTH | S_ISUID | S_ISGID)) != 0 ||
                (kind != 'f' && kind != 'd'))
                why += 'o';
            // For files that everybody may read and nobody may execute, an access list adds nothing.
            if (kind == 'd' || !why.empty() || (facts.stx_mode & 0111) != 0 || (facts.stx_mode & S_IROTH) == 0)
                attributes = attributesOf(name);
            if (!attributes.empty()) why += 'x';
            if (kind == 'f' && told_.names.contains(name)) why += 'n';
        }
        if (kind != 'd' && facts.stx_ctime.tv_sec >= told_.since && isBelow(path, told_.programs)) why += 's';
        if ((kind == 'f' || kind == 'l') && isBelow(path, told_.wholes)) names_[Names::placeOf(path)].add(path);
        if ((facts.stx_attributes & STATX_ATTR_IMMUTABLE) != 0) why += 'i';
        if ((facts.stx_attributes & STATX_ATTR_APPEND) != 0) why += 'a';
        if (why.empty()) return;
        std::cout << kind << '\t' << std::oct << (facts.stx_mode & 07777) << std::dec << '\t' << facts.stx_uid << '\t'
                  << facts.stx_gid << '\t' << (attributes.empty() ? "-" : attributes) << '\t' << why << '\t' << path << '\t'
                  << target << '\0';
    }

    Told told_;
    std::vector<std::string> waiting_;
    std::map<std::string, Names> names_;
    long seen_ = 0;
};

}  // namespace

void walk(std::istream& told) {
    std::ios::sync_with_stdio(false);
    Walk(Told::read(told)).run();
}

}  // namespace probe
