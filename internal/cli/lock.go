package cli

import "context"

const helpLock = `Usage: llgo py lock [flags]

Resolves the Python dependencies of the Go module and writes pylock.toml (PEP 751)
beside go.mod: the exact version and the hashes of every distribution, for every
platform. Keep it under version control. Builds install what it says, without
asking an index what is new, and without a network if all is in the cache.

Dependencies are those of requirements.txt, of [project] and of [tool.llgo-py] in
pyproject.toml, and what Go packages pin for pip in llpkg.cfg, unless the module
asks for the same distribution itself. The lock repeats them: when they differ it
is stale, and the next build or llgo py lock writes it anew. Versions that still
fit stay. llgo build --py-locked fails instead.

--py-requirement is for one build and does not touch the lock. A venv of yours
(--py-python ./venv) is taken as it is and not locked. A pylock.toml that another
tool wrote is used, and never written.

Indexes, credentials and proxies are uv's settings: UV_DEFAULT_INDEX, UV_INDEX,
UV_INDEX_URL, UV_EXTRA_INDEX_URL, SSL_CERT_FILE, HTTPS_PROXY, netrc, uv.toml, and
[tool.uv] of pyproject.toml. Credentials never get into the lock.

Flags:
    --upgrade                take the newest versions that fit
    -C <dir>                 the directory to work in
    --py-python <python>     the Python to resolve for, as in llgo help build
    -tags <tags>             build tags of the Go packages
    -json, -v                one JSON object per line on stdout; say more

Examples:
    llgo py lock
    llgo py lock --upgrade
`

func lockCommand(ctx context.Context, c *depsCommand) error {
	p, dist, err := c.open(ctx)
	if err != nil {
		return err
	}
	changes, err := p.Lock(ctx, dist, c.upgrade)
	c.ui.changes(changes)
	return err
}
