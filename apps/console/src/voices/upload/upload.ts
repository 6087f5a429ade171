import type { Schema } from '#libs/client';

/** Where an upload is. */
export type UploadState =
  | { readonly is: 'waiting' }
  | { readonly is: 'sending'; readonly loaded: number; readonly bytesPerSecond?: number | undefined }
  /** All bytes have left, and Timbre checks and stores them. */
  | { readonly is: 'checking' }
  /** The connection was lost, or Timbre is overloaded. It is sent again at this time. */
  | { readonly is: 'pausing'; readonly failure: unknown; readonly untilMs: number }
  | { readonly is: 'failed'; readonly failure: unknown }
  | { readonly is: 'done'; readonly voice: Schema<'VoiceDetails'> };

/** What becomes a voice. */
export interface UploadRequest {
  readonly partner: string;
  readonly kind: 'recording' | 'archive';
  /** The name of the voice. Empty if an archive has it. */
  readonly name: string;
  readonly file: File;
  /** The other fields of the form. */
  readonly fields: Readonly<Record<string, string>>;
}

/** A file on its way. */
export interface Upload extends UploadRequest {
  readonly id: string;
  readonly state: UploadState;
}

/** The chosen file was changed, moved or deleted, so that the browser no longer reads it. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
}

export const isOver = ({ state }: Upload): boolean => state.is === 'done' || state.is === 'failed';

/** Returns a random key for one request. `crypto.randomUUID` exists only in pages of HTTPS and of localhost. */
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
