"""What a test does in a browser's tab, whichever way the browser is driven."""

import json

from .process import wait_until


class Tab:
    """A tab; each browser says how it goes to an address, evaluates, clicks and types."""

    def centre(self, selector):
        """The middle of an element, in the tab's pixels, once it can be seen."""
        find = f"""(() => {{
            const element = document.querySelector({json.dumps(selector)})
            element?.scrollIntoView({{ block: 'center' }})
            const box = element?.getBoundingClientRect()
            return box?.width ? [box.x + box.width / 2, box.y + box.height / 2] : null
        }})()"""
        return wait_until(lambda: self.evaluate(find), 30, f"{selector} in sight")

    def facts(self):
        return self.evaluate("({ ...document.body.dataset })")

    def wait_for(self, seconds=30, **facts):
        """Waits until the page is where it should be: its `connection`, its `session`'s state, and a problem's `word`."""
        wait_until(lambda: facts.items() <= self.facts().items(), seconds,
                   lambda: f"{facts}, but it is {self.facts()}")
