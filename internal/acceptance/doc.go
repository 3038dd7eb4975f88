// Package acceptance tests the product as its users meet it: the llgo command
// builds real programs, and the results run where there is no Python.
//
// A packaged program is moved away from where it was built and started with an
// empty environment, in another directory, inside a mount namespace in which
// the build tree, the caches, the Go toolchain's module cache and every Python
// installation of the machine are hidden beneath empty directories (sealed).
// Where the kernel grants no mount namespace, the test says so and hides
// nothing but what it can rename.
//
// The first build needs the package registries; LLGO_PY_CACHE keeps what they
// gave for the next run.
package acceptance
