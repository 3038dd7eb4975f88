// The comment of package launcher describes the variable.
#include "pyinit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/auxv.h>
#endif

// elevated reports whether the process has more rights than its caller, who is
// then not to be believed.
static int elevated(void) {
#ifdef __linux__
  return getauxval(AT_SECURE) != 0;
#else
  return issetugid();
#endif
}

static const char *take_origin(void) {
  const char *value = getenv(PYINIT_ORIGIN_VARIABLE);
  if (value == NULL) return NULL;
  char *kept = duplicate(value);
  unsetenv(PYINIT_ORIGIN_VARIABLE);
  // A process that inherited the variable has another number than the one it was
  // set for.
  char mine[32];
  int length = snprintf(mine, sizeof mine, "%ld:", (long)getpid());
  int meant = strncmp(kept, mine, (size_t)length) == 0 && kept[length] == '/';
  return meant && !elevated() ? kept + length : NULL;
}
