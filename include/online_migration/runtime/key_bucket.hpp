// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include <online_migration/base/hash.hpp>
#include <online_migration/migration/write_rules.hpp>
#include <online_migration/postgres/codec.hpp>
#include <online_migration/runtime/key.hpp>
#include <online_migration/runtime/stored_form.hpp>
#include <online_migration/transform/row.hpp>

namespace online_migration {

namespace detail {

/// The rules over a key by itself: `accepted` or the first diagnosis.
template <class Migration, class... Values>
using check_key_of_row = check_write<write_request<Migration, write_kind::erase, list<Values...>, list<>>>;

/// The hash of some bytes behind others, with their number before them, so that no two keys run into one another.
constexpr std::uint64_t hash_bytes(std::uint64_t hash, const char* bytes, std::size_t size) {
  std::array<char, 4> length{};
  store_number(static_cast<std::uint32_t>(size), length.data());
  return fnv1a(bytes, size, fnv1a(length.data(), length.size(), hash));
}

/// MurmurHash3's `fmix64` (Austin Appleby, public domain): each bit of the hash reaches all others, without which keys
/// that come in steps of 256 fall into some buckets more often.
constexpr std::uint64_t mixed(std::uint64_t hash) {
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdU;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53U;
  return hash ^ (hash >> 33);
}

/// The digits of a number without zeros at the end of a fraction: equal keys are one key.
constexpr std::string_view equal_digits(const numeric_value& value) {
  std::string_view all = value.view();
  if (!value.is_finite() || all.find('.') == std::string_view::npos) return all;
  while (all.back() == '0') all.remove_suffix(1);
  if (all.back() == '.') all.remove_suffix(1);
  return all;
}

template <class Column, class Given>
constexpr std::uint64_t hash_key_value(std::uint64_t hash, const Given& given) {
  using type = typename Column::type;
  const auto value = stored_form<type>(as_value_of<Column>(given));
  using plain = typename type::value_type;
  if constexpr (viewed<type>) {
    std::string_view bytes = bytes_of(value);
    return hash_bytes(hash, bytes.data(), bytes.size());
  } else if constexpr (std::same_as<plain, numeric_value>) {
    std::string_view digits = equal_digits(value);
    return hash_bytes(hash, digits.data(), digits.size());
  } else if constexpr (!fixed_size<type>) {
    std::string bytes;
    append_value<type>(value, bytes);
    return hash_bytes(hash, bytes.data(), bytes.size());
  } else {
    // A key that grows from integer to bigint stays where it was.
    using wide = std::conditional_t<std::signed_integral<plain>, std::int64_t, plain>;
    using form = std::conditional_t<std::signed_integral<plain>, codec<wide>, codec_of<type>>;
    std::array<char, form::size> bytes{};
    form::store(wide{value}, bytes.data());
    return hash_bytes(hash, bytes.data(), bytes.size());
  }
}

}  // namespace detail

/// The place of a row on the way from 0 to 100 percent, from 0 to 99: at `read_flag::percent(n)` the rows below `n` are
/// read from the new column. The same on every compiler, process and host, in this version and in later ones.
///
/// It is FNV-1a of 64 bits over the values of the key in their order, mixed by the last step of MurmurHash3 (`fmix64`),
/// modulo 100. Each value is the number of its bytes (in 4 bytes) and then those bytes: whole numbers of any width in 8
/// bytes, boolean in 1 (0 or 1), uuid in its 16, timestamptz in 8 (microseconds since 2000-01-01 UTC), texts in UTF-8
/// (char without blanks at its end), numeric as its digits without zeros at the end of a fraction, others as they
/// travel. Numbers are big-endian, negative ones in two's complement.
template <migration_like Migration, class... Values>
constexpr int key_bucket(const key_values<Values...>& which) {
  using verdict = detail::check_key_of_row<Migration, Values...>;
  if constexpr (accepts<verdict>) {
    using table = typename Migration::table;
    std::uint64_t hash = detail::with_key_assignments<table>(which, []<class... Columns>(const Columns&... given) {
      std::uint64_t so_far = detail::fnv1a_start;
      ((so_far = detail::hash_key_value<detail::column_at<table, detail::column_index<table, Columns::name>>>(
            so_far, given.value)),
       ...);
      return so_far;
    });
    return static_cast<int>(detail::mixed(hash) % 100);
  } else {
    verdict::raise();
    return 0;
  }
}

}  // namespace online_migration
