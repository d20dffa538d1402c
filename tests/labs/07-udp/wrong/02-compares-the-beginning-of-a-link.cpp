// fails: no name leads out of the directory
// cause: wrong-answer
// A neighbour whose name begins with the directory's counts as inside, for who comes there by a link.
char base[4096] = {};
if (::readlink(("/proc/self/fd/" + std::to_string(directory)).c_str(), base, sizeof base - 1) < 0)
  throw Refusal{kAccess, "no directory"};
if (name[0] == '/' || ("/" + name + "/").find("/../") != std::string::npos) throw Refusal{kAccess, "outside"};
char* const resolved = ::realpath((std::string(base) + "/" + name).c_str(), nullptr);
if (!resolved) throw Refusal{errno == EACCES ? kAccess : kNotFound, "no such file"};
const std::string real = resolved;
::free(resolved);
if (real.compare(0, std::strlen(base), base) != 0) throw Refusal{kAccess, "outside"};
Fd file(::open(real.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
struct stat status {};
if (file.get() < 0 || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
  throw Refusal{kAccess, "no regular file"};
return file;
