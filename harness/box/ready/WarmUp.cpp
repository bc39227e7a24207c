#include "ready/WarmUp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "base/Error.hpp"
#include "base/ShownWait.hpp"
#include "base/Together.hpp"
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

/// More parallel visitors than a server is likely to have processes: each process is slow at its first page.
constexpr int visitors = 4;

void visitTogether(const HttpOptions& server, const std::string& path, const FailureLatch& failure, Deadline deadline) {
    Together visits(failure);
    for (int i = 0; i < visitors; ++i)
        visits.start([&](const FailureLatch& stop) {
            auto options = server;
            options.failure = &stop;
            HttpClient web(options);
            get(web, path, deadline);
        });
    visits.finish(deadline);
}

void lookAtEveryFile(const Manifest& manifest, const MachineInfo& info, const FailureLatch& failure, Deadline deadline) {
    const auto& admin = manifest.names.admin;
    auto session = Session::connect(info.sshTarget(manifest.ssh), admin, manifest.ssh.keyOf(admin), deadline, &failure);
    RunOptions options;
    options.input = "top\t/\nskip\t/proc\nskip\t/sys\n";
    options.deadline = deadline;
    const auto result = session.run({"sudo", "-n", "--", manifest.probe, "walk"}, options);
    if (!result.succeeded()) throw GuestError("the probe cannot walk over the guest's files: " + result.describe());
    if (filesWalked(result.out).value_or(0) < 1000)
        throw GuestError("the probe's walk over the guest's files met next to none, or did not come to its end: " +
                         result.describe());
}

/// Scheduled jobs that fall due within a year: a fork's clock is set to the time at which the fork is created.
constexpr auto comingJobs =
    "SELECT string_agg(cron_name, ', ' ORDER BY cron_name) FROM public.ir_cron "
    "WHERE active AND (nextcall < now() + interval '1 year' OR id IN (SELECT cron_id FROM public.ir_cron_trigger));\n";

/// Runs a program as Odoo's user, with `input` as its stdin.
CommandResult runAsOdoo(Session& session, const Manifest& manifest, std::vector<std::string> program, const char* input,
                        Deadline deadline) {
    std::vector<std::string> words{"sudo", "-n", "-u", manifest.names.odoo, "--"};
    words.insert(words.end(), program.begin(), program.end());
    RunOptions options;
    options.input = input;
    options.deadline = deadline;
    return session.run(words, options);
}

/// In a guest for tests, Odoo's scheduled jobs are run and postponed when its database is created (the policy's
/// odoo.cronsByClock). For any other guest the user is informed: forks have to run the jobs, which on a slow host takes ten
/// seconds of each minute.
void tellOfScheduledJobs(Session& session, const Manifest& manifest, Log& log, Deadline deadline) {
    const auto result =
        runAsOdoo(session, manifest, {"psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", manifest.names.odooDatabase},
                  comingJobs, deadline);
    if (!result.succeeded()) throw GuestError("cannot ask for Odoo's scheduled jobs: " + result.describe());
    const auto jobs = result.out.substr(0, result.out.find('\n'));
    if (!jobs.empty())
        log.line(
            fmt::format("Odoo has scheduled jobs by the clock, which every fork does when they fall due: {}. A guest built "
                        "with the setting testMachine has none",
                        jobs));
}

/// Odoo's cron process looks for jobs once a minute, by a clock that continues after a freeze: every fork would soon do so, and
/// the first time costs as much as half a session. The process listens for notifications on `postgres` and looks for jobs at once
/// when it gets one. $1: Odoo's database. Exit status 3: the process was not observed to look for jobs.
constexpr auto cronRound = R"sh(
ask() { psql -X -A -t -q -v ON_ERROR_STOP=1 -d postgres -v db="$1" -v names="$2" -v begun="$3"; }
names=$(ask "$1" '' '' <<'SQL'
SELECT string_agg(DISTINCT application_name, ' ') FROM pg_stat_activity
WHERE datname = 'postgres' AND usename = current_user AND pid <> pg_backend_pid() AND application_name <> '';
SQL
)
if [ -z "$names" ]; then exit 0; fi
begun=$(ask "$1" '' '' <<'SQL'
SELECT clock_timestamp();
SELECT FROM pg_notify('cron_trigger', :'db');
SQL
)
tries=0
while [ "$tries" -lt 600 ]; do
  done=$(ask "$1" "$names" "$begun" <<'SQL'
SELECT count(*) FROM pg_stat_activity
WHERE datname = :'db' AND application_name = ANY (string_to_array(:'names', ' ')) AND state = 'idle' AND state_change > :'begun';
SQL
)
  if [ "$done" -gt 0 ]; then exit 0; fi
  sleep 0.5
  tries=$((tries + 1))
done
exit 3
)sh";

void haveCronLook(Session& session, const Manifest& manifest, Log& log, Deadline deadline) {
    const auto result = runAsOdoo(session, manifest, {"sh", "-s", "--", manifest.names.odooDatabase}, cronRound, deadline);
    if (result.exitStatus == 3)
        log.line("Odoo's cron process does not answer a notification: each fork does its first round");
    else if (!result.succeeded())
        throw GuestError("cannot have Odoo look for scheduled jobs: " + result.describe());
}

}  // namespace

std::optional<unsigned long> filesWalked(std::string_view output) {
    // Keep only the last record, after the NUL that ends the record before it.
    if (!output.ends_with('\0')) return {};
    output.remove_suffix(1);
    const auto before = output.rfind('\0');
    if (before != std::string_view::npos) output.remove_prefix(before + 1);
    constexpr std::string_view word = "complete\t";
    if (!output.starts_with(word)) return {};
    output.remove_prefix(word.size());
    unsigned long count = 0;
    const auto [end, error] = std::from_chars(output.begin(), output.end(), count);
    if (error != std::errc{} || end != output.end()) return {};
    return count;
}

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

std::string describeWarmUp(std::size_t step) {
    constexpr std::array<const char*, warmUpSteps> names{"Odoo's login page and all that it loads",
                                                         "the login page of each of Odoo's processes",
                                                         "pgAdmin's login page",
                                                         "the walk over all files",
                                                         "the list of Odoo's scheduled jobs",
                                                         "Odoo's cron process to look for jobs"};
    // The walk begins first, and goes on beside the pages.
    const bool beside = step < 3;
    return fmt::format("{} ({} of {} to warm up{})", names.at(step), step + 1, warmUpSteps,
                       beside ? "; beside it the walk over all files" : "");
}

void warmUp(const Manifest& manifest, const MachineInfo& info, Log& log, const FailureLatch& failure, Deadline deadline) {
    std::size_t step = 0;
    ShownWait shown(log, describeWarmUp(step));
    const auto next = [&] { shown.now(describeWarmUp(++step)); };
    Together files(failure);
    files.start([&](const FailureLatch& stop) { lookAtEveryFile(manifest, info, stop, deadline); });
    const HttpOptions server{.domain = manifest.names.domain,
                             .httpsPort = info.ports.https,
                             .httpPort = info.ports.http,
                             .caCertificate = manifest.web.caCertificate,
                             .failure = &failure};
    HttpClient web(server);
    const auto under = [](const std::string& path) { return path.ends_with('/') ? path : path + "/"; };
    const auto odoo = under(manifest.web.odoo.path) + "web/login";
    getPage(web, odoo, deadline);
    next();
    visitTogether(server, odoo, failure, deadline);
    next();
    const auto page = get(web, under(manifest.web.pgadmin.path) + "login", deadline);
    if (page.status >= 400) throw GuestError(fmt::format("pgAdmin answers its login page with HTTP status {}", page.status));
    next();
    files.finish(deadline);
    next();
    const auto& admin = manifest.names.admin;
    auto session = Session::connect(info.sshTarget(manifest.ssh), admin, manifest.ssh.keyOf(admin), deadline, &failure);
    tellOfScheduledJobs(session, manifest, log, deadline);
    next();
    // Last of all: Odoo's next look for jobs is then as far away as possible.
    haveCronLook(session, manifest, log, deadline);
}

}  // namespace boxtest
