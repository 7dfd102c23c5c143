// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

#include <online_migration/sql/backfill.hpp>
#include <online_migration/sql/expand.hpp>
#include <online_migration/sql/parity.hpp>
#include <online_migration/sql/statement.hpp>
#include <online_migration/sql/trigger.hpp>

namespace online_migration {

namespace detail {

struct statement_entry {
  std::string_view name;
  void (*write)(sink&, const migration_description&);
};

template <auto Write, bool BoundedBelow>
constexpr void with_bound(sink& out, const migration_description& migration) {
  Write(out, migration, BoundedBelow);
}

/// Every statement that depends on nothing but the migration, in the order of its use.
inline constexpr statement_entry catalogue[]{
    {"probe_table", &write_probe_table},
    {"probe_column", &write_probe_column},
    {"add_column", &write_add_column},
    {"create_sync_function", &write_create_sync_function},
    {"revoke_sync_function", &write_revoke_sync_function},
    {"create_sync_trigger", &write_create_sync_trigger},
    {"enable_sync_trigger", &write_enable_sync_trigger},
    {"add_not_null", &write_add_not_null},
    {"begin_backfill", &write_begin_backfill},
    {"fence", &write_fence},
    {"backfill_bound_first", &with_bound<&write_bound, false>},
    {"backfill_bound", &with_bound<&write_bound, true>},
    {"backfill_count_first", &with_bound<&write_count, false>},
    {"backfill_count", &with_bound<&write_count, true>},
    {"backfill_chunk_first", &with_bound<&write_chunk, false>},
    {"backfill_chunk", &with_bound<&write_chunk, true>},
    {"client_read_first", &with_bound<&write_read, false>},
    {"client_read", &with_bound<&write_read, true>},
    {"client_write_back", &write_write_back},
    {"advance", &write_advance},
    {"greatest_key", &write_greatest_key},
    {"parity_count_first", &with_bound<&write_parity_count, false>},
    {"parity_count", &with_bound<&write_parity_count, true>},
    {"parity_witness_first", &with_bound<&write_parity_witness, false>},
    {"parity_witness", &with_bound<&write_parity_witness, true>},
    {"parity_witness_value", &write_parity_witness_value},
    {"validate_not_null", &write_validate_not_null},
    {"set_not_null", &write_set_not_null},
    {"drop_not_null_check", &write_drop_not_null_check},
};

inline constexpr std::size_t statement_count = sizeof(catalogue) / sizeof(catalogue[0]);

constexpr std::size_t statement_index(std::string_view name) {
  for (std::size_t i = 0; i < statement_count; ++i) {
    if (catalogue[i].name == name) return i;
  }
  return statement_count;
}

template <class Migration, std::size_t Index>
constexpr auto write_statement_text() {
  constexpr auto write = catalogue[Index].write;
  constexpr std::size_t size = size_of([](sink& out) { write(out, describe_migration<Migration>); });
  text_constant<size> result;
  sink out{result.text};
  write(out, describe_migration<Migration>);
  return result;
}

/// One array for each statement, made only where the statement is used: most of what a declaration costs compilers is
/// text, and most files of an application use the dual writer alone.
template <class Migration, std::size_t Index>
inline constexpr auto stored_statement_text = write_statement_text<Migration, Index>();

template <class Migration, std::size_t Index>
inline constexpr statement stored_statement{catalogue[Index].name, stored_statement_text<Migration, Index>.view()};

template <class Migration, std::size_t... Indexes>
constexpr statement statement_at(std::size_t index, std::index_sequence<Indexes...>) {
  const statement all[]{stored_statement<Migration, Indexes>...};
  return all[index];
}

}  // namespace detail

/// The SQL of a migration, every text a constant: `om::statements<canonical_display_name>::backfill_chunk.view()`.
/// A statement that a migration has no use for is empty, such as the trigger of a client-only transform.
template <migration_like Migration>
struct statements {
  static constexpr std::size_t count = detail::statement_count;

  /// The statement at a position, in the order of use.
  static constexpr statement at(std::size_t index) {
    return detail::statement_at<Migration>(index, std::make_index_sequence<count>{});
  }

 private:
  template <fixed_string Name>
  static constexpr statement named() {
    constexpr std::size_t index = detail::statement_index(Name.view());
    static_assert(index < detail::statement_count);
    return detail::stored_statement<Migration, index>;
  }

 public:
  static constexpr statement probe_table = named<"probe_table">();
  static constexpr statement probe_column = named<"probe_column">();
  static constexpr statement add_column = named<"add_column">();
  static constexpr statement create_sync_function = named<"create_sync_function">();
  static constexpr statement revoke_sync_function = named<"revoke_sync_function">();
  static constexpr statement create_sync_trigger = named<"create_sync_trigger">();
  static constexpr statement enable_sync_trigger = named<"enable_sync_trigger">();
  static constexpr statement add_not_null = named<"add_not_null">();
  static constexpr statement begin_backfill = named<"begin_backfill">();
  static constexpr statement fence = named<"fence">();
  static constexpr statement backfill_bound_first = named<"backfill_bound_first">();
  static constexpr statement backfill_bound = named<"backfill_bound">();
  static constexpr statement backfill_count_first = named<"backfill_count_first">();
  static constexpr statement backfill_count = named<"backfill_count">();
  static constexpr statement backfill_chunk_first = named<"backfill_chunk_first">();
  static constexpr statement backfill_chunk = named<"backfill_chunk">();
  static constexpr statement client_read_first = named<"client_read_first">();
  static constexpr statement client_read = named<"client_read">();
  static constexpr statement client_write_back = named<"client_write_back">();
  static constexpr statement advance = named<"advance">();
  static constexpr statement greatest_key = named<"greatest_key">();
  static constexpr statement parity_count_first = named<"parity_count_first">();
  static constexpr statement parity_count = named<"parity_count">();
  static constexpr statement parity_witness_first = named<"parity_witness_first">();
  static constexpr statement parity_witness = named<"parity_witness">();
  static constexpr statement parity_witness_value = named<"parity_witness_value">();
  static constexpr statement validate_not_null = named<"validate_not_null">();
  static constexpr statement set_not_null = named<"set_not_null">();
  static constexpr statement drop_not_null_check = named<"drop_not_null_check">();
};

}  // namespace online_migration
