import { SetMetadata } from '@nestjs/common';

export const adminOnlyKey = Symbol('admin only');

/** The route is for admin keys. */
export const AdminOnly = (): MethodDecorator & ClassDecorator => SetMetadata(adminOnlyKey, true);
