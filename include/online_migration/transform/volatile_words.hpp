// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

/// What in a text of SQL makes its value depend on more than its arguments, as far as the words tell. The server knows
/// the rest: expand asks it.
namespace online_migration::detail {

/// Functions of PostgreSQL that are not immutable for any arguments: time, chance, sequences, settings, and those that
/// write values as the settings say.
inline constexpr std::string_view volatile_functions[]{"now",
                                                       "transaction_timestamp",
                                                       "statement_timestamp",
                                                       "clock_timestamp",
                                                       "timeofday",
                                                       "random",
                                                       "gen_random_uuid",
                                                       "setseed",
                                                       "nextval",
                                                       "currval",
                                                       "lastval",
                                                       "setval",
                                                       "current_setting",
                                                       "set_config",
                                                       "txid_current",
                                                       "pg_current_xact_id",
                                                       "pg_backend_pid",
                                                       "pg_sleep",
                                                       "current_database",
                                                       "current_schema",
                                                       "version",
                                                       "to_char",
                                                       "to_date",
                                                       "to_number",
                                                       "make_timestamptz",
                                                       "concat",
                                                       "concat_ws",
                                                       "format",
                                                       "convert_to",
                                                       "convert_from",
                                                       "array_to_string",
                                                       "to_json",
                                                       "to_jsonb",
                                                       "row_to_json"};

/// Those that SQL calls without brackets, and cannot name a column unless they are quoted.
inline constexpr std::string_view volatile_keywords[]{"current_timestamp", "current_date", "current_time",
                                                      "localtimestamp",    "localtime",    "current_user",
                                                      "session_user",      "current_role", "current_catalog"};

/// Texts that a type of time reads as the time of the statement.
inline constexpr std::string_view volatile_literals[]{"now", "today", "tomorrow", "yesterday"};

constexpr char lower_letter(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter;
}

/// Whether a text is a word, written in lower case, in any case.
constexpr bool is_word(std::string_view text, std::string_view word) {
  if (text.size() != word.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (lower_letter(text[i]) != word[i]) return false;
  }
  return true;
}

template <std::size_t Count>
constexpr bool is_one_of(std::string_view text, const std::string_view (&words)[Count]) {
  for (std::string_view word : words) {
    if (is_word(text, word)) return true;
  }
  return false;
}

/// Goes through a text of SQL token by token: words, and between them quoted things, comments and signs.
class sql_words {
 public:
  constexpr explicit sql_words(std::string_view sql) : sql_{sql} {}

  /// The first word, or literal of a time, that makes the value depend on more than the arguments; empty if none does.
  [[nodiscard]] constexpr std::string_view find_volatile() {
    std::string_view before{};  // the token before, and the one before that
    std::string_view earlier{};
    for (std::string_view token = next(); !token.empty(); token = next()) {
      bool foreign = before == "." && !is_word(earlier, "pg_catalog");
      if (!foreign && is_letter(token.front())) {
        if (is_one_of(token, volatile_functions) && follower() == '(') return token;
        if (before != "." && is_one_of(token, volatile_keywords)) return token;
      }
      if (token.front() == '\'' && is_one_of(blanks_off(token), volatile_literals) &&
          (is_time_type(before) || casts_to_time())) {
        return blanks_off(token);
      }
      earlier = before;
      before = token;
    }
    return {};
  }

 private:
  static constexpr bool is_letter(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_' ||
           static_cast<unsigned char>(letter) >= 0x80;
  }
  static constexpr bool is_in_word(char letter) {
    return is_letter(letter) || (letter >= '0' && letter <= '9') || letter == '$';
  }
  static constexpr bool is_space(char letter) { return letter == ' ' || (letter >= '\t' && letter <= '\r'); }
  static constexpr bool is_time_type(std::string_view word) {
    return is_word(word, "timestamp") || is_word(word, "timestamptz") || is_word(word, "date") ||
           is_word(word, "time") || is_word(word, "timetz") || is_word(word, "zone");
  }

  /// What a literal holds, without blanks around it.
  static constexpr std::string_view blanks_off(std::string_view literal) {
    literal = literal.substr(1, literal.size() - (literal.size() > 1 ? 2 : 1));
    while (!literal.empty() && is_space(literal.front())) literal.remove_prefix(1);
    while (!literal.empty() && is_space(literal.back())) literal.remove_suffix(1);
    return literal;
  }

  constexpr void skip_spaces() {
    for (;;) {
      while (at_ < sql_.size() && is_space(sql_[at_])) ++at_;
      std::string_view rest = sql_.substr(at_);
      if (rest.starts_with("--")) {
        while (at_ < sql_.size() && sql_[at_] != '\n') ++at_;
      } else if (rest.starts_with("/*")) {
        std::size_t end = rest.find("*/", 2);
        at_ = end == std::string_view::npos ? sql_.size() : at_ + end + 2;
      } else {
        return;
      }
    }
  }

  /// The next token as it stands, empty at the end. Quoted ones come with their quotes.
  constexpr std::string_view next() {
    skip_spaces();
    std::size_t begin = at_;
    if (at_ == sql_.size()) return {};
    char first = sql_[at_++];
    if (first == '\'' || first == '"') {
      while (at_ < sql_.size() && sql_[at_] != first) ++at_;
      if (at_ < sql_.size()) ++at_;
    } else if (is_in_word(first)) {
      while (at_ < sql_.size() && is_in_word(sql_[at_])) ++at_;
    }
    return sql_.substr(begin, at_ - begin);
  }

  /// The next sign, without taking it.
  [[nodiscard]] constexpr char follower() const {
    sql_words ahead = *this;
    std::string_view token = ahead.next();
    return token.empty() ? '\0' : token.front();
  }

  [[nodiscard]] constexpr bool casts_to_time() const {
    sql_words ahead = *this;
    std::string_view first = ahead.next();
    std::string_view second = is_word(first, "as") ? ":" : ahead.next();
    if (!is_word(first, "as") && (first != ":" || second != ":")) return false;
    std::string_view type = ahead.next();
    if (is_word(type, "pg_catalog")) {
      ahead.next();
      type = ahead.next();
    }
    return is_time_type(type);
  }

  std::string_view sql_;
  std::size_t at_ = 0;
};

}  // namespace online_migration::detail
