import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import { BodyInterceptor } from './body.interceptor.js';
import { bodyRuleKey, type BodyRule, type FileKind } from './body-rule.js';
import { namesOf, type FieldsClass } from './check-fields.js';

interface TakenBody {
  /** Left out: the route takes a file only. */
  readonly fields?: FieldsClass<object>;
  readonly file?: FileKind;
}

/** The route takes fields, in whichever of the three forms, and perhaps a file. */
export function TakesBody({ fields, file }: TakenBody): MethodDecorator {
  const rule: BodyRule = { fields: fields ? namesOf(fields) : [], file: file ?? null };
  return applyDecorators(SetMetadata(bodyRuleKey, rule), UseInterceptors(BodyInterceptor));
}
