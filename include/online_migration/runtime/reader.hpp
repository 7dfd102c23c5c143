// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>

#include <online_migration/migration/migration.hpp>
#include <online_migration/migration/stage.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/connection.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/runtime/bound_values.hpp>
#include <online_migration/runtime/client_rows.hpp>
#include <online_migration/runtime/environment.hpp>
#include <online_migration/runtime/field.hpp>
#include <online_migration/runtime/key.hpp>
#include <online_migration/runtime/key_bucket.hpp>
#include <online_migration/runtime/observer.hpp>
#include <online_migration/runtime/read_flag_source.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration {

namespace detail {

/// In the place of a source of flags, where there is nothing to choose.
struct no_flags {
  template <class... Sources>
  explicit no_flags(Sources&...) {}
};

}  // namespace detail

struct reader_options {
  /// The share of reads at `shadow` that compare, from 0 to 1.
  double shadow_share = 0.01;
  /// Hears of comparisons.
  observer_ref observer{};
};

/// What came of the comparisons at `shadow`.
struct shadow_counts {
  std::int64_t same = 0;
  std::int64_t different = 0;
  std::int64_t failed = 0;  ///< the new column could not be read

  friend bool operator==(const shadow_counts&, const shadow_counts&) = default;
};

/// Reads the field of a table that is being migrated, from the representation that the read flag names, in the type of
/// the new column. It refers to a connection and to where the flag comes from.
///
///     om::reader<canonical_display_name> read{connection, flags};
///     auto name = read.get(om::key(42));
///     if (name.has_row()) greet(name.value());
///
/// The legacy representation is computed from the old columns by the server, in the same statement, or here for a
/// client-only transform. At `shadow` it is what is given, always; a share of the reads fetches the new column as well,
/// in the same statement and so in one snapshot, and counts whether both are the same. Where that statement fails, it
/// is counted and the read is made as at `legacy`. In a transaction of the caller's nothing is compared, because a
/// failure would end it.
///
/// Of a migration with stages (`om::staged`) it obeys `om::stage_of`: at `legacy` it does not compile, at `new_only` it
/// reads the new column, whatever flags it was made with, and may be made without.
///
/// Throws: what the source of the flag throws; `statement_error` and `connection_error`, which carry the name of the
/// migration; `refused` for a value that is not as declared; where the new column cannot be NULL, what a user's
/// function throws.
/// Thread safety: as its connection.
/// Round trips: one for each read; two where a comparison failed. A borrowed connection is asked about itself once.
template <migration_like Migration, connection_like Connection = connection,
          environment_like Environment = system_environment, stage Stage = detail::stage_in_use<Migration>>
class reader {
  static_assert(!several_columns<Migration>,
                "om::reader: this migration fills several columns, and a reader reads one: "
                "om::reader<om::one_column<migration, \"column\">>");
  using rows = detail::client_rows<Migration>;
  using type = typename Migration::change::type;
  using sql = statements<Migration>;
  static constexpr bool chooses = Stage != stage::new_only;
  using source_type = std::conditional_t<chooses, detail::read_flag_source_ref, detail::no_flags>;

 public:
  using rules = detail::checked<detail::check_not_legacy_stage<Migration, Stage>::raise()>;

  /// `std::string` for texts; a `std::optional` unless the new column is declared `om::not_null`.
  using value_type = detail::field_value<Migration>;

  /// Throws: `refused` for a share below 0 or above 1.
  template <read_flag_source Source>
  reader(Connection& on, Source& flags, reader_options options = {})
      : on_{&on}, flags_{flags}, options_{options}, sampled_{sampled_of(options.shadow_share)} {
    if constexpr (requires { typename Source::migration; }) {
      static_assert(std::same_as<typename Source::migration, detail::whole_of_t<Migration>>,
                    "om::reader: these read flags are those of another migration");
    }
    detail::witness_stage<Migration, Stage>();
  }

  /// At `om::stage::new_only` there is no flag to read.
  explicit reader(Connection& on, reader_options options = {})
    requires(!chooses)
      : on_{&on}, options_{options}, sampled_{0} {
    detail::witness_stage<Migration, Stage>();
  }

  /// The field of the row with this key.
  template <class... Keys>
  [[nodiscard]] field<value_type> get(const key_values<Keys...>& which) {
    using verdict = detail::check_key_of_row<Migration, Keys...>;
    if constexpr (accepts<verdict>) {
      read_flag flag = current_flag();
      return detail::with_key_assignments<typename Migration::table>(which, [&](const auto&... keys) {
        const bound_values<Migration, detail::write_kind::erase, std::remove_cvref_t<decltype(keys)>...> bound{keys...};
        return read(flag, chosen(flag, which), bound.parameters());
      });
    } else {
      verdict::raise();
      return field<value_type>{place::legacy};
    }
  }

  /// Where the field of the row with this key is to be read now, for a statement of the user's own with
  /// `om::read_expression`.
  template <class... Keys>
  [[nodiscard]] online_migration::representation representation(const key_values<Keys...>& which) {
    return chosen(current_flag(), which);
  }

  /// The same for a statement over many rows: the new column only where every row is read from it.
  [[nodiscard]] online_migration::representation representation() {
    return current_flag() == read_flag::new_column ? place::new_column : place::legacy;
  }

  /// The comparisons of this reader so far.
  [[nodiscard]] const shadow_counts& shadow() const { return counts_; }

 private:
  using place = online_migration::representation;
  static constexpr std::int64_t parts = 1'000'000;

  static std::int64_t sampled_of(double share) {
    if (!(share >= 0 && share <= 1)) throw refused{"om::reader_options::shadow_share is a share from 0 to 1."};
    return static_cast<std::int64_t>(share * static_cast<double>(parts));
  }

  /// A flag that was read from another server may be ahead of what this one has.
  read_flag current_flag() {
    if constexpr (chooses) {
      if (flags_.minds_servers()) {
        const std::string& started = on_->facts().started;
        if (started != met_) {
          flags_.meet(started);
          met_ = started;
        }
      }
      return flags_();
    } else {
      return read_flag::new_column;
    }
  }

  template <class... Keys>
  static place chosen(const read_flag& flag, const key_values<Keys...>& which) {
    bool fresh = flag == read_flag::new_column;
    if (flag.what() == read_flag::kind::percent) fresh = key_bucket<Migration>(which) < flag.share();
    return fresh ? place::new_column : place::legacy;
  }

  field<value_type> read(const read_flag& flag, place from, std::span<const parameter> key) {
    try {
      if (from == place::new_column) return read_new(key);
      if constexpr (chooses) {
        if (flag == read_flag::shadow && !on_->in_transaction() && Environment::random(parts - 1) < sampled_) {
          return read_and_compare(key);
        }
        return read_legacy(key);
      } else {
        return read_new(key);
      }
    } catch (error& problem) {
      problem.in_migration(Migration::name.view());
      if (problem.sqlstate() == "42703" || problem.sqlstate() == "42883") {
        problem.add(
            "If it is the new column or a function om_total_… that does not exist: has om::expand run on this "
            "database?");
      }
      throw;
    }
  }

  field<value_type> read_new(std::span<const parameter> key) {
    auto found = on_->execute_prepared(sql::read_new, key, result_format::binary);
    if (found.rows() == 0) return field<value_type>{place::new_column};
    return {place::new_column, detail::as_field_value<Migration>(rows::template value<type>(found, 0, 0))};
  }

  field<value_type> read_legacy(std::span<const parameter> key) {
    auto found = on_->execute_prepared(sql::read_legacy, key, result_format::binary);
    if (found.rows() == 0) return field<value_type>{place::legacy};
    return {place::legacy, detail::as_field_value<Migration>(detail::legacy_value<Migration>(found))};
  }

  field<value_type> read_and_compare(std::span<const parameter> key) {
    std::optional<decltype(on_->execute_prepared(sql::read_both, key, result_format::binary))> found;
    try {
      found = on_->execute_prepared(sql::read_both, key, result_format::binary);
    } catch (const connection_error&) {
      throw;
    } catch (const error&) {  // of the new column's, if the read below succeeds
    }
    if (!found.has_value()) {
      field<value_type> given = read_legacy(key);
      count(shadow_outcome::failed);
      return given;
    }
    if (found->rows() == 0) return field<value_type>{place::legacy};
    auto legacy = detail::legacy_value<Migration>(*found);
    field<value_type> given{place::legacy, detail::as_field_value<Migration>(legacy)};
    count(compare(*found, legacy));
    return given;
  }

  /// Where the server can compute the transform, it has compared as parity does.
  template <class Result, class Legacy>
  static shadow_outcome compare(const Result& found, const Legacy& legacy) {
    try {
      bool same = false;
      if constexpr (is_client_only<Migration>) {
        same = rows::same(legacy, rows::template value<type>(found, 0, rows::sources));
      } else {
        std::ignore = rows::template value<type>(found, 0, 1);
        same = !decode<boolean>(found.text(0, 2));
      }
      return same ? shadow_outcome::same : shadow_outcome::different;
    } catch (const error&) {  // the new column is not of the declared type
      return shadow_outcome::failed;
    }
  }

  void count(shadow_outcome outcome) {
    std::int64_t& counter = outcome == shadow_outcome::same        ? counts_.same
                            : outcome == shadow_outcome::different ? counts_.different
                                                                   : counts_.failed;
    ++counter;
    options_.observer(shadow_read_event{Migration::name.view(), outcome});
  }

  Connection* on_;
  [[no_unique_address]] source_type flags_;
  reader_options options_;
  std::int64_t sampled_;
  std::string met_;
  shadow_counts counts_;
};

}  // namespace online_migration
