// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/libpq.hpp>

namespace online_migration::detail {

/// A connection string, taken apart. Its words go to libpq one by one and are never expanded again, so that a database
/// name which holds a `=` cannot set other words.
class conninfo {
 public:
  /// Throws: `refused` for text that is neither `keyword=value` pairs nor a `postgresql://` URI. The sentence does not
  /// quote it: it may hold a password.
  explicit conninfo(const std::string& text) {
    options given{PQconninfoParse(text.c_str(), nullptr), &PQconninfoFree};
    if (!given) {
      throw refused{
          "The connection string cannot be read: write keyword=value pairs, with '…' around values that hold "
          "spaces, or a postgresql:// URI."};
    }
    for (const PQconninfoOption* each = given.get(); each->keyword != nullptr; ++each) {
      if (each->val != nullptr) words_.emplace_back(each->keyword, each->val);
    }
    if (get("host").find('@') != std::string_view::npos) {
      throw refused{"The host in the connection string holds a '@': write the '@' of a password in a URI as %40."};
    }
    take_hosts_from_environment();
    add_defaults();
  }

  /// The value of a keyword, empty where there is none.
  [[nodiscard]] std::string_view get(std::string_view keyword) const {
    for (const auto& [name, value] : words_) {
      if (name == keyword) return value;
    }
    return {};
  }

  void set(std::string_view keyword, std::string_view value) {
    for (auto& [name, old] : words_) {
      if (name == keyword) {
        old = value;
        return;
      }
    }
    words_.emplace_back(keyword, value);
  }

  /// One connection string for each host of a list. libpq gives up a host that never answers only in its blocking
  /// functions; here each host gets its own time.
  [[nodiscard]] std::vector<conninfo> each_host() const {
    std::vector<conninfo> all;
    std::size_t count = std::max(split(get("host")).size(), split(get("hostaddr")).size());
    if (count < 2 || get("target_session_attrs") == "prefer-standby") return {*this};
    for (std::size_t i = 0; i < count; ++i) {
      conninfo one = *this;
      for (std::string_view keyword : {"host", "hostaddr", "port"}) {
        std::vector<std::string_view> values = split(get(keyword));
        if (values.size() < 2) continue;             // one port for all hosts
        if (values.size() != count) return {*this};  // libpq says what is wrong
        one.set(keyword, values[i]);
      }
      all.push_back(std::move(one));
    }
    return all;
  }

  /// `connect_timeout` of the string, in seconds there; else `otherwise`.
  [[nodiscard]] std::chrono::milliseconds connect_timeout(std::chrono::milliseconds otherwise) const {
    int seconds = std::atoi(std::string{get("connect_timeout")}.c_str());
    return seconds > 0 ? std::chrono::milliseconds{std::chrono::seconds{seconds}} : otherwise;
  }

  /// Begins to connect. Name resolution happens in here.
  [[nodiscard]] PGconn* start() const {
    std::vector<const char*> keywords;
    std::vector<const char*> values;
    for (const auto& [name, value] : words_) {
      keywords.push_back(name.c_str());
      values.push_back(value.c_str());
    }
    keywords.push_back(nullptr);
    values.push_back(nullptr);
    return PQconnectStartParams(keywords.data(), values.data(), 0);
  }

  /// The text without the passwords of this connection string, in one line.
  [[nodiscard]] std::string without_secrets(std::string text) const {
    for (std::string_view keyword : {"password", "sslpassword"}) {
      std::string_view secret = get(keyword);
      if (secret.empty()) continue;
      for (std::size_t at = 0; (at = text.find(secret, at)) != std::string::npos; at += 3) {
        text.replace(at, secret.size(), "***");
      }
    }
    std::erase(text, '\t');
    while (!text.empty() && (text.back() == '\n' || text.back() == '.')) text.pop_back();
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
  }

 private:
  using options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

  /// Lists of hosts can stand in the environment as well. The other words libpq takes from there by itself.
  void take_hosts_from_environment() {
    if (!get("service").empty()) return;
    options defaults{PQconndefaults(), &PQconninfoFree};
    for (const PQconninfoOption* each = defaults.get(); each != nullptr && each->keyword != nullptr; ++each) {
      std::string_view keyword = each->keyword;
      bool about_hosts =
          keyword == "host" || keyword == "hostaddr" || keyword == "port" || keyword == "target_session_attrs";
      if (about_hosts && each->val != nullptr && !has(keyword)) words_.emplace_back(keyword, each->val);
    }
  }

  [[nodiscard]] bool has(std::string_view keyword) const {
    return std::any_of(words_.begin(), words_.end(), [&](const auto& word) { return word.first == keyword; });
  }

  void add_defaults() {
    set("client_encoding", "UTF8");
    std::pair<std::string_view, std::string_view> defaults[] = {
        {"fallback_application_name", "online_migration"},
        {"keepalives_idle", "5"},  // seconds: a dead peer is noticed after about 5 + 3 * 2
        {"keepalives_interval", "2"},
        {"keepalives_count", "3"},
        {"tcp_user_timeout", "10000"}};  // milliseconds
    for (auto [keyword, value] : defaults) {
      if (get(keyword).empty()) set(keyword, value);
    }
  }

  static std::vector<std::string_view> split(std::string_view list) {
    std::vector<std::string_view> parts;
    if (list.empty()) return parts;
    for (;;) {
      std::size_t comma = list.find(',');
      parts.push_back(list.substr(0, comma));
      if (comma == std::string_view::npos) return parts;
      list.remove_prefix(comma + 1);
    }
  }

  std::vector<std::pair<std::string, std::string>> words_;
};

}  // namespace online_migration::detail
