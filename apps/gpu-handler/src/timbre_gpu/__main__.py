"""The commands of the handler.

python -m timbre_gpu          takes jobs, by the environment that RunPod or apps/standalone sets
python -m timbre_gpu fetch    downloads the weights of TIMBRE_GPU_LANGUAGES, and says how large they are
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import sys
import threading
import time

_USAGE = "Usage: python -m timbre_gpu [fetch]"
_EXIT_USAGE, _EXIT_CONFIG = 64, 78  # EX_USAGE and EX_CONFIG of sysexits.h


def main(arguments: list[str]) -> int:
    """Runs a command. Returns the exit code."""
    from timbre_gpu.settings import WrongSetting, read_settings

    if arguments not in ([], ["fetch"]):
        print(_USAGE, file=sys.stderr)
        return _EXIT_USAGE
    try:
        settings = read_settings(os.environ)
    except WrongSetting as wrong:
        print(wrong, file=sys.stderr)
        return _EXIT_CONFIG
    # Loading torch takes seconds. The process that sends heartbeats may import this module, and needs none of it.
    if arguments:
        from timbre_gpu.fetch_command import fetch_weights

        return fetch_weights(settings)
    from timbre_gpu.worker import start

    start(settings)
    return 0


def end_with(parent: int) -> None:
    """Ends this process when its parent ends.

    The SDK sends heartbeats from a process of its own. If the handler is killed, that process would go on, and RunPod's
    side would believe that the job is still running.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    # Not those of libraries: httpx logs each request with its address, which is a signed link.
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("timbre_gpu").setLevel(logging.INFO)
    handler_process = os.getpid()
    os.register_at_fork(after_in_child=lambda: end_with(handler_process))
    sys.exit(main(sys.argv[1:]))
elif (parent_process := multiprocessing.parent_process()) is not None and parent_process.pid is not None:
    end_with(parent_process.pid)  # where processes are spawned instead of forked
