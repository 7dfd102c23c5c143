// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <online_migration/postgres/connection.hpp>

/// The texts on which C++ and PostgreSQL have to agree.
namespace differential {

inline std::string environment(const char* name) {
  const char* value = std::getenv(name);
  REQUIRE_MESSAGE(value != nullptr, std::string{name}, " is not set: run this test through ctest");
  return value;
}

/// Texts at the edges of what the functions do. What PostgreSQL cannot hold, NUL and invalid UTF-8, is not among them.
inline std::vector<std::string> edge_texts() {
  // clang-format off
  std::vector<std::string> texts{
      "", " ", "  ", "     ", "\t", "\n", "\r\n", " \t ", "\t \t", "\v", "\f", "\x01", "\x7f", " a", "a ", " a ",
      "  a  b  ", "\u00a0", "\u00a0 a \u00a0", " \u00a0", "\u3000a\u3000", "\u200b", "\ufeff", "\u0085", "\u1680",
      "\u2028", "a", "z", "A", "Z", "@", "[", "`", "{", "aZ@[`{09", "0", "İ", "i", "I", "ı", "İSTANBUL", "ısparta",
      "ß", "ẞ", "Straße", "ſ", "\u212a", "\u212b", "Ǆ", "ǅ", "ǆ", "ΑΣ", "ας", "Ω", "\u03a9", "é", "e\u0301",
      "E\u0301", "\u0301", "\u0301a", "ñ", "n\u0303", "😀", "😀😀", " 😀 ", "👨‍👩‍👧", "🏳️‍🌈", "\U0010ffff", "\uffff",
      "\ufffd", "日本語", "日 本 語", "한국어", "ไทย", "العربية", "שלום", "\u202eabc", "\\", "\\\\", "\\n", "\\0",
      "\\u0041", "'", "''", "'; --", "\"", "\"\"", "`", "$1", "$$", "$om$", "{}", "{{}}", "%", "%s", "_", "NULL",
      "null", "a\tb", "a\nb", "a'b\"c\\d", "aaaaaaaa", "abababab", "aa", "aaa", "anan", "banana", "ss", "sss",
      "COLLATE \"C\"", "E'\\''"};
  // clang-format on
  texts.emplace_back(3000, 'a');
  texts.emplace_back(3000, ' ');
  std::string mixed;
  for (int i = 0; i < 700; ++i) mixed += i % 3 == 0 ? " Äan" : i % 3 == 1 ? "é😀" : "\tX";
  texts.push_back(mixed);
  return texts;
}

/// The Big List of Naughty Strings, read by the server's own JSON parser. Strings with a NUL are counted and left out.
inline std::vector<std::string> naughty_texts(online_migration::connection& on) {
  std::string path = environment("ONLINE_MIGRATION_BLNS");
  std::ifstream file{path, std::ios::binary};
  REQUIRE_MESSAGE(file.good(), path, " is missing: tests/run fetches it");
  std::string json{std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
  auto as_text = online_migration::text_parameter(json);
  online_migration::result all = on.execute(
      online_migration::statement{"naughty",
                                  R"(SELECT CASE WHEN each.value::text NOT LIKE '%\\u0000%' THEN each.value #>> '{}' END
                                                FROM json_array_elements($1::text::json) AS each(value))"},
      {as_text});
  std::vector<std::string> texts;
  for (int row = 0; row < all.rows(); ++row) {
    if (!all.is_null(row, 0)) texts.emplace_back(all.text(row, 0));
  }
  MESSAGE("naughty strings: ", texts.size(),
          ", left out because of a NUL: ", static_cast<std::size_t>(all.rows()) - texts.size());
  REQUIRE(texts.size() > 400);
  return texts;
}

/// The place names, unpacked by gzip.
inline std::vector<std::string> place_names() {
  std::string path = environment("ONLINE_MIGRATION_SOURCE_DIR") + "/examples/data/place_names.tsv.gz";
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe{popen(("gzip -dc '" + path + "'").c_str(), "r"), &pclose};
  REQUIRE(pipe != nullptr);
  std::vector<std::string> names;
  std::string line;
  for (int letter; (letter = std::fgetc(pipe.get())) != EOF;) {
    if (letter != '\n') {
      line.push_back(static_cast<char>(letter));
      continue;
    }
    names.push_back(line.substr(0, line.find('\t')));
    line.clear();
  }
  REQUIRE_MESSAGE(names.size() == 123'891, path, " is not the list of place names");
  return names;
}

}  // namespace differential
