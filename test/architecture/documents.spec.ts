import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { jobMoves } from '../../libs/jobs/src/job-states.js';
import { architecturePage } from './architecture-page.js';
import { missingDocuments, missingSources, textFiles } from './named-files.js';
import { everyFile } from './source-tree.js';

const found = (missing: typeof missingDocuments): string[] =>
  textFiles.flatMap((each) => missing(each).map((name) => `${each.file}: ${name}`));

/** The paths and file names in code marks on a page: `libs/jobs`, `fenced-commit.ts`. */
const namedIn = (page: string): string[] =>
  [...page.matchAll(/`([\w./-]+)`/g)]
    .map(([, name]) => name ?? '')
    .filter((name) => /^(apps|libs|test|docs)\/|\.ts$/.test(name));

const isThere = (name: string): boolean =>
  existsSync(name) || (!name.includes('/') && everyFile.some(({ file }) => path.basename(file) === name));

describe('everything in the repository', () => {
  it('names no document that is not there', () => {
    expect(found(missingDocuments)).toEqual([]);
  });

  it('names no source that is not there', () => {
    expect(found(missingSources)).toEqual([]);
  });
});

describe('docs/architecture.md', () => {
  it('names only paths that exist', () => {
    expect(namedIn(architecturePage).filter((name) => !isThere(name))).toEqual([]);
  });

  it('draws every move of a job that changes its state or its owner, and no other', () => {
    const drawn = [...architecturePage.matchAll(/^ {2}(\w+) --> (\w+): (\w+)$/gm)];
    const inCode = Object.entries(jobMoves).flatMap(([name, { from, to }]) =>
      Object.keys(from)
        .filter((state) => state !== to || name === 'claim')
        .map((state) => `${state} → ${to} by ${name}`),
    );
    expect(drawn.map(([, from, to, name]) => `${from} → ${to} by ${name}`).sort()).toEqual(inCode.sort());
  });
});
