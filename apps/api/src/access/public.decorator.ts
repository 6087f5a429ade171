import { SetMetadata } from '@nestjs/common';

export const publicKey = Symbol('public');

/** The route needs no API key. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(publicKey, true);
