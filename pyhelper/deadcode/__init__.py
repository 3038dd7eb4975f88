"""Take out of libpython what a program cannot reach.

A libpython that is made to be carried around has OpenSSL, SQLite, readline and two
dozen more in it, as built-in modules. Of a program that imports none of them half of
the library is dead weight: in the package, in what its first start unpacks, and in the
relocations of every start. A linker would have left it out (``--gc-sections``), but
objects to link are not published. So it is done with what is there:

* functions.py: where functions begin and end stands in .eh_frame, which unwinding needs
  and ``strip`` leaves;
* survey.py: what each function refers to stands in its instructions: position
  independent code of x86-64 names an address relative to itself, or as an item of a
  table of constants, relative to that;
* graph.py: what data refers to stands in the relocations; from the symbols that the
  library exports, without the PyInit functions of the modules nobody imports, all that
  is alive follows;
* cut.py: of what is left, code becomes traps (int3) and data zeros, where it was.
  No address changes.

What cannot be read off a stripped library is where an object of data ends. It is taken to
end where anything refers to next. That is wrong where dead code, or the object itself,
refers into the midst of a live one; hence five rules, which cost one part in twenty:

* data that no code leads to is the rest of the object in front of it (graph.Graph);
* dead data shorter than a kilobyte, between the living, is alive, with all it refers to
  (graph.GAP): what goes are whole libraries, whose data linkers put side by side;
* of what is dead between live objects the first kilobyte and the last stay (cut.MARGIN);
* dead constants go where 16 kilobytes of them lie together, and not where linkers mix those
  of all libraries, as they do with strings (cut.NEIGHBOURHOOD);
* variables stay, dead or not (cut.py): only constants and code go.

A library that is not as expected is left whole: other machines, sections or types of
relocation, functions that .eh_frame does not name. Only the interpreters that this tool
brings are cut, whose every byte is pinned, and on which the tests run.

Sources: psABI AMD64, 3.5 (position independent code) and 4.4 (relocations); Linux
Standard Base, 10.6 (.eh_frame and .eh_frame_hdr); DWARF 5, 6.4.
"""
