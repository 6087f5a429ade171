import { spawn } from 'node:child_process';
import type { AudioTools } from '#libs/audio';
import { cpuOf } from './measure.js';

/** Runs a program to its end. @param onOutput receives its output @throws Error if it fails */
export function run(
  command: string,
  args: readonly string[],
  { input = '', onOutput }: { readonly input?: string; readonly onOutput?: (chunk: Buffer) => void } = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdout.on('data', (chunk: Buffer) => onOutput?.(chunk));
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}`))));
    child.stdin.on('error', () => undefined); // it may exit without reading its input
    child.stdin.end(input);
  });
}

/** Returns the CPU seconds of all programs that `work` runs to their end, including their child processes. */
export async function cpuSecondsOf(work: () => Promise<unknown>): Promise<number> {
  const before = cpuOf('self').children;
  await work();
  return cpuOf('self').children - before;
}

/** Returns ffmpeg arguments for the same conversion as Timbre's, without its limits and its launcher. */
export const encodeArguments = (input: string, output: string, part: readonly string[] = []): string[] => [
  ...['-nostdin', '-hide_banner', '-loglevel', 'error', '-y', '-threads', '1', ...part, '-i', input],
  ...['-map', '0:a:0', '-ac', '1', '-ar', '48000', '-sample_fmt', 's16', '-threads', '1'],
  ...['-c:a', 'libopus', '-b:a', '96k', '-vbr', 'constrained', '-frame_duration', '20', '-application', 'audio'],
  output,
];

/** Encodes with `xargs -P`, up to `processes` at a time. */
export function xargsEncode(
  tools: AudioTools,
  processes: number,
  encodes: readonly (readonly string[])[],
): Promise<void> {
  const perCommand = encodes[0]?.length ?? 1;
  const input = encodes.flat().join('\0');
  return run('xargs', ['-0', '-P', String(processes), '-n', String(perCommand), tools.ffmpeg.path], { input });
}
