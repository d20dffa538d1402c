// fails: the collector makes a FIFO, for its owner only
// cause: ended-early
const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
if (file < 0 && errno != EEXIST) fail(path);
::close(file);
