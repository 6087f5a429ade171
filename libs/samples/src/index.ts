export { encodeTurns, FFMPEG_TURNS, type FfmpegTurns } from './analysis/ffmpeg-turns.js';
export { VoiceTracks } from './analysis/voice-tracks.service.js';
export { insertImportedSamples } from './imported-samples.js';
export { SamplesModule } from './samples.module.js';
export { maxSamplesPerVoice, SamplesService, type ConvertedSample, type StoredSample } from './samples.service.js';
export { SplitStepModule } from './splitting/split-step.module.js';
export { SplitStep } from './splitting/split.step.js';
export { splitBounds, SplittingService, type SplitPreview, type SplitSample } from './splitting/splitting.service.js';
