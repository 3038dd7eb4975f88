// Package facts says what is so about a packaged program, a wheel or any other pile
// of files, without an opinion: that is for the rules of package check.
//
// [Open] recognises what a path is and lists its files; [Container.Collect] reads
// them. A file is read once, as a stream: its SHA-256, the paths of build machines
// in it, and whether it is a native binary come from the same pass. Nothing is
// unpacked to the disk but the binaries of archives, a bounded number at a time,
// into a private directory.
//
// # Three readers
//
// Every binary is read by lief, by pyelftools (ELF) or macholib (Mach-O), and by Go's
// debug/elf or debug/macho. Each fills an [Image] on its own; [Binary.Disagreements]
// lists every field in which they differ. None of them was written for input that
// wants to harm it, and all of them run in processes that may die: with a limit on
// memory, and killed when they take too long. What one reader could not read is in
// [Binary.Failures].
//
// # What is not a fact
//
// An error of this package means that the work could not be done (no such file, no
// interpreter, cancelled). Damage is not an error but a [Damage] of the container:
// what was cut, flipped or forged, and where.
package facts
