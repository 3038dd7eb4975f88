#include "pyinit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *allocate(size_t count, size_t size) {
  void *memory = calloc(count, size);
  if (memory == NULL) fail("out of memory");
  return memory;
}

static char *duplicate(const char *text) {
  return strcpy(allocate(strlen(text) + 1, 1), text);
}

static char *join(const char *directory, const char *name) {
  size_t size = strlen(directory) + 1 + strlen(name) + 1;
  char *path = allocate(size, 1);
  const char *slash = directory[strlen(directory) - 1] == '/' ? "" : "/";
  snprintf(path, size, "%s%s%s", directory, slash, name);
  return path;
}

// sequence returns the length of the UTF-8 sequence at text and its code point, or
// 0 if it is none (RFC 3629: shortest form, no surrogates, up to U+10FFFF).
static int sequence(const unsigned char *text, uint32_t *point) {
  static const struct {
    unsigned char mask, lead;
    uint32_t least;
  } forms[] = {{0x80, 0x00, 0}, {0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}};
  for (int more = 0; more < 4; more++) {
    if ((text[0] & forms[more].mask) != forms[more].lead) continue;
    *point = text[0] & (unsigned char)~forms[more].mask;
    for (int i = 1; i <= more; i++) {
      if ((text[i] & 0xC0) != 0x80) return 0;  // at the final NUL too
      *point = *point << 6 | (text[i] & 0x3F);
    }
    int valid = *point >= forms[more].least && *point <= 0x10FFFF && (*point < 0xD800 || *point > 0xDFFF);
    return valid ? more + 1 : 0;
  }
  return 0;
}

// widen decodes as Python does: a byte that is not UTF-8 becomes a lone surrogate
// (PEP 383), so that every file name survives. wchar_t has 32 bits here.
static wchar_t *widen(const char *utf8) {
  const unsigned char *from = (const unsigned char *)utf8;
  wchar_t *wide = allocate(strlen(utf8) + 1, sizeof *wide), *to = wide;
  while (*from != '\0') {
    uint32_t point;
    int length = sequence(from, &point);
    *to++ = (wchar_t)(length > 0 ? point : 0xDC00u + *from);
    from += length > 0 ? length : 1;
  }
  return wide;
}
