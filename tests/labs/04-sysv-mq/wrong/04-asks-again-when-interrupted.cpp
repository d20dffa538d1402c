// fails: an interrupted wait goes on as it was
// cause: wrong-answer
Envelope envelope;
const pid_t me = ::getpid();
ssize_t size = -1;
do {
  send({kQuestions, std::to_string(me) + ' ' + text});
  size = ::msgrcv(id_, &envelope, sizeof envelope.text, me, 0);
} while (size < 0 && errno == EINTR);
if (size < 0) fail("msgrcv");
return {envelope.text, static_cast<std::size_t>(size)};
