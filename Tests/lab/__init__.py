"""What tests of the whole product stand on: a site, a desktop, a daemon and browsers, each a real one."""
