#include "template/WarmUp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <string_view>

#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "ssh/Session.hpp"
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

/// More visitors at once than a server is likely to have processes, each of which is slow at its first page.
constexpr int visitors = 4;

void visitTogether(const HttpOptions& server, const std::string& path, Deadline deadline) {
    std::vector<std::future<void>> visits;
    for (int i = 0; i < visitors; ++i)
        visits.push_back(std::async(std::launch::async, [&] {
            HttpClient web(server);
            get(web, path, deadline);
        }));
    for (auto& visit : visits) visit.get();
}

void lookAtEveryFile(const Manifest& manifest, const MachineInfo& info, const FailureLatch& failure, Deadline deadline) {
    const auto& admin = manifest.names.admin;
    auto session = Session::connect(info.sshTarget(manifest), admin, manifest.ssh.keyOf(admin), deadline, &failure);
    RunOptions options;
    options.deadline = deadline;
    const auto walked = session.run({"sudo", "-n", "--", manifest.probe, "walk", "/", "/"}, options);
    if (!walked.succeeded()) throw GuestError("the probe cannot walk over the guest's files: " + walked.describe());
}

/// What `odoo` asks itself whenever it looks for jobs (odoo/addons/base/models/ir_cron.py).
constexpr auto dueJobs =
    "SELECT count(*) FROM public.ir_cron WHERE active AND (nextcall <= now() AT TIME ZONE 'UTC' OR id IN "
    "(SELECT cron_id FROM public.ir_cron_trigger WHERE call_at <= now() AT TIME ZONE 'UTC'));\n";
constexpr auto betweenLooks = std::chrono::seconds(1);
/// A guest whose Odoo does no jobs makes a template all the same.
constexpr auto jobsPatience = std::chrono::minutes(5);

/// Has Odoo do its scheduled jobs, which takes it some ten seconds in every fork that lives long enough to see them fall due, and
/// look for more: the next time it does so is a minute later.
void doScheduledJobs(const Manifest& manifest, const MachineInfo& info, Log& log, const FailureLatch& failure,
                     Deadline deadline) {
    const auto& names = manifest.names;
    auto session = Session::connect(info.sshTarget(manifest), names.admin, manifest.ssh.keyOf(names.admin), deadline, &failure);
    const auto psql = [&](const std::string& database, const std::string& sql) {
        RunOptions options;
        options.input = sql;
        options.deadline = deadline;
        const auto result = session.run({"sudo", "-n", "-u", names.odoo, "--", "psql", "-X", "-A", "-t", "-q", "-v",
                                         "ON_ERROR_STOP=1", "-v", "odoo=" + names.odooDatabase, "-d", database},
                                        options);
        if (!result.succeeded()) throw GuestError("cannot ask for Odoo's scheduled jobs: " + result.describe());
        return result.out;
    };
    const auto patience = deadline.within(jobsPatience);
    while (true) {
        // Odoo listens on this channel to be told of a new job; what is told to it is which database has one.
        psql("postgres", "SELECT pg_notify('cron_trigger', :'odoo');\n");
        if (psql(names.odooDatabase, dueJobs) == "0\n") return;
        if (patience.expired()) return log.line("Odoo does not do its scheduled jobs: forks may begin with them");
        pauseBetweenTries(betweenLooks, deadline, &failure);
    }
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

void warmUp(const Manifest& manifest, const MachineInfo& info, Log& log, const FailureLatch& failure, Deadline deadline) {
    auto files = std::async(std::launch::async, [&] { lookAtEveryFile(manifest, info, failure, deadline); });
    const HttpOptions server{.domain = manifest.names.domain,
                             .httpsPort = info.ports.https,
                             .httpPort = info.ports.http,
                             .caCertificate = manifest.web.caCertificate,
                             .failure = &failure};
    HttpClient web(server);
    const auto under = [](const std::string& path) { return path.ends_with('/') ? path : path + "/"; };
    const auto odoo = under(manifest.web.odoo.path) + "web/login";
    getPage(web, odoo, deadline);
    visitTogether(server, odoo, deadline);
    const auto page = get(web, under(manifest.web.pgadmin.path) + "login", deadline);
    if (page.status >= 400) throw GuestError(fmt::format("pgAdmin answers its login page with HTTP status {}", page.status));
    files.get();
    // Last: a fork has that minute.
    doScheduledJobs(manifest, info, log, failure, deadline);
}

}  // namespace boxtest
