import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { mintSecret, signedHeaders } from './webhook-secret.js';

/** The example of the reference implementations (github.com/standard-webhooks/standard-webhooks, libraries). */
const published = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1_614_265_330,
  payload: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};

describe('signedHeaders', () => {
  it('gives the published signature', () => {
    const { id, payload, secret, timestamp } = published;
    expect(signedHeaders({ id, payload, secrets: [secret] }, timestamp * 1000 + 999)).toEqual({
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': published.signature,
    });
  });

  it('signs with each secret, so that receivers verify with either', () => {
    const secrets = [mintSecret(), mintSecret()];
    const payload = '{"name":"Zoë 🎙"}';
    const headers = signedHeaders({ id: 'one', payload, secrets }, Date.now());
    for (const secret of secrets) expect(new Webhook(secret).verify(payload, headers)).toEqual({ name: 'Zoë 🎙' });
    expect(() => new Webhook(mintSecret()).verify(payload, headers)).toThrow('No matching signature');
    expect(() => new Webhook(secrets[0] ?? '').verify(`${payload} `, headers)).toThrow('No matching signature');
  });
});

describe('mintSecret', () => {
  it('makes 32 random bytes', () => {
    const secrets = Array.from({ length: 100 }, mintSecret);
    expect(new Set(secrets).size).toBe(100);
    for (const secret of secrets) expect(Buffer.from(secret.slice('whsec_'.length), 'base64')).toHaveLength(32);
  });
});
