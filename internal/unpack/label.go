package unpack

import "os"

// The signature is the one of https://bford.info/cachedir/, by which backup
// programs recognise a directory that is not worth keeping.
const tagText = `Signature: 8a477f597d28d172789f06886806bc55
# This directory is a cache of programs made by "llgo build --py-onefile".
`

const readmeText = `Programs made by "llgo build --py-onefile" unpack themselves into this directory when
they are started for the first time, and run from it afterwards.

It may be removed as a whole whenever none of them is running. "llgo py cache" lists,
verifies and trims what is here; trees that are not used for a month go by themselves.
The variable ` + EnvCache + ` moves it.

trees/    one directory for each program
stamps/   how the files of each tree look; the time is that of its last use
sums/     for: cd trees/<id> && sha256sum --check --quiet ../../sums/<id>
files/    each content once; trees hold hard links to it
`

// label explains the directory to programs and people, if it can.
func (c *cache) label() {
	for name, text := range map[string]string{"CACHEDIR.TAG": tagText, "README": readmeText} {
		fault("label")
		f, err := os.OpenFile(c.path(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			continue
		}
		_, _ = f.WriteString(text)
		_ = f.Close()
	}
}
