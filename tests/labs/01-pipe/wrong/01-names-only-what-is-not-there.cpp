// fails: a command that cannot be executed gives 127 and is named
// cause: wrong-output
const pid_t child = ::fork();
if (child != 0) return child;
enter(i);
::execvp(argv[0], argv.data());
if (errno == ENOENT) complain(argv[0]);
::_exit(127);
