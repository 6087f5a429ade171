import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/** What an earlier step left on the request; a route that asks for what no step leaves is a defect. */
function found<K extends 'partner' | 'voice'>(key: K) {
  return createParamDecorator((_data: unknown, context: ExecutionContext): NonNullable<Request[K]> => {
    const value = context.switchToHttp().getRequest<Request>()[key];
    if (!value) throw new Error(`No ${key} was found for this route`);
    return value;
  });
}

/** The partner the URL names (PartnerRef). */
export const Partner = found('partner');

/** The voice the URL names (VoiceRef). */
export const Voice = found('voice');
