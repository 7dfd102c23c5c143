// SPDX-License-Identifier: BSL-1.0
#include <set>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <online_migration/static.hpp>

#include "golden/declarations.hpp"

namespace om = online_migration;

TEST_CASE("the migrations of a program are a list that Hana's algorithms walk") {
  om::type_list<golden::canonical_display_name, golden::event_label, golden::document_digest, golden::hostile_names>
      migrations;
  std::set<std::string_view> fingerprints;
  std::set<std::string_view> names;
  om::hana::for_each(migrations, [&](auto each) {
    using migration = typename decltype(each)::type;
    fingerprints.insert(om::fingerprint<migration>);
    names.insert(migration::name.view());
  });
  CHECK(fingerprints.size() == 4);
  CHECK(names.size() == 4);
  for (std::string_view each : fingerprints) {
    CHECK(each.size() == 16);
    CHECK(each.find_first_not_of("0123456789abcdef") == std::string_view::npos);
  }
}

TEST_CASE("the columns of a table are a list, too") {
  std::string names;
  om::hana::for_each(om::columns_of<golden::customers>,
                     [&](auto each) { names.append(decltype(each)::type::name.view()).append(" "); });
  CHECK(names == "id name country ");
}
