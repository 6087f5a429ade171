import { createHash, randomUUID } from 'node:crypto';

/** One parsed request with a valid signature. */
export interface Operation {
  readonly method: string;
  /** Null for the bucket itself. */
  readonly key: string | null;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

interface KeptObject {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly etag: string;
  readonly modifiedAt: Date;
}

interface KeptUpload {
  readonly key: string;
  readonly contentType: string;
  startedAt: Date;
  readonly parts: Map<number, { readonly bytes: Buffer; readonly etag: string }>;
}

/** docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const minPartBytes = 5 * 1024 * 1024;
const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

export const failure = (status: number, code: string): Answer => ({
  status,
  headers: { 'Content-Type': 'application/xml' },
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`,
});
const xml = (root: string, inner: string): Answer => ({
  status: 200,
  headers: { 'Content-Type': 'application/xml' },
  body: `<?xml version="1.0"?><${root}>${inner}</${root}>`,
});
const field = (text: string, name: string): string[] =>
  [...text.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, value = '']) =>
    value.replaceAll('&quot;', '"'),
  );

/** A bucket in memory, with the operations of S3 and their rules. */
export class Bucket {
  readonly objects = new Map<string, KeptObject>();
  readonly uploads = new Map<string, KeptUpload>();
  /** Keys whose deletion is denied. */
  readonly locked = new Set<string>();

  /** @param pageSize entries per page of a listing; small, so that few entries fill several pages */
  constructor(private readonly pageSize: number) {}

  perform(operation: Operation): Answer {
    const { method, key, query } = operation;
    if (key === null) return this.onBucket(operation);
    if (query.has('uploads') || query.has('uploadId')) return this.onUpload(operation, key);
    switch (method) {
      case 'PUT':
        return this.putObject(operation, key);
      case 'GET':
      case 'HEAD':
        return this.getObject(operation, key);
      default:
        return failure(501, 'NotImplemented');
    }
  }

  private onBucket({ method, query, headers, body }: Operation): Answer {
    if (method === 'HEAD') return { status: 200 };
    if (method === 'POST' && query.has('delete')) return this.deleteObjects(headers, body.toString());
    if (method === 'GET' && query.has('uploads')) return this.listUploads(query);
    if (method === 'GET' && query.get('list-type') === '2') return this.listObjects(query);
    return failure(501, 'NotImplemented');
  }

  private onUpload(operation: Operation, key: string): Answer {
    const { method, query, headers, body } = operation;
    if (method === 'POST' && query.has('uploads')) {
      const id = randomUUID();
      const contentType = headers['content-type'] ?? 'binary/octet-stream';
      this.uploads.set(id, { key, contentType, startedAt: new Date(), parts: new Map() });
      return xml('InitiateMultipartUploadResult', `<Key>${key}</Key><UploadId>${id}</UploadId>`);
    }
    const id = query.get('uploadId') ?? '';
    const upload = this.uploads.get(id);
    if (upload?.key !== key) return failure(404, 'NoSuchUpload');
    switch (method) {
      case 'PUT': {
        const etag = `"${md5(body)}"`;
        upload.parts.set(Number(query.get('partNumber')), { bytes: body, etag });
        return { status: 200, headers: { ETag: etag } };
      }
      case 'POST':
        return this.complete(id, upload, body.toString());
      case 'DELETE':
        this.uploads.delete(id);
        return { status: 204 };
      default:
        return failure(501, 'NotImplemented');
    }
  }

  private complete(id: string, upload: KeptUpload, body: string): Answer {
    const [numbers, etags] = [field(body, 'PartNumber').map(Number), field(body, 'ETag')];
    const parts = numbers.map((number) => upload.parts.get(number));
    if (parts.length === 0 || parts.some((part, at) => part?.etag !== etags[at])) return failure(400, 'InvalidPart');
    if (numbers.some((number, at) => at > 0 && number <= (numbers[at - 1] ?? 0))) {
      return failure(400, 'InvalidPartOrder');
    }
    const all = parts.map((part) => part?.bytes ?? Buffer.alloc(0));
    if (all.slice(0, -1).some((part) => part.length < minPartBytes)) return failure(400, 'EntityTooSmall');
    const bytes = Buffer.concat(all);
    const etag = `"${md5(bytes)}-${all.length}"`;
    this.objects.set(upload.key, { bytes, etag, contentType: upload.contentType, modifiedAt: new Date() });
    this.uploads.delete(id);
    return xml('CompleteMultipartUploadResult', `<Key>${upload.key}</Key><ETag>${etag}</ETag>`);
  }

  private putObject({ headers, body }: Operation, key: string): Answer {
    const etag = `"${md5(body)}"`;
    const contentType = headers['content-type'] ?? 'binary/octet-stream';
    this.objects.set(key, { bytes: body, etag, contentType, modifiedAt: new Date() });
    return { status: 200, headers: { ETag: etag } };
  }

  private getObject({ headers, query }: Operation, key: string): Answer {
    const object = this.objects.get(key);
    if (!object) return failure(404, 'NoSuchKey');
    const disposition = query.get('response-content-disposition');
    const common = {
      ETag: object.etag,
      'Content-Type': query.get('response-content-type') ?? object.contentType,
      'Last-Modified': object.modifiedAt.toUTCString(),
      ...(disposition === null ? {} : { 'Content-Disposition': disposition }),
    };
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(headers['range'] ?? '') ?? [];
    if (first === undefined) return { status: 200, headers: common, body: object.bytes };
    const total = object.bytes.length;
    if (Number(first) >= total) return failure(416, 'InvalidRange');
    const end = last ? Math.min(Number(last), total - 1) : total - 1;
    return {
      status: 206,
      headers: { ...common, 'Content-Range': `bytes ${first}-${end}/${total}` },
      body: object.bytes.subarray(Number(first), end + 1),
    };
  }

  private deleteObjects(headers: Operation['headers'], body: string): Answer {
    const covered = Object.keys(headers).some((name) => name === 'content-md5' || name.startsWith('x-amz-checksum-'));
    if (!covered) return failure(400, 'InvalidRequest');
    const keys = field(body, 'Key');
    if (keys.length === 0 || keys.length > 1000) return failure(400, 'MalformedXML');
    const refused = keys.filter((key) => this.locked.has(key));
    for (const key of keys) if (!this.locked.has(key)) this.objects.delete(key);
    return xml(
      'DeleteResult',
      refused.map((key) => `<Error><Key>${key}</Key><Code>AccessDenied</Code></Error>`).join(''),
    );
  }

  private listObjects(query: URLSearchParams): Answer {
    const after = query.get('continuation-token') ?? '';
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(query.get('prefix') ?? '') && key > after);
    const page = keys.sort().slice(0, this.pageSize);
    const entries = page.map((key) => {
      const { bytes, modifiedAt } = this.objects.get(key) ?? { bytes: Buffer.alloc(0), modifiedAt: new Date() };
      return `<Contents><Key>${key}</Key><Size>${bytes.length}</Size><LastModified>${modifiedAt.toISOString()}</LastModified></Contents>`;
    });
    const next = keys.length > page.length ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    return xml('ListBucketResult', `<IsTruncated>${next !== ''}</IsTruncated>${next}${entries.join('')}`);
  }

  private listUploads(query: URLSearchParams): Answer {
    const name = ([id, { key }]: [string, KeptUpload]): string => `${key} ${id}`;
    const after = `${query.get('key-marker') ?? ''} ${query.get('upload-id-marker') ?? ''}`;
    const found = [...this.uploads].filter(
      (upload) => upload[1].key.startsWith(query.get('prefix') ?? '') && (after === ' ' || name(upload) > after),
    );
    const page = found.sort((one, other) => (name(one) < name(other) ? -1 : 1)).slice(0, this.pageSize);
    const entries = page.map(
      ([id, { key, startedAt }]) =>
        `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${startedAt.toISOString()}</Initiated></Upload>`,
    );
    const last = found.length > page.length ? page.at(-1) : undefined;
    const next = last
      ? `<NextKeyMarker>${last[1].key}</NextKeyMarker><NextUploadIdMarker>${last[0]}</NextUploadIdMarker>`
      : '';
    return xml(
      'ListMultipartUploadsResult',
      `<IsTruncated>${last !== undefined}</IsTruncated>${next}${entries.join('')}`,
    );
  }
}
