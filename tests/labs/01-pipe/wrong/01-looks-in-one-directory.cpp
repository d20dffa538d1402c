// fails: a command reads the runner's input and writes the runner's output
// cause: wrong-output
const pid_t child = ::fork();
if (child != 0) return child;
enter(i);
::execv(argv[0], argv.data());
complain(argv[0]);
::_exit(127);
