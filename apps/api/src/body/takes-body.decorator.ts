import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import { BodyInterceptor } from './body.interceptor.js';
import { bodyRuleKey, type BodyRule } from './body-rule.js';

/** The route takes fields, in whichever of the three forms, and perhaps a file. */
export const TakesBody = (rule: BodyRule = { file: null }): MethodDecorator =>
  applyDecorators(SetMetadata(bodyRuleKey, rule), UseInterceptors(BodyInterceptor));
