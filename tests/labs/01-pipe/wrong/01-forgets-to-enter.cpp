// fails: bytes come through one to eight stages, all and in order
// cause: wrong-output
const pid_t child = ::fork();
if (child != 0) return child;
::execvp(argv[0], argv.data());
complain(argv[0]);
::_exit(127);
