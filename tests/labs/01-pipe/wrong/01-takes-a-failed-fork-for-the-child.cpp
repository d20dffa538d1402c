// fails: no process for a stage: a message, status 1, and no stage is left
// cause: wrong-exit-status
const pid_t child = ::fork();
if (child > 0) return child;
enter(i);
::execvp(argv[0], argv.data());
complain(argv[0]);
::_exit(127);
