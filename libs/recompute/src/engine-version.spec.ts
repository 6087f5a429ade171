import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareEngineVersions } from './engine-version.js';

describe('compareEngineVersions', () => {
  it.each([
    ['1', '2'],
    ['1.9', '1.10'],
    ['1.2.3', '1.2.4'],
    ['1.2', '1.2.1'],
    ['9.9.9', '10'],
    ['v1', '2'],
    ['2026-03-01', '2026-11-30'],
    ['2.0-rc1', '2.0'],
    ['2.0rc1', '2.0.1'],
    ['2.0-beta2', '2.0-rc1'],
    ['2.0-rc2', '2.0-rc10'],
    ['1.9', '2.0-rc1'],
    ['main', '0.1'],
    ['', '1'],
  ])('finds %j older than %j', (older, newer) => {
    expect(compareEngineVersions(older, newer)).toBeLessThan(0);
    expect(compareEngineVersions(newer, older)).toBeGreaterThan(0);
  });

  it.each([
    ['1', '1.0.0'],
    ['v2.1', '2.1'],
    ['V2.1', ' 2.1 '],
    ['1.2+cuda', '1.2+cpu'],
    ['2.0-RC1', '2.0-rc.1'],
    ['01.2', '1.02'],
  ])('finds neither of %j and %j older', (one, other) => {
    expect(compareEngineVersions(one, other)).toBe(0);
    expect(compareEngineVersions(other, one)).toBe(0);
  });

  it('is an order: antisymmetric and transitive', () => {
    const version = fc
      .array(fc.oneof(fc.nat({ max: 3 }).map(String), fc.constantFrom('rc', 'beta')), { maxLength: 4 })
      .map((parts) => parts.join('.'));
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        const [x, y, z] = [a, b, c].sort(compareEngineVersions) as [string, string, string];
        expect(Math.sign(compareEngineVersions(x, y))).toBe(0 - Math.sign(compareEngineVersions(y, x)));
        expect(compareEngineVersions(x, z)).toBeLessThanOrEqual(0);
      }),
    );
  });
});
