import { describe, expect, it } from '@jest/globals';
import { sampleKey } from './sample-keys.js';

const plain = { ctrlKey: false, altKey: false, metaKey: false };
const press = (key: string, current?: number, indexes = [1, 2, 4]): unknown =>
  sampleKey({ ...plain, key }, indexes, current);

describe('sampleKey', () => {
  it('plays and pauses with space, prefers with Enter and p', () => {
    expect(press(' ', 1)).toEqual({ do: 'toggle' });
    expect(press('Enter', 1)).toEqual({ do: 'prefer' });
    expect(press('p', 1)).toEqual({ do: 'prefer' });
  });

  it('moves in the order of the list, and stays at its ends', () => {
    expect(press('ArrowDown', 1)).toEqual({ do: 'hear', index: 2 });
    expect(press('ArrowDown', 2, [2, 4, 1])).toEqual({ do: 'hear', index: 4 });
    expect(press('ArrowDown', 4)).toEqual({ do: 'hear', index: 4 });
    expect(press('ArrowUp', 1)).toEqual({ do: 'hear', index: 1 });
    expect(press('ArrowDown')).toEqual({ do: 'hear', index: 1 });
    expect(press('End', 1)).toEqual({ do: 'hear', index: 4 });
    expect(press('Home', 4)).toEqual({ do: 'hear', index: 1 });
  });

  it('plays the sample of a digit, if there is one', () => {
    expect(press('4', 1)).toEqual({ do: 'hear', index: 4 });
    expect(press('3', 1)).toBeUndefined();
    expect(press('0', 1)).toBeUndefined();
  });

  it('leaves keys of the browser alone', () => {
    expect(sampleKey({ ...plain, key: '1', ctrlKey: true }, [1], 1)).toBeUndefined();
    expect(sampleKey({ ...plain, key: 'p', metaKey: true }, [1], 1)).toBeUndefined();
    expect(press('Tab', 1)).toBeUndefined();
    expect(press('ArrowDown', 1, [])).toBeUndefined();
  });
});
