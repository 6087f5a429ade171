import type { OpenAPIObject } from '@nestjs/swagger';

export type PathItem = OpenAPIObject['paths'][string];
export type Operation = NonNullable<PathItem['get']>;

/** An operation with its place in the document. */
export interface PlacedOperation {
  /** `/api/voices/{partner}` */
  readonly url: string;
  /** Lower case. */
  readonly method: string;
  readonly operation: Operation;
}

/** Returns every operation of a document. The paths of ours have nothing else. */
export const operationsOf = (document: OpenAPIObject): readonly PlacedOperation[] =>
  Object.entries(document.paths).flatMap(([url, item]) =>
    Object.entries(item).map(([method, operation]) => ({ url, method, operation: operation as Operation })),
  );

/** Returns the document with every operation changed. */
export function mapOperations(
  document: OpenAPIObject,
  change: (operation: Operation, at: PlacedOperation) => Operation,
): OpenAPIObject {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const at of operationsOf(document)) (paths[at.url] ??= {})[at.method] = change(at.operation, at);
  return { ...document, paths };
}

/** Returns the names of the parameters in a URL, in its order. */
export const namesInUrl = (url: string): readonly string[] =>
  [...url.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
