/** The parts of the DOM that the page's own script reads. */
interface Box {
  readonly left: number;
  readonly right: number;
  readonly width: number;
}
interface DomElement {
  readonly tagName: string;
  readonly className: string;
  readonly parentElement: DomElement | null;
  closest(selector: string): DomElement | null;
  getBoundingClientRect(): Box;
}
interface BrowserGlobals {
  readonly innerWidth: number;
  readonly document: { readonly body: { querySelectorAll(selector: string): Iterable<DomElement> } };
  getComputedStyle(element: DomElement): { readonly overflowX: string };
}

/** Returns the elements that reach beyond the sides of their operation or of the screen and cannot be scrolled. */
export function cutOff(): string[] {
  const browser = globalThis as unknown as BrowserGlobals;
  const scrolls = (element: DomElement | null): boolean =>
    element !== null &&
    (['auto', 'scroll'].includes(browser.getComputedStyle(element).overflowX) || scrolls(element.parentElement));
  return [...browser.document.body.querySelectorAll('*')]
    .filter((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      const screen = { left: 0, right: browser.innerWidth };
      const room = element.closest('.opblock')?.getBoundingClientRect() ?? screen;
      return width > 0 && (left < room.left - 0.5 || right > room.right + 0.5) && !scrolls(element.parentElement);
    })
    .map(({ tagName, className }) => `${tagName} ${String(className)}`);
}
