import { describe, expect, it } from '@jest/globals';
import { fileNameOf } from './file-name.js';

describe('fileNameOf', () => {
  it('keeps what a name may have', () => {
    expect(fileNameOf('Zoë 1', ' samples.zip')).toBe('Zoë 1 samples.zip');
  });

  it('replaces what a system does not allow, and leading dots', () => {
    expect(fileNameOf('..a:b?"<c>', '.zip')).toBe('_a_b___c_.zip');
  });

  it('shortens long names', () => {
    expect(fileNameOf('x'.repeat(255), '.zip')).toHaveLength(104);
  });
});
