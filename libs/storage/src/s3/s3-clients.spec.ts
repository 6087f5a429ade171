import { GetObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { setKeys } from '../../test/s3-bucket.js';
import { openS3Clients } from './s3-clients.js';
import { parseS3Url } from './s3-location.js';

beforeEach(() => setKeys(process.env, { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'secret' }));

/** The address of a signed URL of the key `a/b`, and the region it is signed for. */
async function signedFor(url: string): Promise<readonly [string, string | undefined]> {
  const { signer } = await openS3Clients(parseS3Url(url));
  const signed = new URL(await getSignedUrl(signer, new GetObjectCommand({ Bucket: 'voices', Key: 'a/b' })));
  return [signed.origin + signed.pathname, signed.searchParams.get('X-Amz-Credential')?.split('/')[2]];
}

describe('openS3Clients', () => {
  it.each([
    ['AWS', 's3://voices?region=eu-central-1', 'https://voices.s3.eu-central-1.amazonaws.com/a/b', 'eu-central-1'],
    ['MinIO', 's3://voices?endpoint=http://minio:9000', 'http://minio:9000/voices/a/b', 'us-east-1'],
    [
      'R2',
      's3://voices?endpoint=https://id.r2.cloudflarestorage.com&region=auto',
      'https://id.r2.cloudflarestorage.com/voices/a/b',
      'auto',
    ],
    [
      'virtual hosts of another server',
      's3://voices?endpoint=https://s3.example.com&path_style=false',
      'https://voices.s3.example.com/a/b',
      'us-east-1',
    ],
    [
      'a server with another public name',
      's3://voices?endpoint=http://minio:9000&public_endpoint=https://files.example.com',
      'https://files.example.com/voices/a/b',
      'us-east-1',
    ],
  ])('signs for %s', async (_, url, address, region) => {
    expect(await signedFor(url)).toEqual([address, region]);
  });

  it('takes the region from the environment if the URL names none', async () => {
    process.env['AWS_REGION'] = 'fr-par';
    expect((await signedFor('s3://voices'))[0]).toBe('https://voices.s3.fr-par.amazonaws.com/a/b');
    expect((await signedFor('s3://voices?endpoint=https://s3.fr-par.scw.cloud'))[1]).toBe('fr-par');
  });

  it('throws for a bucket of AWS without a region', async () => {
    await expect(openS3Clients(parseS3Url('s3://voices'))).rejects.toThrow('AWS_REGION');
  });
});
