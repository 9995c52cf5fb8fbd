"""The warden's first lines, run as a file, so that what a fresh interpreter has can be told from what comes after.

Usage: boot.py ROOT FD SCRATCH; see `lab.world.real.nursery.warden.main`.
"""

import sys

if __name__ == "__main__":
    pristine = frozenset(sys.modules)
    root, fd, scratch = sys.argv[1:]
    sys.path[0] = root
    from lab.world.real.nursery.warden import main

    sys.path[0] = "."
    main(int(fd), scratch, pristine)
