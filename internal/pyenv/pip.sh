#!/bin/sh
echo "pip: the packages of this environment are links to the store, and are not changed in place" >&2
echo "     llgo py env install ENV 'PACKAGE>=VERSION'   # or remove, upgrade, rollback" >&2
exit 1
