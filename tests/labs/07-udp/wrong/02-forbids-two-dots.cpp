// fails: no name leads out of the directory
// cause: wrong-answer
if (name.find("..") != std::string::npos || name[0] == '/') throw Refusal{kAccess, "outside"};
Fd file(::openat(directory, name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
if (file.get() < 0) throw Refusal{errno == EACCES || errno == ELOOP ? kAccess : kNotFound, "cannot be opened"};
struct stat status {};
if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) throw Refusal{kAccess, "not a regular file"};
return file;
