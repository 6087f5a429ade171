import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CliFailure } from '../failure.js';

/** What `timbre login` keeps. */
export interface Profile {
  readonly url: string;
  readonly key: string;
}

type Profiles = Readonly<Record<string, Profile>>;

const isProfile = (value: unknown): value is Profile =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Profile).url === 'string' &&
  typeof (value as Profile).key === 'string';

/** Keys and addresses in a file that only its owner can read. */
export class ProfileFile {
  readonly path: string;

  constructor(private readonly folder: string) {
    this.path = path.join(folder, 'profiles.json');
  }

  async find(name: string): Promise<Profile | undefined> {
    const profiles = await this.read();
    return Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  }

  async put(name: string, profile: Profile): Promise<void> {
    await this.write({ ...(await this.read()), [name]: profile });
  }

  /** @returns false if there was none */
  async remove(name: string): Promise<boolean> {
    const { [name]: removed, ...others } = await this.read();
    if (removed === undefined) return false;
    await this.write(others);
    return true;
  }

  private async read(): Promise<Profiles> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '{}';
      throw new CliFailure(`${this.path} cannot be read: ${error.message}`);
    });
    try {
      return Object.fromEntries(
        Object.entries(JSON.parse(text) as object).filter((entry): entry is [string, Profile] => isProfile(entry[1])),
      );
    } catch {
      throw new CliFailure(`${this.path} is not JSON. Remove it and sign in again`);
    }
  }

  /** Replaces the file at once, so that it is never seen half written or with other permissions. */
  private async write(profiles: Profiles): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await chmod(this.folder, 0o700);
    const unfinished = `${this.path}.${randomBytes(4).toString('hex')}`;
    try {
      await writeFile(unfinished, `${JSON.stringify(profiles, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
      await rename(unfinished, this.path);
    } finally {
      await rm(unfinished, { force: true });
    }
  }
}
