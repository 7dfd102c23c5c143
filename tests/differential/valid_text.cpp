// SPDX-License-Identifier: BSL-1.0
// What the library takes for a text is what PostgreSQL takes for one: all sequences of one to four bytes, of bytes at
// the bounds of every rule of UTF-8.
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <online_migration/postgres/connection.hpp>
#include <online_migration/transform/utf8.hpp>

namespace om = online_migration;

namespace {

constexpr std::array<unsigned char, 21> bytes{0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1,
                                              0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5};

/// For each sequence of `count` bytes, the first byte changing slowest, whether it is a text.
std::string ours(std::size_t count) {
  std::string answers;
  std::string sequence(count, '\0');
  auto add = [&](auto& again, std::size_t position) -> void {
    if (position == count) {
      answers += om::detail::is_valid_text(sequence) ? '1' : '0';
      return;
    }
    for (unsigned char byte : bytes) {
      sequence[position] = static_cast<char>(byte);
      again(again, position + 1);
    }
  };
  add(add, 0);
  return answers;
}

}  // namespace

TEST_CASE("a text is what PostgreSQL takes for one") {
  om::connection on{""};
  on.run_script(
      om::statement{"make", R"(CREATE FUNCTION pg_temp.is_text(bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
BEGIN PERFORM convert_from(bytes, 'UTF8'); RETURN '1'; EXCEPTION WHEN character_not_in_repertoire OR untranslatable_character
  THEN RETURN '0'; END$$;
CREATE TEMPORARY TABLE byte (b bytea))"});
  for (unsigned char byte : bytes) {
    on.run_script(om::statement{"add", "INSERT INTO byte VALUES (set_byte('\\x00', 0, " + std::to_string(byte) + "))"});
  }
  const std::string sequences[]{"SELECT b AS s FROM byte", "SELECT a.b || c.b AS s FROM byte a, byte c",
                                "SELECT a.b || c.b || d.b AS s FROM byte a, byte c, byte d",
                                "SELECT a.b || c.b || d.b || e.b AS s FROM byte a, byte c, byte d, byte e"};
  for (std::size_t count = 1; count <= 4; ++count) {
    std::string all = "SELECT string_agg(pg_temp.is_text(s), '' ORDER BY s) FROM (" + sequences[count - 1] + ") AS x";
    om::result theirs = on.execute(om::statement{"ask", all});
    CHECK(theirs.text(0, 0) == ours(count));
    CHECK(theirs.text(0, 0).find('1') != std::string_view::npos);
  }
}
