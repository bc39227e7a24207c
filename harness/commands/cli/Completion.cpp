#include "cli/Completion.hpp"

#include <algorithm>
#include <utility>

namespace boxtest {

namespace {

using Option = CommandDescription::Option;

/// Patterns are separated by ':', and excluded ones begin with '-': only the last pattern is completed.
std::size_t beginOfLastPattern(const std::string& word) {
    const auto colon = word.rfind(':');
    const auto begin = colon == std::string::npos ? 0 : colon + 1;
    return word.compare(begin, 1, "-") == 0 && begin > 0 ? begin + 1 : begin;
}

/// `prefix`: the part of the word before the value.
Completion valuesOf(const Option& option, const std::string& prefix, const std::string& typed, const Completion::Values& values) {
    Completion all;
    if (option.choices.empty())
        all = values(option.value);
    else
        for (const auto& choice : option.choices) all.candidates.push_back({choice, ""});
    const auto done = option.value == "FILTER" ? beginOfLastPattern(typed) : 0;
    Completion fitting{.candidates = {}, .paths = all.paths};
    for (auto& one : all.candidates) {
        one.text = prefix + typed.substr(0, done) + one.text;
        if (one.text.starts_with(prefix + typed)) fitting.candidates.push_back(std::move(one));
    }
    // Known folders replace the shell's own folder completion.
    if (fitting.paths == Completion::Paths::folders && !fitting.candidates.empty()) fitting.paths = Completion::Paths::none;
    return fitting;
}

Completion optionsOf(const CommandDescription& command, const std::string& typed) {
    Completion fitting;
    for (const auto& group : command.groups)
        for (const auto& option : group.options)
            for (const auto& name : option.names)
                if (name.starts_with(typed)) fitting.candidates.push_back({name, option.description});
    return fitting;
}

Completion commandsOf(const CommandDescription& command, const std::string& typed) {
    Completion fitting;
    for (const auto& one : command.commands)
        if (one.name.starts_with(typed)) fitting.candidates.push_back({one.name, one.description});
    return fitting;
}

/// Position of a word in a command line.
struct Place {
    const CommandDescription* command;
    const Option* valueOf = nullptr;  ///< The word is this option's value.
    std::size_t positionals = 0;      ///< Number of positional arguments before the word.

    void pass(const std::string& word) {
        if (std::exchange(valueOf, nullptr)) return;
        if (word.starts_with('-')) {
            const auto* option = command->option(word);
            if (option && !option->value.empty()) valueOf = option;
        } else if (const auto* below = command->find(word); below && positionals == 0) {
            *this = {.command = below};
        } else {
            ++positionals;
        }
    }
};

}  // namespace

Completion Completion::of(const CommandDescription& program, const std::vector<std::string>& words, const Values& values) {
    if (words.empty()) return {};
    Place place{.command = &program};
    for (auto word = words.begin(); word + 1 != words.end(); ++word) place.pass(*word);
    const auto& typed = words.back();
    const auto& command = *place.command;
    if (command.passesWordsOn && place.positionals >= command.positionals.size())
        return {.candidates = {}, .paths = Paths::files};
    if (place.valueOf) return valuesOf(*place.valueOf, "", typed, values);
    if (typed.starts_with('-')) {
        const auto equals = typed.find('=');
        const auto* option = command.option(typed.substr(0, equals));
        if (equals == std::string::npos) return optionsOf(command, typed);
        if (!option || option->value.empty()) return {};
        return valuesOf(*option, typed.substr(0, equals + 1), typed.substr(equals + 1), values);
    }
    if (!command.commands.empty()) return commandsOf(command, typed);
    if (command.positionals.empty()) return {};
    const auto last = command.positionals.size() - 1;
    if (place.positionals > last && !command.positionals[last].repeated) return {};
    return valuesOf(command.positionals[std::min(place.positionals, last)], "", typed, values);
}

std::string Completion::text() const {
    std::string lines;
    const auto isPlain = [](const std::string& text) {
        return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    };
    for (const auto& one : candidates) {
        // A file name may contain any character; candidates that would break the line format are left out.
        if (!isPlain(one.text) || one.text.starts_with(":")) continue;
        lines += one.text + (one.description.empty() || !isPlain(one.description) ? "" : "\t" + one.description) + "\n";
    }
    if (paths == Paths::files) lines += ":files\n";
    if (paths == Paths::folders) lines += ":folders\n";
    return lines;
}

std::string completionScript(const std::string& shell) {
    if (shell == "bash")
        return R"(# bash completion for boxtest
_boxtest() {
    local rest=$COMP_LINE program=${COMP_WORDS[0]/#\~/$HOME} word candidate words=() i
    # bash breaks words at : and =, too: what stood together is joined again.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((i > 0)) && [[ $rest != [[:space:]]* ]]; then
            words[${#words[@]} - 1]+=$word
        else
            words+=("$word")
        fi
        rest=${rest#"${rest%%[![:space:]]*}"}
        rest=${rest#"$word"}
    done
    words=("${words[@]//[\"\']/}")
    local current=${words[${#words[@]} - 1]} broken=
    COMPREPLY=()
    while IFS=$'\t' read -r candidate _; do
        case $candidate in
            :files | :folders)
                compopt -o filenames 2>/dev/null
                if [[ $candidate == :files ]]; then word=-f; else word=-d; fi
                while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen "$word" -- "${current#--*=}")
                ;;
            *) COMPREPLY+=("$candidate") ;;
        esac
    done < <("$program" complete -- "${words[@]:1}" 2>/dev/null)
    # What stands before the last break is not replaced.
    if [[ $COMP_WORDBREAKS == *:* ]]; then broken=${current%"${current##*[:=]}"}; else broken=${current%"${current##*=}"}; fi
    COMPREPLY=("${COMPREPLY[@]#"$broken"}")
}
complete -F _boxtest boxtest
)";
    if (shell == "zsh")
        return R"(#compdef boxtest
_boxtest() {
    local line candidate
    local -a candidates
    for line in "${(@f)$(${~words[1]} complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
        candidate=${line%%$'\t'*}
        case $candidate in
            '') ;;
            :files) _files ;;
            :folders) _files -/ ;;
            *) candidates+=("${candidate//:/\\:}:${${line#$candidate}#$'\t'}") ;;
        esac
    done
    (( ${#candidates} )) && _describe boxtest candidates
    return 0
}
# Loaded by the completion system it is called at once; sourced it is only made known.
if [ "$funcstack[1]" = _boxtest ]; then _boxtest "$@"; else compdef _boxtest boxtest; fi
)";
    return R"(# fish completion for boxtest
function __boxtest_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] complete -- $words[2..-1] 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path (commandline -ct)
            case :folders
                __fish_complete_directories (commandline -ct)
            case '*'
                echo $line
        end
    end
end
complete -c boxtest -f -a '(__boxtest_complete)'
)";
}

}  // namespace boxtest
