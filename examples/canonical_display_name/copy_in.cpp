// SPDX-License-Identifier: BSL-1.0
#include "copy_in.hpp"

#include <stdexcept>

namespace {

/// Takes all results of a command; whether the last one is as expected.
bool take_results(PGconn* raw, ExecStatusType expected) {
  bool all_good = true;
  while (PGresult* answer = PQgetResult(raw)) {
    all_good = all_good && PQresultStatus(answer) == expected;
    PQclear(answer);
  }
  return all_good;
}

}  // namespace

copy_in::copy_in(om::connection& on, const char* sql) : raw_{on.native()} {
  PGresult* answer = PQexec(raw_, sql);
  bool begun = PQresultStatus(answer) == PGRES_COPY_IN;
  PQclear(answer);
  if (!begun) throw std::runtime_error{PQerrorMessage(raw_)};
}

void copy_in::row(std::int64_t id, std::string_view text) {
  buffer_ += std::to_string(id);
  buffer_ += '\t';
  for (char letter : text) {
    switch (letter) {
      case '\\':
        buffer_ += "\\\\";
        break;
      case '\t':
        buffer_ += "\\t";
        break;
      case '\n':
        buffer_ += "\\n";
        break;
      case '\r':
        buffer_ += "\\r";
        break;
      default:
        buffer_ += letter;
    }
  }
  buffer_ += '\n';
  constexpr std::size_t enough = 1 << 16;
  if (buffer_.size() >= enough) send();
}

void copy_in::end() {
  send();
  if (PQputCopyEnd(raw_, nullptr) != 1 || !take_results(raw_, PGRES_COMMAND_OK)) {
    throw std::runtime_error{PQerrorMessage(raw_)};
  }
}

void copy_in::send() {
  if (PQputCopyData(raw_, buffer_.data(), static_cast<int>(buffer_.size())) != 1) {
    throw std::runtime_error{PQerrorMessage(raw_)};
  }
  buffer_.clear();
}
