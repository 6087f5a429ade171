import { SetMetadata } from '@nestjs/common';

/** Which limit the file of a route has. */
export type FileKind = 'recording' | 'sample';

export interface BodyRule {
  /** null: the route takes fields only. */
  readonly file: FileKind | null;
}

export const bodyRuleKey = Symbol('body rule');

/** The route takes fields, in whichever of the three forms, and perhaps a file. */
export const TakesBody = (rule: BodyRule = { file: null }): MethodDecorator => SetMetadata(bodyRuleKey, rule);
