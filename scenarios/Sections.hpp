#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace boxtest {

/// What one script in the guest found out about several things: text in which a line "== name" begins the part of that name.
/// A part that is not there is an error, not an empty text: a script that broke off must not look like good news.
class Sections {
   public:
    static Sections parse(std::string_view text);

    /// Throws GuestError when there is none. Ends with a newline unless it is empty.
    const std::string& at(const std::string& name) const;
    /// The first line of a part.
    std::string line(const std::string& name) const;
    /// The lines of a part, without empty ones.
    std::vector<std::string> lines(const std::string& name) const;
    bool has(const std::string& name) const { return parts_.contains(name); }
    /// The names that begin with the prefix, in the text's order, without the prefix.
    std::vector<std::string> namesAfter(std::string_view prefix) const;

   private:
    std::map<std::string, std::string> parts_;
    std::vector<std::string> order_;
};

/// Words between white space.
std::vector<std::string> splitWords(std::string_view text);
/// Lines, without empty ones.
std::vector<std::string> splitLines(std::string_view text);
/// Fields between separators, empty ones too.
std::vector<std::string> splitAt(std::string_view text, char separator);
/// Lines "key=value" or "key:\tvalue".
std::map<std::string, std::string> keyValues(std::string_view text, char separator);

}  // namespace boxtest
