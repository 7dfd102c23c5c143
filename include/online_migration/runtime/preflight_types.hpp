// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <online_migration/migration/description.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/report.hpp>
#include <online_migration/sql/catalog.hpp>

/// Types that only the database knows: whether they are there, and whether enums have the labels that were declared.
namespace online_migration::detail {

/// A label that the database lacks could be written by no one; one that the declaration lacks is refused on the client.
template <class Connection>
void compare_labels(Connection& on, const type_description& type, preflight_report& report) {
  auto there = ask(on, catalog::labels, {text_of(type.name)});
  auto in_database = [&](std::string_view label) {
    for (int row = 0; row < there.rows(); ++row) {
      if (there.text(row, 0) == label) return true;
    }
    return false;
  };
  auto declared = [&](std::string_view label) {
    for (std::size_t i = 0; i < type.label_count; ++i) {
      if (type.labels[i] == label) return true;
    }
    return false;
  };
  for (std::size_t i = 0; i < type.label_count; ++i) {
    if (in_database(type.labels[i])) continue;
    report.refuse(fmt::format("the enum {} has no label \"{}\", which its declaration has", type.name, type.labels[i]));
  }
  for (int row = 0; row < there.rows(); ++row) {
    if (declared(there.text(row, 0))) continue;
    report.notice(
        fmt::format("the enum {} has the label \"{}\", which its declaration lacks: a client-only transform "
                    "cannot give it, and om::cast fails on it",
                    type.name, there.text(row, 0)));
  }
}

/// The types of the columns that a migration reads and adds. A type of a column that is there is there as well.
template <class Connection>
void compare_types(Connection& on, const migration_description& migration, preflight_report& report) {
  auto look = [&](const type_description& type) {
    if (type.shape == type_shape::enumeration) compare_labels(on, type, report);
  };
  for (std::size_t i = 0; i < migration.table.count; ++i) {
    if (migration.sources.has(i)) look(migration.table.columns[i].type->innermost());
  }
  each_target(migration, [&](const migration_description& part, std::size_t) {
    std::string wanted = type_name(*part.target_type);
    if (part.target_type->innermost().oid == 0 || part.target_type->shape == type_shape::domain) {
      if (!ask(on, catalog::has_type, {text_of(wanted)}).boolean(0, 0)) {
        report.refuse(fmt::format("there is no type {}, which the new column has: create it first", wanted));
        return;
      }
    }
    bool is_source_type = false;
    const type_description& target = part.target_type->innermost();
    for (std::size_t i = 0; i < migration.table.count; ++i) {
      is_source_type =
          is_source_type || (migration.sources.has(i) && migration.table.columns[i].type->innermost() == target);
    }
    if (!is_source_type) look(target);
  });
}

}  // namespace online_migration::detail
