// SPDX-License-Identifier: BSL-1.0
#include "pgbench/application.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error{errno, std::generic_category(), what}; }

/// Starts pgbench with everything it says in a file. Its tables are in a schema of their own.
pid_t start(const pgbench_settings& chosen, std::vector<std::string> arguments, const std::filesystem::path& output) {
  arguments.insert(arguments.begin(), chosen.pgbench);
  arguments.push_back(chosen.dsn);
  pid_t pid = fork();
  if (pid < 0) fail("fork");
  if (pid > 0) return pid;
  std::vector<char*> words;
  for (std::string& each : arguments) words.push_back(each.data());
  words.push_back(nullptr);
  int file = open(output.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0 || dup2(file, 1) < 0 || dup2(file, 2) < 0) _exit(126);
  setenv("PGOPTIONS", ("-c search_path=" + chosen.schema).c_str(), 1);
  execvp(words[0], words.data());
  _exit(127);
}

int wait_for(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) fail("waitpid");
  }
  return status;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// The number behind some words of pgbench's report; nothing where they are not there.
std::optional<double> number_after(const std::string& report, std::string_view words) {
  std::size_t at = report.find(words);
  if (at == std::string::npos) return std::nullopt;
  return std::strtod(report.c_str() + at + words.size(), nullptr);
}

std::filesystem::path make_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "pgbench.XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) fail("mkdtemp");
  return name;
}

}  // namespace

void application::load(const pgbench_settings& chosen) {
  std::filesystem::path folder = make_folder();
  int status = wait_for(start(chosen, {"-i", "-q", "-s", std::to_string(chosen.scale)}, folder / "output"));
  std::string said = read(folder / "output");
  std::filesystem::remove_all(folder);
  if (status != 0) throw std::runtime_error{fmt::format("{} -i failed:\n{}", chosen.pgbench, said)};
}

application::application(const pgbench_settings& chosen, std::string version, const std::filesystem::path& script)
    : version_{std::move(version)}, folder_{make_folder()}, begun_{std::chrono::steady_clock::now()} {
  std::vector<std::string> arguments{"-n",
                                     "-M",
                                     "prepared",
                                     "-c",
                                     std::to_string(chosen.clients),
                                     "-T",
                                     "86400",
                                     "-s",
                                     std::to_string(chosen.scale),
                                     "-l",
                                     "--log-prefix=" + (folder_ / "log").string()};
  if (!script.empty()) arguments.insert(arguments.end(), {"-f", script.string()});
  pid_ = start(chosen, std::move(arguments), folder_ / "output");
}

application::~application() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    int status = 0;
    waitpid(pid_, &status, 0);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

application_report application::stop() {
  // The end of pgbench's time is an alarm, which may come earlier.
  if (kill(pid_, SIGALRM) != 0) fail("kill");
  int status = wait_for(std::exchange(pid_, 0));
  std::string said = read(folder_ / "output");
  application_report report;
  report.version = version_;
  report.transactions =
      static_cast<std::int64_t>(number_after(said, "number of transactions actually processed: ").value_or(0));
  report.failed = static_cast<std::int64_t>(number_after(said, "number of failed transactions: ").value_or(0));
  report.per_second = number_after(said, "tps = ").value_or(0);
  report.p99 = read_p99();
  report.ended_well = status == 0 && report.transactions > 0 && said.find("aborted") == std::string::npos &&
                      said.find("ERROR") == std::string::npos;
  if (!report.ended_well) fmt::print(stderr, "{}", said);
  return report;
}

/// From the log, a line for each transaction: client, number, microseconds, …
std::optional<double> application::read_p99() const {
  std::vector<double> times;
  for (const auto& file : std::filesystem::directory_iterator{folder_}) {
    if (!file.path().filename().string().starts_with("log")) continue;
    std::ifstream in{file.path()};
    for (std::string line; std::getline(in, line);) {
      std::istringstream words{line};
      std::int64_t client = 0;
      std::int64_t number = 0;
      double time = 0;
      if (words >> client >> number >> time) times.push_back(time / 1000);
    }
  }
  if (times.empty()) return std::nullopt;
  auto at = times.begin() + static_cast<std::ptrdiff_t>((times.size() - 1) * 99 / 100);
  std::nth_element(times.begin(), at, times.end());
  return *at;
}
