import { constraintsOf, fileNameOf, type Format, formatOf, levelOf, type Refusal, refusalOf } from './microphone.js';

export interface Recorded {
  readonly file: File;
  /** For listening before it is sent. */
  readonly url: string;
  readonly seconds: number;
}

export type RecorderState =
  | { readonly is: 'idle' }
  /** The browser asks its person for permission. */
  | { readonly is: 'asking' }
  | { readonly is: 'refused'; readonly refusal: Refusal }
  | { readonly is: 'recording' | 'paused' }
  | { readonly is: 'recorded'; readonly recorded: Recorded };

/** Parts of a recording leave the encoder in this time, so that little is lost if something breaks. */
const partMs = 1000;

interface Session {
  readonly stream: MediaStream;
  readonly recorder: MediaRecorder;
  readonly context: AudioContext;
  readonly analyser: AnalyserNode;
  readonly format: Format;
  readonly parts: Blob[];
}

/** Records from the microphone. What was recorded stays in the memory of the tab until it is discarded. */
export class Recorder {
  private state: RecorderState = { is: 'idle' };
  private session: Session | undefined;
  private beforeMs = 0;
  private sinceMs: number | undefined;
  private readonly listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly current = (): RecorderState => this.state;

  /** Seconds that were recorded, without pauses. */
  readonly seconds = (): number =>
    (this.beforeMs + (this.sinceMs === undefined ? 0 : performance.now() - this.sinceMs)) / 1000;

  /** How loud it is at present, from 0 to 1. */
  readonly level = (): number => {
    if (!this.session) return 0;
    const samples = new Float32Array(this.session.analyser.fftSize);
    this.session.analyser.getFloatTimeDomainData(samples);
    return levelOf(samples);
  };

  /** Asks for the microphone, and records. */
  async start(deviceId?: string): Promise<void> {
    this.discard();
    if (!('mediaDevices' in navigator)) return this.refuse('insecure');
    const format = 'MediaRecorder' in window ? formatOf((type) => MediaRecorder.isTypeSupported(type)) : undefined;
    if (!format) return this.refuse('unsupported');
    this.show({ is: 'asking' });
    try {
      const stream = await navigator.mediaDevices.getUserMedia(constraintsOf(deviceId));
      if (this.state.is === 'asking') this.record(stream, format);
      else stopAll(stream); // it was closed while the browser asked
    } catch (error) {
      if (this.state.is === 'asking') this.refuse(refusalOf(error));
    }
  }

  pause(): void {
    this.session?.recorder.pause();
    this.stopClock();
    this.show({ is: 'paused' });
  }

  resume(): void {
    this.session?.recorder.resume();
    this.sinceMs = performance.now();
    this.show({ is: 'recording' });
  }

  /** Ends the recording, which can then be heard. */
  stop(): void {
    this.stopClock();
    if (this.session?.recorder.state !== 'inactive') this.session?.recorder.stop();
  }

  /** Gives the microphone back and forgets everything. */
  discard(): void {
    if (this.state.is === 'recorded') URL.revokeObjectURL(this.state.recorded.url);
    if (this.session) {
      this.session.recorder.onstop = null;
      if (this.session.recorder.state !== 'inactive') this.session.recorder.stop();
    }
    this.release();
    this.beforeMs = 0;
    this.sinceMs = undefined;
    this.show({ is: 'idle' });
  }

  private record(stream: MediaStream, format: Format): void {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(analyser);
    const recorder = new MediaRecorder(stream, { mimeType: format.type, audioBitsPerSecond: 128_000 });
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => data.size > 0 && parts.push(data);
    recorder.onstop = () => this.finish(); // also when the microphone is unplugged
    recorder.start(partMs);
    this.session = { stream, recorder, context, analyser, format, parts };
    this.sinceMs = performance.now();
    this.show({ is: 'recording' });
  }

  private finish(): void {
    this.stopClock();
    if (!this.session) return;
    const { parts, format } = this.session;
    const file = new File(parts, fileNameOf(new Date(), format.extension), { type: format.type });
    this.release();
    this.show({
      is: 'recorded',
      recorded: { file, url: URL.createObjectURL(file), seconds: this.seconds() },
    });
  }

  private stopClock(): void {
    this.beforeMs = this.seconds() * 1000;
    this.sinceMs = undefined;
  }

  private release(): void {
    if (!this.session) return;
    stopAll(this.session.stream);
    void this.session.context.close();
    this.session = undefined;
  }

  private refuse(refusal: Refusal): void {
    this.show({ is: 'refused', refusal });
  }

  private show(state: RecorderState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}

function stopAll(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
