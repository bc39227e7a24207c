#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "Paths.hpp"
#include "base/Sha256.hpp"
#include "base/TemporaryFolder.hpp"
#include "ready/BoxHooks.hpp"
#include "template/Fork.hpp"
#include "template/Template.hpp"
#include "unit/base/ScopedVariable.hpp"
#include "unit/manifest/FakeGuest.hpp"
#include "unit/vm/FakeHost.hpp"

namespace boxtest {

/// A template as in the store, in a home of its own. It is made from a fake guest; `behaviour` controls the fake QEMU.
struct FakeTemplate {
    explicit FakeTemplate(const std::string& behaviour = "", TemplateStage stage = TemplateStage::warm)
        : guest("console=ttyS0 " + behaviour) {
        make(stage);
    }

    void make(TemplateStage stage = TemplateStage::warm, const std::string& after = {}) {
        make(guest.load().guest(), stage, after);
    }
    void make(const Guest& of, TemplateStage stage = TemplateStage::warm, const std::string& after = {}) {
        TemplateRecord record;
        record.inputs =
            TemplateRecord::inputsOf({.guest = of, .qemu = fakeQemu(), .cpuModel = cpuModel},
                                     stage == TemplateStage::warm ? boxHooks().warmUpVersion() : TemplateRecord::notWarm, after);
        record.key = sha256(record.inputs.dump());
        record.guestFolder = of.folder;
        record.guestDisk = FileFacts::of(of.boot.disk);
        record.qemuVersion = fakeQemu().version;
        record.accelerator = "tcg";
        record.cpuModel = cpuModel;
        record.frozen = std::chrono::system_clock::now();
        record.bootSeconds = 185;
        folder = store() / record.key;
        std::filesystem::create_directories(folder);
        for (const auto* name : {"ram", "state", "disk.qcow2", "empty.qcow2"}) {
            std::ofstream(folder / name) << contentOf(name);
            std::filesystem::permissions(folder / name, std::filesystem::perms::owner_read);
            record.files[name] = FileFacts::of(folder / name, name == std::string("state"));
        }
        record.save(folder);
    }

    static std::string contentOf(const std::string& name) {
        if (name == "state") return "fake state 1\n";
        // RAM of several pages.
        return name == "ram" ? std::string(1 << 20, 'r') : "a stand-in\n";
    }

    std::filesystem::path store() const { return home.path() / "boxtest" / "templates"; }
    std::shared_ptr<const Template> open() const { return Template::open(boxHooks(), folder, soon()); }
    std::unique_ptr<Fork> fork() { return Fork::prepare(open(), log, failure, soon()); }

    /// Makes a read-only file writable and replaces its content.
    void overwrite(const std::string& name, const std::string& text) const {
        std::filesystem::permissions(folder / name, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
        std::ofstream(folder / name) << text;
    }

    /// Makes a read-only file writable and changes its size.
    void cut(const std::string& name, std::uintmax_t size) const {
        std::filesystem::permissions(folder / name, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
        std::filesystem::resize_file(folder / name, size);
    }

    TemporaryFolder home{"template"};
    ScopedVariable cache{"XDG_CACHE_HOME", home.path().string()};
    TemporaryFolder sockets{"run"};
    ScopedVariable runtime{"XDG_RUNTIME_DIR", sockets.path().string()};
    ScopedVariable emulator{"BOXTEST_QEMU", paths::fakeQemu};
    ScopedVariable imageTool{"BOXTEST_QEMU_IMG", paths::fakeQemu};
    FakeGuest guest;
    const std::string cpuModel = "max";
    std::filesystem::path folder;
    RecordingLog log;
    FailureLatch failure;
};

}  // namespace boxtest
