// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string_view>

#include <online_migration/schema/type_description.hpp>

namespace online_migration {

/// `text`; C++ `std::string_view` going in.
struct text {
  using value_type = std::string_view;
  static constexpr type_description description{"text", 25, 1009, identity_form::collated};
};

/// `varchar(Length)`, Length in characters; C++ `std::string_view` going in.
template <std::int32_t Length>
  requires(Length > 0 && Length <= 10485760)
struct varchar {
  using value_type = std::string_view;
  static constexpr type_description description{"character varying", 1043, 1015, identity_form::collated, Length};
};

/// `char(Length)`; C++ `std::string_view` going in. The blanks with which PostgreSQL fills it up are no part of the
/// value: neither going in nor coming out, and not in what is compared.
template <std::int32_t Length>
  requires(Length > 0 && Length <= 10485760)
struct character {
  using value_type = std::string_view;
  static constexpr type_description description{"character", 1042, 1014, identity_form::as_text, Length};
};

/// `json`; C++ `std::string_view` going in: the document, which stays as it was written.
struct json {
  using value_type = std::string_view;
  static constexpr type_description description{
      .name = "json", .oid = 114, .array_oid = 199, .identity = identity_form::as_text, .walks = false};
};

/// `jsonb`; C++ `std::string_view` going in: a document, which comes out as PostgreSQL prints it.
struct jsonb {
  using value_type = std::string_view;
  static constexpr type_description description{
      .name = "jsonb", .oid = 3802, .array_oid = 3807, .identity = identity_form::image, .walks = false};
};

}  // namespace online_migration
