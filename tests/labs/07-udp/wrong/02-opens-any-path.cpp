// fails: no name leads out of the directory
// cause: wrong-answer
Fd file(::openat(directory, name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
if (file.get() < 0) throw Refusal{errno == EACCES ? kAccess : kNotFound, "cannot be opened"};
struct stat status {};
if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) throw Refusal{kAccess, "not a regular file"};
return file;
