import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { ShapeError } from '../json-shape.js';

/** Responds to every failure with `{"error": "…"}`, as RunPod's API does. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Emulator');

  catch(error: unknown, host: ArgumentsHost): void {
    const status = statusOf(error);
    if (status === 500) this.logger.error(error instanceof Error ? error.stack : String(error));
    const message = status === 500 || !(error instanceof Error) ? 'Internal Server Error' : error.message;
    const response = host.switchToHttp().getResponse<Response>();
    if (!response.headersSent && !response.destroyed) response.status(status).json({ error: message });
  }
}

/** Errors of body-parser have a `status` field (400, 413). Any other unknown error is a bug. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof ShapeError) return 400;
  if (error instanceof Error && 'status' in error && typeof error.status === 'number') return error.status;
  return 500;
}
