import { describe, expect, it } from '@jest/globals';
import { wavFacts } from '../../../../test/support/recording-facts.js';
import {
  encodeCommand,
  encodeSectionCommand,
  listenCommand,
  measureCommand,
  packetArguments,
  probeArguments,
  probeDecodingArguments,
} from './ffmpeg-command.js';

/** The value after an option. */
const valueOf = (options: readonly string[], option: string) => options[options.indexOf(option) + 1];

const encode = (path: string) => encodeCommand(path, wavFacts);
const stretches = [
  { fromSeconds: 0, seconds: 1 },
  { fromSeconds: 5, seconds: 1 },
] as const;
const listen = (path: string) => listenCommand(path, wavFacts, stretches);
const measure = (path: string) => measureCommand(path, wavFacts);
const section = (path: string) =>
  encodeSectionCommand(path, wavFacts, { startSeconds: 10, leadSeconds: 1, endSeconds: 20 });

describe('every ffmpeg command', () => {
  it.each([
    ['encode', encode('/work/a').inputs[0].options],
    ['section', section('/work/a').inputs[0].options],
    ['listen', listen('/work/a').inputs.at(-1)?.options ?? []],
    ['measure', measure('/work/a').inputs[0].options],
    ['packets', packetArguments('/work/a', 0)],
    ['probe', probeArguments('/work/a')],
  ])('%s reads only files and pipes of listed formats', (_, options) => {
    expect(valueOf(options, '-protocol_whitelist')).toBe('file,pipe');
    const formats = valueOf(options, '-format_whitelist')?.split(',');
    expect(formats).toEqual(expect.arrayContaining(['wav', 'mp3', 'mov', 'matroska', 'ogg', 'flac']));
    for (const script of ['hls', 'dash', 'concat', 'image2', 'lavfi', 'svg_pipe'])
      expect(formats).not.toContain(script);
  });

  it.each([
    ['encode', encode('/work/a').inputs[0].options],
    ['section', section('/work/a').inputs[0].options],
    ['listen', listen('/work/a').inputs.at(-1)?.options ?? []],
    ['measure', measure('/work/a').inputs[0].options],
    ['packets and probe', probeDecodingArguments(['png', 'flac'])],
  ])('%s decodes only audio', (_, options) => {
    const codecs = valueOf(options, '-codec_whitelist')?.split(',');
    expect(codecs).toEqual(expect.arrayContaining(['pcm_s16le', 'mp3', 'mp3float', 'aac', 'opus', 'vorbis', 'flac']));
    for (const picture of ['png', 'mjpeg', 'gif', 'h264', 'hevc', 'mov_text']) expect(codecs).not.toContain(picture);
  });

  it('prefixes its input with file:, so that no path is taken for an option or a protocol', () => {
    expect(encode('-i concat:x').inputs[0].url).toBe('file:-i concat:x');
    expect(listen('/work/a').inputs.map(({ url }) => url)).toEqual(['file:/work/a', 'file:/work/a']);
    expect(packetArguments('/work/a', 0).at(-1)).toBe('file:/work/a');
    expect(probeArguments('/work/a').at(-1)).toBe('file:/work/a');
  });

  it('has no option with a space, at which fluent-ffmpeg would split', () => {
    const commands = [encode('/a'), listen('/a'), section('/a'), measure('/a')];
    const options = commands.flatMap(({ inputs, outputOptions, pcmOptions = [] }) => [
      ...inputs.flatMap((input) => input.options),
      ...outputOptions,
      ...pcmOptions,
    ]);
    expect(options.filter((option) => option.includes(' '))).toEqual([]);
  });
});

it('encodeCommand uses the chosen track and channel, and all of a WAV with a wrong length', () => {
  const { inputs, outputOptions } = encodeCommand('/a', {
    ...wavFacts,
    track: 2,
    channel: 1,
    ignoresStatedLength: true,
  });
  const filters = valueOf(outputOptions, '-filter_complex');
  expect(filters).toMatch(/^\[0:a:2\]/);
  expect(filters).toContain('pan=mono|c0=c1,aformat');
  expect(valueOf(inputs[0].options, '-ignore_length')).toBe('1');
});

it.each([
  ['wav', 'pcm_s16le', '65536'],
  ['wav', 'dts', undefined],
  ['w64', 'pcm_s16le', undefined],
  ['flac', 'flac', undefined],
])('encodeCommand reads %s with %s in pieces of %s bytes', (formatName, codecName, bytes) => {
  const { options } = encodeCommand('/a', { ...wavFacts, formatName, codecName }).inputs[0];
  expect(options.includes('-max_size') ? valueOf(options, '-max_size') : undefined).toBe(bytes);
});

it('encodeCommand reports time stamps where they can jump', () => {
  const filters = (formatName: string, codecName: string) =>
    valueOf(encodeCommand('/a', { ...wavFacts, formatName, codecName }).outputOptions, '-filter_complex');
  expect(filters('wav', 'pcm_s16le')).not.toContain('print');
  expect(filters('matroska,webm', 'pcm_s16le')).toContain('print');
  expect(filters('flac', 'flac')).toContain('print');
});

it('encodeCommand encodes only the audio stream, without its metadata', () => {
  const { outputOptions, format, pcmOptions } = encode('/work/a');
  expect(format).toBe('ogg');
  expect(outputOptions).toEqual(expect.arrayContaining(['-vn', '-sn', '-dn']));
  expect(valueOf(outputOptions, '-filter_complex')).toMatch(/^\[0:a:0\]/);
  expect(valueOf(outputOptions, '-map')).toBe('[encoded]');
  expect(valueOf(pcmOptions ?? [], '-map')).toBe('[analysed]');
  expect(valueOf(outputOptions, '-map_metadata')).toBe('-1');
  expect(valueOf(outputOptions, '-vbr')).toBe('constrained');
  expect(valueOf(outputOptions, '-frame_duration')).toBe('20');
});
