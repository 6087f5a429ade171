import { describe, expect, it } from '@jest/globals';
import { pagePlugin } from './page-plugin.js';

type Resolve = (
  whole: object,
  path: readonly string[],
) => Promise<{ readonly spec: unknown; readonly errors: unknown }>;

/** Swagger UI asks the plugin for a part of the description before it draws it. */
const { fn } = pagePlugin({ React: {} as never }) as { readonly fn: { readonly resolveSubtree: Resolve } };

const mode = { type: 'string', enum: ['fixed', 'speech'] };
const tree = { type: 'array', items: { $ref: '#/components/schemas/Tree' } };
const description = {
  paths: {
    '/voices': {
      get: { schema: { $ref: '#/components/schemas/Voice' } },
      post: { schema: { allOf: [{ $ref: '#/components/schemas/Mode' }], description: 'How to split.' } },
      put: { schema: { $ref: '#/components/schemas/Tree' } },
    },
  },
  components: {
    schemas: { Mode: mode, Tree: tree, Voice: { properties: { mode: { $ref: '#/components/schemas/Mode' } } } },
  },
};

async function resolved(method: string): Promise<unknown> {
  const { spec, errors } = await fn.resolveSubtree(description, ['paths', '/voices', method]);
  expect(errors).toEqual([]);
  return spec;
}

describe('references in the description', () => {
  it('are replaced, also within what they refer to', async () => {
    expect(await resolved('get')).toEqual({ schema: { properties: { mode } } });
  });

  it('give their type and choices to a field that adds its own text', async () => {
    expect(await resolved('post')).toEqual({ schema: { ...mode, description: 'How to split.' } });
  });

  it('stay where a schema contains itself', async () => {
    expect(await resolved('put')).toEqual({ schema: tree });
  });

  it('leave nothing of a part that does not exist', async () => {
    expect(await resolved('delete')).toBeUndefined();
  });
});
