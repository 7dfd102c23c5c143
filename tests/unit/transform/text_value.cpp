// SPDX-License-Identifier: BSL-1.0
// text_value at run time, for the sanitizers; in constant evaluation it is tested in tests/static.
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <online_migration/static.hpp>

namespace om = online_migration;
using om::col, om::lit;

namespace {

struct notes
    : om::table<"notes", om::column<"id", om::bigint, om::primary_key>, om::column<"note", om::text, om::not_null>> {};
struct canonical_note
    : om::migration<
          "m", notes,
          om::add_column<"new", om::text, om::ascii_upper(om::trim(om::replace(col<"note">, lit<"ä">, lit<"ae">)))>> {};

}  // namespace

TEST_CASE("texts of any length are kept, copied and moved") {
  std::vector<om::text_value> kept;
  std::string text;
  for (int length = 0; length < 200; ++length) {
    om::text_value value{text};
    om::text_value copy = value;
    copy.append('!');
    kept.push_back(std::move(value));
    CHECK(copy == text + "!");
    text += static_cast<char>('a' + length % 26);
  }
  std::vector<om::text_value> copies = kept;
  std::swap(copies.front(), copies.back());
  CHECK(copies.front() == kept.back());
  for (std::size_t length = 0; length < kept.size(); ++length) CHECK(kept[length] == text.substr(0, length));
}

TEST_CASE("assignment keeps neither too much nor too little") {
  om::text_value value{std::string(500, 'x')};
  value = om::text_value{"short"};
  CHECK(value == "short");
  om::text_value other{std::string(100, 'y')};
  value = other;
  CHECK(value == other);
  value.narrow(10, 5);
  CHECK(value == "yyyyy");
  CHECK(other.size() == 100);
}

TEST_CASE("a transform works on its own copy of a long text") {
  std::string text = "  " + std::string(100, 'b') + "ä" + std::string(100, 'c') + " ";
  const std::string before = text;
  CHECK(om::transform<canonical_note>(text) == std::string(100, 'B') + "AE" + std::string(100, 'C'));
  CHECK(text == before);
}
