import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { VoiceDetailsDto } from '../voices/voice-details.answers.js';
import { FailureResponses } from './failure-responses.js';

/** Documents an answer with the details of a voice. */
export function DetailsResponse(
  status: 200 | 201 | 202,
  description: string,
  example: VoiceDetailsDto,
): MethodDecorator {
  const location = {
    Location: { description: 'URL of the new voice.', required: true, schema: { type: 'string' as const } },
  };
  return applyDecorators(
    ApiExtraModels(VoiceDetailsDto),
    ApiResponse({
      status,
      description,
      ...(status === 201 && { headers: location }),
      content: { 'application/json': { schema: { $ref: getSchemaPath(VoiceDetailsDto) }, example } },
    }),
  );
}

const binary = { type: 'string', format: 'binary' } as const;

const fileHeaders = {
  'Content-Length': {
    description: 'Exact size of the body in bytes.',
    required: true,
    schema: { type: 'integer', format: 'int64' },
  },
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

/** Documents the header of conditional requests. */
export const IfNoneMatchHeader = (): MethodDecorator =>
  ApiHeader({
    name: 'If-None-Match',
    description: 'Entity tags that the client has, as `ETag` gave them. If one of them is current, the answer is 304.',
    required: false,
    schema: { type: 'string' },
  });

/** Documents the answers of a file route: the whole file, one range, or not modified. */
export function FileResponses(
  contentType: 'audio/ogg' | 'application/octet-stream' | '*/*' = 'audio/ogg',
): MethodDecorator {
  const content = { [contentType]: { schema: binary } };
  return applyDecorators(
    ApiResponse({ status: 200, description: 'The whole file.', headers: { ...fileHeaders, ...cacheHeaders }, content }),
    PartResponses(content),
    RedirectResponse(),
  );
}

/** Documents the answers of a route that makes an archive while it sends it: as those of a file, but never a redirect. */
export function ArchiveResponses(): MethodDecorator {
  const content = { 'application/zip': { schema: binary } };
  return applyDecorators(
    ApiResponse({
      status: 200,
      description: 'The archive. Its files are stored without compression.',
      headers: { ...fileHeaders, ...cacheHeaders },
      content,
    }),
    PartResponses(content),
  );
}

/** Documents the answers of a route that returns audio, or JSON about it. */
export const AudioOrJsonResponses = (description: string, dto: Type, example: object): MethodDecorator =>
  applyDecorators(
    ApiExtraModels(dto),
    ApiResponse({
      status: 200,
      description,
      content: {
        'audio/ogg': { schema: binary },
        'application/json': { schema: { $ref: getSchemaPath(dto) }, example },
      },
    }),
    PartResponses({ 'audio/ogg': { schema: binary } }),
    RedirectResponse(),
  );

const RedirectResponse = (): MethodDecorator =>
  ApiResponse({
    status: 302,
    description:
      'Redirects to the storage, which serves the file for one minute. Sent only if the operator has configured redirects.',
    headers: {
      Location: { description: 'URL of the file.', required: true, schema: { type: 'string', format: 'uri' } },
    },
  });

function PartResponses(content: Readonly<Record<string, { readonly schema: typeof binary }>>): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'Range',
      description: 'Asks for one range of bytes, for example `bytes=0-1023`.',
      required: false,
      schema: { type: 'string' },
    }),
    IfNoneMatchHeader(),
    ApiResponse({
      status: 206,
      description: 'The requested range of the file.',
      headers: {
        ...cacheHeaders,
        'Content-Range': { description: 'Which bytes follow.', required: true, schema: { type: 'string' } },
      },
      content,
    }),
    ApiResponse({ status: 304, description: 'The client already has these bytes: If-None-Match names their ETag.' }),
    FailureResponses(['range_not_satisfiable']),
  );
}

/** Documents an answer with a ZIP archive. */
export const ZipResponse = (description: string): MethodDecorator =>
  ApiResponse({
    status: 200,
    description,
    headers: fileHeaders,
    content: { 'application/zip': { schema: binary } },
  });
