/*
 * The few members of the DOM that functions in the page use. The tests are compiled without the types of browsers,
 * whose names are also Node's.
 */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Element {
  readonly tagName: string;
  readonly id: string;
  readonly textContent: string;
  readonly parentElement: Element | null;
  readonly scrollWidth: number;
  readonly clientWidth: number;
  readonly tabIndex: number;
  checkVisibility(options: { readonly visibilityProperty: boolean }): boolean;
  setAttribute(name: string, value: string): void;
  getAttribute(name: string): string | null;
  closest(selector: string): Element | null;
  matches(selector: string): boolean;
  getBoundingClientRect(): Box;
}

export interface Playable extends Element {
  readonly currentTime: number;
  readonly paused: boolean;
  readonly src: string;
}

interface Analyser {
  readonly fftSize: number;
  getFloatTimeDomainData(into: Float32Array): void;
}

export interface StorageArea {
  readonly length: number;
  key(index: number): string | null;
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
}

/** `globalThis` of a page. */
export interface Page {
  readonly innerWidth: number;
  readonly location: { readonly href: string; readonly origin: string };
  readonly localStorage: StorageArea;
  readonly sessionStorage: StorageArea;
  readonly document: {
    readonly cookie: string;
    readonly activeElement: Element | null;
    readonly documentElement: Element;
    getAnimations(): readonly { readonly finished: Promise<unknown> }[];
    querySelectorAll(selector: string): Iterable<Element>;
    addEventListener(name: string, heard: (event: Readonly<Record<string, string>>) => void): void;
  };
  /** The console's, if `timbre.test` is in the session storage. */
  readonly timbreAnalyser?: Analyser;
  getComputedStyle(element: Element, part?: string): Readonly<Record<string, string>>;
}
