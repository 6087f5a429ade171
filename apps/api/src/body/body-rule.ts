/** Which limit the file of a route has. */
export type FileKind = 'recording' | 'sample';

/** What the body of a route may be. */
export interface BodyRule {
  /** null: the route takes fields only. */
  readonly file: FileKind | null;
}

export const bodyRuleKey = Symbol('body rule');
