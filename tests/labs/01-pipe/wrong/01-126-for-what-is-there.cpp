// fails: a command that cannot be executed gives 127 and is named
// cause: wrong-exit-status
// As a shell does it: 127 only where there is no such command.
const pid_t child = ::fork();
if (child != 0) return child;
enter(i);
::execvp(argv[0], argv.data());
const int error = errno;
complain(argv[0]);
::_exit(error == ENOENT ? 127 : 126);
