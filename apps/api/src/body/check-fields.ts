import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { AppError, type FieldError } from '#libs/errors';
import type { Fields } from './fields.js';

/** A class whose decorators say what the fields of a route must be. */
export type FieldsClass<T extends object> = new () => T;

/**
 * Checks fields against a class. Fields the class does not name are ignored.
 *
 * @throws AppError `invalid_parameter` with every wrong field; its sentence is the first one's
 */
export function checkFields<T extends object>(type: FieldsClass<T>, fields: Fields): T {
  const named: Record<string, unknown> = {};
  for (const name of namesOf(type)) if (fields[name] !== undefined) named[name] = fields[name];
  const checked = plainToInstance(type, named, { exposeUnsetFields: false });
  const errors = validateSync(checked, { stopAtFirstError: true }).map(fieldError);
  const [first] = errors;
  if (first) throw AppError.saying('invalid_parameter', first.message, { errors });
  return checked;
}

/** Returns the names of the fields that a class has rules for. */
export function namesOf(type: FieldsClass<object>): readonly string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  return [...new Set(rules.map((rule) => rule.propertyName))];
}

function fieldError(error: ValidationError): FieldError {
  const [message = `${error.property} is invalid`] = Object.values(error.constraints ?? {});
  return { field: error.property, message };
}
