// fails: open does not fail because the queue is removed at the same moment
// cause: wrong-answer | left-behind
const key_t key = ::ftok(path.c_str(), kProject);
if (key == -1) fail("ftok");
static bool is_first = true;
id_ = ::msgget(key, IPC_CREAT | IPC_EXCL | 0600);
made_it_ = is_first && id_ >= 0;
is_first = false;
if (id_ < 0) id_ = ::msgget(key, IPC_CREAT | 0600);
if (id_ < 0) fail("msgget");
