#include "manifest/Concealment.hpp"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

#include "base/Error.hpp"

namespace boxtest {

Concealment::Concealment(std::vector<std::string> secrets) : secrets_(std::move(secrets)) {
    std::erase_if(secrets_, [](const std::string& secret) { return secret.size() < shortest; });
    // Longest first: a secret may contain another one, and no part of it may remain.
    std::ranges::sort(secrets_, std::greater(), &std::string::size);
}

Concealment Concealment::of(const Manifest& manifest) {
    std::vector<std::string> secrets;
    const auto add = [&](const std::function<std::string()>& read) {
        try {
            secrets.push_back(read());
        } catch (const Error&) {
            // There is no such password.
        }
    };
    add([&] { return manifest.web.odoo.password(); });
    add([&] { return manifest.web.odoo.masterPassword(); });
    add([&] { return manifest.web.pgadmin.password(); });
    return Concealment(std::move(secrets));
}

std::string Concealment::in(std::string text) const {
    const std::string_view marked = mark;
    for (const auto& secret : secrets_)
        for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + marked.size()))
            text.replace(at, secret.size(), marked);
    return text;
}

}  // namespace boxtest
