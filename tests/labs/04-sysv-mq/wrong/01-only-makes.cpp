// fails: everybody who names the same file finds the same queue
// cause: wrong-answer
const key_t key = ::ftok(path.c_str(), kProject);
if (key == -1) fail("ftok");
id_ = ::msgget(key, IPC_CREAT | IPC_EXCL | 0600);
if (id_ < 0) fail("msgget");
made_it_ = true;
