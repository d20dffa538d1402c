// fails: open makes a queue with the key of ftok, for its owner only
// cause: left-behind
const key_t key = ::ftok(path.c_str(), kProject);
if (key == -1) fail("ftok");
while (id_ < 0) {
  id_ = ::msgget(key, IPC_CREAT | IPC_EXCL | 0600);
  made_it_ = id_ >= 0;
  if (id_ < 0 && errno != EEXIST) fail("msgget");
  if (id_ < 0) id_ = ::msgget(key, 0);
  if (id_ < 0 && errno != ENOENT) fail("msgget");
}
if (made_it_ && ::msgget(::ftok(path.c_str(), kProject + 1), IPC_CREAT | 0600) < 0) fail("msgget");
