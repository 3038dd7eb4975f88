package unpack

// fault is called before each change to the disk. Tests end the process there;
// programs have the empty function.
var fault = func(point string) {}
