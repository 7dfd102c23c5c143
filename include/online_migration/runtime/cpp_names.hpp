// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

/// Names of a database in C++.
namespace online_migration::detail {

/// A text as a literal that means the same bytes whatever the encoding of the source file.
inline std::string cpp_literal(std::string_view text) {
  std::string result{'"'};
  for (char letter : text) {
    auto byte = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') {
      result += '\\';
      result += letter;
    } else if (byte < 0x20 || byte >= 0x7f) {
      // Three octal digits end by themselves; hexadecimal ones would take in what follows.
      result += '\\';
      for (int shift : {6, 3, 0}) result += static_cast<char>('0' + ((byte >> shift) & 7));
    } else {
      result += letter;
    }
  }
  return result + '"';
}

inline bool is_cpp_word(std::string_view name) {
  static constexpr std::string_view words[]{"alignas",
                                            "alignof",
                                            "and",
                                            "and_eq",
                                            "asm",
                                            "auto",
                                            "bitand",
                                            "bitor",
                                            "bool",
                                            "break",
                                            "case",
                                            "catch",
                                            "char",
                                            "char16_t",
                                            "char32_t",
                                            "char8_t",
                                            "class",
                                            "co_await",
                                            "co_return",
                                            "co_yield",
                                            "compl",
                                            "concept",
                                            "const",
                                            "const_cast",
                                            "consteval",
                                            "constexpr",
                                            "constinit",
                                            "continue",
                                            "decltype",
                                            "default",
                                            "delete",
                                            "do",
                                            "double",
                                            "dynamic_cast",
                                            "else",
                                            "enum",
                                            "explicit",
                                            "export",
                                            "extern",
                                            "false",
                                            "float",
                                            "for",
                                            "friend",
                                            "goto",
                                            "if",
                                            "inline",
                                            "int",
                                            "linux",
                                            "long",
                                            "mutable",
                                            "namespace",
                                            "new",
                                            "noexcept",
                                            "not",
                                            "not_eq",
                                            "nullptr",
                                            "om",
                                            "online_migration",
                                            "operator",
                                            "or",
                                            "or_eq",
                                            "private",
                                            "protected",
                                            "public",
                                            "register",
                                            "reinterpret_cast",
                                            "requires",
                                            "return",
                                            "short",
                                            "signed",
                                            "sizeof",
                                            "static",
                                            "static_assert",
                                            "static_cast",
                                            "std",
                                            "struct",
                                            "switch",
                                            "template",
                                            "this",
                                            "thread_local",
                                            "throw",
                                            "true",
                                            "try",
                                            "typedef",
                                            "typeid",
                                            "typename",
                                            "union",
                                            "unix",
                                            "unsigned",
                                            "using",
                                            "virtual",
                                            "void",
                                            "volatile",
                                            "wchar_t",
                                            "while",
                                            "xor",
                                            "xor_eq"};
  return std::find(std::begin(words), std::end(words), name) != std::end(words);
}

/// A name as an identifier that is not taken yet: other characters than letters and digits become `_`, and what would
/// be a word of the language, or reserved, gets a letter more.
inline std::string cpp_identifier(std::string_view name, std::set<std::string>& taken) {
  std::string result;
  for (char letter : name) {
    bool plain =
        (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
    if (plain) {
      result += letter;
    } else if (!result.ends_with('_')) {
      result += '_';
    }
  }
  if (result.empty() || result.front() == '_' || (result.front() >= '0' && result.front() <= '9'))
    result = "t" + result;
  if (is_cpp_word(result)) result += '_';
  std::string unique = result;
  for (int number = 2; !taken.insert(unique).second; ++number) {
    unique = result + (result.ends_with('_') ? "" : "_") + std::to_string(number);
  }
  return unique;
}

}  // namespace online_migration::detail
