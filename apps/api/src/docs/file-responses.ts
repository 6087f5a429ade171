import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import { FailureResponses } from './failure-responses.js';

const binary = { type: 'string', format: 'binary' } as const;

const fileHeaders = {
  'Content-Length': { description: 'Exact size of the body in bytes.', required: true, schema: { type: 'integer' } },
  'Content-Disposition': { description: 'Suggested file name (RFC 6266).', required: true, schema: { type: 'string' } },
} as const;

const cacheHeaders = {
  ETag: {
    description: 'Strong entity tag of these bytes, for `If-None-Match`.',
    required: true,
    schema: { type: 'string' },
  },
  'Accept-Ranges': {
    description: 'Ranges are served in bytes.',
    required: true,
    schema: { type: 'string', example: 'bytes' },
  },
} as const;

/** Documents the answers of a file: whole, one range, or unchanged. */
export function AudioResponses(contentType: 'audio/ogg' | '*/*' = 'audio/ogg'): MethodDecorator {
  const content = { [contentType]: { schema: binary } };
  return applyDecorators(
    ApiHeader({
      name: 'Range',
      description: 'Asks for one range of bytes, for example `bytes=0-1023`.',
      required: false,
      schema: { type: 'string' },
    }),
    ApiResponse({ status: 200, description: 'The whole file.', headers: { ...fileHeaders, ...cacheHeaders }, content }),
    ApiResponse({
      status: 206,
      description: 'The requested range of the file.',
      headers: {
        ...cacheHeaders,
        'Content-Range': { description: 'Which bytes follow.', required: true, schema: { type: 'string' } },
      },
      content,
    }),
    ApiResponse({
      status: 302,
      description:
        'Redirects to the storage, which serves the file for one minute. Sent only if the operator has configured redirects.',
      headers: {
        Location: { description: 'URL of the file.', required: true, schema: { type: 'string', format: 'uri' } },
      },
    }),
    ApiResponse({ status: 304, description: 'The client already has these bytes: If-None-Match names their ETag.' }),
    FailureResponses(['range_not_satisfiable']),
  );
}

/** Documents an answer that is a ZIP archive. */
export const ZipResponse = (description: string): MethodDecorator =>
  ApiResponse({
    status: 200,
    description,
    headers: fileHeaders,
    content: { 'application/zip': { schema: binary } },
  });
