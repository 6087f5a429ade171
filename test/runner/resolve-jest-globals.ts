import type { ResolveHook } from 'node:module';

/** The package itself only throws: outside of Jest's own module system it has nothing to give. */
const ours = new URL('./jest-globals.js', import.meta.url).href;

/** A hook of Node's module loader. */
export const resolve: ResolveHook = (specifier, context, next) =>
  specifier === '@jest/globals' ? { url: ours, shortCircuit: true } : next(specifier, context);
