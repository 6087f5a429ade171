import type { OpenAPIObject } from '@nestjs/swagger';

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;
type Parameter = NonNullable<Operation['parameters']>[number];

/**
 * Puts the path parameters of every operation in the order of the URL, before all others.
 *
 * Generators make positional arguments of them. Nest lists them in the order in which decorators happen to run, which
 * differs between two routes of the same URL.
 */
export function withParametersInUrlOrder(document: OpenAPIObject): OpenAPIObject {
  const paths = Object.entries(document.paths).map(([url, item]) => [url, inUrlOrder(url, item)] as const);
  return { ...document, paths: Object.fromEntries(paths) };
}

function inUrlOrder(url: string, item: PathItem): PathItem {
  const position = (parameter: Parameter): number => {
    const at = 'in' in parameter && parameter.in === 'path' ? url.indexOf(`{${parameter.name}}`) : -1;
    return at === -1 ? url.length : at;
  };
  const operations = Object.entries(item).map(([method, operation]) => {
    const { parameters } = operation as Operation;
    if (!parameters) return [method, operation] as const;
    const sorted = parameters.toSorted((a, b) => position(a) - position(b));
    return [method, { ...operation, parameters: sorted }] as const;
  });
  return Object.fromEntries(operations);
}
