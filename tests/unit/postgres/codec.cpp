// SPDX-License-Identifier: BSL-1.0
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <online_migration/postgres/array.hpp>
#include <online_migration/postgres/codec.hpp>

using namespace online_migration;
using namespace std::string_view_literals;

namespace {

std::string_view bytes_of(const parameter& sent) { return {sent.data, static_cast<std::size_t>(sent.size)}; }

// What a value of a narrower or another kind must not become without a word.
static_assert(std::constructible_from<wire<bigint>, int>);
static_assert(std::constructible_from<wire<bigint>, std::optional<std::int32_t>>);
static_assert(!std::constructible_from<wire<int4>, std::int64_t>);
static_assert(!std::constructible_from<wire<int4>, double>);
static_assert(!std::constructible_from<wire<boolean>, const char*>);
static_assert(!std::constructible_from<wire<timestamptz>, std::int64_t>);
static_assert(!std::constructible_from<wire<text>, int>);

}  // namespace

TEST_CASE("numbers are sent big-endian") {
  CHECK(bytes_of(wire<int2>{std::int16_t{-2}}.as_parameter()) == "\xff\xfe"sv);
  CHECK(bytes_of(wire<int4>{0x01020304}.as_parameter()) == "\x01\x02\x03\x04"sv);
  CHECK(bytes_of(wire<bigint>{std::int64_t{1} << 32}.as_parameter()) == "\0\0\0\x01\0\0\0\0"sv);
  CHECK(bytes_of(wire<float8>{-2.0}.as_parameter()) == "\xc0\0\0\0\0\0\0\0"sv);  // IEEE 754: sign 1, exponent 1024
  CHECK(bytes_of(wire<boolean>{true}.as_parameter()) == "\x01"sv);
  CHECK(bytes_of(wire<timestamptz>{timestamp_value{-1}}.as_parameter()) == "\xff\xff\xff\xff\xff\xff\xff\xff"sv);
}

TEST_CASE("a parameter carries its type, and NULL keeps it") {
  CHECK(wire<bigint>{1}.as_parameter().oid == 20);
  CHECK(wire<bigint>{std::nullopt}.as_parameter().data == nullptr);
  CHECK(wire<bigint>{std::nullopt}.as_parameter().oid == 20);
  CHECK(wire<bigint>{std::optional<std::int64_t>{}}.as_parameter().data == nullptr);
  CHECK(bytes_of(wire<bigint>{std::optional<std::int64_t>{7}}.as_parameter()) == "\0\0\0\0\0\0\0\x07"sv);
  CHECK(wire<varchar<10>>{"x"}.as_parameter().oid == 1043);
  CHECK(wire<text>{std::nullopt}.as_parameter().data == nullptr);
  CHECK(wire<text>{""}.as_parameter().data != nullptr);
}

TEST_CASE("texts are not copied") {
  std::string value = "a long text that would not fit into any small buffer";
  CHECK(wire<text>{value}.as_parameter().data == value.data());
}

TEST_CASE("a copy of a wire holds bytes of its own") {
  std::optional<wire<bigint>> first{std::in_place, 5};
  wire<bigint> second = *first;
  first.emplace(9);
  CHECK(bytes_of(second.as_parameter()) == "\0\0\0\0\0\0\0\x05"sv);
}

TEST_CASE("decode is the inverse, and refuses a wrong length") {
  CHECK(decode<int2>("\xff\xfe"sv) == -2);
  CHECK(decode<bigint>("\x80\0\0\0\0\0\0\0"sv) == std::numeric_limits<std::int64_t>::min());
  CHECK(decode<float8>("\xc0\0\0\0\0\0\0\0"sv) == -2.0);
  CHECK(decode<boolean>("\0"sv) == false);
  CHECK(decode<uuid>("\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff"sv) ==
        uuid_value::parse("00112233-4455-6677-8899-aabbccddeeff"));
  CHECK(decode<text>("a\0b"sv) == "a\0b"sv);
  CHECK_THROWS_AS(decode<bigint>("\0\0\0\x01"sv), refused);
  CHECK_THROWS_AS(decode<int4>(""sv), refused);
}

TEST_CASE("an array is a header and its elements, each with its length") {
  array_builder<int4> numbers;
  numbers.push(1);
  numbers.push_null();
  numbers.push_optional(2);
  numbers.push_optional(std::nullopt);
  CHECK(numbers.size() == 4);
  CHECK(numbers.as_parameter().oid == 1007);
  CHECK(bytes_of(numbers.as_parameter()) ==
        "\0\0\0\x01"
        "\0\0\0\x01"
        "\0\0\0\x17"
        "\0\0\0\x04"
        "\0\0\0\x01"
        "\0\0\0\x04\0\0\0\x01"
        "\xff\xff\xff\xff"
        "\0\0\0\x04\0\0\0\x02"
        "\xff\xff\xff\xff"sv);
}

TEST_CASE("a part of an array is the array of these values") {
  array_builder<text> all;
  for (const char* each : {"", "ab", "c"}) {
    all.push(each);
    all.push_null();
  }
  array_builder<text> some;
  some.push("ab");
  some.push_null();
  some.push("c");
  CHECK(all.part(2, 3).size() == 3);
  CHECK(bytes_of(all.part(2, 3).as_parameter()) == bytes_of(some.as_parameter()));
  some.clear();
  some.push("c");
  CHECK(bytes_of(all.part(4, 1).as_parameter()) == bytes_of(some.as_parameter()));
  CHECK(bytes_of(all.part(0, 6).as_parameter()) == bytes_of(all.as_parameter()));
  CHECK(bytes_of(all.part(6, 0).as_parameter()) == bytes_of(array_builder<text>{}.as_parameter()));
}

TEST_CASE("a cleared array is as new") {
  array_builder<varchar<5>> texts;
  texts.push_null();
  texts.push("ab");
  texts.clear();
  CHECK(texts.size() == 0);
  texts.push("");
  CHECK(texts.as_parameter().oid == 1015);
  CHECK(bytes_of(texts.as_parameter()) ==
        "\0\0\0\x01"
        "\0\0\0\0"
        "\0\0\x04\x13"
        "\0\0\0\x01"
        "\0\0\0\x01"
        "\0\0\0\0"sv);
}
