// fails: the others run and end when a stage cannot be executed
// cause: wrong-exit-status
const pid_t child = ::fork();
if (child == 0) {
  enter(i);
  ::execvp(argv[0], argv.data());
  complain(argv[0]);
}
return child;
