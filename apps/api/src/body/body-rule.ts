/** Which limit the file of a route has. */
export type FileKind = 'recording' | 'sample';

/** What the body of a route may be. */
export interface BodyRule {
  /** Names of the fields the route takes, without its file. */
  readonly fields: readonly string[];
  /** null: the route takes fields only. */
  readonly file: FileKind | null;
}

export const bodyRuleKey = Symbol('body rule');
