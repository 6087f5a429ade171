import { describe, expect, it } from '@jest/globals';
import { placeClock } from './place-clock.js';
import { waveKey } from './wave-keys.js';

const plain = { ctrlKey: false, altKey: false, metaKey: false };
const shown = { place: 30, view: { from: 0, to: 75 }, duration: 75 };
const press = (key: string, more: Partial<typeof shown> = {}): unknown =>
  waveKey({ ...plain, key }, { ...shown, ...more });

describe('waveKey', () => {
  it('seeks by a hundredth or a tenth of the view', () => {
    expect(press('ArrowRight')).toEqual({ do: 'seek', to: 30.75 });
    expect(press('ArrowLeft')).toEqual({ do: 'seek', to: 29.25 });
    expect(press('PageUp')).toEqual({ do: 'seek', to: 37.5 });
    expect(press('PageDown')).toEqual({ do: 'seek', to: 22.5 });
  });

  it('stays in the recording', () => {
    expect(press('ArrowLeft', { place: 0.2 })).toEqual({ do: 'seek', to: 0 });
    expect(press('PageUp', { place: 74 })).toEqual({ do: 'seek', to: 75 });
    expect(press('Home')).toEqual({ do: 'seek', to: 0 });
    expect(press('End')).toEqual({ do: 'seek', to: 75 });
  });

  it('zooms, and plays', () => {
    expect(press('+')).toEqual({ do: 'zoom', factor: 2 });
    expect(press('-')).toEqual({ do: 'zoom', factor: 0.5 });
    expect(press('0')).toEqual({ do: 'whole' });
    expect(press(' ')).toEqual({ do: 'toggle' });
  });

  it('leaves keys of the browser alone', () => {
    expect(waveKey({ ...plain, key: '+', ctrlKey: true }, shown)).toBeUndefined();
    expect(press('Tab')).toBeUndefined();
  });
});

describe('placeClock', () => {
  it('has tenths where little is shown', () => {
    expect(placeClock(61.25, 75)).toBe('1:01.3');
    expect(placeClock(59.99, 75)).toBe('1:00.0');
    expect(placeClock(3725.5, 14_400)).toBe('1:02:05');
  });
});
