// pipeline COMMAND [WORD...] [\| COMMAND [WORD...]]...
//
// Given: turns the words of the command line into stages, and the outcome into an exit status.

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "pipeline.hpp"

namespace {

constexpr int kFailed = 1, kUsage = 2;

std::vector<Stage> stages_of(int argc, char** argv) {
  std::vector<Stage> stages(1);
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "|") stages.emplace_back();
    else stages.back().push_back(word);
  }
  for (const Stage& stage : stages) {
    if (stage.empty()) throw std::invalid_argument("a stage without a command");
    if (stage[0] == kCount && stage.size() > 1) throw std::invalid_argument("@count takes no words");
  }
  return stages;
}

}  // namespace

int main(int argc, char** argv) try {
  return run_pipeline(stages_of(argc, argv));
} catch (const std::invalid_argument& error) {
  std::fprintf(stderr, "pipeline: %s\nusage: pipeline COMMAND [WORD...] [\\| COMMAND [WORD...]]...\n",
               error.what());
  return kUsage;
} catch (const std::exception& error) {
  std::fprintf(stderr, "pipeline: %s\n", error.what());
  return kFailed;
}
