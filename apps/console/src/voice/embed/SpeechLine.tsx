import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { ApiFailure, type Connection, type Schema } from '#libs/client';
import { usePlayerState } from '../../player/player.js';
import { useSession } from '../../session/session.js';
import { text } from '../../texts/text.js';
import { IconButton } from '../../ui/Button.js';
import { FailureNote } from '../../ui/notes.js';
import { ProgressBar } from '../../ui/progress.js';
import type { SectionProps } from '../section.js';

const pollMs = 1000;

/** A text that is being spoken, and then can be heard. It is played as soon as it is there. */
export function SpeechLine({ partner, voice, speech }: SectionProps & { speech: Schema<'Speech'> }) {
  const { connection } = useSession();
  const player = usePlayerState();
  const path = `/api/voices/${encodeURIComponent(partner)}/${voice.id}/speech/${speech.id}`;
  const state = useQuery({
    queryKey: ['speech', speech.id],
    queryFn: async ({ signal }) =>
      (await (await read(connection, path, 'application/json', signal)).json()) as Schema<'Speech'>,
    initialData: speech,
    refetchInterval: ({ state: { data } }) => (data?.status === 'in_progress' ? pollMs : false),
    staleTime: Infinity,
  });
  const { status, error, sample_index } = state.data;
  const audio = useQuery({
    queryKey: ['speech', speech.id, 'audio'],
    queryFn: async ({ signal }) => {
      const response = await read(connection, path, 'audio/ogg', signal);
      return URL.createObjectURL(await response.blob());
    },
    enabled: status === 'completed',
    staleTime: Infinity,
    gcTime: Infinity, // the URL lives as long as the page
  });
  const sound = { id: speech.id, name: speech.text, url: audio.data ?? '' };
  const hasPlayed = useRef(false);
  useEffect(() => {
    if (audio.data === undefined || hasPlayed.current) return;
    hasPlayed.current = true;
    player.play(sound);
  });
  const isPlaying = player.isPlaying && player.sound?.id === sound.id;
  return (
    <li className="row say-speech">
      <IconButton
        icon={isPlaying ? 'pause' : 'play'}
        filled
        kind="plain"
        label={text(isPlaying ? 'ab.sound.pause' : 'ab.sound.play', { name: speech.text })}
        isDisabled={audio.data === undefined}
        onPress={() => player.toggle(sound)}
      />
      <div className="grow">
        <div className="say-text" lang={speech.language}>
          {speech.text}
        </div>
        {status === 'in_progress' && <ProgressBar label={text('embed.say.speaking')} value={undefined} bare />}
        {error !== null && <div className="field-error">{error}</div>}
        <FailureNote failure={state.error ?? audio.error} />
        <div className="field-hint">{text('previews.sample', { index: sample_index })}</div>
      </div>
    </li>
  );
}

/** Reads the state of a speech or its audio: both have one address. */
async function read({ origin, key }: Connection, path: string, accept: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(`${origin}${path}`, { headers: { Accept: accept, 'X-Api-Key': key }, signal }).catch(
    (error: unknown) => {
      throw ApiFailure.unreachable(error);
    },
  );
  if (!response.ok) throw ApiFailure.of(response, await response.json().catch(() => undefined));
  return response;
}
