import { describe, expect, it } from '@jest/globals';
import { decodeStartCommand, encodeCommand, probeArguments } from './ffmpeg-command.js';

/** The value that follows an option. */
const valueOf = (options: readonly string[], option: string) => options[options.indexOf(option) + 1];

describe('every command', () => {
  it.each([
    ['encode', encodeCommand('/work/a').inputOptions],
    ['decode', decodeStartCommand('/work/a', 1).inputOptions],
    ['probe', probeArguments('/work/a')],
  ])('%s reads files and pipes of listed formats alone', (_, options) => {
    expect(valueOf(options, '-protocol_whitelist')).toBe('file,pipe');
    const formats = valueOf(options, '-format_whitelist')?.split(',');
    expect(formats).toEqual(expect.arrayContaining(['wav', 'mp3', 'mov', 'matroska', 'ogg', 'flac']));
    for (const script of ['hls', 'dash', 'concat', 'image2', 'lavfi', 'svg_pipe'])
      expect(formats).not.toContain(script);
  });

  it('names its input as a file, so that no path is taken for an option or a protocol', () => {
    expect(encodeCommand('-i concat:x').input).toBe('file:-i concat:x');
    expect(decodeStartCommand('/work/a', 1).input).toBe('file:/work/a');
    expect(probeArguments('/work/a').at(-1)).toBe('file:/work/a');
  });

  it('has no option with a space, which fluent-ffmpeg would split', () => {
    const commands = [encodeCommand('/a'), decodeStartCommand('/a', 1)];
    const options = commands.flatMap(({ inputOptions, outputOptions }) => [...inputOptions, ...outputOptions]);
    expect(options.filter((option) => option.includes(' '))).toEqual([]);
  });
});

it('encodes the first audio stream alone, without its metadata', () => {
  const { outputOptions, format } = encodeCommand('/work/a');
  expect(format).toBe('ogg');
  expect(outputOptions).toEqual(expect.arrayContaining(['-vn', '-sn', '-dn']));
  expect(valueOf(outputOptions, '-map')).toBe('0:a:0');
  expect(valueOf(outputOptions, '-map_metadata')).toBe('-1');
  expect(valueOf(outputOptions, '-vbr')).toBe('constrained');
  expect(valueOf(outputOptions, '-frame_duration')).toBe('20');
});
