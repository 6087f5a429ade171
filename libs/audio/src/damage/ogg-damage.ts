import { isTag } from './bare-frames.js';
import { FileWindow } from '../probing/file-window.js';
import { readPage, type OggPage } from '../ogg/ogg-page.js';
import type { RecordingFacts } from '../probing/recording-facts.js';
import type { MissingAudio } from '../probing/recording-time.js';

/** RFC 3533, section 6: a header, and 255 segments of 255 bytes. */
const maxPageBytes = 27 + 255 + 255 * 255;

const capturePattern = Buffer.from('OggS', 'latin1');

/** A position after all decoded audio. */
const atTheEnd = Number.MAX_SAFE_INTEGER;

/**
 * Finds audio that is missing without a time jump: before the first whole page of an Ogg file, which looks like a
 * recording that starts late, and after the last one. ffmpeg skips both silently.
 */
export async function missingAroundPages(path: string, facts: RecordingFacts): Promise<MissingAudio[]> {
  const file = await FileWindow.open(path, 1 << 20);
  try {
    const { isStartDamaged, pageBytes, tailBytes } = await walkPages(file);
    const missing: MissingAudio[] = [];
    if (isStartDamaged && facts.startSeconds > 0) missing.push({ atSeconds: 0, seconds: facts.startSeconds });
    if (tailBytes > 0 && facts.durationSeconds !== null) {
      missing.push({ atSeconds: atTheEnd, seconds: (tailBytes / pageBytes) * facts.durationSeconds });
    }
    return missing;
  } finally {
    await file.close();
  }
}

interface Pages {
  /** True if bytes or pages are missing or damaged before the first page with audio. */
  readonly isStartDamaged: boolean;
  readonly pageBytes: number;
  /** Bytes after the last page. */
  readonly tailBytes: number;
}

async function walkPages(file: FileWindow): Promise<Pages> {
  let isStartDamaged = false;
  let hasAudio = false;
  let [pageBytes, tailBytes] = [0, 0];
  let before: OggPage | undefined;
  for (let at = 0; at < file.size;) {
    const bytes = await file.bytes(at, maxPageBytes);
    const read = pageAt(bytes);
    if (read === undefined) {
      const next = bytes.indexOf(capturePattern, 1);
      const skipped = next < 0 ? Math.max(1, bytes.length - capturePattern.length) : next;
      tailBytes += isTag(bytes) ? 0 : skipped;
      at += skipped;
      isStartDamaged ||= !hasAudio;
    } else {
      const { page, length } = read;
      const isNext = before?.serial !== page.serial || page.sequence === before.sequence + 1;
      isStartDamaged ||= !hasAudio && !isNext;
      hasAudio ||= page.granule > 0;
      before = page;
      pageBytes += length;
      tailBytes = 0;
      at += length;
    }
  }
  return { isStartDamaged, pageBytes, tailBytes };
}

/** @returns undefined if there is no whole page */
function pageAt(bytes: Buffer): ReturnType<typeof readPage> {
  try {
    return readPage(bytes, 0);
  } catch {
    return undefined;
  }
}
