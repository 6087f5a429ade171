import { connect, unwrap, type Connection, type Schema, type Timbre } from '#libs/client';
import { chooseConnection } from '../account/choose-connection.js';
import { ProfileFile } from '../account/profiles.js';
import type { Environment } from '../environment.js';
import { wrongUsage } from '../failure.js';
import type { Screen } from '../screen/screen.js';
import { download } from './download.js';
import type { MultipartBody } from './multipart.js';
import { Patience } from './patience.js';
import { upload } from './upload.js';

/** Options that every command takes. */
export interface GlobalOptions {
  readonly url?: string;
  readonly key?: string;
  readonly partner?: string;
  readonly profile?: string;
  readonly json?: boolean;
}

/** A connection with a key. */
export interface Session {
  readonly connection: Connection;
  readonly timbre: Timbre;
}

/** A session for the voices of one partner. */
export interface PartnerSession extends Session {
  readonly partner: string;
}

interface Saving {
  readonly overwrite: boolean;
  /** What people see beside the bar. */
  readonly what: string;
}

/** What a command works with. */
export class Context {
  readonly profiles: ProfileFile;
  readonly patience: Patience;

  constructor(
    readonly options: GlobalOptions,
    readonly environment: Environment,
    readonly screen: Screen,
    /** Aborted by Ctrl-C. */
    readonly signal: AbortSignal,
  ) {
    this.profiles = new ProfileFile(environment.configFolder);
    this.patience = new Patience({ signal, tell: (sentence) => screen.note(sentence) });
  }

  get profileName(): string {
    return this.options.profile ?? this.environment.profile ?? 'default';
  }

  connectTo(connection: Connection): Session {
    return { connection, timbre: connect(connection, this.patience.fetch) };
  }

  /** Returns a session that neither retries nor ends with Ctrl-C, to tidy up. */
  connectOnce(connection: Connection): Session {
    return { connection, timbre: connect(connection, (request) => fetch(request, { redirect: 'error' })) };
  }

  /** @throws CliFailure if there is no key */
  async session(): Promise<Session> {
    const { options, environment } = this;
    const given = [
      { url: options.url, key: options.key },
      { url: environment.url, key: environment.key },
    ];
    return this.connectTo(chooseConnection(given, await this.profiles.find(this.profileName)));
  }

  /**
   * Returns a session with the partner of its key. An admin key belongs to none, so it needs `--partner`.
   *
   * @throws CliFailure if there is no key, or no partner
   */
  async partnerSession(): Promise<PartnerSession> {
    const session = await this.session();
    const given = this.options.partner ?? this.environment.partner;
    if (given !== undefined) return { ...session, partner: given };
    const { partner } = await this.ownerOf(session);
    if (partner === null) throw wrongUsage('An admin key belongs to no partner: give --partner');
    return { ...session, partner };
  }

  /** @throws ApiFailure with 401 if Timbre does not know the key */
  ownerOf({ timbre }: Session): Promise<Schema<'KeyOwner'>> {
    return unwrap(timbre.GET('/api/key', { signal: this.signal }));
  }

  /** Uploads a file and shows how far it is. */
  upload<Answer>({ connection }: Session, route: string, body: MultipartBody, what: string): Promise<Answer> {
    const { patience, signal } = this;
    const show = this.bytesShown(what);
    return upload<Answer>(connection, route, body, { patience, signal, onBytes: (sent) => show(sent, body.length) });
  }

  /** Downloads a file and shows how far it is. Returns the number of bytes. */
  download({ connection }: Session, route: string, file: string, { overwrite, what }: Saving): Promise<number> {
    const { patience, signal } = this;
    return download(connection, route, file, { patience, signal, overwrite, onBytes: this.bytesShown(what) });
  }

  private bytesShown(what: string): (done: number, of: number | undefined) => void {
    const start = Date.now();
    return (done, of) => {
      this.screen.progress({ what, done, of, unit: 'bytes', seconds: (Date.now() - start) / 1000 });
    };
  }
}
