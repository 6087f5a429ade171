import { spawn } from 'node:child_process';
import { buffer, text } from 'node:stream/consumers';
import { Gate } from './gate.js';
import type { SpokenAudio } from './speech.js';
import { ENGINE_SAMPLE_RATE } from './engine-audio.js';

const QUIET = ['-v', 'error', '-nostdin'];

/** Ogg Opus on stdin, mono float PCM at the engine's rate on stdout. Naming the demuxer keeps all others out. */
export function decodeArguments(): readonly string[] {
  const input = ['-f', 'ogg', '-i', 'pipe:0', '-map', '0:a:0'];
  return [...QUIET, ...input, '-ac', '1', '-ar', String(ENGINE_SAMPLE_RATE), '-f', 'f32le', 'pipe:1'];
}

/** Any raw speech on stdin, Ogg Opus mono 48 kHz on stdout; bit-exact, so that equal speech gives equal bytes. */
export function encodeArguments(inputOptions: readonly string[]): readonly string[] {
  const input = [...inputOptions, '-i', 'pipe:0', '-map', '0:a:0'];
  const opus = ['-c:a', 'libopus', '-b:a', '96k', '-vbr', 'constrained', '-ac', '1', '-ar', '48000'];
  return [...QUIET, ...input, ...opus, '-fflags', '+bitexact', '-flags:a', '+bitexact', '-f', 'ogg', 'pipe:1'];
}

/** ffmpeg as a child process with pipes only, a few at a time. */
export class Ffmpeg {
  private readonly gate: Gate;

  constructor(
    private readonly path: string,
    processes: number,
  ) {
    this.gate = new Gate(processes);
  }

  /** Mono PCM in [-1, 1] at the engine's rate. */
  async decode(oggOpus: Buffer, signal: AbortSignal): Promise<Float32Array<ArrayBuffer>> {
    const pcm = await this.run(decodeArguments(), oggOpus, signal);
    const samples = new Float32Array(pcm.length >> 2);
    for (let i = 0; i < samples.length; i++) samples[i] = pcm.readFloatLE(i * 4);
    return samples;
  }

  async encode({ inputOptions, bytes }: SpokenAudio, signal: AbortSignal): Promise<Buffer> {
    return this.run(encodeArguments(inputOptions), bytes, signal);
  }

  /** @throws Error when there is no ffmpeg at the path, or one without libopus */
  async check(): Promise<void> {
    const signal = new AbortController().signal;
    const encoders = await this.run(['-hide_banner', '-encoders'], Buffer.alloc(0), signal).catch((error: unknown) => {
      throw new Error(`No working ffmpeg at ${this.path} (${String(error)}).`);
    });
    if (!encoders.includes('libopus')) throw new Error(`The ffmpeg at ${this.path} has no libopus encoder.`);
  }

  private async run(argv: readonly string[], input: Buffer, signal: AbortSignal): Promise<Buffer> {
    return this.gate.run(async () => {
      signal.throwIfAborted();
      const child = spawn(this.path, argv, { stdio: 'pipe', signal, killSignal: 'SIGKILL' });
      const exit = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
      child.stdin.on('error', () => undefined); // a child that stops reading early says why by its exit code
      child.stdin.end(input);
      const [code, output, complaint] = await Promise.all([exit, buffer(child.stdout), text(child.stderr)]);
      if (code !== 0) throw new Error(`ffmpeg ended with ${code ?? 'a signal'}: ${complaint.trim().slice(-500)}`);
      return output;
    });
  }
}
