import { describe, expect, it } from '@jest/globals';
import { workerSideEnvironment } from './pocket-tts.js';

describe('workerSideEnvironment', () => {
  it('leads the SDK to the queue of the first endpoint, with the key of the emulator', () => {
    const env = workerSideEnvironment({
      RUNPOD_BASE_URL: 'http://127.0.0.1:8900/v2',
      RUNPOD_ENDPOINTS: 'kyutai=voices, other=more',
      RUNPOD_API_KEY: 'key',
    });
    expect(env).toMatchObject({
      RUNPOD_ENDPOINT_ID: 'voices',
      RUNPOD_AI_API_KEY: 'key',
      RUNPOD_WEBHOOK_GET_JOB: 'http://127.0.0.1:8900/v2/voices/job-take/$ID?gpu=local',
      RUNPOD_WEBHOOK_POST_OUTPUT: 'http://127.0.0.1:8900/v2/voices/job-done/$RUNPOD_POD_ID/$ID?gpu=local',
      RUNPOD_WEBHOOK_PING: 'http://127.0.0.1:8900/v2/voices/ping/$RUNPOD_POD_ID',
    });
  });
});
