"""What the browser tests stand on: a site, a desktop, a daemon and browsers, each a real one."""
