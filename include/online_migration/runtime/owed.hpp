// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <online_migration/migration/description.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/sql/along_state.hpp>
#include <online_migration/sql/owed.hpp>

/// What a new column owes to the one that it replaces, as the catalog has it.
namespace online_migration::detail {

/// One thing that the old column has. The statements are of the server's own making.
struct owed_part {
  std::string kind;
  std::string description;
  bool there = false;       ///< the new column has its counterpart
  bool mechanical = false;  ///< the server can say how to make one
  std::string statement;    ///< empty as long as another part has to come first
  std::string place;
  std::string name;  ///< of what the statement makes
  std::string
      leftover;      ///< drops what an interrupted try left; only of an index, which is built outside of transactions
  std::string look;  ///< counts rows in the way

  /// Whether it is known by its definition alone.
  [[nodiscard]] bool is_written() const { return kind == "check" || kind == "written index"; }

  /// Whether it takes a moment and needs no values, so that it comes with the column itself.
  [[nodiscard]] bool comes_at_once() const {
    return kind == "privilege" || kind == "comment" || kind == "statistics target";
  }
};

/// Whether the new column has the values of the old one, in another type at most: what is declared over them may be
/// written over it.
inline bool keeps_values(const migration_description& migration) {
  std::string transform = written([&](sink& out) { migration.write_transform(out, column_names{}); });
  std::string old = written([&](sink& out) { out.identifier(first_replaced(migration).name); });
  return transform == old || transform == '(' + old + ")::" + std::string{migration.target_type->name};
}

/// What one new column owes to one old one.
template <transactional Connection>
std::vector<owed_part> read_owed_between(Connection& on, const migration_description& part,
                                         const column_description& old, bool keeps) {
  auto place = {text_of(part.table.schema), text_of(part.table.name), text_of(old.name)};
  if (ask(on, catalog::may_owe, place).rows() == 0) return {};
  std::string type = type_name(*part.target_type);
  std::string same{keeps ? "true" : "false"};
  auto rows = ask(on, catalog::owed_parts,
                  {text_of(part.table.schema), text_of(part.table.name), text_of(old.name), text_of(part.target),
                   text_of(type), text_form_parameter(same)});
  auto optional_text = [&](int row, int column) {
    return rows.is_null(row, column) ? std::string{} : std::string{rows.text(row, column)};
  };
  std::vector<owed_part> parts;
  for (int row = 0; row < rows.rows(); ++row) {
    parts.push_back({std::string{rows.text(row, 0)}, std::string{rows.text(row, 1)}, rows.boolean(row, 2),
                     rows.boolean(row, 3), optional_text(row, 4), optional_text(row, 5), optional_text(row, 6),
                     optional_text(row, 7), optional_text(row, 8)});
  }
  // Who may read the old column may not read what else the transform reads.
  if (part.sources.size() != 1) {
    for (owed_part& each : parts) each.mechanical = each.mechanical && each.kind != "privilege";
  }
  return parts;
}

/// What an old column has whose values go to another table: a person looks what of it that one is to have.
template <transactional Connection>
std::vector<owed_part> read_owed_elsewhere(Connection& on, const migration_description& migration) {
  std::vector<owed_part> all;
  each_replaced(migration, [&](const column_description& old, std::size_t) {
    migration_description nowhere = migration;
    nowhere.target = "";
    nowhere.target_type = old.type;
    for (owed_part& each : read_owed_between(on, nowhere, old, false)) {
      if (each.kind == "comment" || each.kind == "statistics target") continue;
      each.mechanical = false;
      each.statement.clear();
      bool known = std::any_of(all.begin(), all.end(),
                               [&](const owed_part& other) { return other.description == each.description; });
      if (!known) all.push_back(std::move(each));
    }
  });
  return all;
}

/// Reads them, in the order in which they are to be made. The caller has a transaction open, whose search path makes
/// the server write names in full. Where several columns take the place of one, or one that of several, nobody but a
/// person can say which of them is to have what: then it is there if one of them has it, and none of it is made.
template <transactional Connection>
std::vector<owed_part> read_owed(Connection& on, const migration_description& migration) {
  if (migration.elsewhere) return read_owed_elsewhere(on, migration);
  if (is_one_to_one(migration)) {
    return read_owed_between(on, migration, first_replaced(migration), keeps_values(migration));
  }
  std::vector<owed_part> all;
  each_replaced(migration, [&](const column_description& old, std::size_t) {
    std::vector<owed_part> missing;
    each_target(migration, [&](const migration_description& part, std::size_t number) {
      std::vector<owed_part> here = read_owed_between(on, part, old, false);
      std::erase_if(here, [](const owed_part& each) {
        return each.there || each.kind == "comment" || each.kind == "statistics target";
      });
      if (number == 0) missing = here;
      std::erase_if(missing, [&](const owed_part& each) {
        return std::none_of(here.begin(), here.end(),
                            [&](const owed_part& other) { return other.description == each.description; });
      });
    });
    for (owed_part& each : missing) {
      bool known = std::any_of(all.begin(), all.end(),
                               [&](const owed_part& other) { return other.description == each.description; });
      each.mechanical = false;
      each.statement.clear();
      if (!known) all.push_back(std::move(each));
    }
  });
  return all;
}

/// Drops the indexes and constraints that were made for the new column in a run.
template <transactional Connection>
void give_along_back(Connection& on, const std::string& run) {
  auto drops = ask(on, state::along_drops, {text_form_parameter(run)});
  for (int row = 0; row < drops.rows(); ++row) {
    std::string text{drops.text(row, 0)};
    ask(on, statement{"give_along_back", text});
  }
}

/// Gives the sequences that one column of the table owns to another one, unless its own default uses them.
template <transactional Connection>
void move_sequences(Connection& on, const migration_description& migration, std::string_view from,
                    std::string_view to) {
  auto moves = ask(on, catalog::sequence_moves,
                   {text_of(migration.table.schema), text_of(migration.table.name), text_of(from), text_of(to)});
  for (int row = 0; row < moves.rows(); ++row) {
    std::string text{moves.text(row, 0)};
    ask(on, statement{"move_sequence", text});
  }
}

/// What a person does about a part that the server cannot make.
inline std::string_view advice_on(const owed_part& part) {
  if (part.kind == "privilege") return "GRANT it, where who has it may know what else the transform reads";
  if (part.kind == "publication") return "ALTER PUBLICATION … SET TABLE with the new column in the list";
  if (part.kind == "check") return "give the new column its own, with om::add_check in a structural migration";
  if (part.kind == "exclusion") return "give the new column its own, by hand";
  if (part.kind == "statistics") return "CREATE STATISTICS with the new column";
  if (part.kind == "foreign key" || part.kind == "validation") {
    return "give the new column its own, if there can be one; where the key that it refers to is to be as wide, "
           "om::prepare_key of that key's migration does";
  }
  return "give the new column its own, with om::create_index in a structural migration or by hand";
}

}  // namespace online_migration::detail
