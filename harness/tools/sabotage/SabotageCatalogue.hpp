#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sabotage/Sabotage.hpp"

namespace boxtest {

/// All sabotages: the files *.toml of a folder, each named after the claim that its sabotages break, and the shell functions that
/// their scripts share (functions.sh). A file is TOML with one table per sabotage. Shell code and regular expressions are literal
/// strings, in which a backslash is a plain character; white space at their ends is removed:
///
///     [hba-trusts-everybody]
///     kind = 'hba'
///     breaks = 'Every OS user may be every role.'
///     notice = ['PeerAuth.EveryRule*', 'PeerAuth.PeopleEnterAsThemselvesOnly']
///     says = 'trust'
///     lift = 'optional shell'
///     do = '''
///     hba_first 'local all all trust'
///     '''
///     check = '''sql postgres "SELECT 1 / count(*) FROM pg_hba_file_rules WHERE auth_method = 'trust'"'''
///     ends = 'failed'    # the default; or 'not-run' or 'either'
class SabotageCatalogue {
   public:
    /// Throws UsageError naming the file and the line of the error; SystemError for a folder that cannot be read.
    static SabotageCatalogue load(const std::filesystem::path& folder);
    /// One file's entries. `file`: its name in messages; `claim`: the claim that they break.
    static std::vector<Sabotage> parse(std::string_view text, const std::string& file, const std::string& claim);

    /// What a sabotage can modify.
    static std::span<const std::string_view> kinds();
    /// "harness": the file with this name breaks no claim.
    static constexpr std::string_view harnessClaim = "harness";

    const std::vector<Sabotage>& all() const { return all_; }
    /// Throws UsageError when the id is unknown.
    const Sabotage& at(const std::string& id) const;
    const std::string& functions() const { return functions_; }

   private:
    std::vector<Sabotage> all_;
    std::string functions_;
};

}  // namespace boxtest
