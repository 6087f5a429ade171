import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { NestLogger } from './nest-logger.js';

/** What a logger that Nest was given writes, line by line. */
function written(use: (logger: NestLogger) => void): unknown[] {
  const lines: unknown[] = [];
  const sink = { write: (line: string): void => void lines.push(JSON.parse(line)) };
  use(
    new NestLogger(
      pino({ level: 'trace', base: null, timestamp: false, formatters: { level: (level) => ({ level }) } }, sink),
    ),
  );
  return lines;
}

describe('NestLogger', () => {
  it('writes the context of a line, and routine lines at level debug', () => {
    expect(
      written((logger) => {
        logger.log('Mapped {/api, GET}', 'RouterExplorer');
        logger.warn('careful', 'Injector');
        logger.verbose('much');
      }),
    ).toEqual([
      { level: 'debug', context: 'RouterExplorer', msg: 'Mapped {/api, GET}' },
      { level: 'warn', context: 'Injector', msg: 'careful' },
      { level: 'trace', msg: 'much' },
    ]);
  });

  it('writes an error with its stack, in each form that Nest passes', () => {
    const [text, whole] = written((logger) => {
      logger.error('it broke', 'Error: it broke\n at x', 'ExceptionHandler');
      logger.error(new TypeError('it broke'), 'ExceptionHandler');
    });
    expect(text).toEqual({
      level: 'error',
      context: 'ExceptionHandler',
      stack: 'Error: it broke\n at x',
      msg: 'it broke',
    });
    expect(whole).toMatchObject({ context: 'ExceptionHandler', msg: 'it broke', err: { type: 'TypeError' } });
  });
});
