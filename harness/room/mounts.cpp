#include "room/mounts.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/mount.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "base/syscall.hpp"

// <sys/mount.h> and <linux/mount.h> cannot both be included with glibc 2.36: these are mount(2)'s own
// numbers.
extern "C" {
int mount(const char*, const char*, const char*, unsigned long, const void*);
int umount2(const char*, int);
}

namespace ipclab::room {
namespace {

namespace fs = std::filesystem;

constexpr unsigned long kReadOnly = 1, kNoSuid = 2, kNoDev = 4, kNoExec = 8, kRemount = 32, kBind = 4096,
                        kRecursive = 16384, kPrivate = 1u << 18;
constexpr int kDetach = 2;
constexpr char kStage[] =
    "/tmp";  // the new root is put together here; whatever it hides is not needed any more

/// A copy of a mount tree that is attached nowhere yet: taken before anything covers its source.
struct Tree {
  Fd fd;
  std::string target;
  bool directory = true;
};

Tree take(const fs::path& source, std::string target, bool read_only) {
  const bool directory = fs::is_directory(source);
  Tree tree{
      Fd(static_cast<int>(::syscall(SYS_open_tree, AT_FDCWD, source.c_str(),
                                    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (directory ? AT_RECURSIVE : 0)))),
      std::move(target), directory};
  if (!tree.fd) throw_errno("open_tree " + source.string());
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_NOSUID | (read_only ? MOUNT_ATTR_RDONLY : 0u);
  if (::syscall(SYS_mount_setattr, tree.fd.get(), "", AT_EMPTY_PATH | (directory ? AT_RECURSIVE : 0),
                &attributes, sizeof attributes) != 0)
    throw_errno("mount_setattr " + source.string());
  return tree;
}

void mount_new(const char* type, const std::string& target, unsigned long flags, const std::string& data) {
  fs::create_directories(target);
  if (::mount(type, target.c_str(), type, flags, data.c_str()) != 0)
    throw_errno(fmt::format("mount {} on {}", type, target));
}

void attach(const Tree& tree) {
  const std::string target = kStage + tree.target;
  if (tree.directory) {
    fs::create_directories(target);
  } else {
    fs::create_directories(fs::path(target).parent_path());
    Fd(::open(target.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
  }
  if (::syscall(SYS_move_mount, tree.fd.get(), "", AT_FDCWD, target.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0)
    throw_errno("move_mount to " + tree.target);
}

std::vector<Tree> take_all(const Options& options) {
  std::vector<Tree> trees;
  for (const char* path :
       {"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/opt", "/nix"})
    if (fs::is_directory(path) && !fs::is_symlink(path)) trees.push_back(take(path, path, true));
  for (const char* path : {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"})
    if (fs::exists(path)) trees.push_back(take(path, path, false));
  if (!options.programs.empty()) trees.push_back(take(options.programs, "/lab/bin", true));
  for (const auto& [source, target] : options.binds) trees.push_back(take(source, "/lab/" + target, true));
  if (!options.output.empty()) trees.push_back(take(options.output, "/lab/out", false));
  return trees;
}

void link_as_outside(const char* path) {
  if (fs::is_symlink(path)) fs::create_symlink(fs::read_symlink(path), kStage + std::string(path));
}

void cover(const fs::path& hidden) {
  if (hidden.empty() || !fs::is_directory(hidden)) return;
  if (::mount("tmpfs", hidden.c_str(), "tmpfs", kReadOnly, "size=4k,mode=555") != 0)
    throw_errno("mount over " + hidden.string());
}

}  // namespace

void build_root(const Options& options) {
  if (::mount("", "/", "", kRecursive | kPrivate, nullptr) != 0) throw_errno("mount / private");
  const std::vector<Tree> trees = take_all(options);
  std::vector<std::string> links{"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"};
  const std::string own = fmt::format("uid={0},gid={0},mode=1777", kInsideId);
  const std::string scratch = fmt::format("{},size={},nr_inodes=16384", own, options.limits.scratch);

  mount_new("tmpfs", kStage, kNoSuid | kNoDev, "mode=755,size=1m");
  for (const std::string& link : links) link_as_outside(link.c_str());
  mount_new("tmpfs", std::string(kStage) + "/dev", kNoSuid, "mode=755,size=64k");
  for (const Tree& tree : trees) attach(tree);
  mount_new("tmpfs", std::string(kStage) + "/tmp", kNoSuid | kNoDev, scratch);
  mount_new("tmpfs", std::string(kStage) + "/dev/shm", kNoSuid | kNoDev, scratch);
  mount_new("mqueue", std::string(kStage) + "/dev/mqueue", kNoSuid | kNoDev | kNoExec, "");
  mount_new("proc", std::string(kStage) + "/proc", kNoSuid | kNoDev | kNoExec, "");
  for (const auto& [link, target] :
       std::to_array<std::pair<const char*, const char*>>({{"fd", "/proc/self/fd"},
                                                           {"stdin", "/proc/self/fd/0"},
                                                           {"stdout", "/proc/self/fd/1"},
                                                           {"stderr", "/proc/self/fd/2"}}))
    fs::create_symlink(target, fmt::format("{}/dev/{}", kStage, link));

  checked(::chdir(kStage), "chdir");
  checked(static_cast<int>(::syscall(SYS_pivot_root, ".", ".")), "pivot_root");
  checked(::umount2(".", kDetach), "umount the old root");
  checked(::chdir("/"), "chdir");
  for (const fs::path& hidden : options.hidden) cover(hidden);
  for (const char* path : {"/dev", "/"})
    if (::mount("", path, "", kRemount | kBind | kReadOnly | kNoSuid | (path[1] ? 0 : kNoDev), nullptr) != 0)
      throw_errno(fmt::format("remount {} read-only", path));
  checked(::chdir("/tmp"), "chdir");
}

void raise_loopback() {
  const Fd socket(checked(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket"));
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  checked(::ioctl(socket.get(), SIOCSIFFLAGS, &request), "bring up the loopback interface");
}

}  // namespace ipclab::room
