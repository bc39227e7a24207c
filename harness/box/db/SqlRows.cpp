#include "db/SqlRows.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <pqxx/pqxx>
#include <system_error>
#include <utility>

#include "base/Error.hpp"

namespace boxtest {

namespace {

template <typename T>
bool parse(const std::string& text, T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
        value = text;
        return true;
    } else if constexpr (std::is_same_v<T, bool>) {
        value = text == "t";
        return value || text == "f";
    } else {
        const auto* const end = text.data() + text.size();
        const auto [at, failed] = std::from_chars(text.data(), end, value);
        return failed == std::errc() && at == end;
    }
}

}  // namespace

template <typename T>
T SqlRows::Field::as() const {
    if (!text_) throw GuestError(fmt::format("the column '{}' is null", column_));
    T value{};
    if (!parse(*text_, value)) throw GuestError(fmt::format("the column '{}' is '{}', of another type", column_, *text_));
    return value;
}

template std::string SqlRows::Field::as<std::string>() const;
template bool SqlRows::Field::as<bool>() const;
template int SqlRows::Field::as<int>() const;
template std::int64_t SqlRows::Field::as<std::int64_t>() const;

SqlRows::Field SqlRows::Row::operator[](int column) const {
    if (column < 0 || column >= rows_->columns())
        throw GuestError(fmt::format("there is no column {} in rows of {}", column, rows_->columns()));
    const auto value = (*rows_)[row_][column];
    return {rows_->column_name(column), value.is_null() ? std::nullopt : std::optional<std::string>(value.view())};
}

SqlRows::Field SqlRows::Row::operator[](const std::string& column) const {
    for (int one = 0; one < rows_->columns(); ++one)
        if (column == rows_->column_name(one)) return (*this)[one];
    throw GuestError(fmt::format("there is no column '{}' in the rows", column));
}

SqlRows::SqlRows(pqxx::result&& rows) : rows_(std::make_shared<const pqxx::result>(std::move(rows))) {}

int SqlRows::size() const { return rows_ ? rows_->size() : 0; }

int SqlRows::columns() const { return rows_ ? rows_->columns() : 0; }

int SqlRows::affected() const { return rows_ ? rows_->affected_rows() : 0; }

SqlRows::Row SqlRows::operator[](int row) const {
    if (row < 0 || row >= size()) throw GuestError(fmt::format("there is no row {} of {}", row, size()));
    return {rows_, row};
}

}  // namespace boxtest
