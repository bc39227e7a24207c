#pragma once

#include <cstddef>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace boxtest {

/// Writes HTML with SVG in it. The names of elements and attributes are literals that are checked when this is compiled; every
/// text and every value is escaped; there is no function that takes markup. So whatever a guest calls its units, its tables or
/// itself stays text.
///
/// Attributes whose value a browser would follow or run (href, src, style, on...) cannot be written: fragmentLink() and image()
/// are all that leads anywhere.
class HtmlWriter {
   public:
    /// A lower-case name, or a camel-case one of SVG's.
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

    /// A literal of this program, written as it stands.
    class Literal {
       public:
        template <std::size_t N>
        consteval explicit Literal(const char (&text)[N]) : text_(text, N - 1) {}
        std::string_view text() const { return text_; }

       private:
        std::string_view text_;
    };

    /// Ends its element.
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

    /// `<!DOCTYPE html>`, the head with this title and stylesheet, and a policy by which a browser loads and runs nothing.
    void begin(std::string_view title, Literal styles);
    void end();

    /// What is written until the returned object ends is inside the element.
    Open open(ElementName name, Attributes attributes = {});
    /// An element with a text and nothing else.
    void element(ElementName name, Attributes attributes, std::string_view text);
    void element(ElementName name, std::string_view text) { element(name, {}, text); }
    void text(std::string_view text);

    /// A link to the element with this id on the same page.
    void fragmentLink(std::string_view id, std::string_view text, Attributes attributes = {});
    /// A picture that is part of the page.
    void pngImage(std::string_view png, std::string_view description);

    /// Everything so far.
    const std::string& html() const { return html_; }

    /// As text() and values of attributes are written: no control characters (they are spelled out, and so are characters that
    /// turn the direction of a line), no broken UTF-8, none of & < > " '.
    static std::string escaped(std::string_view text);

   private:
    static consteval bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
    static consteval bool isDigit(char c) { return c >= '0' && c <= '9'; }
    void start(std::string_view name, Attributes attributes);
    void close();

    std::string html_;
    std::vector<std::string_view> open_;
};

/// An id for an element, made of any text: letters, digits and '-'; the same text gives the same id.
std::string htmlId(std::string_view prefix, std::string_view text);

}  // namespace boxtest
