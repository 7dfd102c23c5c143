// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <online_migration/postgres/error.hpp>

namespace online_migration {

/// One parameter of a statement, as libpq takes it. It refers to bytes that somebody else keeps.
struct parameter {
  unsigned oid = 0;            ///< of the type; 0 lets the server infer it from the statement
  const char* data = nullptr;  ///< nullptr is NULL
  int size = 0;                ///< in bytes; the server ignores it in text format
  int format = 0;              ///< 0 text (NUL-terminated), 1 binary
};

namespace detail {

/// A length as libpq wants it. PostgreSQL takes no value of a gigabyte or more.
inline int parameter_size(std::size_t size) {
  constexpr std::size_t gigabyte = std::size_t{1} << 30;
  if (size >= gigabyte) throw refused{"A parameter has a gigabyte or more, which PostgreSQL does not take."};
  return static_cast<int>(size);
}

}  // namespace detail

/// A parameter of type text, varchar or another that travels as its own characters. It goes in binary format, where the
/// bytes are the same: in text format libpq would silently cut the value at a NUL byte, so the server refuses it
/// (22021). The bytes must outlive the call. Throws: `refused` for a gigabyte or more.
inline parameter text_parameter(std::string_view bytes, unsigned oid = 0) {
  return {oid, bytes.data() == nullptr ? "" : bytes.data(), detail::parameter_size(bytes.size()), 1};
}

/// A parameter of any type, given as the text that PostgreSQL prints for it, such as a cursor or a setting in a
/// `$1::bigint`. The string must outlive the call. Throws: `refused` for a NUL byte, at which libpq would cut the
/// value.
inline parameter text_form_parameter(const std::string& form, unsigned oid = 0) {
  if (form.find('\0') != std::string::npos) throw refused{"The text form of a parameter holds a NUL byte."};
  return {oid, form.c_str(), detail::parameter_size(form.size()), 0};
}
parameter text_form_parameter(std::string&&, unsigned = 0) = delete;

/// NULL.
constexpr parameter null_parameter(unsigned oid = 0) { return {oid, nullptr, 0, 0}; }

}  // namespace online_migration
