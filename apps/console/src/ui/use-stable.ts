import { useLayoutEffect, useState } from 'react';

type Functions = Readonly<Record<string, (...given: never[]) => void>>;

/** Functions that stay the same, and call those that were given last. */
class Stable<Given extends Functions> {
  readonly functions: Given;
  private latest: Functions;

  constructor(first: Given) {
    this.latest = first;
    const callers = Object.keys(first).map((name) => [name, (...given: never[]) => this.latest[name]?.(...given)]);
    this.functions = Object.fromEntries(callers) as Given;
  }

  call(latest: Given): void {
    this.latest = latest;
  }
}

/**
 * Returns functions that stay the same and call the latest ones. Rows of a long list take them, so that a row is drawn again
 * only if something in it changes.
 */
export function useStable<Given extends Functions>(latest: Given): Given {
  const [stable] = useState(() => new Stable(latest));
  useLayoutEffect(() => stable.call(latest));
  return stable.functions;
}
