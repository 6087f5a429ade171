import type { Schema } from '#libs/client';

type Dependencies = Schema<'Dependencies'>;
export type DependencyName = keyof Dependencies;

/** A dependency, how it is, and how bad that is: `poor` stops requests, `fair` only some of them. */
export interface DependencyHealth {
  readonly name: DependencyName;
  readonly state: Dependencies[DependencyName];
  readonly tone: 'good' | 'fair' | 'poor';
}

/** In the order in which they are shown. */
const names = ['postgres', 'redis', 'storage', 'scratch'] as const;

/** Says how each dependency is. Timbre serves requests without Redis, so that it is never more than `fair`. */
export function healthOf(dependencies: Dependencies): readonly DependencyHealth[] {
  return names.map((name) => {
    const state = dependencies[name];
    if (state === 'up') return { name, state, tone: 'good' };
    return { name, state, tone: state === 'down' && name !== 'redis' ? 'poor' : 'fair' };
  });
}

/** Returns whether a body is an answer about readiness. Its status may be 503. */
export function isReadiness(body: unknown): body is Schema<'Readiness'> {
  return typeof body === 'object' && body !== null && 'dependencies' in body;
}
