export { EmbeddingResults, type CollectedEmbedding, type CollectedTestSample } from './embedding-results.js';
export { EmbeddingsModule, type EmbeddingsModuleOptions } from './embeddings.module.js';
export { EmbeddingsService, type StoredTestSample, type TestSampleDetails } from './embeddings.service.js';
export { GpuJobsRepository, type Submission } from './gpu-jobs.repository.js';
export { hookPath, newHookToken, parseHook } from './hook-token.js';
export { bestScored, sortScores } from './preferred-sample.js';
export { isTtsType } from './test-sample-name.js';
export { WebhooksService } from './webhooks.service.js';
