"""Debian's Chromium, driven by Playwright."""

from contextlib import contextmanager

from .paths import SITE
from .tab import Tab


@contextmanager
def chromium(playwright, environment, headless=False, granted=False, program="/usr/bin/chromium"):
    """A tab of a new Chromium; `granted` is the visitor's Allow in the browser's own question about this computer.

    Without a screen (`headless`) the browser answers that question itself, with no.
    """
    browser = playwright.chromium.launch(executable_path=program, headless=headless, env=environment)
    try:
        # The certificate authority is the tests' own, which this browser does not know.
        context = browser.new_context(ignore_https_errors=True, viewport={"width": 1000, "height": 900})
        if granted:
            context.grant_permissions(["local-network-access"], origin=SITE)
        yield ChromiumTab(context.new_page())
    finally:
        browser.close()


class ChromiumTab(Tab):
    def __init__(self, page):
        self.page = page

    def go(self, url):
        self.page.goto(url)

    def evaluate(self, expression):
        return self.page.evaluate(expression)

    def click(self, selector):
        self.page.click(selector)

    def type(self, text):
        self.page.keyboard.type(text, delay=40)

    def screenshot(self, path):
        self.page.screenshot(path=path)
