import { ApiQuery } from '@nestjs/swagger';

/** Documents the `cursor` of a list that comes in pages. */
export const CursorQuery = (): MethodDecorator =>
  ApiQuery({
    name: 'cursor',
    required: false,
    schema: { type: 'string' },
    description: 'Where the page starts. Copy it from the `Link` header of the page before.',
  });

/** Documents the `Link` header of a list that comes in pages. */
export const nextPageLink = {
  Link: {
    description: 'URL of the next page, as `<url>; rel="next"`. Absent on the last page.',
    schema: { type: 'string' },
  },
} as const;
