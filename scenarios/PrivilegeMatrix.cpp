#include "PrivilegeMatrix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <sstream>
#include <utility>

#include "EmbeddedTexts.hpp"
#include "base/Error.hpp"

namespace boxtest {

namespace {

using NameList = std::vector<std::pair<std::string, std::string>>;

NameList roleNames(const Manifest::Names& names) {
    return {{"superuser", names.superuser}, {"admin", names.admin},       {"odoo", names.odoo},
            {"pgadmin", names.pgadmin},     {"handyman", names.handyman}, {"handymanGroup", names.handymanGroup}};
}

NameList databaseNames(const Manifest::Names& names) {
    return {{"odooDatabase", names.odooDatabase}, {"pgadminDatabase", names.pgadminDatabase}};
}

std::string literal(const std::string& text) {
    std::string quoted = "'";
    for (const char letter : text) quoted += letter == '\'' ? std::string("''") : std::string(1, letter);
    return quoted + "'";
}

/// SQL: the placeholder of what is in `column`, or itself, without braces.
std::string placeholderOf(const std::string& column, const NameList& names) {
    std::string sql = "CASE " + column;
    for (const auto& [placeholder, name] : names) sql += fmt::format(" WHEN {} THEN '{{{}}}'", literal(name), placeholder);
    return sql + fmt::format(" ELSE translate({}, '{{}}', '<>') END", column);
}

/// What stands before each query: see privileges/cluster.sql.
std::string preamble(const Manifest::Names& names, const std::string& application) {
    return fmt::format(
        "WITH role(oid, raw, name) AS (SELECT oid, rolname, {} FROM pg_roles UNION ALL SELECT 0, NULL, '{{public}}'), "
        "db(oid, raw, name) AS (SELECT oid, datname, {} FROM pg_database), "
        "app(oid) AS (SELECT oid FROM pg_roles WHERE rolname = {}) ",
        placeholderOf("rolname", roleNames(names)), placeholderOf("datname", databaseNames(names)), literal(application));
}

struct Query {
    std::string title;
    std::string sql;
};

/// The queries of a file that a server of this version has.
std::vector<Query> queriesOf(std::string_view file, int serverVersion) {
    std::vector<Query> queries;
    bool wanted = false;
    std::istringstream lines{std::string(file)};
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("-- == ")) {
            const auto since = line.find(" since ");
            wanted = since == std::string::npos || std::stoi(line.substr(since + 7)) <= serverVersion;
            if (wanted) queries.push_back({line.substr(6), ""});
        } else if (wanted && !line.starts_with("--")) {
            queries.back().sql += line + "\n";
        }
    }
    return queries;
}

std::string oneLine(const std::string& text) {
    std::string result;
    for (const char letter : text) result += letter == '\n' ? std::string("\\n") : std::string(1, letter);
    return result;
}

void append(std::vector<std::string>& lines, Database& database, const std::string& where, std::string_view file,
            const std::string& before) {
    for (const auto& query : queriesOf(file, database.serverVersion())) {
        try {
            for (const auto& row : database.execute(before + query.sql)) {
                auto line = where;
                for (int column = 0; column < 4; ++column) {
                    const auto field = oneLine(row[column].as<std::string>("-"));
                    line += " | " + (field.empty() ? "-" : field);
                }
                lines.push_back(line);
            }
        } catch (const SqlError& error) {
            throw GuestError(
                fmt::format("cannot read the privilege matrix of {}, the part '{}': {}", where, query.title, error.what()));
        }
    }
}

std::string withNames(std::string line, const Manifest::Names& names) {
    auto all = roleNames(names);
    std::ranges::copy(databaseNames(names), std::back_inserter(all));
    for (const auto& [placeholder, name] : all) {
        const auto word = "{" + placeholder + "}";
        for (auto at = line.find(word); at != std::string::npos; at = line.find(word, at + name.size()))
            line.replace(at, word.size(), name);
    }
    return line;
}

}  // namespace

PrivilegeMatrix PrivilegeMatrix::read(const Connect& connect, const Manifest::Names& names) {
    PrivilegeMatrix matrix;
    // Object names are printed with their schema, whatever the role's search_path is.
    constexpr auto plain = "SET search_path = pg_catalog; SET transaction_read_only = on";
    auto cluster = connect("postgres");
    cluster.begin();
    cluster.execute(plain);
    append(matrix.lines_, cluster, "cluster", embeddedText("cluster.sql"), preamble(names, ""));
    const auto databases = cluster.execute("SELECT datname, " + placeholderOf("datname", databaseNames(names)) +
                                           " FROM pg_database WHERE datallowconn");
    cluster.rollback();
    for (const auto& row : databases) {
        const auto name = row[0].as<std::string>();
        const auto application = name == names.odooDatabase      ? names.odoo
                                 : name == names.pgadminDatabase ? names.pgadmin
                                                                 : std::string();
        auto database = connect(name);
        database.begin();
        database.execute(plain);
        append(matrix.lines_, database, row[1].as<std::string>(), embeddedText("database.sql"), preamble(names, application));
        database.rollback();
    }
    std::ranges::sort(matrix.lines_);
    return matrix;
}

PrivilegeMatrix PrivilegeMatrix::parse(std::string_view text) {
    PrivilegeMatrix matrix;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        if (!line.empty() && line[0] != '#') matrix.lines_.push_back(line);
    }
    std::ranges::sort(matrix.lines_);
    return matrix;
}

PrivilegeMatrix PrivilegeMatrix::expected(int major) {
    const auto name = fmt::format("privileges-{}.txt", major);
    const auto text = embeddedText(name);
    if (text.empty()) {
        throw UsageError(fmt::format(
            "there is no scenarios/expected/{0} for PostgreSQL {1}: run this scenario on a guest whose rights are known to be "
            "right, read what it attaches to the report as {0}, line by line, and add it to the repository",
            name, major));
    }
    return parse(text);
}

std::string PrivilegeMatrix::text() const {
    std::string all;
    for (const auto& line : lines_) all += line + "\n";
    return all;
}

PrivilegeMatrix PrivilegeMatrix::concerning(const std::vector<std::string>& roles) const {
    static constexpr std::array confined{"odoo", "pgadmin", "handyman", "handymanGroup"};
    PrivilegeMatrix part;
    for (const auto& line : lines_) {
        const auto names = [&](const std::string& role) { return line.find("{" + role + "}") != std::string::npos; };
        if (std::ranges::any_of(roles, names) || std::ranges::none_of(confined, names)) part.lines_.push_back(line);
    }
    return part;
}

std::vector<std::string> PrivilegeMatrix::differencesTo(const PrivilegeMatrix& expected, const Manifest::Names& names) const {
    std::vector<std::string> differences, missing, surplus;
    std::ranges::set_difference(expected.lines_, lines_, std::back_inserter(missing));
    std::ranges::set_difference(lines_, expected.lines_, std::back_inserter(surplus));
    for (const auto& line : missing) differences.push_back("- " + withNames(line, names));
    for (const auto& line : surplus) differences.push_back("+ " + withNames(line, names));
    std::ranges::sort(differences, {}, [](const std::string& line) { return line.substr(2); });
    return differences;
}

std::string PrivilegeMatrix::diffTo(const PrivilegeMatrix& expected, const Manifest::Names& names) const {
    auto all = differencesTo(expected, names);
    std::vector<std::string> both;
    std::ranges::set_intersection(lines_, expected.lines_, std::back_inserter(both));
    for (const auto& line : both) all.push_back("  " + withNames(line, names));
    std::ranges::sort(all, {}, [](const std::string& line) { return line.substr(2); });
    std::string text;
    for (const auto& line : all) text += line + "\n";
    return text;
}

}  // namespace boxtest
