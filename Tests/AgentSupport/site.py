#!/usr/bin/python3
"""A development site: serves a folder at http://localhost, says "port N" first, and ends with its standard input.

  site.py FOLDER
"""

import functools
import http.server
import os
import sys
import threading


class Quiet(http.server.SimpleHTTPRequestHandler):
    extensions_map = {".json": "application/json", ".jws": "application/lodger+jws"}

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=sys.argv[1]))
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
print(f"port {server.server_address[1]}", flush=True)
server.serve_forever()
