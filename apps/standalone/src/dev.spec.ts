import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { forDevelopment, restartAfter } from './dev.js';

describe('restartAfter', () => {
  it.each([
    ['a lib', ['libs/voices/src/voice-name.ts'], ['worker', 'api']],
    ['the API', ['apps/api/src/app.module.ts'], ['api']],
    ['the worker', ['apps/worker/src/main.ts'], ['worker']],
    ['the emulator', ['apps/runpod-emulator/src/main.ts'], ['emulator']],
    ['the worker and the API', ['apps/worker/src/main.ts', 'apps/api/src/main.ts'], ['worker', 'api']],
    ['npm run dev itself', ['apps/standalone/src/dev.ts', 'libs/local-services/src/ports.ts'], []],
  ])('restarts what runs the code of %s', (_, files, parts) => {
    expect(restartAfter(files).parts).toEqual(parts);
  });

  it('runs the migrations when one of them changed', () => {
    expect(restartAfter(['libs/database/src/migrations/1763800000000-first-schema.ts']).migrates).toBe(true);
    expect(restartAfter(['libs/database/src/database.ts']).migrates).toBe(false);
  });

  it('asks for a restart of npm run dev when its own code changed', () => {
    expect(restartAfter(['libs/local-services/src/ports.ts']).isOwnCode).toBe(true);
    expect(restartAfter(['libs/jobs/src/index.ts']).isOwnCode).toBe(false);
  });
});

describe('forDevelopment', () => {
  it.each(['api', 'worker', 'emulator', 'migrate'])('starts %s from its module, which exists', (name) => {
    const { module } = forDevelopment({ name, module: 'one file', env: {} });
    const source = module.replace(/^.*\/dist\/(.*)\.js$/, '$1.ts');
    expect(existsSync(source)).toBe(true);
  });

  it.each(['api', 'worker'])('can spawn the next %s ahead, with the module that waits for orders', (name) => {
    const { takesOrders, nodeFlags = [] } = forDevelopment({ name, module: 'one file', env: {} });
    expect(takesOrders).toBe(true);
    const preload = fileURLToPath(nodeFlags[nodeFlags.indexOf('--import') + 1] ?? '');
    expect(existsSync(preload.replace(/^.*\/dist\/(.*)\.js$/, '$1.ts'))).toBe(true);
  });

  it('does not change the commands of other servers', () => {
    const postgres = { name: 'postgres', module: 'attend', env: {} };
    expect(forDevelopment(postgres)).toBe(postgres);
  });
});
