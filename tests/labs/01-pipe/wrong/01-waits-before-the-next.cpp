// fails: all stages run at once, none waits for another to end
// cause: child-stuck
const pid_t child = ::fork();
if (child == 0) {
  enter(i);
  ::execvp(argv[0], argv.data());
  complain(argv[0]);
  ::_exit(127);
}
::waitpid(child, nullptr, 0);
return child;
