"""Debian's Chromium, driven by Playwright, and what a test looks at in the example page."""

from contextlib import contextmanager

from .paths import SITE


@contextmanager
def chromium(playwright, environment, headless):
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", headless=headless, env=environment)
    try:
        # The authority is the tests' own, which this browser does not know.
        context = browser.new_context(ignore_https_errors=True, viewport={"width": 1000, "height": 900})
        context.set_default_timeout(30_000)
        yield context
    finally:
        browser.close()


def grant(context):
    """What the visitor's Allow does, in the browser's own question about this computer."""
    context.grant_permissions(["local-network-access"], origin=SITE)


def wait_for(page, seconds=30, **facts):
    """Waits until the page is where it should be: its `connection`, its `session`'s state, and the `word` of a problem."""
    page.wait_for_function(
        "facts => Object.entries(facts).every(([name, word]) => document.body.dataset[name] === word)",
        arg=facts, timeout=seconds * 1000)
