import {
  Inject,
  Injectable,
  SetMetadata,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { createHash, timingSafeEqual } from 'node:crypto';
import { EMULATOR_OPTIONS, type EmulatorOptions } from '../emulator-options.js';

const plainKeyMetadata = 'runpod:plain-key';

/** Also admits `Authorization: <the key>` to a controller, without "Bearer", as RunPod's SDK sends it from a worker. */
export const PlainKey = (): ClassDecorator => SetMetadata(plainKeyMetadata, true);

/** Admits requests with `Authorization: Bearer <the key>`. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  private readonly bearer: Buffer;
  private readonly plain: Buffer;

  constructor(
    @Inject(EMULATOR_OPTIONS) options: EmulatorOptions,
    private readonly reflector: Reflector,
  ) {
    this.bearer = digest(`Bearer ${options.apiKey}`);
    this.plain = digest(options.apiKey);
  }

  canActivate(context: ExecutionContext): boolean {
    const given = digest(context.switchToHttp().getRequest<Request>().headers.authorization ?? '');
    if (timingSafeEqual(given, this.bearer)) return true;
    const isPlainEnough = this.reflector.get<boolean | undefined>(plainKeyMetadata, context.getClass()) === true;
    if (isPlainEnough && timingSafeEqual(given, this.plain)) return true;
    throw new UnauthorizedException('Unauthorized');
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
