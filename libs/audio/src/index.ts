export {
  gradeOf,
  type GradingContext,
  type OtherSpeakerExtent,
  type QualityCode,
  type QualityGrade,
  type QualityReason,
} from './analysis/grade.js';
export { decodeForeign, measureForeign } from './analysis/check-opus.js';
export { measureRecording } from './analysis/measure-recording.js';
export type { AnalysisTrack } from './analysis/track.js';
export { measureQuality, type QualityFigures } from './analysis/quality.js';
export { readTrack, trackFile } from './analysis/track-file.js';
export { waveformOf, type Waveform } from './analysis/waveform.js';
export {
  planSplit,
  sampleSelections,
  splitModes,
  type SampleSelection,
  type SplitMode,
  type SplitRequest,
} from './analysis/split-plan.js';
export { LiveCutter, type CutSample } from './cutting/live-cutter.js';
export { secondsNeeded, type CutWindows, type SampleWindows } from './cutting/sample-windows.js';
export { AUDIO_TOOLS, findAudioTools, type AudioTools } from './ffmpeg/audio-tools.js';
export { encodeToFile, type EncodedFile, type EncodeToFileOptions } from './ffmpeg/encode-to-file.js';
export { executablesFromNpm } from './ffmpeg/executables.js';
export { recordingLimits } from './ffmpeg/limits.js';
export { OggOpusWriter } from './ogg/ogg-opus-writer.js';
export { samplesPerSecond } from './ogg/opus-packet.js';
export { oggOpusFile, readOpusStream, type OpusStream, serialFrom } from './ogg/opus-stream.js';
export { clockTime } from './probing/clock-time.js';
export { probeRecording, refuseSilence } from './probing/probe-recording.js';
export type { RecordingFacts } from './probing/recording-facts.js';
export { decodedTime, recordingTime, type MissingAudio } from './probing/recording-time.js';
export { recordingWarnings, uploadWarnings, type RecordingWarning } from './probing/recording-warnings.js';
export { encodeRecording, type RecordingEncoding } from './sections/encode-recording.js';
export { EncodeSlots } from './sections/encode-slots.js';
export { SectionsDisagree } from './sections/section-joiner.js';
