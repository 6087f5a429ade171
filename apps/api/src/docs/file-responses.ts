import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import { FailureResponses } from './failure-responses.js';

const binary = { type: 'string', format: 'binary' } as const;

const fileHeaders = {
  'Content-Length': { description: 'Exact size in bytes.', required: true, schema: { type: 'integer' } },
  'Content-Disposition': { description: 'File name by RFC 6266.', required: true, schema: { type: 'string' } },
} as const;

const cacheHeaders = {
  ETag: { description: 'Strong tag of these bytes.', required: true, schema: { type: 'string' } },
  'Accept-Ranges': { required: true, schema: { type: 'string', example: 'bytes' } },
} as const;

/** Answers of an audio file: whole, a range, or that the client has it already. */
export function AudioResponses(contentType: 'audio/ogg' | '*/*' = 'audio/ogg'): MethodDecorator {
  const content = { [contentType]: { schema: binary } };
  return applyDecorators(
    ApiHeader({ name: 'Range', description: 'One range of bytes.', required: false, schema: { type: 'string' } }),
    ApiResponse({ status: 200, description: 'The file.', headers: { ...fileHeaders, ...cacheHeaders }, content }),
    ApiResponse({
      status: 206,
      description: 'The range that was asked for.',
      headers: { ...cacheHeaders, 'Content-Range': { required: true, schema: { type: 'string' } } },
      content,
    }),
    ApiResponse({
      status: 302,
      description: 'Where the storage serves the file, for a minute; only where the operator had it so.',
      headers: { Location: { required: true, schema: { type: 'string', format: 'uri' } } },
    }),
    ApiResponse({ status: 304, description: 'The client has these bytes already (If-None-Match).' }),
    FailureResponses(['range_not_satisfiable']),
  );
}

/** Answer of a ZIP. */
export const ZipResponse = (description: string): MethodDecorator =>
  ApiResponse({
    status: 200,
    description,
    headers: fileHeaders,
    content: { 'application/zip': { schema: binary } },
  });
