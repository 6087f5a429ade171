import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { checkFields, namesOf, type FieldsClass } from './check-fields.js';
import { fieldsOf, noFields, type Fields } from './fields.js';
import { refuseNearMisses } from './known-fields.js';
import type { ReceivedFile } from './multipart.js';

const requestOf = (context: ExecutionContext): Request => context.switchToHttp().getRequest<Request>();

/** The fields of the body, checked against a class. */
export const CheckedFields = createParamDecorator(
  <T extends object>(type: FieldsClass<T>, context: ExecutionContext): T =>
    checkFields(type, requestOf(context).received?.fields ?? noFields()),
);

/** The parameters of the query, checked against a class; a mistyped name is refused. */
export const CheckedQuery = createParamDecorator(
  <T extends object>(type: FieldsClass<T>, context: ExecutionContext): T => {
    const query = fieldsOf(requestOf(context).query);
    refuseNearMisses(query, [...namesOf(type), 'api_key']);
    return checkFields(type, query);
  },
);

/** The file of the body; null when there was none. */
export const UploadedFile = createParamDecorator(
  (_data: unknown, context: ExecutionContext): ReceivedFile | null => requestOf(context).received?.file ?? null,
);

/** The fields of the body as they came, for what a class cannot say (missing is not empty). */
export const ReceivedFields = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Fields => requestOf(context).received?.fields ?? noFields(),
);
