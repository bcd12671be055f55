"""What a test does in a browser's tab, whichever way the browser is driven."""

import json
import time

from .process import wait_until

# The bars at the foot of the guest's test card, from the left.
BARS = ["ffffff", "ffff00", "00ffff", "00ff00", "ff00ff", "ff0000", "0000ff", "202020"]

# The colours in the middle of each bar, in the canvas's own pixels.
READ_BARS = """(() => {
    const canvas = document.querySelector('lodger-display').shadowRoot.querySelector('canvas')
    if (!canvas?.width) return []
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d')
    copy.drawImage(canvas, 0, 0)
    return Array.from({ length: 8 }, (_, bar) => {
        const [x, y] = [(bar + 0.5) / 8 * canvas.width, canvas.height * 11 / 12]
        const pixel = [...copy.getImageData(x, y, 1, 1).data].slice(0, 3)
        return pixel.map((part) => part.toString(16).padStart(2, '0')).join('')
    })
})()"""

# A number that changes when anything above the bars does: there the guest moves a block four times a second.
READ_PICTURE = """(() => {
    const canvas = document.querySelector('lodger-display').shadowRoot.querySelector('canvas')
    if (!canvas?.width) return 0
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d')
    copy.drawImage(canvas, 0, 0)
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height * 4 / 5)
    let sum = 0
    for (let i = 0; i < data.length; i += 4) sum = (sum * 31 + data[i] + data[i + 1] * 3 + data[i + 2] * 7) | 0
    return sum
})()"""


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

    def text(self, selector):
        return self.evaluate(f"document.querySelector({json.dumps(selector)}).textContent.trim()")

    def facts(self):
        return self.evaluate("({ ...document.body.dataset })")

    def wait_for(self, seconds=30, **facts):
        """Waits until the page is where it should be: its `connection`, its `session`'s state, and a problem's `word`."""
        wait_until(lambda: facts.items() <= self.facts().items(), seconds,
                   lambda: f"{facts}, but it is {self.facts()}: {self.text('#detail')}")

    def wait_for_card(self, seconds=60):
        """Waits until the canvas holds the guest's test card, compared by its colours."""
        wait_until(lambda: self.evaluate(READ_BARS) == BARS, seconds,
                   lambda: f"the test card, but its bars are {self.evaluate(READ_BARS)}")

    def picture(self):
        return self.evaluate(READ_PICTURE)

    def wait_for_movement(self, seconds=10):
        """Waits until the picture changes: what stands still may be a memory of it."""
        first = self.picture()
        wait_until(lambda: self.picture() != first, seconds, "a picture that moves")

    def stands_still(self, seconds=1.5):
        first = self.picture()
        time.sleep(seconds)
        return self.picture() == first
