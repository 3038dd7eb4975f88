package unpack

import "os"

// lock takes the cache's lock: everything but a warm start holds it. Without wait
// a lock that is held is errHeld. The lock dies with the process.
func (c *cache) lock(wait bool) (unlock func(), err error) {
	fault("open lock")
	fd, err := openFile(c.path(lockName), os.O_RDWR|os.O_CREATE)
	if err != nil {
		return nil, err
	}
	how := lockExclusive
	if !wait {
		how |= lockNoWait
	}
	if err := flock(fd, how); err != nil {
		closeFile(fd)
		return nil, err
	}
	return func() { closeFile(fd) }, nil
}
