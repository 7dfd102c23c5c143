// SPDX-License-Identifier: BSL-1.0
// What counts as a text. The same question is put to PostgreSQL in tests/differential/valid_text.cpp.
#include <string_view>

#include <online_migration/transform/utf8.hpp>

using online_migration::detail::is_valid_text;

static_assert(is_valid_text(""));
static_assert(is_valid_text("Ada \x7F"));
static_assert(is_valid_text("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"));
static_assert(!is_valid_text(std::string_view{"a\0b", 3}));
static_assert(!is_valid_text("\xC3"));          // cut
static_assert(!is_valid_text("\xC3("));         // not continued
static_assert(!is_valid_text("\xA4"));          // not begun
static_assert(!is_valid_text("\xC1\x81"));      // overlong
static_assert(!is_valid_text("\xE0\x9F\xBF"));  // overlong
static_assert(is_valid_text("\xE0\xA0\x80"));
static_assert(is_valid_text("\xED\x9F\xBF"));
static_assert(!is_valid_text("\xED\xA0\x80"));      // a surrogate
static_assert(!is_valid_text("\xF0\x8F\xBF\xBF"));  // overlong
static_assert(is_valid_text("\xF4\x8F\xBF\xBF"));
static_assert(!is_valid_text("\xF4\x90\x80\x80"));  // past the last one
static_assert(!is_valid_text("\xF5\x80\x80\x80"));
