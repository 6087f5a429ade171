import { SetMetadata } from '@nestjs/common';

export const findsVoiceItselfKey = Symbol('finds its voice itself');

/**
 * The route reads the voice by its name together with what it answers, in one statement, and is the one to say that there
 * is none. For what is asked for all the time and has no body to be refused before.
 */
export const FindsVoiceItself = (): MethodDecorator => SetMetadata(findsVoiceItselfKey, true);
