// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <online_migration/postgres/condition.hpp>
#include <online_migration/postgres/retry_class.hpp>

namespace online_migration {

/// What the library throws at run time. `what()` is a sentence for a person and never holds a value of a row.
class error : public std::runtime_error {
 public:
  /// Five characters, or empty where no server gave one.
  [[nodiscard]] std::string_view sqlstate() const { return sqlstate_; }

  /// The name of the statement that failed, or empty.
  [[nodiscard]] std::string_view statement_name() const { return statement_name_; }

  /// The name of the migration it happened in, or empty.
  [[nodiscard]] std::string_view migration() const { return migration_; }

  /// Which one failed of the statements that were sent together, or of the rows of a range; counted from 0.
  [[nodiscard]] std::optional<std::size_t> index() const { return index_; }

  /// Whether and how a retry can help.
  [[nodiscard]] retry_class retry() const { return retry_; }

  /// Says in which migration it happened: `catch (error& problem) { problem.in_migration("…"); throw; }`. It then
  /// stands at the front of `what()`.
  void in_migration(std::string_view name) {
    migration_ = name;
    rewrite();
  }

  /// Says which one of several it was.
  void at_index(std::size_t index) { index_ = index; }

  /// Adds a sentence for whoever knows more about the circumstances.
  void add(std::string_view hint) {
    sentence_.append(" ").append(hint);
    rewrite();
  }

 protected:
  error(std::string sentence, retry_class retry, std::string_view sqlstate, std::string_view statement_name)
      : std::runtime_error{sentence},
        sentence_{std::move(sentence)},
        sqlstate_{sqlstate},
        statement_name_{statement_name},
        retry_{retry} {}

 private:
  void rewrite() {
    static_cast<std::runtime_error&>(*this) =
        std::runtime_error{migration_.empty() ? sentence_ : "migration " + migration_ + ": " + sentence_};
  }

  std::string sentence_;
  std::string sqlstate_;
  std::string statement_name_;
  std::string migration_;
  std::optional<std::size_t> index_;
  retry_class retry_;
};

/// There is no connection: it could not be made, or it was lost.
class connection_error : public error {
 public:
  explicit connection_error(std::string sentence, std::string_view statement_name = {}, bool outcome_unknown = false,
                            std::string_view sqlstate = {})
      : error{std::move(sentence), retry_class::reconnect, sqlstate, statement_name},
        outcome_unknown_{outcome_unknown} {}

  /// The connection went away while a statement was in flight.
  static connection_error lost(std::string_view statement_name, std::string_view sqlstate, std::string_view reason) {
    std::string sentence{statement_name};
    sentence.append(": the connection was lost: ").append(reason);
    if (!sqlstate.empty()) sentence.append(" (SQLSTATE ").append(sqlstate).append(")");
    sentence += ". Whether the statement took effect is unknown: connect again and read the state.";
    return connection_error{std::move(sentence), statement_name, true, sqlstate};
  }

  /// Whether a statement was in flight, so that only the state in the database can tell if it took effect.
  [[nodiscard]] bool outcome_unknown() const { return outcome_unknown_; }

 private:
  bool outcome_unknown_;
};

/// The server refused a statement.
class statement_error : public error {
 public:
  /// `object` names schema, table, column and constraint as far as the server told them.
  statement_error(std::string_view statement_name, std::string_view sqlstate, std::string object = {})
      : statement_error{statement_name, sqlstate, std::move(object), classify(sqlstate)} {}

  statement_error(std::string_view statement_name, std::string_view sqlstate, std::string object, retry_class retry)
      : error{sentence(statement_name, sqlstate, object), retry, sqlstate, statement_name},
        object_{std::move(object)} {}

  /// As in `table "public"."users", constraint "users_pkey"`, or empty.
  [[nodiscard]] std::string_view object() const { return object_; }

 private:
  static std::string sentence(std::string_view statement_name, std::string_view sqlstate, std::string_view object) {
    condition words = describe(sqlstate);
    std::string out{statement_name};
    out.append(" failed: ").append(words.meaning.empty() ? "the server refused the statement" : words.meaning);
    out.append(" (SQLSTATE ").append(sqlstate);
    if (!object.empty()) out.append("; ").append(object);
    out += ").";
    if (words.meaning.empty()) {
      out += " See appendix A of the PostgreSQL manual for the code; the server's log has its own message.";
    } else if (!words.advice.empty()) {
      out.append(" ").append(words.advice);
    }
    return out;
  }

  std::string object_;
};

/// The library refused; nothing was changed.
class refused : public error {
 public:
  explicit refused(std::string sentence, std::string_view statement_name = {})
      : error{std::move(sentence), retry_class::stop, {}, statement_name} {}
};

/// Another runner owns the work now; this one changed nothing and has to stop.
class lost_lease : public refused {
 public:
  using refused::refused;
};

}  // namespace online_migration
