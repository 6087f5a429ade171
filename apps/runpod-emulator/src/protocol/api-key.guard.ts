import { Inject, Injectable, UnauthorizedException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { createHash, timingSafeEqual } from 'node:crypto';
import { EMULATOR_OPTIONS, type EmulatorOptions } from '../emulator-options.js';

/** Lets in what carries `Authorization: Bearer <the key>`. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  private readonly expected: Buffer;

  constructor(@Inject(EMULATOR_OPTIONS) options: EmulatorOptions) {
    this.expected = digest(`Bearer ${options.apiKey}`);
  }

  canActivate(context: ExecutionContext): boolean {
    const given = context.switchToHttp().getRequest<Request>().headers.authorization ?? '';
    if (!timingSafeEqual(digest(given), this.expected)) throw new UnauthorizedException('Unauthorized');
    return true;
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
