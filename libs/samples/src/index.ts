export { SamplesModule } from './samples.module.js';
export {
  maxSamplesPerVoice,
  SamplesService,
  type ConvertedSample,
  type SampleAudio,
  type StoredSample,
} from './samples.service.js';
export { splitBounds, SplittingService, type CutSample, type SplitSource } from './splitting.service.js';
