// `ipclab race`: what it says to scripts, and its exit statuses.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "ipclab.hpp"

using namespace ipclab;
using namespace ipclab::cli::test;

namespace {

const std::string kShared = IPCLAB_BUILD "/programs/watched/shared";

process::Outcome raced(const std::string& input, std::vector<std::string> options = {}) {
  process::Command command;
  command.argv = {kIpclab, "race"};
  command.argv.insert(command.argv.end(), options.begin(), options.end());
  command.argv.insert(command.argv.end(), {"--", kShared});
  command.input = input;
  return outcome_of(command);
}

}  // namespace

TEST_CASE("race: nothing found is 0, without a word") {
  const auto clean = raced("make\ncount\nremove\n");
  CHECK(clean.exit_code == 0);
  CHECK(clean.out.find("RACE") == std::string::npos);
  CHECK(clean.err == "");
}

TEST_CASE("race: nothing found in what was not seen whole is 3, and says what was too much") {
  const auto crowd = raced("crowd 200 1\n");
  CHECK(crowd.exit_code == 3);
  CHECK(crowd.err.find("more than 128 processes and threads at a time: not all was seen") !=
        std::string::npos);
}

TEST_CASE("race: a program that was not compiled for it is 3, no command is 2") {
  const auto stranger = typed({"race", "--", "/bin/true"});
  CHECK(stranger.exit_code == 3);
  CHECK(stranger.err.find("was not compiled with this `ipclab c++`") != std::string::npos);
  CHECK(typed({"race"}).exit_code == 2);
  CHECK(typed({"race", "--seeds", "0", "--", "/bin/true"}).exit_code == 2);
}

TEST_CASE("race: how the program ended is told, and is not the finding") {
  const std::string word = "ipclab race: " + kShared + " was killed by signal 11";
  const auto killed = raced("count\n");  // of what it has not made
  CHECK(killed.exit_code == 0);
  CHECK(killed.err.substr(0, word.size()) == word);
}

TEST_CASE("race: --json is written for a run that found nothing, too") {
  const std::string file = IPCLAB_BUILD "/tests/race.json";
  CHECK(raced("make\nremove\n", {"--json", file, "--seed", "5"}).exit_code == 0);
  const auto document = nlohmann::json::parse(read_file(file));
  CHECK(document.at("ipclab") == "race");
  CHECK(document.at("findings").empty());
  CHECK(document.at("seed") == 5);
  CHECK(document.at("complete") == true);
  CHECK(document.at("exit_code") == 0);
}
