#include "cli/WebCommand.hpp"

#include <fmt/format.h>
#include <CLI/Option.hpp>

#include <iostream>
#include <nlohmann/json.hpp>

#include "base/JsonPath.hpp"
#include "base/ShellQuote.hpp"
#include "cli/ProgressLog.hpp"
#include "cli/UpMachine.hpp"

namespace boxtest {

WebCommand::WebCommand(CLI::App& program)
    : Command(program, "web", "Print the URLs of Odoo and pgAdmin in the machine that is up, the CA and the logins") {
    arguments().add_flag("--json", json_, "For programs");
}

int WebCommand::run() {
    ProgressLog log(std::cerr, ProgressLog::columnsOf(2));
    const auto machine = UpMachine::find(log);
    const auto& web = machine.manifest.web;
    const auto port = machine.info.ports.https;
    const auto url = [&](const Manifest::WebApplication& application) { return localUrl(application, machine.info); };
    if (json_) {
        nlohmann::json value{{"ca", pathToJson(web.caCertificate)}};
        for (const auto& [name, application] : {std::pair("odoo", &web.odoo), std::pair("pgadmin", &web.pgadmin)})
            value[name] = {{"url", url(*application)}, {"login", application->login}, {"password", application->password()}};
        std::cout << value.dump(2) << '\n';
        return code(ExitCode::good);
    }
    const auto& domain = machine.manifest.names.domain;
    std::cout << fmt::format("Odoo     {}\n         login {}   password {}\n", url(web.odoo), web.odoo.login, web.odoo.password())
              << fmt::format("pgAdmin  {}\n         login {}   password {}\n", url(web.pgadmin), web.pgadmin.login,
                             web.pgadmin.password())
              << fmt::format("CA       {}\n         (import it in the browser, or let the browser warn)\n",
                             web.caCertificate.string())
              << fmt::format("curl     curl --cacert {} --connect-to {}:443:127.0.0.1:{} {}\n",
                             shellQuote(web.caCertificate.string()), domain, port,
                             shellQuote("https://" + domain + web.odoo.path));
    return code(ExitCode::good);
}

}  // namespace boxtest
