"""The handler that RunPod's SDK calls: on RunPod, beside apps/runpod-emulator, and in tests."""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from timbre_gpu.contract import EmbedInput, EmbedOutput, Progress, SpeakOutput, parse_input
from timbre_gpu.embed import embed
from timbre_gpu.engine import memory_failures
from timbre_gpu.failures import Cancelled, JobFailure
from timbre_gpu.models import Models
from timbre_gpu.results import Results
from timbre_gpu.run import Run, Stopwatch
from timbre_gpu.speak import speak
from timbre_gpu.transfer import Transfer

log = logging.getLogger(__name__)

Job = dict[str, Any]
"""A job of RunPod: `id` and `input`."""
Handler = Callable[[Job], Coroutine[Any, Any, dict[str, Any]]]
ReportOf = Callable[[Job, dict[str, Any]], None]
"""`runpod.serverless.progress_update`."""


def make_handler(models: Models, report: ReportOf) -> Handler:
    """Returns the handler.

    The models run in a thread of their own, one job at a time, so that the SDK can send heartbeats and can cancel.
    """
    thread = ThreadPoolExecutor(1, thread_name_prefix="model")

    async def handler(job: Job) -> dict[str, Any]:
        cancelled = threading.Event()
        work = asyncio.get_running_loop().run_in_executor(thread, _answer, job, models, report, cancelled)
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            cancelled.set()
            # The worker takes the next job when this returns: not before the models are free.
            await asyncio.wait([work])
            raise

    return handler


def _answer(job: Job, models: Models, report: ReportOf, cancelled: threading.Event) -> dict[str, Any]:
    """Runs a job. Returns its output, or its error with a type and a message, and nothing of this machine.

    A raised exception would do as well, but the SDK adds the traceback and the host's name to it.
    """
    log.info("job started: %s", job.get("id"))
    start = time.monotonic()
    try:
        output = run_job(job.get("input"), models, lambda progress: report(job, progress.model_dump()), cancelled)
        log.info("job done: %s, %.1f s", job.get("id"), time.monotonic() - start)
        return output
    except JobFailure as failure:
        log.warning("job failed: %s: %s", job.get("id"), failure)
        return _error(failure.code, str(failure))
    except Cancelled:
        log.info("job cancelled: %s", job.get("id"))
        return _error("cancelled", "The job was cancelled")
    except OSError as error:
        log.exception("job failed: %s", job.get("id"))
        if error.errno == errno.ENOSPC:
            return _error("disk_full", "The disk of the handler is full. Give it more, or use fewer samples")
        return _error("internal", f"The handler failed ({type(error).__name__}). Its log has the reason")
    except Exception as error:  # the last line of defence: the client gets a sentence, the log the rest
        log.exception("job failed: %s", job.get("id"))
        return _error("internal", f"The handler failed ({type(error).__name__}). Its log has the reason")


def _error(code: str, message: str) -> dict[str, Any]:
    return {"error": json.dumps({"error_type": code, "error_message": message})}


def run_job(
    value: object, models: Models, report: Callable[[Progress], None], cancelled: threading.Event
) -> dict[str, Any]:
    """Runs the `input` of a job and uploads its results, the output last.

    Returns:
        the output as it was uploaded.

    Raises:
        JobFailure: with a sentence for the client.
        Cancelled: if `cancelled` was set.
    """
    job = parse_input(value)
    clock = Stopwatch()
    with clock.measure("load"), memory_failures():
        tts = models.tts(job.language)
        scorer = models.scorer()
    transfer = Transfer(cancelled)
    try:
        with tempfile.TemporaryDirectory(prefix="timbre-gpu-") as folder, Results(transfer) as results:
            run = Run(tts, scorer, transfer, results, Path(folder), report, cancelled, clock)
            output: EmbedOutput | SpeakOutput = embed(job, run) if isinstance(job, EmbedInput) else speak(job, run)
            run.go_on()
        data = output.model_dump(mode="json")
        text = json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode()
        transfer.put(job.results.output, "application/json", text, "The output")
    finally:
        transfer.close()
    return data
