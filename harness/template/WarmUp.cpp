#include "template/WarmUp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/Error.hpp"
#include "web/HttpClient.hpp"

namespace boxtest {

namespace {

HttpResponse get(HttpClient& web, const std::string& path, Deadline deadline) {
    HttpRequest request;
    request.deadline = deadline;
    return web.get(path, request);
}

void getPage(HttpClient& web, const std::string& path, Deadline deadline) {
    const auto page = get(web, path, deadline);
    if (page.status != 200) throw GuestError(fmt::format("the guest answers HTTP status {} for '{}'", page.status, path));
    for (const auto& loaded : loadedBy(page.body)) get(web, loaded, deadline);
}

}  // namespace

std::vector<std::string> loadedBy(const std::string& page) {
    std::vector<std::string> paths;
    for (const std::string_view attribute : {" src=\"/", " href=\"/"}) {
        for (auto at = page.find(attribute); at != std::string::npos; at = page.find(attribute, at + 1)) {
            const auto begin = at + attribute.size() - 1;
            const auto end = page.find('"', begin);
            if (end == std::string::npos) break;
            auto path = page.substr(begin, end - begin);
            const auto name = path.substr(0, path.find('?'));
            const bool wanted = name.ends_with(".js") || name.ends_with(".css");
            if (wanted && !path.starts_with("//") && std::find(paths.begin(), paths.end(), path) == paths.end())
                paths.push_back(std::move(path));
        }
    }
    return paths;
}

void warmUp(const Manifest& manifest, const MachineInfo& info, const FailureLatch& failure, Deadline deadline) {
    HttpClient web({.domain = manifest.names.domain,
                    .httpsPort = info.ports.https,
                    .httpPort = info.ports.http,
                    .caCertificate = manifest.web.caCertificate,
                    .failure = &failure});
    const auto under = [](const std::string& path) { return path.ends_with('/') ? path : path + "/"; };
    getPage(web, under(manifest.web.odoo.path) + "web/login", deadline);
    const auto page = get(web, under(manifest.web.pgadmin.path) + "login", deadline);
    if (page.status >= 400) throw GuestError(fmt::format("pgAdmin answers its login page with HTTP status {}", page.status));
}

}  // namespace boxtest
