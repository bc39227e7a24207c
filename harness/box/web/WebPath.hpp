#pragma once

#include <string>
#include <string_view>

namespace boxtest {

/// A path below a web application's path, which may end in a slash or not: webPath("/pgadmin/", "/login") is "/pgadmin/login".
inline std::string webPath(std::string application, std::string_view below) {
    while (application.ends_with('/')) application.pop_back();
    return application.append(below);
}

}  // namespace boxtest
