import { choice, integer, list, optionalInteger, parsed, requiredText, secret, url } from './variable.js';
import { checkEndpoint, http, readSentences } from './variable-values.js';

/** The variables of RunPod and embeddings. */
export const runpodVariables = {
  runpodBaseUrl: url('RUNPOD_BASE_URL', {
    protocols: http,
    default: 'https://api.runpod.ai/v2',
    about: 'RunPod or the emulator. `npm start` starts an emulator if absent.',
  }),
  runpodApiKey: secret(requiredText('RUNPOD_API_KEY', { about: 'API key for RunPod.' })),
  runpodEndpoints: list('RUNPOD_ENDPOINTS', {
    separator: ',',
    default: ['kyutai=kyutai'],
    check: checkEndpoint,
    about: 'Endpoint id of each tts type: `kyutai=<id>,other=<id>`. kyutai is required.',
  }),
  runpodContract: choice('RUNPOD_CONTRACT', {
    of: ['1', '2'],
    default: '2',
    about: 'Version of the GPU contract that jobs are sent in. 1 is for older handlers.',
  }),
  runpodExecutionTimeoutSeconds: optionalInteger('RUNPOD_EXECUTION_TIMEOUT_SECONDS', {
    min: 6,
    max: 7 * 86400,
    about: 'RunPod ends an embedding that runs longer. Defaults to the execution timeout of the endpoint.',
  }),
  runpodUnknownOutcomeSeconds: integer('RUNPOD_UNKNOWN_OUTCOME_SECONDS', {
    default: 600,
    min: 1,
    max: 86400,
    about:
      'If the response to a submission is lost: time to wait for a sign of its job before the job is submitted again.',
  }),
  embeddingDeadlineSeconds: integer('EMBEDDING_DEADLINE_SECONDS', {
    default: 86400,
    min: 10,
    max: 600_000, // signed URLs outlive it by 15 minutes, and S3 signs for 7 days at most
    about: 'Time after its submission at which an unfinished embedding fails.',
  }),
  embeddingBytesPerSecond: integer('EMBEDDING_BYTES_PER_SECOND', {
    default: 2_500_000,
    min: 1,
    max: 1_000_000_000,
    about: 'Maximum size of a second of a sample as an embedding. The largest models of pocket-tts need 2.5 MB.',
  }),
  maxEmbeddingBytes: integer('MAX_EMBEDDING_BYTES', {
    default: 20_000_000_000,
    min: 1,
    about:
      'Maximum size of the embeddings of a voice. Divided by EMBEDDING_BYTES_PER_SECOND, it gives the seconds of samples that a voice may be embedded with. Applies to contract version 2.',
  }),
  testSentences: parsed('TEST_SENTENCES', {
    shown: '',
    parse: readSentences,
    about:
      'Sentences for the test samples of all voices, separated by `|`. If absent, each voice speaks three sentences of its language. A request may have its own.',
  }),
};
