import { describe, expect, it } from '@jest/globals';
import { wavFacts } from '../../../test/support/recording-facts.js';
import {
  encodeCommand,
  encodeSectionCommand,
  listenCommand,
  packetArguments,
  probeArguments,
} from './ffmpeg-command.js';

/** The value that follows an option. */
const valueOf = (options: readonly string[], option: string) => options[options.indexOf(option) + 1];

const encode = (path: string) => encodeCommand(path, wavFacts);
const stretches = [
  { fromSeconds: 0, seconds: 1 },
  { fromSeconds: 5, seconds: 1 },
] as const;
const listen = (path: string) => listenCommand(path, wavFacts, stretches);
const section = (path: string) =>
  encodeSectionCommand(path, wavFacts, { startSeconds: 10, leadSeconds: 1, endSeconds: 20 });

describe('every command', () => {
  it.each([
    ['encode', encode('/work/a').inputs[0].options],
    ['section', section('/work/a').inputs[0].options],
    ['listen', listen('/work/a').inputs.at(-1)?.options ?? []],
    ['packets', packetArguments('/work/a', 0)],
    ['probe', probeArguments('/work/a')],
  ])('%s reads files and pipes of listed formats alone', (_, options) => {
    expect(valueOf(options, '-protocol_whitelist')).toBe('file,pipe');
    const formats = valueOf(options, '-format_whitelist')?.split(',');
    expect(formats).toEqual(expect.arrayContaining(['wav', 'mp3', 'mov', 'matroska', 'ogg', 'flac']));
    for (const script of ['hls', 'dash', 'concat', 'image2', 'lavfi', 'svg_pipe'])
      expect(formats).not.toContain(script);
  });

  it('names its input as a file, so that no path is taken for an option or a protocol', () => {
    expect(encode('-i concat:x').inputs[0].url).toBe('file:-i concat:x');
    expect(listen('/work/a').inputs.map(({ url }) => url)).toEqual(['file:/work/a', 'file:/work/a']);
    expect(packetArguments('/work/a', 0).at(-1)).toBe('file:/work/a');
    expect(probeArguments('/work/a').at(-1)).toBe('file:/work/a');
  });

  it('has no option with a space, which fluent-ffmpeg would split', () => {
    const commands = [encode('/a'), listen('/a'), section('/a')];
    const options = commands.flatMap(({ inputs, outputOptions }) => [
      ...inputs.flatMap((input) => input.options),
      ...outputOptions,
    ]);
    expect(options.filter((option) => option.includes(' '))).toEqual([]);
  });
});

it('uses the track and the channel that were chosen, and the whole of a WAV with a wrong length', () => {
  const { inputs, outputOptions } = encodeCommand('/a', {
    ...wavFacts,
    track: 2,
    channel: 1,
    ignoresStatedLength: true,
  });
  expect(valueOf(outputOptions, '-map')).toBe('0:a:2');
  expect(valueOf(outputOptions, '-af')).toContain('pan=mono|c0=c1,aformat');
  expect(valueOf(inputs[0].options, '-ignore_length')).toBe('1');
});

it('reports on time stamps where they can jump', () => {
  const filters = (formatName: string, codecName: string) =>
    valueOf(encodeCommand('/a', { ...wavFacts, formatName, codecName }).outputOptions, '-af');
  expect(filters('wav', 'pcm_s16le')).not.toContain('print');
  expect(filters('matroska,webm', 'pcm_s16le')).toContain('print');
  expect(filters('flac', 'flac')).toContain('print');
});

it('encodes the first audio stream alone, without its metadata', () => {
  const { outputOptions, format } = encode('/work/a');
  expect(format).toBe('ogg');
  expect(outputOptions).toEqual(expect.arrayContaining(['-vn', '-sn', '-dn']));
  expect(valueOf(outputOptions, '-map')).toBe('0:a:0');
  expect(valueOf(outputOptions, '-map_metadata')).toBe('-1');
  expect(valueOf(outputOptions, '-vbr')).toBe('constrained');
  expect(valueOf(outputOptions, '-frame_duration')).toBe('20');
});
