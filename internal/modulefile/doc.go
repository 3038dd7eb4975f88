// Package modulefile writes the module file of a packaged program, the format of
// which internal/bootstrap/modules describes.
//
// What stays a file is known to the index as well: the finder answers for extension
// modules from memory, and for other files it steps aside at once.
package modulefile
