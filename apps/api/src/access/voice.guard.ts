import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { isAppError } from '#libs/errors';
import { IdempotentRequests } from '#libs/idempotency';
import { VoicesService } from '#libs/voices';
import { idempotencyKeyOf } from '../idempotency/idempotency-key.guard.js';
import { findsVoiceItselfKey } from './access.decorators.js';

/**
 * 404: finds the voice that the URL names. A request that is sent again with its `Idempotency-Key` gets its kept answer
 * although the voice has another name now.
 *
 * Routes with `@FindsVoiceItself()` do this themselves.
 */
@Injectable()
export class VoiceGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly voices: VoicesService,
    private readonly requests: IdempotentRequests,
  ) {}

  async canActivate(context: ExecutionContext): Promise<true> {
    if (this.reflector.get<boolean | undefined>(findsVoiceItselfKey, context.getHandler())) return true;
    const request = context.switchToHttp().getRequest<Request>();
    const nameOrId = request.params['voice'];
    if (request.partner && typeof nameOrId === 'string') await this.find(request, request.partner.id, nameOrId);
    return true;
  }

  private async find(request: Request, partnerId: string, nameOrId: string): Promise<void> {
    try {
      request.voice = await this.voices.find(partnerId, nameOrId);
    } catch (error) {
      const isGone = isAppError(error, 'voice_not_found');
      if (!isGone || !(await this.hasAnswer(request, partnerId))) throw error;
      request.voiceIsGone = true;
    }
  }

  /** The voice was renamed or deleted after a request that is now sent again. */
  private async hasAnswer(request: Request, partnerId: string): Promise<boolean> {
    const key = idempotencyKeyOf(request);
    return key !== undefined && this.requests.hasAnswer({ key, partnerId });
  }
}
