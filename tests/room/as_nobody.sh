#!/bin/sh
# Runs test-room (in the build directory $1) as a user without any privilege, where we are root and could be
# mistaken about what needs it. Exit status 77: cannot be tried here.
[ "$(id -u)" = 0 ] && command -v setpriv >/dev/null || exit 77
place=$(mktemp -d) || exit 1
trap 'rm -rf "$place"' EXIT
cp -r "$1/tests/test-room" "$1/hostile" "$1/fixtures" "$1/programs" "$place" && chmod -R a+rX "$place" || exit 1
cd "$place" && IPCLAB_TEST_PROGRAMS=$place TMPDIR=/tmp HOME=/nonexistent \
  setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs "$place/test-room"
