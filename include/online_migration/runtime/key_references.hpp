// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <online_migration/base/list.hpp>
#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/replace_key.hpp>
#include <online_migration/postgres/array.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/sql/key_catalog.hpp>
#include <online_migration/sql/key_statements.hpp>

namespace online_migration::detail {

/// What is declared to refer to a key, for the questions of sql/key_catalog.hpp.
class key_references {
 public:
  struct reference {
    std::string_view migration;
    std::string_view schema;
    std::string_view table;
    std::string_view old_column;
    std::string_view new_column;
  };

  template <class Migration>
  static const key_references& of() {
    static const key_references all{typename Migration::change::references{}};
    return all;
  }

  [[nodiscard]] const std::vector<reference>& all() const { return all_; }

  [[nodiscard]] bool has(std::string_view schema, std::string_view table, std::string_view column) const {
    for (const reference& each : all_) {
      if (each.schema == schema && each.table == table && each.old_column == column) return true;
    }
    return false;
  }

  /// Asks about a key: schema, table, old and new column, then `more`, then the four arrays.
  template <transactional Connection>
  auto ask_about(Connection& on, const migration_description& key, const statement& what,
                 std::vector<parameter> more = {}) const {
    std::vector<parameter> parameters{text_of(key.table.schema), text_of(key.table.name),
                                      text_of(first_replaced(key).name), text_of(key.target)};
    parameters.insert(parameters.end(), more.begin(), more.end());
    for (const array_builder<text>* each : {&schemas_, &tables_, &old_columns_, &new_columns_}) {
      parameters.push_back(each->as_parameter());
    }
    return ask(on, what, std::span<const parameter>{parameters});
  }

 private:
  template <class... Migrations>
  explicit key_references(list<Migrations...>) {
    (add(describe_migration<Migrations>), ...);
  }

  void add(const migration_description& migration) {
    reference added{migration.name, migration.table.schema, migration.table.name, first_replaced(migration).name,
                    migration.target};
    schemas_.push(std::string{added.schema});
    tables_.push(std::string{added.table});
    old_columns_.push(std::string{added.old_column});
    new_columns_.push(std::string{added.new_column});
    all_.push_back(added);
  }

  std::vector<reference> all_;
  array_builder<text> schemas_;
  array_builder<text> tables_;
  array_builder<text> old_columns_;
  array_builder<text> new_columns_;
};

/// What `catalog::key_facts` tells.
struct key_facts {
  bool is_primary = false;
  bool required = false;
  bool has_index = false;
  bool has_legacy_index = false;
  std::string dependents;
  std::string sharers;  ///< of its sequence
};

template <transactional Connection>
key_facts read_key_facts(Connection& on, const migration_description& key) {
  std::string index = object_name(key_index_prefix, key.name);
  std::string legacy = object_name(legacy_key_prefix, key.name);
  auto row = ask(on, catalog::key_facts,
                 {text_of(key.table.schema), text_of(key.table.name), text_of(first_replaced(key).name),
                  text_of(key.target), text_of(index), text_of(legacy)});
  key_facts found;
  if (row.rows() == 0) return found;
  found.is_primary = row.boolean(0, 0);
  found.required = row.boolean(0, 1);
  found.has_index = row.boolean(0, 2);
  found.has_legacy_index = row.boolean(0, 3);
  if (!row.is_null(0, 4)) found.dependents = row.text(0, 4);
  if (!row.is_null(0, 5)) found.sharers = row.text(0, 5);
  return found;
}

}  // namespace online_migration::detail
