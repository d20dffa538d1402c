// fails: open makes a queue with the key of ftok, for its owner only
// cause: mechanism-not-used
static_cast<void>(path);
const key_t key = 0x1234;
while (id_ < 0) {
  id_ = ::msgget(key, IPC_CREAT | IPC_EXCL | 0600);
  made_it_ = id_ >= 0;
  if (id_ < 0 && errno != EEXIST) fail("msgget");
  if (id_ < 0) id_ = ::msgget(key, 0);
  if (id_ < 0 && errno != ENOENT) fail("msgget");
}
