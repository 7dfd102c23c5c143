// SPDX-License-Identifier: BSL-1.0
#include <string>

#include <doctest/doctest.h>

#include <online_migration/postgres/parameter.hpp>
#include <online_migration/postgres/parameter_arrays.hpp>

using namespace online_migration;

TEST_CASE("texts travel in binary format with their length, NUL bytes included") {
  std::string bytes{"ab\0cd", 5};
  parameter text = text_parameter(bytes, 25);
  CHECK(text.format == 1);
  CHECK(text.size == 5);
  CHECK(text.data == bytes.data());
  CHECK(text.oid == 25);
}

TEST_CASE("an empty text is not NULL, even without an address") {
  CHECK(text_parameter(std::string_view{}).data != nullptr);
  CHECK(text_parameter(std::string_view{}).size == 0);
  CHECK(null_parameter(20).data == nullptr);
  CHECK(null_parameter(20).oid == 20);
}

TEST_CASE("the text form of a value must not hold a NUL byte, where libpq would cut it") {
  std::string whole = "42";
  CHECK(text_form_parameter(whole, 20).format == 0);
  std::string cut{"4\0002", 3};
  CHECK_THROWS_AS(text_form_parameter(cut, 20), refused);
}

TEST_CASE("a gigabyte is refused before it is sent") {
  CHECK(detail::parameter_size((std::size_t{1} << 30) - 1) == 1073741823);
  CHECK_THROWS_AS(detail::parameter_size(std::size_t{1} << 30), refused);
}

TEST_CASE("more parameters than the protocol can count are refused") {
  std::vector<parameter> many(65535);
  detail::parameter_arrays arrays;
  arrays.fill(many);
  CHECK(arrays.count() == 65535);
  many.emplace_back();
  CHECK_THROWS_AS(arrays.fill(many), refused);
}
