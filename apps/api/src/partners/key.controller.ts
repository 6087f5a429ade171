import { Controller, Get } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/auth';
import { KeyCaller } from '../access/access.decorators.js';
import { Operation } from '../openapi/operation.js';
import { KeyOwnerDto, keyOwnerAnswer } from './key.answers.js';

@ApiTags('Key')
@Controller('key')
export class KeyController {
  @Get()
  @Operation({
    summary: 'Get Key',
    description:
      'Returns whom the key of the request belongs to and what it allows. A client that was given nothing but a key ' +
      'learns the name of its partner here.',
  })
  @ApiResponse({ status: 200, description: 'The owner of the key.', type: KeyOwnerDto })
  getKey(@KeyCaller() caller: Caller): KeyOwnerDto {
    return keyOwnerAnswer(caller);
  }
}
