import { spawn } from 'node:child_process';
import { buffer, text } from 'node:stream/consumers';
import { Gate } from './signal/gate.js';
import type { SpokenAudio } from './speech/speech.js';
import { engineSampleRate } from './engine-audio.js';

const quietOptions = ['-v', 'error', '-nostdin'];

/** Decodes Ogg Opus from stdin to mono float PCM at the engine's rate. Naming the demuxer excludes all others. */
export function decodeArguments(): readonly string[] {
  const input = ['-f', 'ogg', '-i', 'pipe:0', '-map', '0:a:0'];
  return [...quietOptions, ...input, '-ac', '1', '-ar', String(engineSampleRate), '-f', 'f32le', 'pipe:1'];
}

/** Encodes speech from stdin to Ogg Opus, mono, 48 kHz. Bit-exact, so that equal speech gives equal bytes. */
export function encodeArguments(inputOptions: readonly string[]): readonly string[] {
  const input = [...inputOptions, '-i', 'pipe:0', '-map', '0:a:0'];
  const opus = ['-c:a', 'libopus', '-b:a', '96k', '-vbr', 'constrained', '-ac', '1', '-ar', '48000'];
  return [...quietOptions, ...input, ...opus, '-fflags', '+bitexact', '-flags:a', '+bitexact', '-f', 'ogg', 'pipe:1'];
}

/** ffmpeg ended with an exit code: it could not use its input. */
export class FfmpegExit extends Error {}

/** Runs a limited number of ffmpeg processes, with pipes only. */
export class Ffmpeg {
  private readonly gate: Gate;

  constructor(
    private readonly path: string,
    processes: number,
  ) {
    this.gate = new Gate(processes);
  }

  /** @returns mono PCM in [-1, 1] at the engine's rate */
  async decode(oggOpus: Buffer, signal: AbortSignal): Promise<Float32Array<ArrayBuffer>> {
    const pcm = await this.run(decodeArguments(), oggOpus, signal);
    const samples = new Float32Array(pcm.length >> 2);
    for (let i = 0; i < samples.length; i++) samples[i] = pcm.readFloatLE(i * 4);
    return samples;
  }

  async encode({ inputOptions, bytes }: SpokenAudio, signal: AbortSignal): Promise<Buffer> {
    return this.run(encodeArguments(inputOptions), bytes, signal);
  }

  /** @throws Error if there is no working ffmpeg at the path, or one without libopus */
  async check(): Promise<void> {
    const signal = new AbortController().signal;
    const encoders = await this.run(['-hide_banner', '-encoders'], Buffer.alloc(0), signal).catch((error: unknown) => {
      throw new Error(`No working ffmpeg at ${this.path} (${String(error)})`);
    });
    if (!encoders.includes('libopus')) throw new Error(`The ffmpeg at ${this.path} has no libopus encoder`);
  }

  private async run(argv: readonly string[], input: Buffer, signal: AbortSignal): Promise<Buffer> {
    return this.gate.run(async () => {
      signal.throwIfAborted();
      const child = spawn(this.path, argv, { stdio: 'pipe', signal, killSignal: 'SIGKILL' });
      const exit = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
      child.stdin.on('error', () => undefined); // a child that stops reading early exits with an error code
      child.stdin.end(input);
      const [code, output, errors] = await Promise.all([exit, buffer(child.stdout), text(child.stderr)]);
      if (code === null) throw new Error('ffmpeg was killed');
      if (code !== 0) throw new FfmpegExit(`ffmpeg ended with ${code}: ${errors.trim().slice(-500)}`);
      return output;
    });
  }
}
