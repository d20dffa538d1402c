#include "check/reporter.hpp"

#include <doctest/doctest.h>

#include "check/outcome.hpp"
#include "model/cause.hpp"

namespace ipclab::check {
namespace {

constexpr char kName[] = "ipclab";

struct Reporter : doctest::IReporter {
  explicit Reporter(const doctest::ContextOptions&) {}

  void log_assert(const doctest::AssertData& data) override {
    if (!data.m_failed) return;
    outcome().fail({cause::kWrongAnswer, data.m_expr, std::string(data.m_decomp.c_str()), {}, "", {}});
  }
  void test_case_exception(const doctest::TestCaseException& exception) override {
    if (!outcome().settled()) outcome().error(exception.error_string.c_str());
  }
  void log_message(const doctest::MessageData& data) override {
    outcome().log("check", data.m_string.c_str());
  }

  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats& stats) override {
    if (stats.numTestCasesPassingFilters != 1)
      outcome().error("doctest ran " + std::to_string(stats.numTestCasesPassingFilters) +
                      " test cases instead of one");
  }
  void test_case_start(const doctest::TestCaseData&) override {}
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_end(const doctest::CurrentTestCaseStats&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}
};

}  // namespace

REGISTER_REPORTER(kName, 1, Reporter);

const char* reporter() { return kName; }

}  // namespace ipclab::check
