/**
 * Embeddings of many voices that are made anew, after an engine was upgraded.
 *
 * - **recompute**: a row of `recomputes`: one request of an operator, and its counts.
 * - **work list**: the rows of `recompute_voices`: voices that still have to be done. A voice that is done has no row.
 * - **turn**: a voice gets its job, is skipped, or is put at the end of the work list because it is locked.
 */
export { RecomputeModule } from './recompute.module.js';
export { RecomputeService } from './recompute.service.js';
export { RecomputeTurns } from './recompute-turns.js';
export { maxListedRecomputes, type Recompute } from './recomputes.repository.js';
