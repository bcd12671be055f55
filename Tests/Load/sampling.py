"""What a process holds while time goes by, and whether it grows."""

import os
import threading
import time
from pathlib import Path

MEASURES = ("resident", "anonymous", "descriptors", "threads")


def held(process):
    """What a process holds now: memory in KiB, descriptors and threads."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    resident, anonymous = (int(lines[name].split()[0]) for name in ("VmRSS", "RssAnon"))
    # The daemon lets nobody look at its descriptors, but since Linux 6.2 the size of the folder is their number; before,
    # there is the size of the table, which is coarse.
    descriptors = os.stat(f"/proc/{process}/fd").st_size or int(lines["FDSize"])
    return {"resident": resident, "anonymous": anonymous, "descriptors": descriptors, "threads": int(lines["Threads"])}


class Sampler:
    """Looks at processes by and by; a name stands for whichever process has it at the time."""

    def __init__(self, interval=10, **processes):
        self.interval = interval
        self.processes = processes
        self.samples = {name: [] for name in processes}
        self.begin = time.monotonic()
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *reason):
        self.done.set()
        self.thread.join()

    def run(self):
        while not self.done.wait(self.interval):
            for name, find in self.processes.items():
                try:
                    self.samples[name].append((time.monotonic() - self.begin, held(find())))
                except (OSError, LookupError):
                    continue  # it does not run just now

    def table(self, name, rows=12):
        """Some of the samples, as Markdown."""
        samples = self.samples[name]
        step = max(1, len(samples) // rows)
        yield f"| {name}, minute | resident, KiB | anonymous, KiB | descriptors | threads |"
        yield "|---|---|---|---|---|"
        for moment, sample in samples[::step]:
            yield f"| {moment / 60:.0f} | " + " | ".join(str(sample[measure]) for measure in MEASURES) + " |"

    def growth(self, name, warm_up):
        """What the least-squares lines rise from the warm-up to the end, by measure."""
        settled = [(moment, sample) for moment, sample in self.samples[name] if moment >= warm_up]
        moments = [moment for moment, _ in settled]
        return {measure: rise(moments, [sample[measure] for _, sample in settled]) for measure in MEASURES}


def rise(moments, values):
    """How much the least-squares line through some points rises between the first and the last."""
    if len(moments) < 3:
        return 0.0
    middle, mean = sum(moments) / len(moments), sum(values) / len(values)
    spread = sum((moment - middle) ** 2 for moment in moments)
    slope = sum((moment - middle) * (value - mean) for moment, value in zip(moments, values)) / spread
    return slope * (moments[-1] - moments[0])
