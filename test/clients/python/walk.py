"""The README's walk-through with the client that openapi-python-client has generated from openapi.json.

    python walk.py <origin> <partner> <key> <recording>
"""

import json
import sys
import time
from pathlib import Path

import httpx
from timbre_client import AuthenticatedClient
from timbre_client.api.embedding import download_test_sample, embed_voice, set_preferred_sample
from timbre_client.api.samples import download_sample, download_sample_bundle
from timbre_client.api.splitting import split_voice
from timbre_client.api.voices import create_empty_voice, create_voice, delete_voice, get_voice, list_voices, rename_voice
from timbre_client.models import (
    ApiError,
    CreateEmptyVoiceFields,
    CreateVoiceForm,
    PreferredSampleFields,
    RenameVoiceFields,
    SplitFields,
    VoiceDetails,
)
from timbre_client.types import File

origin, partner, key, recording = sys.argv[1:]
client = AuthenticatedClient(base_url=origin, token=key, auth_header_name="X-Api-Key", prefix="")


def good(answer):
    """Returns an answer. Raises with the sentence of the API, if the request failed."""
    if answer is None or isinstance(answer, ApiError):
        raise SystemExit(f"failed: {answer}")
    return answer


def until(is_done) -> VoiceDetails:
    while True:
        voice = good(get_voice.sync(partner, "anna", client=client))
        if is_done(voice):
            return voice
        if "failed" in (voice.status.splitting, voice.status.embedding):
            raise SystemExit(f"failed: {voice.errors}")
        time.sleep(0.1)


def is_embedded(voice: VoiceDetails) -> bool:
    return voice.status.embedding == "completed"


with Path(recording).open("rb") as audio:
    form = CreateVoiceForm(name="anna", creator_name="Anna", file=File(payload=audio, file_name="recording.wav"))
    created = create_voice.sync_detailed(partner, client=client, body=form)
good(created.parsed)

voice = until(is_embedded)
best = voice.embedding_info.sample_scores[0].sample_index
filename = voice.embedding_info.test_samples[0].filename

sample = download_sample.sync_detailed(partner, "anna", best, client=client)
preview = good(download_test_sample.sync(partner, "anna", filename, client=client)).payload.read()
preferred = good(set_preferred_sample.sync(partner, "anna", client=client, body=PreferredSampleFields(sample_index=2)))
cleared = good(set_preferred_sample.sync(partner, "anna", client=client, body=PreferredSampleFields(sample_index=None)))
bundle = download_sample_bundle.sync_detailed(partner, "anna", client=client)
# The URL needs no key, so the client that would send it is not used.
archive = httpx.get(voice.embedding_zip_url)

fields = SplitFields(max_samples=30, sample_duration=10)
good(split_voice.sync(partner, "anna", client=client, body=fields))
split = until(lambda voice: voice.status.splitting == "completed")
good(embed_voice.sync(partner, "anna", client=client))
again = until(is_embedded)

good(create_empty_voice.sync(partner, client=client, body=CreateEmptyVoiceFields(name="nobody", language="fr-CA")))
renamed = good(rename_voice.sync(partner, "nobody", client=client, body=RenameVoiceFields(name="Zoë 1")))
deleted = delete_voice.sync_detailed(partner, renamed.name, client=client)
listed = good(list_voices.sync(partner, client=client))
missing = get_voice.sync(partner, "nobody", client=client)

print(
    json.dumps(
        {
            "location": created.headers["location"],
            "samples": len(voice.samples),
            "sampleType": sample.headers["content-type"],
            "sampleBytes": len(sample.parsed.payload.read()) == int(sample.headers["content-length"]),
            "previewBytes": len(preview) > 0,
            "preferred": preferred.preferred_sample_index,
            "cleared": cleared.preferred_sample_index,
            "bundleType": bundle.headers["content-type"],
            "zipType": archive.headers["content-type"],
            "samplesOfSplit": len(split.samples),
            "stale": [split.embedding_info.stale, again.embedding_info.stale],
            "renamed": renamed.name,
            "deleted": deleted.status_code,
            "list": [each.name for each in listed],
            "missing": missing.detail,
        }
    )
)
