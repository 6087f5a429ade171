import { describe, expect, it } from '@jest/globals';
import { routeTemplate } from './follow-requests.js';

describe('routeTemplate', () => {
  it('returns the pattern of the route', () => {
    const path = '/api/voices/:partner/:voice';
    expect(routeTemplate({ route: { path }, baseUrl: '' })).toBe(path);
  });

  it.each([
    ['no route handled it', { route: undefined, baseUrl: '' }],
    ['a catch-all handled it', { route: { path: '/api/*path' }, baseUrl: '' }],
    [
      'a nested router handled it, whose base is text of the request',
      { route: { path: '/api/x' }, baseUrl: '/API/Admin' },
    ],
    ['its route is not a string', { route: { path: /x/ }, baseUrl: '' }],
  ])('returns `other` if %s', (_case, request) => {
    expect(routeTemplate(request)).toBe('other');
  });
});
