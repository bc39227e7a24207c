#include "cli/TemplateCommand.hpp"

#include <CLI/Option.hpp>

#include <filesystem>
#include <iostream>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Interruption.hpp"
#include "cli/ProgressLog.hpp"
#include "cli/RunTemplate.hpp"
#include "ready/BoxHooks.hpp"
#include "template/Template.hpp"

namespace boxtest {

TemplateCommand::TemplateCommand(CLI::App& program)
    : Command(program, "template", "Make the guest's template, from which machines are forked, if there is none") {
    guest_.add(arguments());
    arguments()
        .add_option(
            "--cpu", cpuModel_,
            "The guest's CPU, as QEMU's -cpu takes it (default: max; without KVM and on x86_64 max,avx=off, which is faster)")
        ->type_name("MODEL");
    arguments().add_option("--store", store_, "Folder of templates (default: in the cache)")->type_name("FOLDER");
    addAfterOption(arguments(), after_);
    arguments().footer(
        "Prints the template's folder. `run` and `up` do the same by themselves; --template FOLDER has them use one from "
        "elsewhere.\n"
        "A template is rebuilt when the guest, QEMU, the accelerator or the command line has changed; `boxtest cache` lists "
        "them.");
}

int TemplateCommand::run() {
    Interruption interruption;
    ProgressLog log(std::cerr, ProgressLog::columnsOf(2));
    FailureLatch interrupted;
    const auto handling = interruption.handleBy(interrupted);
    TemplateOptions options{
        .boot = guest_.resolve(), .cpuModel = cpuModel_, .store = store_.empty() ? "" : files::absolute(store_), .after = after_};
    try {
        const auto made = Template::findOrBuild(boxHooks(), options, log, interrupted, Deadline::in(options.boot.timeout));
        std::cout << made->folder().string() << '\n';
    } catch (const Error&) {
        if (!interruption.signal()) throw;
        log.line("interrupted: nothing is left of the template");
        return code(ExitCode::interrupted);
    }
    return code(ExitCode::good);
}

}  // namespace boxtest
