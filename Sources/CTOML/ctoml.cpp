#include "ctoml.h"

#include <cstdlib>
#include <cstring>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

// The library asserts where its checks have a gap: a text such as "[[!]]" would end the program.
#undef NDEBUG
#define TOML_ASSERT(fact) ((fact) ? void() : throw std::logic_error("cannot be read as TOML"))
#include <toml++/toml.h>

namespace {
char *copy(const std::string &text) {
    auto *out = static_cast<char *>(std::malloc(text.size() + 1));
    if (out) std::memcpy(out, text.c_str(), text.size() + 1);
    return out;
}
}

extern "C" char *lodger_toml_to_json(const char *text, size_t length, char **error) {
    *error = nullptr;
    try {
        const auto table = toml::parse(std::string_view{text, length});
        std::ostringstream out;
        out << toml::json_formatter{table};
        return copy(out.str());
    } catch (const toml::parse_error &fault) {
        std::ostringstream out;
        out << "line " << fault.source().begin.line << ": " << fault.description();
        *error = copy(out.str());
    } catch (const std::exception &fault) {
        *error = copy(fault.what());
    }
    return nullptr;
}

extern "C" void lodger_toml_free(char *text) { std::free(text); }
