// Makes directories in directories, with long names, as deep as it can. Exit status 0: it was stopped.

#include <sys/stat.h>
#include <unistd.h>
#include <string>

int main() {
  const std::string name(250, 'd');
  for (int level = 0; level < 100'000; ++level) {
    if (::mkdir(name.c_str(), 0700) != 0) return 0;
    if (::chdir(name.c_str()) != 0) return 0;
  }
  return 1;
}
