import type { Schema } from '#libs/client';

/** What stands in the fields. Empty fields leave the choice open. */
export interface RecomputeForm {
  readonly ttsType: string;
  readonly version: string;
  readonly partner: string;
}

/** Returns the body of the request. */
export function fieldsOf({ ttsType, version, partner }: RecomputeForm): Schema<'RecomputeFields'> {
  return {
    tts_type: ttsType.trim(),
    ...(version.trim() === '' ? {} : { engine_older_than: { version: version.trim() } }),
    ...(partner === '' ? {} : { partner }),
  };
}
