import { isOver, silent, type PlayerState, type Sound } from './sound.js';
import { SoundOutput } from './sound-output.js';

type Listener = () => void;

/** Plays one sound at a time through the page's audio element. */
export class PlayerEngine {
  private state = silent;
  private element: HTMLAudioElement | undefined;
  private output: SoundOutput | undefined;
  private hasRenewed = false;
  private readonly listeners = new Set<Listener>();
  private readonly timeListeners = new Set<Listener>();

  /** Uses an audio element. Returns what stops using it. */
  readonly attach = (element: HTMLAudioElement): (() => void) => {
    this.element = element;
    this.output ??= new SoundOutput(element);
    const listening = new AbortController();
    const on = (event: string, change: () => void): void => {
      element.addEventListener(event, change, { signal: listening.signal });
    };
    on('play', () => this.started());
    on('pause', () => this.change({ isPlaying: false, isWaiting: false }));
    on('ended', () => this.change({ isPlaying: false }));
    on('waiting', () => this.change({ isWaiting: true }));
    on('playing', () => this.change({ isWaiting: false }));
    on('durationchange', () => this.change({ duration: Number.isFinite(element.duration) ? element.duration : 0 }));
    on('timeupdate', () => this.moved());
    on('seeking', () => this.moved());
    on('error', () => void this.broke());
    return () => {
      listening.abort();
      element.pause();
    };
  };

  readonly subscribe = (listener: Listener): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly subscribeToTime = (listener: Listener): (() => void) => {
    this.timeListeners.add(listener);
    return () => this.timeListeners.delete(listener);
  };

  readonly current = (): PlayerState => this.state;

  /** Returns the place that is heard now, in seconds of the sound. */
  readonly now = (): number => this.element?.currentTime ?? 0;

  /** Plays a sound from its start or from a place. Another sound that plays is stopped. */
  readonly play = (sound: Sound, { from = 0 }: { from?: number } = {}): void => {
    if (!this.element) return;
    this.hasRenewed = false;
    if (this.state.sound?.url === sound.url && !this.state.hasFailed) {
      this.change({ sound });
      this.element.currentTime = from;
    } else {
      this.change({ ...silent, sound, isWaiting: true });
      this.load(this.element, sound.url, from);
    }
    this.start(sound);
  };

  /** Gets a sound ready at a place without playing it. Another sound that plays is stopped. */
  readonly cue = (sound: Sound, at: number): void => {
    if (!this.element) return;
    this.hasRenewed = false;
    this.element.pause();
    this.change({ ...silent, sound });
    this.load(this.element, sound.url, at);
  };

  /** Pauses a sound that plays, otherwise plays on. Without a sound it is the present one. */
  readonly toggle = (sound?: Sound): void => {
    const present = this.state.sound;
    if (sound && sound.id !== present?.id) this.play(sound);
    else if (this.state.isPlaying) this.pause();
    else if (present) this.resume(sound ?? present);
  };

  readonly pause = (): void => this.element?.pause();

  readonly seek = (seconds: number): void => {
    if (this.element) this.element.currentTime = seconds;
  };

  /** Stops the sound and forgets it. */
  readonly stop = (): void => {
    this.element?.pause();
    this.element?.removeAttribute('src');
    this.change(silent);
  };

  private resume(sound: Sound): void {
    const isAtEnd = this.element?.ended === true || isOver(sound, this.now());
    this.play(sound, { from: isAtEnd ? 0 : this.now() });
  }

  private load(element: HTMLAudioElement, url: string, from: number): void {
    element.src = url;
    element.currentTime = from; // before the audio is there, this is where it will start
  }

  private start(sound: Sound): void {
    this.output?.open(sound.gainDb ?? 0);
    // A refusal has an event of its own, except for the browser's that nobody has pressed anything yet.
    this.element?.play().catch(() => this.change({ isPlaying: this.element?.paused === false, isWaiting: false }));
  }

  private started(): void {
    this.change({ isPlaying: true });
    const watch = (): void => {
      if (this.element?.paused !== false) return;
      this.moved();
      requestAnimationFrame(watch);
    };
    if (this.state.sound?.until !== undefined) watch();
  }

  private moved(): void {
    const { sound, isPlaying } = this.state;
    if (sound?.until !== undefined && isPlaying && isOver(sound, this.now())) this.pause();
    for (const listener of this.timeListeners) listener();
  }

  private async broke(): Promise<void> {
    const { sound } = this.state;
    if (!sound || !this.element) return;
    const at = this.now();
    const url = this.hasRenewed ? undefined : await sound.renew?.().catch(() => undefined);
    if (this.state.sound?.id !== sound.id) return;
    this.hasRenewed = true;
    if (url === undefined) {
      this.change({ hasFailed: true, isPlaying: false, isWaiting: false });
      return;
    }
    this.change({ sound: { ...sound, url } });
    this.load(this.element, url, at);
    this.start(sound);
  }

  private change(change: Partial<PlayerState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}
