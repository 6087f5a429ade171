export {
  findAudioTools,
  type AudioTool,
  type AudioTools,
  type FindAudioToolsOptions,
  type ToolOrigin,
} from './audio-tools.js';
export { planCut, preRollPackets, type CutPlan, type Stretch } from './cut-plan.js';
export { clockTime } from './clock-time.js';
export { cutSample } from './cut-sample.js';
export { encodeOpus, type EncodeOptions, type OpusEncoding } from './encode-opus.js';
export { encodeRecording, type EncodeRecordingOptions, type RecordingEncoding } from './encode-recording.js';
export { EncodeSlots, type EncodeSlot } from './encode-slots.js';
export { encodeToFile, type EncodedFile, type EncodeToFileOptions } from './encode-to-file.js';
export { conversionLimits, probeLimits, recordingLimits, type ProcessLimits, type RecordingLimits } from './limits.js';
export { LiveCutter, type CutSample, type LiveCutterOptions } from './live-cutter.js';
export { executablesFromNpm } from './executables.js';
export { OggOpusReader } from './ogg-opus-reader.js';
export { OggOpusWriter, type OggOpusWriterOptions } from './ogg-opus-writer.js';
export { type OpusHead, type OpusTags } from './opus-header.js';
export { packetSamples, samplesPerSecond } from './opus-packet.js';
export { oggOpusFile, readOpusStream, type OpusStream } from './opus-stream.js';
export { probeRecording, refuseSilence, type ProbeOptions } from './probe-recording.js';
export { type RecordingFacts } from './recording-facts.js';
export { recordingTime, type MissingAudio } from './recording-time.js';
export { recordingWarnings, uploadWarnings, type RecordingWarning } from './recording-warnings.js';
export { planWindows, secondsNeeded, windowOf, type SampleWindows } from './sample-windows.js';
export { SectionsDisagree } from './section-joiner.js';
export { serialFrom } from './stream-serial.js';
