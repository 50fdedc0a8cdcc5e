from __future__ import annotations

from local.cluster.edge.server import main

if __name__ == "__main__":
    main()
