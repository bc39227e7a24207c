#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "base/TemporaryFolder.hpp"
#include "manifest/Manifest.hpp"

namespace boxtest {

/// A guest's folder with a valid guest.json and every file it names, each a stand-in. The kernel command line tells the fake
/// QEMU how to behave (tests/fake-qemu).
class FakeGuest {
   public:
    explicit FakeGuest(const std::string& commandLine = "root=/dev/vda console=ttyS0");

    const std::filesystem::path& folder() const { return folder_.path(); }
    std::filesystem::path file() const { return folder() / "guest.json"; }

    /// The original content of guest.json; write() replaces the file.
    nlohmann::json json() const { return json_; }
    void write(const nlohmann::json& changed) const;
    void write(const std::string& name, const std::string& content) const;

    Manifest load() const { return Manifest::load(folder()); }

   private:
    TemporaryFolder folder_{"guest"};
    nlohmann::json json_;
};

}  // namespace boxtest
