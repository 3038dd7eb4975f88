// A packaged program has a real interpreter for its children, sys.executable. Who
// left it out (--py-no-interpreter) has the program itself there, and
// multiprocessing starts it as
//
//	program [options] -c "from multiprocessing.… import …; main(…)" …
//
// or, for the server of forkserver from 3.14 on, with "import sys; " before that.
//
// Such a start is an interpreter, or each child would run the whole program, and
// start children.
#include "pyinit.h"

#include <stdlib.h>
#include <string.h>

static int starts_with(const char *text, const char *start) { return strncmp(text, start, strlen(start)) == 0; }

static int is_workers_code(const char *code) {
  const char *imports = "import sys; ";
  return starts_with(code + (starts_with(code, imports) ? strlen(imports) : 0), "from multiprocessing.");
}

static int is_worker(const struct program *program) {
  for (int i = 1; i + 1 < program->argc; i++) {
    const char *argument = program->argv[i];
    if (strcmp(argument, "-c") == 0) return is_workers_code(program->argv[i + 1]);
    if (argument[0] != '-') return 0;
    if (strcmp(argument, "-X") == 0 || strcmp(argument, "-W") == 0) i++;  // they take a value
  }
  return 0;
}

static void work_if_asked(const struct paths *paths, const struct program *program) {
  if (paths->executable != paths->self || !is_worker(program)) return;
  unsetenv("PYTHONHOME");
  unsetenv("PYTHONPLATLIBDIR");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  Py_SetPythonHome(widen(paths->prefix));
  Py_SetProgramName(widen(paths->self));
#pragma GCC diagnostic pop
  exit(Py_BytesMain(program->argc, program->argv));
}
