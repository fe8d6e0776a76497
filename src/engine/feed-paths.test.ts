import { describe, expect, test } from 'vitest';
import type { FeedDefinition } from './feed.ts';
import { FeedPaths } from './feed-paths.ts';

const feed = (path: string): FeedDefinition => ({
  name: path,
  path,
  open: () => {
    throw new Error('not opened here');
  },
});
const paths = new FeedPaths(['/stream', '/ws/audit', '/ws/projects/:project', '/ws/:any', '/a/:x/b/:y'].map(feed));
const found = (path: string) => {
  const { feed: one, params } = paths.find(path) ?? {};
  return one && [one.path, params];
};

describe('a feed is found', () => {
  test.each([
    ['/stream', '/stream', {}],
    ['/ws/audit', '/ws/audit', {}],
    ['/ws/other', '/ws/:any', { any: 'other' }],
    ['/ws/projects/p1', '/ws/projects/:project', { project: 'p1' }],
    ['/ws/projects/a%2Fb%20c', '/ws/projects/:project', { project: 'a/b c' }],
    ['/ws/projects/__proto__', '/ws/projects/:project', { project: '__proto__' }],
    ['/a/1/b/2', '/a/:x/b/:y', { x: '1', y: '2' }],
  ])('%s by %s', (path, pattern, params) => expect(found(path)).toEqual([pattern, params]));
});

describe('no feed is found', () => {
  test.each([
    '/',
    '/stream/',
    '/Stream',
    '/ws/projects/',
    '/ws/projects/p1/',
    '/ws/projects/p1/x',
    '/ws/projects/%',
    '/a//b/2',
  ])('at %s', (path) => expect(found(path)).toBeUndefined());
});
