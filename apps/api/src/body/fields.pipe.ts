import { Injectable, ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import * as classTransformer from 'class-transformer';
import * as classValidator from 'class-validator';
import { AppError, type FieldError } from '#libs/errors';

type DtoClass = new () => object;

const transformOptions = { exposeUnsetFields: false } as const;
const validatorOptions = { whitelist: true, stopAtFirstError: true, forbidUnknownValues: false } as const;

/**
 * The global pipe: checks every `@Body()` and `@Query()` against its DTO class.
 *
 * A field that the class does not have is ignored, unless its name is nearly that of a known field. Then it was
 * probably mistyped, and the request is rejected instead of running without it.
 */
@Injectable()
export class FieldsPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      transformOptions,
      ...validatorOptions,
      exceptionFactory: rejection,
      validatorPackage: classValidator, // Nest would import both packages with the first request
      transformerPackage: classTransformer,
    });
  }

  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (isDto(metadata.metatype) && typeof value === 'object' && value !== null) {
      const known = namesOf(metadata.metatype);
      // A key in the query belongs to every route.
      const mistyped = mistypedFields(value, metadata.type === 'query' ? [...known, 'api_key'] : known);
      if (mistyped.length > 0) return Promise.reject(wrongFields(mistyped));
    }
    return super.transform(value, metadata) as Promise<unknown>;
  }
}

const pipe = new FieldsPipe();

/**
 * Checks a query as the pipe does, for a route that has something else to do first.
 *
 * @throws AppError `invalid_parameter`
 */
export async function checkQuery(type: DtoClass, query: object): Promise<void> {
  if (Object.keys(query).length > 0) await pipe.transform(query, { type: 'query', metatype: type });
}

const isDto = (type: ArgumentMetadata['metatype']): type is DtoClass => type !== undefined && type !== Object;

/** Returns the names of the fields that a class has validators for. */
function namesOf(type: DtoClass): readonly string[] {
  const rules = classValidator.getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  return [...new Set(rules.map((rule) => rule.propertyName))];
}

function mistypedFields(fields: object, known: readonly string[]): readonly FieldError[] {
  return Object.keys(fields).flatMap((field) => {
    const meant = nearMiss(field, known);
    return meant === null ? [] : [{ field, message: `Unknown field "${field}". Did you mean "${meant}"?` }];
  });
}

function rejection(errors: readonly classValidator.ValidationError[]): AppError {
  return wrongFields(
    errors.map(({ property, constraints }) => {
      const [message = `${property} is invalid`] = Object.values(constraints ?? {});
      return { field: property, message };
    }),
  );
}

/** The 422 that lists every wrong field. Its sentence is that of the first one. */
function wrongFields(errors: readonly FieldError[]): AppError {
  return AppError.saying('invalid_parameter', errors[0]?.message ?? 'A field is invalid', { errors });
}

/** Returns the error that the pipe throws for these fields. Decorators need it at once, for the documentation. */
export function rejectionOf(type: DtoClass, fields: object): AppError {
  const checked = classTransformer.plainToInstance(type, fields, transformOptions);
  return rejection(classValidator.validateSync(checked, validatorOptions));
}

/** Longer names are no typing errors: no known field is half as long. */
const longestName = 64;

/**
 * Returns the known field that the client probably meant by an unknown name, or null if the name resembles none.
 *
 * Case, separators and brackets are ignored: `maxSamples`, `max-samples` and `max_samples[]` are near misses of
 * `max_samples`. One typing error is allowed, and two in names of 8 letters and more. Other words resemble short names by
 * chance (`name` and `game`), so a name under 5 letters must start with the same letter.
 *
 * @param known the fields that the route accepts. None of them may be a near miss of another
 */
export function nearMiss(name: string, known: readonly string[]): string | null {
  if (known.includes(name) || name.length > longestName) return null;
  const folded = fold(name);
  let best: { readonly field: string; readonly typos: number } | null = null;
  for (const field of known) {
    const typos = countTypos(folded, fold(field));
    if (typos < (best?.typos ?? Infinity)) best = { field, typos };
  }
  return best?.field ?? null;
}

const fold = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

/** @returns Infinity if there are more differences than typing errors explain */
function countTypos(given: string, field: string): number {
  const allowed = field.length < 8 ? 1 : 2;
  if (Math.abs(given.length - field.length) > allowed) return Infinity;
  if (field.length < 5 && given[0] !== field[0]) return Infinity;
  const typos = distance(given, field);
  return typos <= allowed ? typos : Infinity;
}

/** Restricted Damerau–Levenshtein distance ("optimal string alignment"): a swap of neighbours counts as one error. */
function distance(a: string, b: string): number {
  let [beforeLast, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  const cost = (row: readonly number[], at: number): number => row[at] ?? Infinity;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = cost(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? cost(beforeLast, j - 2) + 1 : Infinity;
      row.push(Math.min(cost(last, j) + 1, cost(row, j - 1) + 1, replaced, swapped));
    }
    [beforeLast, last] = [last, row];
  }
  return cost(last, b.length);
}
