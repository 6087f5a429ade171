import { readdir } from 'node:fs/promises';
import path from 'node:path';

/** Returns the files of the uploads that an API has not finished, in the scratch folder of its data. */
export async function scratchUploads(dataDir: string): Promise<string[]> {
  const scratch = path.join(dataDir, 'scratch');
  // A folder may disappear while it is read. Then read again.
  const found = await readdir(scratch, { recursive: true, withFileTypes: true }).catch(() => null);
  if (found === null) return scratchUploads(dataDir);
  const files = found.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return files.filter((file) => file.includes('/api_'));
}
