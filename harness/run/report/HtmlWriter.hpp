#pragma once

#include <cstddef>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace boxtest {

/// Writes HTML with embedded SVG. Names of elements and attributes are literals that are checked at compile time; every text and
/// every value is escaped; no function accepts markup. Whatever names a guest uses for its units, its tables or itself, they
/// remain text.
///
/// Attributes whose value a browser would load or execute (href, src, style, on...) cannot be written: only fragmentLink() and
/// pngImage() write links.
class HtmlWriter {
   public:
    /// A lower-case name, or a camel-case name from SVG.
    class ElementName {
       public:
        template <std::size_t N>
        consteval ElementName(const char (&text)[N]) : text_(text, N - 1) {  // NOLINT(google-explicit-constructor)
            for (const char letter : text_)
                if (!isLetter(letter) && !isDigit(letter)) throw std::invalid_argument("no name of an element");
            for (const std::string_view refused : {"script", "iframe", "object", "embed", "base", "link", "style", "form", "meta",
                                                   "a", "img", "image", "use", "foreignObject"})
                if (text_ == refused) throw std::invalid_argument("an element that loads or runs something");
        }
        std::string_view text() const { return text_; }

       private:
        std::string_view text_;
    };
    class AttributeName {
       public:
        template <std::size_t N>
        consteval AttributeName(const char (&text)[N]) : text_(text, N - 1) {  // NOLINT(google-explicit-constructor)
            for (const char letter : text_)
                if (!isLetter(letter) && !isDigit(letter) && letter != '-')
                    throw std::invalid_argument("no name of an attribute");
            if (text_.starts_with("on")) throw std::invalid_argument("an attribute that runs something");
            for (const std::string_view refused :
                 {"href", "src", "srcset", "srcdoc", "style", "action", "formaction", "data", "background", "poster", "ping"})
                if (text_ == refused) throw std::invalid_argument("an attribute that loads something");
        }
        std::string_view text() const { return text_; }

       private:
        std::string_view text_;
    };
    struct Attribute {
        AttributeName name;
        std::string value = {};
    };
    using Attributes = std::initializer_list<Attribute>;

    /// A string literal of this program, written without escaping.
    class Literal {
       public:
        template <std::size_t N>
        consteval explicit Literal(const char (&text)[N]) : text_(text, N - 1) {}
        std::string_view text() const { return text_; }

       private:
        std::string_view text_;
    };

    /// Closes its element when it is destroyed.
    class [[nodiscard]] Open {
       public:
        Open(const Open&) = delete;
        Open& operator=(const Open&) = delete;
        ~Open() { writer_.close(); }

       private:
        friend HtmlWriter;
        explicit Open(HtmlWriter& writer) : writer_(writer) {}
        HtmlWriter& writer_;
    };

    /// Writes `<!DOCTYPE html>`, the head with this title and stylesheet, and a content security policy that forbids loading and
    /// executing.
    void begin(std::string_view title, Literal styles);
    void end();

    /// Opens an element; it is closed when the returned object is destroyed.
    Open open(ElementName name, Attributes attributes = {});
    /// An element that contains only a text.
    void element(ElementName name, Attributes attributes, std::string_view text);
    void element(ElementName name, std::string_view text) { element(name, {}, text); }
    void text(std::string_view text);

    /// A link to the element with this id on the same page.
    void fragmentLink(std::string_view id, std::string_view text, Attributes attributes = {});
    /// An image embedded in the page.
    void pngImage(std::string_view png, std::string_view description);

    /// Everything so far.
    const std::string& html() const { return html_; }

    /// The escaping used by text() and for attribute values: removes control characters and characters that change the text
    /// direction (it writes their codes instead), broken UTF-8, and & < > " '.
    static std::string escaped(std::string_view text);

   private:
    static consteval bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
    static consteval bool isDigit(char c) { return c >= '0' && c <= '9'; }
    void start(std::string_view name, Attributes attributes);
    void close();

    std::string html_;
    std::vector<std::string_view> open_;
};

/// An element id, made from any text: letters, digits and '-'; equal texts give equal ids.
std::string htmlId(std::string_view prefix, std::string_view text);

}  // namespace boxtest
