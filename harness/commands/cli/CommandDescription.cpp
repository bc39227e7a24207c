#include "cli/CommandDescription.hpp"

#include <CLI/Option.hpp>
#include <algorithm>
#include <sstream>

namespace boxtest {

namespace {

using Description = CommandDescription;

/// CLI11 appends the texts of the checks to an option's type name: "WHAT:{auto,kvm,tcg}".
std::vector<std::string> choicesIn(const std::string& type) {
    std::vector<std::string> choices;
    const auto begin = type.find('{'), end = type.find('}');
    if (begin == std::string::npos || end == std::string::npos || end < begin) return choices;
    std::istringstream text(type.substr(begin + 1, end - begin - 1));
    for (std::string one; std::getline(text, one, ',');) choices.push_back(one);
    return choices;
}

Description::Option describe(const CLI::Option& option) {
    Description::Option described;
    for (const auto& name : option.get_snames()) described.names.push_back("-" + name);
    for (const auto& name : option.get_lnames()) described.names.push_back("--" + name);
    const bool positional = described.names.empty();
    if (positional) described.names.push_back(option.get_name(true));
    if (option.get_items_expected_max() > 0) {
        const auto type = option.get_type_name();
        described.value = positional ? described.names.front() : type.substr(0, type.find(':'));
        described.choices = choicesIn(type);
    }
    described.description = option.get_description();
    described.defaultText = option.get_default_str();
    described.required = option.get_required();
    described.repeated = positional && option.get_expected_max() > 1;
    return described;
}

/// A subcommand without a name is a group of options.
bool isGroup(const CLI::App& app) { return app.get_name().empty(); }

Description::Group groupOf(const CLI::App& app) {
    Description::Group group{
        .title = isGroup(app) ? app.get_group() : "", .description = isGroup(app) ? app.get_description() : "", .options = {}};
    for (const auto* option : app.get_options())
        if (option->nonpositional() && !option->get_group().empty()) group.options.push_back(describe(*option));
    return group;
}

Description describe(const CLI::App& app, const std::string& footerOfProgram) {
    Description described{.name = app.get_name(),
                          .description = app.get_description(),
                          .footer = app.get_footer() == footerOfProgram ? "" : app.get_footer(),
                          .groups = {groupOf(app)},
                          .positionals = {},
                          .commands = {},
                          .passesWordsOn = app.get_allow_extras()};
    for (const auto* option : app.get_options())
        if (!option->nonpositional()) described.positionals.push_back(describe(*option));
    for (const auto* below : app.get_subcommands([](const CLI::App*) { return true; })) {
        if (isGroup(*below))
            described.groups.push_back(groupOf(*below));
        else if (!below->get_group().empty())
            described.commands.push_back(describe(*below, footerOfProgram));
    }
    return described;
}

}  // namespace

CommandDescription CommandDescription::of(const CLI::App& program) {
    auto described = describe(program, program.get_footer());
    described.footer = program.get_footer();
    return described;
}

const CommandDescription* CommandDescription::find(const std::string& command) const {
    const auto found = std::find_if(commands.begin(), commands.end(), [&](const auto& one) { return one.name == command; });
    return found == commands.end() ? nullptr : &*found;
}

const CommandDescription::Option* CommandDescription::option(const std::string& named) const {
    for (const auto& group : groups)
        for (const auto& one : group.options)
            if (std::find(one.names.begin(), one.names.end(), named) != one.names.end()) return &one;
    return nullptr;
}

std::string CommandDescription::usage(const std::string& parent) const {
    auto text = (parent.empty() ? "" : parent + " ") + name + " [OPTIONS]";
    for (const auto& one : positionals) {
        const auto word = one.names.front() + (one.repeated ? "..." : "");
        text += one.required ? " " + word : " [" + word + "]";
    }
    if (passesWordsOn) text += " [WORDS...]";
    if (!commands.empty()) text += " COMMAND";
    return text;
}

}  // namespace boxtest
