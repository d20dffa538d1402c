// fails: everybody who names the same file finds the same queue
// cause: wrong-answer
const key_t key = static_cast<key_t>(std::hash<std::string>{}(path) | 1);
while (id_ < 0) {
  id_ = ::msgget(key, IPC_CREAT | IPC_EXCL | 0600);
  made_it_ = id_ >= 0;
  if (id_ < 0 && errno != EEXIST) fail("msgget");
  if (id_ < 0) id_ = ::msgget(key, 0);
  if (id_ < 0 && errno != ENOENT) fail("msgget");
}
