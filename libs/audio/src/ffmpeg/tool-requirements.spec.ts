import { describe, expect, it } from '@jest/globals';
import { decodersIn, lacking, versionIn } from './tool-requirements.js';

describe('lacking', () => {
  const demuxers = { question: '-demuxers', kind: 'demuxer', needed: ['wav', 'mov', 'matroska'] } as const;
  const list = (lines: readonly string[]) => ['File formats:', ' D. = Demuxing supported', ' --', ...lines].join('\n');

  it('parses the names in every kind of list', () => {
    const lines = [
      ' D  matroska,webm   Matroska / WebM',
      ' D  mov,mp4,m4a,3gp,3g2,mj2 QuickTime / MOV',
      ' D d wav  WAV',
    ];
    expect(lacking(demuxers, list(lines.slice(0, 2)))).toEqual(['demuxer wav']);
    expect(lacking(demuxers, list([...lines.slice(0, 2), ' D   wav             WAV / WAVE']))).toEqual([]);
    const encoders = { question: '-encoders', kind: 'encoder', needed: ['libopus'] } as const;
    expect(lacking(encoders, ' A....D libopus              libopus Opus (codec opus)')).toEqual([]);
    expect(lacking(encoders, ' A..X.D opus                 Opus, not libopus')).toEqual(['encoder libopus']);
    const protocols = { question: '-protocols', kind: 'protocol', needed: ['file', 'pipe'] } as const;
    expect(lacking(protocols, 'Input:\n  file\n  http\nOutput:\n  file\n')).toEqual(['protocol pipe']);
    const wav = { question: '-h demuxer=wav', kind: 'option of the WAV demuxer', needed: ['-max_size'] } as const;
    expect(lacking(wav, 'WAV demuxer AVOptions:\n  -max_size          <int>        .D... max size')).toEqual([]);
    expect(lacking(wav, '  -ignore_length     <boolean>    .D... Ignore')).toEqual([
      'option of the WAV demuxer -max_size',
    ]);
  });
});

it('decodersIn parses names and ignores the legend', () => {
  const printed =
    'Decoders:\n V..... = Video\n A..... = Audio\n ...D.. = Supports direct rendering\n ------\n' +
    ' VFS..D png                  PNG image\n A....D mp3float             MP3 (codec mp3)\n S..... ass   ASS\n';
  expect(decodersIn(printed)).toEqual(['png', 'mp3float', 'ass']);
});

describe('versionIn', () => {
  it.each([
    ['ffmpeg version n7.0-7-gd38bf5e08e-20240407 Copyright (c) 2000-2024', 'n7.0-7-gd38bf5e08e-20240407'],
    ['ffmpeg version 5.1.6-0+deb12u1 Copyright', '5.1.6-0+deb12u1'],
    ['ffprobe version 7 Copyright', undefined],
    ['hello', undefined],
  ])('%s', (printed, version) => {
    expect(versionIn('ffmpeg', printed)).toBe(version);
  });
});
