import { describe, expect, it } from '@jest/globals';
import { following, marksOf, moved, partOf, placeOf, showing, stepOf, wholeView, zoomed } from './view.js';

const hours = 14_400;

describe('zoomed', () => {
  it('keeps the place under the pointer', () => {
    const view = zoomed({ from: 100, to: 200 }, 2, 125, hours);
    expect(view).toEqual({ from: 112.5, to: 162.5 });
    expect(partOf(view, 125)).toBe(partOf({ from: 100, to: 200 }, 125));
  });

  it('shows at least two seconds, and at most the recording', () => {
    expect(zoomed({ from: 10, to: 13 }, 100, 11, hours)).toEqual({ from: expect.any(Number), to: expect.any(Number) });
    const close = zoomed({ from: 10, to: 13 }, 100, 11, hours);
    expect(close.to - close.from).toBeCloseTo(2);
    expect(zoomed({ from: 10, to: 13 }, 1e-9, 11, 75)).toEqual(wholeView(75));
  });

  it('shows a recording shorter than two seconds as a whole', () => {
    expect(zoomed(wholeView(1.5), 4, 1, 1.5)).toEqual(wholeView(1.5));
  });

  it('zooms around the nearest end for a place outside', () => {
    expect(zoomed({ from: 100, to: 200 }, 2, 500, hours)).toEqual({ from: 150, to: 200 });
  });

  it('comes back to where it was', () => {
    const view = { from: 1000, to: 2000 };
    expect(zoomed(zoomed(view, 2, 1300, hours), 0.5, 1300, hours)).toEqual(view);
  });
});

describe('moved', () => {
  it('stops at both ends', () => {
    expect(moved({ from: 10, to: 20 }, -50, 75)).toEqual({ from: 0, to: 10 });
    expect(moved({ from: 10, to: 20 }, 500, 75)).toEqual({ from: 65, to: 75 });
    expect(moved({ from: 10, to: 20 }, 5, 75)).toEqual({ from: 15, to: 25 });
  });
});

describe('showing', () => {
  const size = { duration: hours, width: 1000 };

  it('does not move a view that shows the stretch', () => {
    const view = { from: 10, to: 60 };
    expect(showing(view, 15, 30, size)).toBe(view);
  });

  it('moves to a stretch, and is as wide as it', () => {
    expect(showing({ from: 10, to: 60 }, 100, 115, size)).toEqual({ from: 82.5, to: 132.5 });
    expect(showing({ from: 0, to: 5 }, 100, 110, size)).toEqual({ from: 99, to: 111 });
  });

  it('comes close to a stretch that is too small to be seen', () => {
    expect(showing(wholeView(hours), 30, 45, size)).toEqual({ from: 15, to: 60 });
    expect(showing(wholeView(hours), 0, 15, size)).toEqual({ from: 0, to: 45 });
  });

  it('moves to a place without coming close', () => {
    expect(showing({ from: 10, to: 60 }, 100, 100, size)).toEqual({ from: 75, to: 125 });
  });
});

describe('following', () => {
  it('turns the page when what plays leaves it', () => {
    expect(following({ from: 10, to: 20 }, 19.99, 20.01, 75).from).toBeCloseTo(19.51);
    const inside = { from: 10, to: 20 };
    expect(following(inside, 15, 15.1, 75)).toBe(inside);
  });

  it('leaves a view alone that shows another place, or after a jump', () => {
    const elsewhere = { from: 50, to: 60 };
    expect(following(elsewhere, 19.99, 20.01, 75)).toBe(elsewhere);
    const view = { from: 10, to: 20 };
    expect(following(view, 15, 40, 75)).toBe(view);
  });
});

describe('partOf and placeOf', () => {
  it('are each other backwards', () => {
    const view = { from: 20, to: 60 };
    expect(partOf(view, 30)).toBe(0.25);
    expect(placeOf(view, 0.25)).toBe(30);
    expect(placeOf(view, -3)).toBe(20);
    expect(placeOf(view, 3)).toBe(60);
  });
});

describe('marksOf', () => {
  it('names round places', () => {
    expect(marksOf(wholeView(75), 8)).toEqual([0, 10, 20, 30, 40, 50, 60, 70]);
    expect(marksOf({ from: 3.05, to: 3.5 }, 5)).toEqual([3.1, 3.2, 3.3, 3.4, 3.5]);
    expect(marksOf(wholeView(hours), 5)).toEqual([0, 3600, 7200, 10_800, 14_400]);
  });
});

describe('stepOf', () => {
  it('is a hundredth of the view', () => {
    expect(stepOf(wholeView(hours))).toBe(144);
    expect(stepOf({ from: 0, to: 2 })).toBe(0.1);
  });
});
