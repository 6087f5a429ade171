// Written by `npm run settings` from libs/audio/src/ffmpeg/tool-check.ts: change that one.
import {
  executablesOnPath,
  isExecutable
} from "./shared.js";

// dist/libs/audio/src/ffmpeg/tool-check.js
import { execFile } from "node:child_process";
import { promisify } from "node:util";

// dist/libs/audio/src/ffmpeg/tool-requirements.js
var toolRequirements = {
  ffmpeg: [
    { question: "-encoders", kind: "encoder", needed: ["libopus", "pcm_s16le"] },
    { question: "-muxers", kind: "muxer", needed: ["ogg", "s16le"] },
    { question: "-demuxers", kind: "demuxer", needed: ["wav", "mp3", "flac", "ogg", "aac", "mov", "matroska"] },
    { question: "-h demuxer=wav", kind: "option of the WAV demuxer", needed: ["-max_size", "-ignore_length"] },
    {
      question: "-filters",
      kind: "filter",
      needed: ["aformat", "aresample", "asetnsamples", "asetpts", "asettb", "asplit", "atrim", "concat", "pan"]
    },
    { question: "-decoders", kind: "decoder", needed: ["pcm_s16le", "flac", "aac"] },
    { question: "-bsfs", kind: "bitstream filter", needed: ["setts", "pcm_rechunk"] },
    { question: "-protocols", kind: "protocol", needed: ["file", "pipe"] }
  ],
  ffprobe: [
    { question: "-decoders", kind: "decoder", needed: ["pcm_s16le", "flac", "aac"] },
    { question: "-protocols", kind: "protocol", needed: ["file"] }
  ]
};
function lacking(requirement, printed) {
  const words = printed.split("\n").map((line) => line.trim().split(/\s+/));
  const names = new Set(words.flatMap(([first, second]) => [first, second]).flatMap((word) => word?.split(",") ?? []));
  return requirement.needed.filter((name) => !names.has(name)).map((name) => `${requirement.kind} ${name}`);
}
function decodersIn(printed) {
  const names = printed.matchAll(/^ [VAS][F.][S.][X.][B.][D.] (\S+)/gm);
  return [...names].map(([, name = ""]) => name).filter((name) => name !== "=");
}
function versionIn(name, printed) {
  return new RegExp(`^${name} version (\\S+)`, "m").exec(printed)?.[1];
}

// dist/libs/audio/src/ffmpeg/tool-check.js
var run = promisify(execFile);
var systemFolders = "/usr/local/bin:/usr/bin:/bin";
async function checkTool(name, path, launcher) {
  if (!isExecutable(path))
    return "is missing or not executable";
  try {
    const answers = await Promise.all(toolRequirements[name].map(async (need) => {
      const { stdout, stderr } = await run(launcher, need.question.split(" "), {
        timeout: 2e4,
        maxBuffer: 4 << 20
      });
      const decoders2 = need.question === "-decoders" ? decodersIn(stdout) : [];
      return { version: versionIn(name, stderr), lacks: lacking(need, stdout), decoders: decoders2 };
    }));
    const version = answers[0]?.version;
    if (version === void 0)
      return `is not ${name}`;
    const lacks = answers.flatMap((answer) => answer.lacks);
    const decoders = answers.flatMap((answer) => answer.decoders);
    return lacks.length === 0 ? { version, decoders } : `lacks ${lacks.join(", ")}`;
  } catch (error) {
    return `does not run (${error instanceof Error ? error.message.split("\n")[0] ?? "" : "unknown reason"})`;
  }
}
async function hasTool(name, configured, searchPath) {
  if (configured)
    return true;
  for (const path of executablesOnPath(name, searchPath)) {
    if (typeof await checkTool(name, path, path) === "object")
      return true;
  }
  return false;
}
async function hasAudioTools(environment, moreFolders = systemFolders) {
  const searchPath = `${environment["PATH"] ?? ""}:${moreFolders}`;
  const found = await Promise.all([
    hasTool("ffmpeg", environment["FFMPEG_PATH"], searchPath),
    hasTool("ffprobe", environment["FFPROBE_PATH"], searchPath)
  ]);
  return found.every(Boolean);
}
export {
  checkTool,
  hasAudioTools,
  systemFolders
};
