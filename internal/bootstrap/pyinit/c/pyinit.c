#include "pyinit.h"

// clang-format off: the order of a program's life
#include "memory.c"
#include "run.c"
#include "origin.c"
#include "paths.c"
#include "worker.c"
#include "initialize.c"
#include "environment.c"
#include "signals.c"
#include "dress.c"
#include "end.c"
#include "start.c"
