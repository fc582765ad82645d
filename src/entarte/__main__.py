"""`python -m entarte` is `entarte`; torchrun starts it so."""

import sys

from entarte.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
