import { createHash } from 'node:crypto';
import { OggOpusWriter } from '#libs/audio';
import { madeZip, type MadeEntry, type MadeEnd } from './made-zip.js';

/** 20 ms of silence as one Opus packet: CELT, full band, mono (RFC 6716 §3.1), with the flag for silence (§4.3). */
export const silentPacket = Buffer.from([0xf8, 0xff, 0xfe]);

/** A packet with two frames of one size, and an odd number of bytes for them (RFC 6716 §3.4, requirement R3). */
export const brokenPacket = Buffer.from([0xf1, 1, 2, 3]);

const [preSkip, packetSamples, samplesPerSecond] = [312, 960, 48_000];

/** Ogg Opus as Timbre writes it, of packets that are all the same. */
export function opusOf(seconds: number, packet: Buffer = silentPacket, serial = 1): Buffer {
  const writer = new OggOpusWriter({ preSkip, serial });
  const total = Math.round(seconds * samplesPerSecond);
  const packets = Array.from({ length: Math.ceil((total + preSkip) / packetSamples) }, () => packet);
  return Buffer.concat([...writer.write(packets), ...writer.end(total)]);
}

/** What a made voice has. */
export interface MadeVoiceOptions {
  readonly name?: string;
  /** Default 1. */
  readonly samples?: number;
  readonly hasOriginal?: boolean;
  /** Types with a run of one embedding for each sample, and test samples of it. */
  readonly ttsTypes?: readonly string[];
  /** Test samples of each sample, default 2. */
  readonly sentences?: number;
  /** When each of the consents was revoked. */
  readonly consents?: readonly (string | null)[];
}

/** A voice as an export has it. */
export interface MadeVoice {
  readonly document: Readonly<Record<string, unknown>>;
  /** All files but `voice.json`, in order. */
  readonly files: readonly MadeEntry[];
}

interface DocumentFile {
  readonly entry: string;
  readonly bytes: number;
  readonly sha256: string;
}

const time = '2025-01-15T10:30:00Z';
const padded = (number: number, digits: number): string => String(number).padStart(digits, '0');

/** Makes a voice with the smallest files that an import accepts. */
export function madeVoice(options: MadeVoiceOptions = {}): MadeVoice {
  const { name = 'imported', samples: count = 1, hasOriginal = false } = options;
  const { ttsTypes = [], sentences = 2, consents = [] } = options;
  const files: MadeEntry[] = [];
  const add = (entry: string, content: Buffer): DocumentFile => {
    files.push({ name: entry, content });
    return { entry, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
  };
  const original = hasOriginal
    ? { uploaded_name: 'a.wav', duration: 20, removed_at: null, missing: [], file: add('original.opus', opusOf(20)) }
    : null;
  const samples = Array.from({ length: count }, (_, at) => ({
    index: at + 1,
    source_start: hasOriginal ? at : null,
    duration: 1,
    quality: null,
    file: add(`samples/${padded(at + 1, 4)}.opus`, opusOf(1, silentPacket, at)),
  }));
  const embeddings = ttsTypes.map((ttsType) => {
    const made = samples.map(({ index, file: { sha256 } }) => ({
      ...{ sample_index: index, sample_sha256: sha256, score: 0.5, seconds_used: 1 },
      file: add(`embeddings/${ttsType}/${padded(index, 4)}.safetensors`, Buffer.from(`embedding ${ttsType} ${index}`)),
    }));
    const tests = samples.flatMap(({ index }) =>
      Array.from({ length: sentences }, (_, at) => at + 1).map((sentence) => ({
        ...{ sample_index: index, sentence_index: sentence, duration: 0.5 },
        file: add(`test-samples/${ttsType}/${padded(index, 4)}_${sentence}.opus`, opusOf(0.5, silentPacket, sentence)),
      })),
    );
    const run = {
      created_at: time,
      engine: { name: 'engine', version: '1', model: null, revision: null, scorer: 'scorer' },
      ...{ language: 'en', test_sentences: ['One.', 'Two.'] },
      samples: samples.map(({ index, file: { sha256 } }) => ({ sample_index: index, sha256 })),
      failed_samples: [],
      scores: samples.map(({ index }) => ({ sample_index: index, score: 0.5 })),
      ...{ embeddings: made, archive: null, test_samples: tests },
    };
    const outcome = { last_update_status: 'success', last_update_time: time, stale: false, shows_results: true };
    return { tts_type: ttsType, ...outcome, run };
  });
  const document = {
    ...{ format: 1, name, language: 'en', labels: { project: 'audiobook' }, description: 'A voice.\nMade.' },
    ...{ creator_name: 'Zoë', creator_email: 'zoe@example.com', created_at: time },
    status: { splitting: hasOriginal ? 'completed' : 'idle', embedding: ttsTypes.length > 0 ? 'completed' : 'idle' },
    ...{ errors: { splitting: null, embedding: null }, warnings: [], embedding_type: ttsTypes[0] ?? 'kyutai' },
    preferred_sample: count > 0 && ttsTypes.length > 0 ? { index: 1, chosen_by: 'score' } : null,
    ...{ next_sample_index: count + 1, original, samples, embeddings },
    consents: consents.map((revokedAt, at) => ({
      ...{ created_at: time, revoked_at: revokedAt, statement: 'I agree.', language: 'en', granted_by: 'Zoë' },
      ...{ method: 'written', text_version: null, similarity: null },
      file: { name: 'yes.pdf', ...add(`consents/${padded(at + 1, 3)}/file.pdf`, Buffer.from(`proof ${at}`)) },
      recording: null,
    })),
  };
  return { document, files };
}

/** Replaces the content of an entry, and what the document says about it. */
export function withContent({ document, files }: MadeVoice, entry: string, content: Buffer): MadeVoice {
  const sha256 = createHash('sha256').update(content).digest('hex');
  const replaced: unknown = JSON.parse(JSON.stringify(document), (_, value: unknown) => {
    const isIt = typeof value === 'object' && value !== null && (value as Partial<DocumentFile>).entry === entry;
    return isIt ? { ...value, bytes: content.length, sha256 } : value;
  });
  return {
    document: replaced as MadeVoice['document'],
    files: files.map((file) => (file.name === entry ? { ...file, content } : file)),
  };
}

/** Packs a voice as an export does. @param document instead of the voice's own: text is written as it is */
export function packed(
  { document, files }: MadeVoice,
  changes: { readonly document?: unknown; readonly files?: readonly MadeEntry[]; readonly end?: MadeEnd } = {},
): Buffer {
  const written = changes.document ?? document;
  const text = typeof written === 'string' ? written : `${JSON.stringify(written, null, 2)}\n`;
  return madeZip([{ name: 'voice.json', content: Buffer.from(text) }, ...(changes.files ?? files)], changes.end);
}
