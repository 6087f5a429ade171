import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';

const folder = path.join(process.cwd(), 'dist/console');
const assets = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(js|css)$/.test(file));
/** As the build compresses it (scripts/prepare/console.mjs). */
const sizeOf = (file: string): number => gzipSync(readFileSync(path.join(folder, file)), { level: 9 }).length;

describe('The bundle of the console', () => {
  it('has at most 250 kB, compressed, without the waveform, which is loaded with the first voice', () => {
    const isWaveform = (file: string): boolean => /waveform|wavesurfer/i.test(file);
    expect(assets.some(isWaveform)).toBe(true);
    const sizes = assets.filter((file) => !isWaveform(file)).map(sizeOf);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(250_000);
  });
});
