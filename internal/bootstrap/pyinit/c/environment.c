#include "pyinit.h"

#include <string.h>

extern char **environ;

// heeded are the variables that CPython heeds in spite of an isolated configuration.
static const char *const heeded[] = {
#define NAME(name) name "=",
    PYINIT_HEEDED_VARIABLES(NAME)
};

static int is_heeded(const char *entry) {
  for (size_t i = 0; i < sizeof heeded / sizeof *heeded; i++)
    if (strncmp(entry, heeded[i], strlen(heeded[i])) == 0) return 1;
  return 0;
}

static void without_variables(void (*start)(const struct paths *), const struct paths *paths) {
  enum { MOST = 8 };  // a name may be there twice
  static char stand_in[] = "-=";
  struct {
    char **place, *value;
  } hidden[MOST];
  size_t count = 0;
  for (char **entry = environ; entry != NULL && *entry != NULL && count < MOST; entry++) {
    if (!is_heeded(*entry)) continue;
    hidden[count].place = entry;
    hidden[count++].value = *entry;
    *entry = stand_in;
  }
  start(paths);
  while (count-- > 0) *hidden[count].place = hidden[count].value;
}
