import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readConfig, variables } from '#libs/config';
import { projectRoot } from '#libs/local-services';

const read = (file: string): string => readFileSync(path.join(projectRoot, file), 'utf8');
const required = { DATABASE_URL: 'postgres://localhost/timbre', REDIS_URL: 'redis://localhost', RUNPOD_API_KEY: 'key' };
const lines = [...read('.env.example').matchAll(/^(#?)([A-Z][A-Z0-9_]*)=(?:"(.*)"|(.*))$/gm)].map(
  ([, mark, name = '', quoted, plain = '']) => ({ name, value: quoted ?? plain, isSet: mark === '' }),
);

describe('.env.example', () => {
  it('has every setting that the code, compose or the AWS SDK reads', () => {
    const ours = Object.values(variables).map(({ name }) => name);
    const ofCompose = [...read('docker-compose.yml').matchAll(/\$\{([A-Z_0-9]+)/g)].map(([, name = '']) => name);
    const expected = new Set([...ours, ...ofCompose, 'NODE_EXTRA_CA_CERTS']);
    expected.delete('PATH'); // set by the system
    expect(lines.map(({ name }) => name).sort()).toEqual([...expected].sort());
  });

  it('sets only the required settings, for the operator to fill in', () => {
    const set = lines.filter(({ isSet }) => isSet);
    expect(set.map(({ name }) => name).sort()).toEqual(Object.keys(required).sort());
    const copied = Object.fromEntries(set.map(({ name, value }) => [name, value]));
    for (const name of Object.keys(required)) expect(() => readConfig(copied)).toThrow(`${name} is required`);
  });

  it('shows the defaults, so that setting all of them changes nothing', () => {
    const values = Object.fromEntries(lines.map(({ name, value }) => [name, value]));
    const runpod = { CALLBACK_URL: 'https://timbre.example.com' };
    expect(readConfig({ ...values, ...required, ...runpod })).toEqual(readConfig({ ...required, ...runpod }));
  });
});
