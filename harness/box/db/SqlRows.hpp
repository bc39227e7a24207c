#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace pqxx {
class result;
}

namespace boxtest {

/// The rows that a statement returned, in the server's text format. Copies share the data. Row and column numbers begin at 0.
class SqlRows {
   public:
    class Row;

    /// One value.
    class Field {
       public:
        bool isNull() const { return !text_; }
        /// As T: std::string, bool, int or std::int64_t. Throws GuestError when the value is null or does not parse as T.
        template <typename T>
        T as() const;
        /// As T, or `whenNull` if the value is null. Throws GuestError when the value does not parse as T.
        template <typename T>
        T as(const T& whenNull) const {
            return isNull() ? whenNull : as<T>();
        }

       private:
        friend class Row;
        Field(std::string column, std::optional<std::string> text) : column_(std::move(column)), text_(std::move(text)) {}
        std::string column_;
        std::optional<std::string> text_;
    };

    /// One row; shares ownership of the rows.
    class Row {
       public:
        /// The value of a column. Throws GuestError when the column does not exist.
        Field operator[](int column) const;
        Field operator[](const std::string& column) const;
        Field operator[](const char* column) const { return (*this)[std::string(column)]; }

       private:
        friend class SqlRows;
        Row(std::shared_ptr<const pqxx::result> rows, int row) : rows_(std::move(rows)), row_(row) {}
        std::shared_ptr<const pqxx::result> rows_;
        int row_;
    };

    /// For a range-based for.
    class Iterator {
       public:
        Row operator*() const { return (*rows_)[row_]; }
        Iterator& operator++() {
            ++row_;
            return *this;
        }
        bool operator==(const Iterator& other) const { return row_ == other.row_; }

       private:
        friend class SqlRows;
        Iterator(const SqlRows& rows, int row) : rows_(&rows), row_(row) {}
        const SqlRows* rows_;
        int row_;
    };

    /// No rows.
    SqlRows() = default;
    explicit SqlRows(pqxx::result&& rows);

    int size() const;
    bool empty() const { return size() == 0; }
    /// 0 if the statement returns no rows at all.
    int columns() const;
    /// Number of rows that the statement inserted, updated, deleted or selected.
    int affected() const;
    /// Throws GuestError when the row does not exist.
    Row operator[](int row) const;

    Iterator begin() const { return {*this, 0}; }
    Iterator end() const { return {*this, size()}; }

   private:
    std::shared_ptr<const pqxx::result> rows_;
};

/// The value of $1, $2, ... in a statement: text; the server infers its type.
class SqlParameter {
   public:
    SqlParameter(std::string_view text) : text_(text) {}
    template <std::integral T>
    SqlParameter(T number) : text_(std::to_string(number)) {}

    const std::string& text() const { return text_; }

   private:
    std::string text_;
};

}  // namespace boxtest
