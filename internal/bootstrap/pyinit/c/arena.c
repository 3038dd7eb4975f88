// Memory for Python's small objects, as internal/bootstrap/arena_linux.go has it and
// explains it: the pages of an arena are made in one go.

#include "pyinit.h"

#ifdef __linux__

#include <sys/mman.h>

static void *new_arena(void *context, size_t size) {
  (void)context;
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE;
  void *arena = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);
  return arena == MAP_FAILED ? NULL : arena;
}

static void free_arena(void *context, void *arena, size_t size) {
  (void)context;
  munmap(arena, size);
}

static void populate_arenas(void) {
  PyObjectArenaAllocator allocator = {NULL, new_arena, free_arena};
  PyObject_SetArenaAllocator(&allocator);
}

#else

static void populate_arenas(void) {}  // mmap has no such flag

#endif
