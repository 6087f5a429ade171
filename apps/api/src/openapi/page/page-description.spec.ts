import { describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { describeUnopened } from '../describe-api.js';
import { describeForPage } from './page-description.js';

type Properties = Readonly<Record<string, { readonly example?: unknown; readonly default?: unknown }>>;

const propertiesOf = (document: OpenAPIObject, name: string): Properties =>
  (document.components?.schemas?.[name] as { readonly properties: Properties }).properties;

describe('describeForPage', () => {
  it('lets optional fields without a default start empty, numbers and flags too', async () => {
    const page = describeForPage(await describeUnopened(), '');
    const create = propertiesOf(page, 'CreateVoiceForm');
    for (const name of ['language', 'split_mode', 'split_max_samples', 'split_min_duration', 'split_select']) {
      expect([name, create[name]?.example]).toEqual([name, '']);
    }
    expect(create['name']?.example).toBe('speaker-1');
    expect(create['file']).not.toHaveProperty('example');
    const split = propertiesOf(page, 'SplitFields');
    for (const name of ['mode', 'min_duration', 'select', 'dry_run']) {
      expect([name, split[name]?.example]).toEqual([name, '']);
    }
    expect(split['max_samples']).toMatchObject({ default: 25 });
    expect(split['max_samples']).not.toHaveProperty('example');
  });

  it('lets headers start empty, so that no two requests have the same Idempotency-Key', async () => {
    const { paths } = describeForPage(await describeUnopened(), '');
    const parameters = Object.values(paths).flatMap((item) =>
      [item.get, item.post].flatMap((operation) => operation?.parameters ?? []),
    );
    const headers = JSON.stringify(parameters.filter((parameter) => 'in' in parameter && parameter.in === 'header'));
    expect(headers).toContain('Idempotency-Key');
    expect(headers).not.toContain('"example"');
  });

  it('leaves answers as they are', async () => {
    const document = await describeUnopened();
    const page = describeForPage(document, '');
    expect(propertiesOf(page, 'VoiceDetails')).toEqual(propertiesOf(document, 'VoiceDetails'));
  });
});
