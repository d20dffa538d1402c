// Lab 14-process-shared: a console over buffers in shared memory, to be used in several terminals. Given.

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <map>
#include <new>
#include <random>

#include "buffer.hpp"
#include "ipclab/console.hpp"

using ipclab::number;
using ipclab::Words;

namespace {

enum class InCopy { nothing, stop, die } in_copy = InCopy::nothing;
long copies = 0;

[[noreturn]] void fail(const char* call) { throw std::system_error(errno, std::generic_category(), call); }

std::map<std::string, Buffer*> buffers;

Buffer* map(const std::string& name, int flags) {
  const int fd = ::shm_open(name.c_str(), O_RDWR | O_CLOEXEC | flags, 0600);
  if (fd < 0) fail("shm_open");
  if ((flags & O_CREAT) && ::ftruncate(fd, sizeof(Buffer)) != 0) fail("ftruncate");
  void* place = ::mmap(nullptr, sizeof(Buffer), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::close(fd);  // the mapping stays
  if (place == MAP_FAILED) fail("mmap");
  return buffers[name] = static_cast<Buffer*>(place);
}

Buffer& find(const std::string& name) {
  const auto found = buffers.find(name);
  return found == buffers.end() ? *map(name, 0) : *found->second;
}

std::string create(const Words& words) {
  const long capacity = number(words[1]);
  if (capacity < 1 || capacity > static_cast<long>(kMostItems))
    throw std::invalid_argument("a capacity is 1 to 16");
  Buffer* buffer = new (map(words[0], O_CREAT | O_EXCL)) Buffer;
  buffer->id = (std::random_device{}() | 1ul) << 32 | std::random_device{}();
  buffer->capacity = static_cast<unsigned>(capacity);
  prepare(*buffer);
  return "";
}

Item item_of(const std::string& text) {
  Item item;
  if (text.size() >= sizeof item.text) throw std::invalid_argument("an item has at most 63 bytes");
  std::memcpy(item.text, text.data(), text.size());
  return item;
}

}  // namespace

void copy_item(Item& to, const Item& from) {
  const InCopy now = in_copy;
  in_copy = InCopy::nothing;
  ++copies;
  std::memcpy(to.text, from.text, sizeof to.text / 2);
  if (now == InCopy::stop) std::raise(SIGSTOP);
  if (now == InCopy::die) std::raise(SIGKILL);
  std::memcpy(to.text + sizeof to.text / 2, from.text + sizeof from.text / 2, sizeof to.text / 2);
}

int main() {
  ipclab::Console console;
  console.on("create NAME CAPACITY", create);
  console.on("open NAME", [](const Words& words) { return find(words[0]), ""; });
  console.on("put NAME TEXT", [](const Words& words) { return put(find(words[0]), item_of(words[1])), ""; });
  console.on("get NAME", [](const Words& words) { return std::string(get(find(words[0])).text); });
  console.on("shut NAME", [](const Words& words) { return shut(find(words[0])), ""; });
  console.on("move FROM TO", [](const Words& words) { return ::move(find(words[0]), find(words[1])), ""; });
  console.on("remove NAME", [](const Words& words) {
    return ::shm_unlink(words[0].c_str()) ? (fail("shm_unlink"), "") : "";
  });
  // For trying what seldom happens: the next copy stops this process (SIGSTOP, until SIGCONT) or kills it,
  // half-way.
  console.on("stop_in_copy", [](const Words&) { return in_copy = InCopy::stop, ""; });
  console.on("die_in_copy", [](const Words&) { return in_copy = InCopy::die, ""; });
  console.on("copies", [](const Words&) { return std::to_string(copies); });  // made by this process so far
  // POSIX allows a wait to return although nobody has signalled. Here is one that does.
  console.on("stray_wakeup NAME", [](const Words& words) {
    Buffer& buffer = find(words[0]);
    ::pthread_cond_broadcast(&buffer.not_empty);
    ::pthread_cond_broadcast(&buffer.not_full);
    return "";
  });
  return console.run();
}
