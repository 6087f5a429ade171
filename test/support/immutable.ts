import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Makes a file immutable, so that not even root can remove it (chattr(1), on ext4 and others), or mutable again. */
export function setImmutable(file: string, isImmutable: boolean): void {
  execFileSync('chattr', [isImmutable ? '+i' : '-i', file], { stdio: 'pipe' });
}

/** Returns why files in the temporary folder cannot be made immutable, undefined if they can. */
export function whyNoImmutableFiles(): string | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), 'timbre-immutable-'));
  const file = path.join(folder, 'file');
  try {
    writeFileSync(file, '');
    setImmutable(file, true);
    setImmutable(file, false);
    return undefined;
  } catch {
    return 'an undeletable file needs root, chattr(1) and a file system that knows it';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
