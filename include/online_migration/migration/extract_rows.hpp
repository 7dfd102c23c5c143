// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/migration/extract_rules.hpp>
#include <online_migration/migration/extracted.hpp>
#include <online_migration/migration/migration.hpp>

namespace online_migration {

/// A change: columns of a table become rows of another one, several for each of its rows. Expand makes that table, with
/// a foreign key to the first one; its key is that of the first one and the position of the row.
///
/// A row is there where one of its values that may be NULL is not, and always where none may be; a value that several
/// rows have does not count. A column that goes as it is into one row leaves the first table once contract is over; of
/// another one that a row reads say so, with `om::from` and `om::lossy`, if it is to leave as well.
///
///     struct phones : om::table<"phones",
///         om::column<"user_id", om::bigint, om::primary_key>,
///         om::column<"kind",    om::text,   om::primary_key>,
///         om::column<"number",  om::text,   om::not_null>> {};
///
///     struct extract_phones : om::migration<"users-extract-phones", users,
///         om::extract_rows<phones,
///             om::row_at<"home", om::moved<"number", om::col<"home_phone">>>,
///             om::row_at<"work", om::moved<"number", om::col<"work_phone">>>>> {};
///
///     om::extract_rows<tags, om::row_each<om::moved<"tag", om::col<"tags">>>>
template <table_like Target, row_part First, extract_part... Rest>
  requires(!detail::is_row_each<First> || (is_leaving<Rest> && ...))
struct extract_rows {};

/// A migration that extracts rows: one expand, one walk over the first table, one proof over both.
template <fixed_string Name, table_like Table, table_like Target, row_part First, extract_part... Rest>
struct migration<Name, Table, extract_rows<Target, First, Rest...>> {
  static constexpr auto name = Name;
  using table = Table;
  using changes_of_rows = typename detail::extract_of<Table, Target, First, Rest...>::changes;
  using change = typename changes_of_rows::change;
  using column_changes = typename changes_of_rows::column_changes;
  using row_changes = typename changes_of_rows::row_changes;
  using verdict = detail::check_extract_of<Name, Table, Target, First, Rest...>;
  using rules = detail::checked<verdict::raise()>;
};

}  // namespace online_migration
