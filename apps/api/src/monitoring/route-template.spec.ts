import { describe, expect, it } from '@jest/globals';
import { routeTemplate } from './route-template.js';

describe('routeTemplate', () => {
  it('is the route as it was written', () => {
    const path = '/api/voices/:partner/:voice';
    expect(routeTemplate({ route: { path }, baseUrl: '' })).toBe(path);
  });

  it.each([
    ['no route took it', { route: undefined, baseUrl: '' }],
    ['a catch-all took it', { route: { path: '/api/*path' }, baseUrl: '' }],
    ['a router below took it, whose base is the stranger’s text', { route: { path: '/api/x' }, baseUrl: '/API/Admin' }],
    ['its route has no text', { route: { path: /x/ }, baseUrl: '' }],
  ])('is `other` when %s', (_why, request) => {
    expect(routeTemplate(request)).toBe('other');
  });
});
