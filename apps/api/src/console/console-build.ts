import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/** The encodings that the build compresses files with, the best one first, and the endings of such files. */
export const encodings = { br: '.br', gzip: '.gz' } as const;
export type Encoding = keyof typeof encodings;

/** A file of the console, in memory. */
export interface ConsoleFile {
  readonly bytes: Buffer;
  /** The same compressed, if the build has made that. */
  readonly compressed: Partial<Readonly<Record<Encoding, Buffer>>>;
}

/** What `vite build` made of apps/console. */
export interface ConsoleBuild {
  /** index.html, with a placeholder for the nonce. */
  readonly page: string;
  /** All other files by their path in URLs, for example `/assets/index-DdmaArrQ.js`. */
  readonly files: ReadonlyMap<string, ConsoleFile>;
}

const pageFile = 'index.html';

/**
 * Keeps the newest build of the console in memory. It is about a megabyte, and an answer cannot fail when another build
 * replaces the files meanwhile, as `npm run dev` does after each change.
 */
export class ConsoleBuilds {
  private known: { readonly stamp: string; readonly build: ConsoleBuild } | undefined;

  constructor(private readonly folder: string) {}

  /** Returns the build on disk, which is read again only if it has changed. Null if there is none. */
  async current(): Promise<ConsoleBuild | null> {
    try {
      const { mtimeMs, ino } = await stat(path.join(this.folder, pageFile));
      const stamp = `${mtimeMs} ${ino}`;
      if (this.known?.stamp !== stamp) this.known = { stamp, build: await readBuild(this.folder) };
    } catch (error) {
      // A build that is being replaced lacks files for a moment: the one in memory is served until then.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    return this.known?.build ?? null;
  }

  /** Returns a file of the build in memory, or of a newer one if that lacks it. */
  async file(urlPath: string): Promise<ConsoleFile | undefined> {
    return this.known?.build.files.get(urlPath) ?? (await this.current())?.files.get(urlPath);
  }
}

async function readBuild(folder: string): Promise<ConsoleBuild> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const read = new Map(
    await Promise.all(names.map(async (name) => [path.relative(folder, name), await readFile(name)] as const)),
  );
  const endings = Object.values(encodings);
  const plain = [...read].filter(([name]) => name !== pageFile && !endings.some((ending) => name.endsWith(ending)));
  return {
    page: read.get(pageFile)?.toString('utf8') ?? '',
    files: new Map(
      plain.map(([name, bytes]) => [
        `/${name.replaceAll(path.sep, '/')}`,
        { bytes, compressed: compressed(read, name) },
      ]),
    ),
  };
}

function compressed(read: ReadonlyMap<string, Buffer>, name: string): ConsoleFile['compressed'] {
  const found = Object.entries(encodings).map(([encoding, ending]) => [encoding, read.get(name + ending)] as const);
  return Object.fromEntries(found.filter(([, bytes]) => bytes !== undefined));
}
