// The decks: every lab has one, what they show compiles, a slide fits, and no solution is given away.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/regions.hpp"
#include "process/run.hpp"
#include "report/layout.hpp"

using namespace ipclab;
namespace fs = std::filesystem;

namespace {

const fs::path kSource = IPCLAB_SOURCE;
constexpr std::size_t kTrivial = 30;  // a shorter line of a solution can be anybody's
constexpr std::size_t kMostLines = 30, kMostCodeColumns = 130;  // Marp shrinks code that is wider

std::set<std::string> labs_in(const fs::path& directory) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory))
    if (entry.is_directory()) names.insert(entry.path().filename());
  return names;
}

std::set<fs::path> files_in(const fs::path& directory, const std::string& extension) {
  std::set<fs::path> files;
  for (const auto& entry : fs::directory_iterator(directory))
    if (entry.path().extension() == extension) files.insert(entry.path());
  return files;
}

struct Slide {
  std::vector<std::string> lines;     // what is seen: without notes
  std::vector<std::string> programs;  // blocks of C++: whole, each a file beside the deck
  std::size_t widest_code = 0;
  bool has_notes = false;
};

struct Deck {
  std::string name, text;
  std::vector<Slide> slides;

  fs::path directory() const { return kSource / "slides" / name; }
};

/// Lines of Markdown, one after the other.
class Reader {
 public:
  void take(const std::string& line) {
    Slide& slide = slides_.back();
    if (in_notes_ || (line.starts_with("<!--") && !in_code_)) {
      slide.has_notes = true;
      in_notes_ = line.find("-->") == line.npos;
    } else if (line == "---" && !in_code_) {
      slides_.emplace_back();
    } else if (line.starts_with("```")) {
      if (in_program_) slide.programs.push_back(std::exchange(block_, ""));
      in_code_ = !in_code_;
      in_program_ = line == "```cpp";
    } else {
      if (in_program_) block_ += line + "\n";
      if (in_code_) slide.widest_code = std::max(slide.widest_code, report::columns(line));
      if (!line.empty()) slide.lines.push_back(line);
    }
  }

  std::vector<Slide> slides() && { return std::move(slides_); }

 private:
  std::vector<Slide> slides_{1};
  std::string block_;
  bool in_code_ = false, in_program_ = false, in_notes_ = false;
};

Deck deck_of(const std::string& lab) {
  Deck deck{lab, read_file(kSource / "slides" / lab / "README.md"), {}};
  Reader reader;
  for (const std::string& line : report::lines_of(deck.text)) reader.take(line);
  deck.slides = std::move(reader).slides();
  deck.slides.erase(deck.slides.begin(), deck.slides.begin() + 2);  // before and in the front matter
  return deck;
}

std::vector<Deck> decks() {
  std::vector<Deck> all;
  for (const std::string& lab : labs_in(kSource / "slides")) all.push_back(deck_of(lab));
  return all;
}

/// As it would be compared by eye: blanks count once, "::" not at all.
std::string plain(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n';
    if (c == ':' || (blank && (result.empty() || result.back() == ' '))) continue;
    result += blank ? ' ' : c;
  }
  return result;
}

std::vector<std::string> answers_of(const std::string& lab) {
  std::vector<std::string> answers;
  for (const fs::path& file : files_in(kSource / "solutions" / lab / "src", ".cpp")) {
    const std::string text = read_file(file);
    for (const cli::Region& region : cli::find_regions(text, file.filename()))
      for (const std::string& line : report::lines_of(cli::body_of(text, region)))
        if (const auto seen = plain(trimmed(line)); seen.size() > kTrivial && !seen.starts_with("//"))
          answers.push_back(seen);
  }
  return answers;
}

}  // namespace

TEST_CASE("every lab has its deck, and every deck its lab") {
  CHECK(labs_in(kSource / "slides") == labs_in(kSource / "labs"));
}

TEST_CASE("a program on a slide is the file of its name beside the deck, and the other way round") {
  for (const Deck& deck : decks()) {
    CAPTURE(deck.name);
    std::set<std::string> shown, there;
    for (const Slide& slide : deck.slides) shown.insert(slide.programs.begin(), slide.programs.end());
    for (const fs::path& file : files_in(deck.directory(), ".cpp")) {
      there.insert(read_file(file));
      CHECK(read_file(file).starts_with("// " + file.filename().string() + "\n"));
    }
    CHECK(shown == there);
    CHECK_FALSE(there.empty());
  }
}

TEST_CASE("every program compiles without a warning") {
  std::vector<process::Command> commands;
  for (const Deck& deck : decks())
    for (const fs::path& file : files_in(deck.directory(), ".cpp"))
      commands.push_back({.argv = {IPCLAB_CXX, "-std=c++20", "-Wall", "-Wextra", "-Werror", "-fsyntax-only",
                                   file.string()}});
  process::run_all(commands, 2, [&](std::size_t i, const process::Outcome& outcome) {
    INFO(commands[i].argv.back() << "\n" << outcome.err);
    CHECK(outcome.ok());
  });
}

TEST_CASE("no deck holds a line of a solution") {
  for (const Deck& deck : decks()) {
    CAPTURE(deck.name);
    const std::string seen = plain(deck.text);
    const auto answers = answers_of(deck.name);
    CHECK_FALSE(answers.empty());
    for (const std::string& answer : answers) {
      CAPTURE(answer);
      CHECK(seen.find(answer) == seen.npos);
    }
  }
}

TEST_CASE("an hour's slides, each of which fits, and answers to the questions for the room") {
  for (const Deck& deck : decks()) {
    CAPTURE(deck.name);
    CHECK(deck.text.starts_with("---\nmarp: true\n"));
    CHECK(deck.slides.size() >= 9);
    CHECK(deck.slides.size() <= 14);
    for (const Slide& slide : deck.slides) {
      REQUIRE_FALSE(slide.lines.empty());
      CAPTURE(slide.lines.front());
      CHECK(slide.lines.front().starts_with("# "));
      CHECK(slide.lines.size() <= kMostLines);
      CHECK(slide.widest_code <= kMostCodeColumns);
      if (slide.lines.front() == "# For the room") CHECK(slide.has_notes);
    }
  }
}
