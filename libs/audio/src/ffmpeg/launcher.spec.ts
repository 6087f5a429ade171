import { describe, expect, it } from '@jest/globals';
import { launcherArguments, launcherScript } from './launcher.js';
import { conversionLimits } from './limits.js';

const lastLine = (script: string) => script.trimEnd().split('\n').at(-1);

describe('launcherScript', () => {
  it('executes the tool in its own session, without our environment', () => {
    const script = launcherScript('/opt/ffmpeg', '/usr/bin', [['/usr/bin/chrt', '-b', '0'], ['/usr/bin/setsid']]);
    expect(lastLine(script)).toBe(
      `exec /usr/bin/env -i PATH='/usr/bin' \${LD_LIBRARY_PATH:+"LD_LIBRARY_PATH=$LD_LIBRARY_PATH"} ` +
        `'/usr/bin/chrt' -b 0 '/usr/bin/setsid' '/opt/ffmpeg' "$@"`,
    );
    expect(script).toContain('ulimit -f 0\n');
    expect(script).toContain('ulimit -d "$memory"');
  });

  it('omits helpers that the system lacks', () => {
    expect(lastLine(launcherScript('/opt/ffmpeg', '', []))).toMatch(/"LD_LIBRARY_PATH=[^ ]+ '\/opt\/ffmpeg' "\$@"$/);
  });

  it('quotes paths with shell characters', () => {
    expect(launcherScript("/it's $(here)/ffmpeg", '', [])).toContain(`'/it'\\''s $(here)/ffmpeg' "$@"`);
  });
});

it('launcherArguments are in seconds and kibibytes', () => {
  const limits = { ...conversionLimits(3600), cpuSeconds: 12, memoryBytes: 1024 ** 3 };
  expect(launcherArguments(limits)).toEqual(['-limits', '12', '1048576']);
});
