import { describe, expect, it } from '@jest/globals';
import { rooms, type Room } from './architecture-page.js';
import { unusedExports } from './door-exports.js';
import { productFiles, roomOf, targetOf } from './source-tree.js';
import { storagePrefixesIn, storesObjects } from './storage-prefixes.js';
import { everyTableWrite, tableOfEntity } from './table-writers.js';

const foundation = new Set(rooms.filter(({ isFoundation }) => isFoundation).map(({ name }) => name));
const arrow = (from: string, to: string): string => `${from} → ${to}`;

/** Does an arrow have to be in the table? Everything may import the foundation. */
const isDrawn = (from: string, to: string): boolean => from !== to && (!foundation.has(to) || foundation.has(from));

function arrowsInCode(): string[] {
  const arrows = productFiles.flatMap(({ file, imports }) => {
    const from = roomOf(file) ?? file;
    const targets = imports.map((each) => roomOf(targetOf(file, each.from)));
    return targets.flatMap((to) => (to !== null && isDrawn(from, to) ? [arrow(from, to)] : []));
  });
  return [...new Set(arrows)].sort();
}

/** Rooms that import each other, however long the way. */
function roomsInCircles(all: readonly Room[]): readonly string[] {
  const left = all.filter(({ imports }) => imports.some((to) => all.some(({ name }) => name === to)));
  return left.length === all.length ? left.map(({ name }) => name) : roomsInCircles(left);
}

describe('docs/architecture.md, Rooms', () => {
  it('has a row for every app and lib', () => {
    const inCode = new Set(productFiles.map(({ file }) => roomOf(file)));
    expect(rooms.map(({ name }) => name).sort()).toEqual([...inCode].sort());
  });

  it('has every import of one room by another, and no import that does not exist', () => {
    expect(rooms.flatMap(({ name, imports }) => imports.map((to) => arrow(name, to))).sort()).toEqual(arrowsInCode());
  });

  it('has no circle', () => {
    expect(roomsInCircles(rooms)).toEqual([]);
  });

  it('gives every table of the database one room', () => {
    expect(rooms.flatMap(({ writes }) => writes).sort()).toEqual([...tableOfEntity.values()].sort());
  });

  it('says which room writes a table: no other room does', () => {
    const owner = new Map(rooms.flatMap(({ name, writes }) => writes.map((table) => [table, name] as const)));
    const strangers = everyTableWrite().filter(({ table, file }) => owner.get(table) !== roomOf(file));
    expect(strangers.map(({ table, file }) => `${table} ${file}`)).toEqual([]);
  });
});

describe('storage keys', () => {
  it('are spelt out in object-keys.ts alone', () => {
    const spelling = productFiles.filter(
      (source) => storesObjects(source.file) && storagePrefixesIn(source).length > 0,
    );
    expect(spelling.map(({ file }) => file)).toEqual(['libs/storage/src/keys/object-keys.ts']);
  });
});

describe('doors', () => {
  it('export nothing that no other room and no test uses', () => {
    expect(unusedExports()).toEqual([]);
  });
});

describe('source files', () => {
  const lengths = productFiles.map(({ lines }) => lines).sort((a, b) => a - b);
  const quantile = (of: number): number => lengths[Math.floor(of * (lengths.length - 1))] ?? 0;

  it('have at most 300 lines', () => {
    const long = productFiles.filter(({ lines }) => lines > 300).map(({ file }) => file);
    expect(long).toEqual([]);
  });

  it('have a median of 40 to 90 lines and a 90th percentile under 160', () => {
    expect(quantile(0.5)).toBeGreaterThanOrEqual(40);
    expect(quantile(0.5)).toBeLessThanOrEqual(90);
    expect(quantile(0.9)).toBeLessThan(160);
  });

  it('of apps/api are seldom tiny: apart from modules and mains, fewer have under 25 lines than half the features', () => {
    const ofApi = productFiles.filter(({ file }) => roomOf(file) === 'apps/api');
    const features = ofApi.filter(({ file }) => /\/(\w[\w-]*)\/\1\.module\.ts$/.test(file));
    const tiny = ofApi.filter(({ file, lines }) => lines < 25 && !/(\.module|main)\.ts$/.test(file));
    expect(tiny.map(({ file }) => file).slice(features.length / 2)).toEqual([]);
  });
});
