import { Injectable } from '@nestjs/common';

/** The parts of an Express 5 router layer that say what it answers (router/lib/layer.js, router/lib/route.js). */
interface RouterLayer {
  readonly route?: { readonly methods: Readonly<Record<string, boolean>> };
  match(path: string): boolean;
}

export interface RouterWithLayers {
  readonly stack: readonly RouterLayer[];
}

/**
 * Which methods a path answers, read from the router's own table: no second list that could fall behind.
 *
 * Filled once the application has registered its routes.
 */
@Injectable()
export class RouteTable {
  private layers: readonly RouterLayer[] = [];

  /** Nest's own catch-all routes take every method (`_all`) and are no known routes. */
  fill(router: RouterWithLayers): void {
    this.layers = router.stack.filter((layer) => layer.route && layer.route.methods['_all'] !== true);
  }

  /** Methods of a path, for `Allow`, sorted; empty for an unknown path. HEAD comes with GET. */
  methodsOf(path: string): readonly string[] {
    const methods = new Set<string>();
    for (const layer of this.layers) {
      if (!matches(layer, path)) continue;
      for (const method of Object.keys(layer.route?.methods ?? {})) methods.add(method.toUpperCase());
    }
    if (methods.has('GET')) methods.add('HEAD');
    return [...methods].sort();
  }
}

/** A path whose parameters cannot be decoded matches nothing. */
function matches(layer: RouterLayer, path: string): boolean {
  try {
    return layer.match(path);
  } catch {
    return false;
  }
}
