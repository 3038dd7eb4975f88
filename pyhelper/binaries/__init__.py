"""Operation link: native files that find each other inside the bundle.

Every library that an executable, extension or library names must be in the
bundle, on a path that file itself searches, or belong to every machine. lief
writes, pyelftools reads: what one library wrote another has to understand.
"""
