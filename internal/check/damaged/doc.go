// Package damaged has tests only: what checks make of files that were cut, flipped or
// forged. The whole check is run on each, all readers and rules, and has to end with
// findings or a clear error: no traceback, no hang, no more memory than the limits.
// scripts/fuzz runs the same with many more random flips.
package damaged
