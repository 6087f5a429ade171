import { describe, expect, it } from '@jest/globals';
import { BehaviourBook } from './behaviour-book.js';
import { parseRules } from './behaviour.js';

const ann = { partner: 'p', voice: 'ann' };
const bob = { partner: 'p', voice: 'bob' };
const rule = (voice: string, behaviour: object, times?: number) => ({ match: { voice }, behaviour, times });

describe('BehaviourBook', () => {
  it('sets the rules of one voice without changing another’s', () => {
    const book = new BehaviourBook();
    book.set(parseRules([rule('ann', { kind: 'hold' }), rule('bob', { kind: 'time_out' })]));
    book.set(parseRules([rule('ann', { kind: 'fail', error: 'x' })]));
    expect(book.list().map(({ behaviour }) => behaviour.kind)).toEqual(['time_out', 'fail']);
    book.remove({ voice: 'bob' });
    expect(book.takeForJob(bob)).toEqual([]);
    expect(book.takeForJob(ann)).toEqual([{ kind: 'fail', error: 'x' }]);
    book.remove(null);
    expect(book.list()).toEqual([]);
  });

  it('applies a rule `times` times and counts how often', () => {
    const book = new BehaviourBook();
    book.set(parseRules([rule('ann', { kind: 'answer', on: 'run', status: 429 }, 2)]));
    const taken = [1, 2, 3].map(() => book.takeLapse('run', ann)?.kind ?? null);
    expect(taken).toEqual(['answer', 'answer', null]);
    expect(book.takeLapse('status', ann)).toBeNull();
    expect(book.list()[0]).toMatchObject({ applied: 2 });
  });

  it('matches every voice of a partner with a rule without a voice', () => {
    const book = new BehaviourBook();
    book.set(parseRules([{ match: { partner: 'p' }, behaviour: { kind: 'hold' } }]));
    expect(book.takeForJob(bob)).toHaveLength(1);
    expect(book.takeForJob({ partner: 'q', voice: 'bob' })).toEqual([]);
  });
});

describe('parseRules', () => {
  it.each([
    ['no list', {}],
    ['an unknown kind', [{ behaviour: { kind: 'explode' } }]],
    ['an unknown operation', [{ behaviour: { kind: 'drop', on: 'health' } }]],
    ['a status below 400', [{ behaviour: { kind: 'answer', on: 'run', status: 200 } }]],
    ['an unknown malformation', [{ behaviour: { kind: 'malformed', variant: 'odd' } }]],
    ['no times', [{ behaviour: { kind: 'hold' }, times: 0 }]],
  ])('rejects %s', (_, body) => {
    expect(() => parseRules(body)).toThrow('must be');
  });
});
