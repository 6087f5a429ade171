import type { TestPartner } from '../support/shared-stack.js';

/** The address of a partner's voices, or of one, within the console. */
export const voicesOf = (partner: Pick<TestPartner, 'name'>, voiceId?: string): string =>
  `/partners/${encodeURIComponent(partner.name)}/voices${voiceId === undefined ? '' : `/${voiceId}`}`;
