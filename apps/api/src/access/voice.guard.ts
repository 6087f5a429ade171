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

  canActivate(context: ExecutionContext): true | Promise<true> {
    if (this.reflector.get<boolean | undefined>(findsVoiceItselfKey, context.getHandler())) return true;
    const request = context.switchToHttp().getRequest<Request>();
    const name = request.params['voice'];
    return request.partner && typeof name === 'string' ? this.find(request, request.partner.id, name) : true;
  }

  private async find(request: Request, partnerId: string, name: string): Promise<true> {
    request.voice = await this.voices.find(partnerId, name);
    return true;
  }
}
