// fails: open does not fail because the queue is removed at the same moment
// cause: wrong-answer
const key_t key = ::ftok(path.c_str(), kProject);
if (key == -1) fail("ftok");
id_ = ::msgget(key, IPC_CREAT | IPC_EXCL | 0600);
made_it_ = id_ >= 0;
if (id_ < 0 && errno == EEXIST) id_ = ::msgget(key, 0);
if (id_ < 0) fail("msgget");
