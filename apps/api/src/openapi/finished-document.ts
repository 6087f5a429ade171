import type { OpenAPIObject } from '@nestjs/swagger';
import { withDefaultAnswers } from './default-answers.js';
import { withExamples } from './examples.js';
import { withIdempotencyKeys } from './idempotency-keys.js';
import { withLinks } from './links.js';
import { withFormats } from './formats.js';
import { mapOperations, namesInUrl, type Operation } from './operations.js';

/** Adds to Nest's document what follows from it, so that it is true of every route without a decorator. */
export function finished(document: OpenAPIObject): OpenAPIObject {
  const steps = [
    withParametersInUrlOrder,
    withIdempotencyKeys,
    withFormats,
    withDefaultAnswers,
    withExamples,
    withLinks,
  ];
  return steps.reduce((described, step) => step(described), document);
}

type Parameter = NonNullable<Operation['parameters']>[number];

/**
 * Sorts the path parameters of every operation in the order of the URL, before all other parameters.
 *
 * Client generators turn them into positional arguments. Nest lists them in the order in which decorators run, which
 * differs between routes of the same URL.
 */
function withParametersInUrlOrder(document: OpenAPIObject): OpenAPIObject {
  return mapOperations(document, (operation, { url }) => {
    if (!operation.parameters) return operation;
    const names = namesInUrl(url);
    const position = (parameter: Parameter): number =>
      'in' in parameter && parameter.in === 'path' ? names.indexOf(parameter.name) : names.length;
    return { ...operation, parameters: operation.parameters.toSorted((a, b) => position(a) - position(b)) };
  });
}
