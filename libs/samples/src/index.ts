export { SamplesModule } from './samples.module.js';
export {
  maxSamplesPerVoice,
  SamplesService,
  type ConvertedSample,
  type SampleAudio,
  type StoredSample,
} from './samples.service.js';
export {
  splitBounds,
  SplittingService,
  type CutSample,
  type SplitResults,
  type SplitSource,
  type StoredOriginal,
} from './splitting.service.js';
