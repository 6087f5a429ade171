import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { VoicesService } from '#libs/voices';
import { findsVoiceItselfKey } from './finds-voice-itself.decorator.js';

/** 404: is there such a voice? Asked before the body is read. */
@Injectable()
export class VoiceGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly voices: VoicesService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.get<boolean | undefined>(findsVoiceItselfKey, context.getHandler())) return true;
    const request = context.switchToHttp().getRequest<Request>();
    const name = request.params['voice'];
    if (request.partner && typeof name === 'string') {
      request.voice = await this.voices.find(request.partner.id, name);
    }
    return true;
  }
}
