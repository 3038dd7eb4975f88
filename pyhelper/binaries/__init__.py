"""Operation link: native files that find each other inside the bundle.

Every library that an executable, extension or library names must be in the
bundle, on a path that file itself searches, or belong to every machine. lief
writes, pyelftools or macholib reads: what one library wrote another has to understand.

What ELF files say is tried by the loader in tests. Of Mach-O files the load commands
are read back and the hashes of signatures verified, on Linux; none was run on a Mac.
"""
