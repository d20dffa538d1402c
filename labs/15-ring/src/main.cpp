// Lab 15-ring: a console over rings in shared memory, to be used in two terminals. Given.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <map>
#include <string>
#include <system_error>

#include "ipclab/console.hpp"
#include "ring.hpp"

using ipclab::number;
using ipclab::Words;

namespace {

[[noreturn]] void fail(const char* call, int error = errno) {
  throw std::system_error(error, std::generic_category(), call);
}

/// What a shared object begins with; the ring is behind it.
struct alignas(64) Head {
  std::atomic<bool> is_ready;  // prepared: who sees this sees what `prepare` did
};

std::map<std::string, Ring*> rings;

Head& map(int fd, std::size_t bytes) {
  void* place = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::close(fd);  // the mapping stays
  if (place == MAP_FAILED) fail("mmap");
  return *static_cast<Head*>(place);
}

Ring& ring_behind(Head& head) { return *reinterpret_cast<Ring*>(&head + 1); }

std::string create(const Words& words) {
  const long capacity = number(words[1]);
  if (capacity < 1 || capacity > 65536) throw std::invalid_argument("a capacity is 1 to 65536");
  const auto slots = static_cast<std::uint32_t>(capacity);
  const std::size_t bytes = sizeof(Head) + ring_bytes(slots);
  const int fd = ::shm_open(words[0].c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) fail("shm_open");
  if (::ftruncate(fd, static_cast<off_t>(bytes)) != 0) fail("ftruncate");
  Head& head = map(fd, bytes);
  Ring& ring = ring_behind(head);
  prepare(ring, slots, words.size() > 2 ? std::stoull(words[2]) : 0);
  head.is_ready.store(true, std::memory_order_release);
  rings[words[0]] = &ring;
  return "";
}

Ring& find(const std::string& name) {
  if (const auto found = rings.find(name); found != rings.end()) return *found->second;
  const int fd = ::shm_open(name.c_str(), O_RDWR | O_CLOEXEC, 0);
  if (fd < 0) fail("shm_open");
  struct stat status {};
  if (::fstat(fd, &status) != 0) fail("fstat");
  if (status.st_size == 0) fail("the ring is being made", EAGAIN);
  Head& head = map(fd, static_cast<std::size_t>(status.st_size));
  if (!head.is_ready.load(std::memory_order_acquire)) fail("the ring is being made", EAGAIN);
  return *(rings[name] = &ring_behind(head));
}

Item item_of(const std::string& text) {
  Item item;
  if (text.size() > sizeof item.bytes) fail("an item has at most 60 bytes", EMSGSIZE);
  item.size = static_cast<std::uint32_t>(text.size());
  std::memcpy(item.bytes, text.data(), text.size());
  return item;
}

std::string text_of(const Item& item) {
  if (item.size > sizeof item.bytes)
    throw std::runtime_error("what came out is no item: its size is " + std::to_string(item.size));
  return std::string(item.bytes, item.size);
}

std::string numbered(long n) {
  return std::to_string(n) + std::string(static_cast<std::size_t>(n) % 40, '.');
}

/// Puts so many numbered items.
std::string send(const Words& words) {
  Ring& ring = find(words[0]);
  const long count = number(words[1]), first = words.size() > 2 ? number(words[2]) : 0;
  for (long n = first; n < first + count; ++n) put(ring, item_of(numbered(n)));
  return "";
}

/// Gets as many, and looks whether they are the ones.
std::string receive(const Words& words) {
  Ring& ring = find(words[0]);
  const long count = number(words[1]), first = words.size() > 2 ? number(words[2]) : 0;
  for (long n = first; n < first + count; ++n)
    if (const std::string text = text_of(get(ring)); text != numbered(n))
      throw std::runtime_error("item " + std::to_string(n) + " comes out as \"" + text + "\"");
  return "";
}

}  // namespace

int main() {
  ipclab::Console console;
  console.on("create NAME CAPACITY [START]", create);
  console.on("open NAME", [](const Words& words) { return find(words[0]), ""; });
  console.on("put NAME TEXT", [](const Words& words) { return put(find(words[0]), item_of(words[1])), ""; });
  console.on("get NAME", [](const Words& words) { return text_of(get(find(words[0]))); });
  console.on("try_put NAME TEXT", [](const Words& words) {
    return try_put(find(words[0]), item_of(words[1])) ? "" : (fail("the ring is full", EAGAIN), "");
  });
  console.on("try_get NAME", [](const Words& words) {
    Item item;
    return try_get(find(words[0]), item) ? text_of(item) : (fail("the ring is empty", EAGAIN), "");
  });
  console.on("send NAME COUNT [FIRST]", send);
  console.on("receive NAME COUNT [FIRST]", receive);
  console.on("remove NAME", [](const Words& words) {
    return ::shm_unlink(words[0].c_str()) ? (fail("shm_unlink"), "") : "";
  });
  return console.run();
}
