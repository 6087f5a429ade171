import { amplitudeOf } from './sound.js';

/**
 * The way of the page's audio element to the loudspeaker: through a gain, so that two recordings can be compared at the
 * same level. It is made with the first sound, because browsers allow audio only after a press.
 */
export class SoundOutput {
  private context: AudioContext | undefined;
  private gain: GainNode | undefined;

  constructor(private readonly element: HTMLMediaElement) {}

  /** Opens the way if it is closed, and sets the gain. */
  open(gainDb: number): void {
    if (!this.context) this.connect(new AudioContext());
    if (this.context?.state === 'suspended') void this.context.resume();
    if (this.gain) this.gain.gain.value = amplitudeOf(gainDb);
  }

  private connect(context: AudioContext): void {
    this.context = context;
    this.gain = context.createGain();
    context.createMediaElementSource(this.element).connect(this.gain).connect(context.destination);
    if (sessionStorage.getItem('timbre.test') === null) return;
    const analyser = context.createAnalyser();
    this.gain.connect(analyser);
    Object.assign(window, { timbreAnalyser: analyser });
  }
}
