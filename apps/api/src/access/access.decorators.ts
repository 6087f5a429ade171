import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

export const publicKey = Symbol('public');

/** The route needs no API key. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(publicKey, true);

export const adminOnlyKey = Symbol('admin only');

/** The route accepts only admin keys. */
export const AdminOnly = (): MethodDecorator & ClassDecorator => SetMetadata(adminOnlyKey, true);

export const findsVoiceItselfKey = Symbol('finds its voice itself');

/**
 * The route looks up its voice itself, in the same statement as its answer, and throws `voice_not_found`. This saves a
 * query on the busiest routes. Only for routes without a body, whose errors must come after 404.
 */
export const FindsVoiceItself = (): MethodDecorator => SetMetadata(findsVoiceItselfKey, true);

export const ofKeyKey = Symbol('of the key');

/**
 * The route is for clients of other APIs, whose URLs name no partner: it serves the partner of the key, and accepts the key
 * as `Authorization: Bearer` too (RFC 6750 §2.1). Admin keys belong to no partner, so they get 403.
 */
export const OfKey = (): MethodDecorator & ClassDecorator => SetMetadata(ofKeyKey, true);

/** Returns a param decorator for what a guard has put on the request. */
function fromGuard<K extends 'caller' | 'partner' | 'voice'>(key: K) {
  return createParamDecorator((_data: unknown, context: ExecutionContext): NonNullable<Request[K]> => {
    const value = context.switchToHttp().getRequest<Request>()[key];
    if (!value) throw new Error(`The guards found no ${key} for this route`);
    return value;
  });
}

/** The owner of the key. */
export const KeyCaller = fromGuard('caller');

/** The partner that the URL names (PartnerRef). */
export const Partner = fromGuard('partner');

/** The voice that the URL names (VoiceRef). */
export const Voice = fromGuard('voice');
