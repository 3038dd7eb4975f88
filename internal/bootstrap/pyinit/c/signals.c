#include "pyinit.h"

#include <signal.h>

// CPython ignores these for its own sake: it wants the error of the system call.
// A signal that is ignored stays ignored in children, whoever starts them, and
// many a program knows by SIGPIPE that nobody reads on. A handler that does nothing has
// the same effect here and none there, because exec sets what is handled back.
static const int ignored[] = {SIGPIPE, SIGXFSZ};
enum { IGNORED = sizeof ignored / sizeof *ignored };

static void nothing(int signal) { (void)signal; }

static void heed_signals(void (*start)(const struct paths *), const struct paths *paths) {
  struct sigaction before[IGNORED];
  for (int i = 0; i < IGNORED; i++) sigaction(ignored[i], NULL, &before[i]);
  start(paths);
  struct sigaction quiet = {.sa_handler = nothing, .sa_flags = SA_RESTART | SA_ONSTACK};
  sigemptyset(&quiet.sa_mask);
  for (int i = 0; i < IGNORED; i++) {
    struct sigaction now;
    sigaction(ignored[i], NULL, &now);
    if (now.sa_handler == SIG_IGN && before[i].sa_handler != SIG_IGN) sigaction(ignored[i], &quiet, NULL);
  }
}
