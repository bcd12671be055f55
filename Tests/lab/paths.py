"""Where things lie."""

import os
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
ARTIFACTS = TOP / "Tests/Browser/artifacts"
GUEST = TOP / "build/guest/cloud"
PRODUCTS = Path(os.environ["LODGER_PRODUCTS"])
LODGER = PRODUCTS / "lodger"
PRESS = TOP / "Tests/Dialog/press.py"

SITE = "https://project.example"
SITE_ADDRESS = "203.0.113.10"
PORT = 5624
