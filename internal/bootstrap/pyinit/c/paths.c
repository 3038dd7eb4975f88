#include "pyinit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

// self_path is the real path of the running file: what the kernel says, not the
// working directory, argv[0] or PATH.
static char *self_path(void) {
#ifdef __APPLE__
  uint32_t size = 0;
  _NSGetExecutablePath(NULL, &size);
  char *path = malloc(size);
  if (path == NULL || _NSGetExecutablePath(path, &size) != 0) fail("path of this program: out of memory");
  char *real = realpath(path, NULL);
  return real != NULL ? real : path;
#else
  for (size_t size = 256;; size *= 2) {
    char *path = malloc(size);
    if (path == NULL) fail("out of memory");
    ssize_t length = readlink("/proc/self/exe", path, size);
    if (length < 0) fail("path of this program: /proc/self/exe: %s", strerror(errno));
    if ((size_t)length < size) {
      path[length] = '\0';
      return path;
    }
    free(path);
  }
#endif
}

static char *beside(const char *file, const char *name) {
  char *directory = duplicate(file);
  char *slash = strrchr(directory, '/');
  if (slash == NULL) fail("path of this program: %s is not absolute", file);
  slash[slash == directory] = '\0';  // of /app it is /
  char *path = join(directory, name);
  free(directory);
  return path;
}

static const char *below(const char *directory, const char *path) {
  return path[0] == '/' ? path : join(directory, path);
}

static int exists(const char *path) {
  struct stat status;
  return stat(path, &status) == 0;
}

// check looks for CPython's landmark: os.py, or os.pyc in a packaged program.
static void check(const struct paths *paths) {
  char *source = join(paths->stdlib, PYINIT_LANDMARK);
  char *compiled = join(paths->stdlib, PYINIT_LANDMARK "c");
  if (!exists(source) && !exists(compiled))
    fail("standard library %s: %s", compiled, errno == ENOENT ? PYINIT_NO_SUCH_FILE : strerror(errno));
  free(source);
  free(compiled);
}

static struct paths find_paths(void) {
  struct paths paths = {.self = self_path()};
  paths.prefix = PYINIT_PREFIX[0] != '\0' ? PYINIT_PREFIX : beside(paths.self, PYINIT_PYTHON_DIR);
  paths.stdlib = below(join(paths.prefix, PYINIT_LIB_SUBDIR), PYINIT_LIBDIR);
  paths.dynload = join(paths.stdlib, PYINIT_DYNLOAD_DIR);
  paths.site = join(paths.stdlib, PYINIT_SITE_DIR);
  paths.interpreter = join(paths.prefix, PYINIT_INTERPRETER);
  const char *candidates[] = {PYINIT_EXECUTABLE, paths.interpreter};
  paths.executable = paths.self;
  for (size_t i = 0; i < 2 && paths.executable == paths.self; i++)
    if (candidates[i][0] != '\0' && exists(candidates[i])) paths.executable = candidates[i];
  check(&paths);
  return paths;
}
