import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** A server's certificate and key, as files. */
export interface ServerCertificate {
  readonly caFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** A private authority, made with openssl as operators do. Only those configured to trust it do. */
export class Authority {
  private constructor(
    private readonly folder: string,
    readonly file: string,
    private readonly keyFile: string,
  ) {}

  static async make(folder: string, name: string): Promise<Authority> {
    const [file, keyFile] = [path.join(folder, `${name}.pem`), path.join(folder, `${name}.key`)];
    await run('openssl', [
      'req',
      '-x509',
      ...newKey,
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      keyFile,
      '-out',
      file,
    ]);
    return new Authority(folder, file, keyFile);
  }

  /** @param names subject alternative names in openssl's format: `DNS:localhost,IP:127.0.0.1` */
  async issue(file: string, names: string): Promise<ServerCertificate> {
    const base = path.join(this.folder, file);
    await run('openssl', ['req', ...newKey, '-subj', `/CN=${file}`, '-keyout', `${base}.key`, '-out', `${base}.csr`]);
    await writeFile(`${base}.ext`, `subjectAltName=${names}\n`);
    const signing = ['-CA', this.file, '-CAkey', this.keyFile, '-CAcreateserial', '-days', '2'];
    await run('openssl', [
      'x509',
      '-req',
      '-in',
      `${base}.csr`,
      ...signing,
      '-extfile',
      `${base}.ext`,
      '-out',
      `${base}.pem`,
    ]);
    return { caFile: this.file, certificateFile: `${base}.pem`, keyFile: `${base}.key` };
  }
}
