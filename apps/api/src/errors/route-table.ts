import { Injectable } from '@nestjs/common';

/** The parts of an Express 5 router layer with its path and methods (router/lib/layer.js, router/lib/route.js). */
interface RouterLayer {
  readonly route?: { readonly methods: Readonly<Record<string, boolean>> };
  match(path: string): boolean;
}

export interface RouterWithLayers {
  readonly stack: readonly RouterLayer[];
}

/**
 * Knows which methods a path supports, for 405 and `Allow`. Reads Express's own table, which is always complete.
 *
 * Fill it after the application has registered its routes.
 */
@Injectable()
export class RouteTable {
  private layers: readonly RouterLayer[] = [];

  /** Omits Nest's catch-all routes, which accept every method (`_all`). */
  fill(router: RouterWithLayers): void {
    this.layers = router.stack.filter((layer) => layer.route && layer.route.methods['_all'] !== true);
  }

  /** Returns the methods of a path, sorted. Empty for an unknown path. GET implies HEAD. */
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

/** A path with malformed percent-encoding matches nothing. */
function matches(layer: RouterLayer, path: string): boolean {
  try {
    return layer.match(path);
  } catch {
    return false;
  }
}
