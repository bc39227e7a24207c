#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sabotage/Sabotage.hpp"

namespace boxtest {

/// All sabotages there are: the files *.toml of a folder, each named for the claim that its sabotages break, and the shell
/// functions that their scripts share (functions.sh). A file is TOML, a table for each sabotage. Shell and regular expressions
/// are literal strings, in which a backslash is a backslash; space at their ends does not count:
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
    /// Throws UsageError naming the file and the line of what is wrong; SystemError for a folder that cannot be read.
    static SabotageCatalogue load(const std::filesystem::path& folder);
    /// One file's entries: its name as it shall stand in messages, and the claim.
    static std::vector<Sabotage> parse(std::string_view text, const std::string& file, const std::string& claim);

    /// What a sabotage can lay hands on.
    static std::span<const std::string_view> kinds();
    /// "harness": the file of that name breaks no claim.
    static constexpr std::string_view harnessClaim = "harness";

    const std::vector<Sabotage>& all() const { return all_; }
    /// Throws UsageError when there is none.
    const Sabotage& at(const std::string& id) const;
    const std::string& functions() const { return functions_; }

   private:
    std::vector<Sabotage> all_;
    std::string functions_;
};

}  // namespace boxtest
