import { AppError } from '#libs/errors';
import type { BodyRule } from './body-rule.js';
import type { Fields } from './fields.js';
import type { ReceivedBody } from './multipart.js';
import { nearMiss } from './near-miss.js';
import { fileField } from './readable-parts.js';

/**
 * Refuses what a route would otherwise lose in silence: a file it does not take, a field whose name was mistyped. Other
 * fields it does not know are ignored.
 *
 * @throws AppError `invalid_parameter`
 */
export function refuseLostInput({ fields, file, strayFiles }: ReceivedBody, rule: BodyRule): void {
  const [stray] = strayFiles;
  if (stray !== undefined && rule.file === null) {
    throw AppError.field(stray, `This route takes no file (received "${stray}")`);
  }
  if (stray !== undefined && file === null) {
    throw AppError.field(fileField, `The recording must be sent in the field "${fileField}" (received "${stray}")`);
  }
  refuseNearMisses(fields, rule.file === null ? rule.fields : [...rule.fields, fileField]);
}

/**
 * @param known every field that is legal
 * @throws AppError `invalid_parameter` with every field that is nearly a known one
 */
export function refuseNearMisses(fields: Fields, known: readonly string[]): void {
  const errors = Object.keys(fields).flatMap((field) => {
    const meant = nearMiss(field, known);
    return meant === null ? [] : [{ field, message: `Unknown field "${field}". Did you mean "${meant}"?` }];
  });
  const [first] = errors;
  if (first) throw AppError.saying('invalid_parameter', first.message, { errors });
}
