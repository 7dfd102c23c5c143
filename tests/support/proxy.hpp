// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <cstdlib>
#include <list>
#include <mutex>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include <doctest/doctest.h>

namespace test {

/// A TCP proxy before the server of libpq's environment. It can harm the n-th request that holds some text, such as
/// "COMMIT"; before and after that it passes everything on.
class proxy {
 public:
  enum class harm {
    cut_before,  ///< the connection ends and the server never sees the request
    cut_after,   ///< the server has done it, and the connection ends instead of the answer
    swallow      ///< the server has done it, and no answer ever comes
  };

  proxy() : listener_{socket(AF_INET, SOCK_STREAM, 0)} {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    REQUIRE(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    REQUIRE(listen(listener_, 64) == 0);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::jthread{[this](const std::stop_token& stop) { accept_all(stop); }};
  }
  ~proxy() {
    acceptor_.request_stop();
    acceptor_.join();
    connections_.clear();
    ::close(listener_);
  }
  proxy(const proxy&) = delete;
  proxy& operator=(const proxy&) = delete;

  /// A connection string for the server behind the proxy.
  [[nodiscard]] std::string conninfo() const {
    return "host=127.0.0.1 sslmode=disable gssencmode=disable port=" + std::to_string(port_);
  }

  /// Harms the n-th request from now on that holds the text.
  void arm(std::string text, harm what, int nth = 1) {
    std::lock_guard hold{mutex_};
    text_ = std::move(text);
    what_ = what;
    left_ = nth;
    fired_ = false;
  }

  /// Whether it has come to that.
  [[nodiscard]] bool fired() const { return fired_; }

 private:
  static sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<in_port_t>(port));
    return address;
  }

  static bool readable(int socket, int milliseconds) {
    pollfd one{socket, POLLIN, 0};
    return poll(&one, 1, milliseconds) > 0;
  }

  static bool send_all(int to, std::string_view bytes) {
    while (!bytes.empty()) {
      ssize_t sent = send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void accept_all(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (!readable(listener_, 20)) continue;
      int client = accept(listener_, nullptr, nullptr);
      if (client < 0) continue;
      connections_.emplace_back([this, client](const std::stop_token& ended) {
        serve(client, ended);
        ::close(client);
      });
    }
  }

  /// The harm to do to this request, if it is the one.
  bool is_the_one(std::string_view request, harm& what) {
    std::lock_guard hold{mutex_};
    if (left_ == 0 || request.find(text_) == std::string_view::npos || --left_ > 0) return false;
    what = what_;
    fired_ = true;
    return true;
  }

  void serve(int client, const std::stop_token& stop) {
    int server = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = loopback(std::atoi(std::getenv("PGPORT")));
    if (connect(server, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) pump(client, server, stop);
    ::close(server);
  }

  void pump(int client, int server, const std::stop_token& stop) {
    std::array<char, 65536> buffer;
    auto take = [&](int from) {
      ssize_t size = recv(from, buffer.data(), buffer.size(), 0);
      return std::string_view{buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
    };
    while (!stop.stop_requested()) {
      std::array<pollfd, 2> both{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
      if (poll(both.data(), both.size(), 20) <= 0) continue;
      if (both[1].revents != 0) {
        std::string_view answer = take(server);
        if (answer.empty() || !send_all(client, answer)) return;
      }
      if (both[0].revents == 0) continue;
      std::string_view request = take(client);
      if (request.empty()) return;
      harm what{};
      bool harmed = is_the_one(request, what);
      if (harmed && what == harm::cut_before) return;
      if (!send_all(server, request)) return;
      if (!harmed) continue;
      while (!readable(server, 20) && !stop.stop_requested()) {  // the server is at it
      }
      if (what == harm::cut_after) return;
      while (!readable(client, 20) && !stop.stop_requested()) {  // until the client has had enough
      }
      return;
    }
  }

  int listener_;
  int port_ = 0;
  std::mutex mutex_;
  std::string text_;
  harm what_{};
  int left_ = 0;
  std::atomic<bool> fired_ = false;
  std::list<std::jthread> connections_;
  std::jthread acceptor_;
};

}  // namespace test
