/** Something that can be heard. */
export interface Sound {
  /** Identifies it among all sounds of the page. Two sounds may share a URL. */
  readonly id: string;
  /** What the player calls it. */
  readonly name: string;
  readonly url: string;
  /** How much louder it is played, in dB. The default is 0. */
  readonly gainDb?: number;
  /** Where it stops, in seconds. The default is its end. */
  readonly until?: number;
  /** Returns a new URL after the old one stopped working: signed URLs expire after an hour. */
  readonly renew?: () => Promise<string | undefined>;
}

/** What the player is doing. */
export interface PlayerState {
  readonly sound: Sound | undefined;
  readonly isPlaying: boolean;
  /** Whether audio is being waited for. */
  readonly isWaiting: boolean;
  /** Whether the sound cannot be played. */
  readonly hasFailed: boolean;
  /** In seconds. It is 0 until it is known. */
  readonly duration: number;
}

export const silent: PlayerState = {
  sound: undefined,
  isPlaying: false,
  isWaiting: false,
  hasFailed: false,
  duration: 0,
};

/** Returns the factor of an amplitude for a gain in dB. */
export const amplitudeOf = (gainDb: number): number => 10 ** (gainDb / 20);

/** Returns whether a sound has come to the place where it stops. Playing it again then starts anew. */
export const isOver = ({ until }: Sound, time: number): boolean => until !== undefined && time >= until - 0.005;
