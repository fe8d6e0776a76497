import { spawnSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, type ProposalsSystem, plantChange, proposalsSystem } from './support/proposals-system.ts';

// PROMISES, security 7 to 10, on the surface of proposals: what is hostile is refused and changes nothing.

const SECRET_TEXT = 'this is outside of every project';

let system: ProposalsSystem;
let admin: Person;
let outside: string;
let change: string;

beforeAll(async () => {
  system = await proposalsSystem();
  admin = await system.person('root', ['admin'], '*');
  outside = join(system.folder, 'outside');
  change = join(system.root, 'alpha/openspec/changes/add-login');
  mkdirSync(outside);
  writeFileSync(join(outside, 'secret.md'), SECRET_TEXT);
  writeFileSync(join(system.root, 'secret.md'), SECRET_TEXT);
  writeFileSync(join(system.root, 'alpha/secret.md'), SECRET_TEXT);
});

afterAll(async () => {
  await system[Symbol.asyncDispose]();
});

const files = '/api/v1/proposals/alpha.add-login/files';

/** A request whose path reaches the server as it is: `fetch` would tidy it up. */
async function rawRequest(line: string, { headers = [] as string[], body = '' } = {}): Promise<string> {
  const { hostname, port } = new URL(system.url);
  const socket = connect(Number(port), hostname);
  const received: Buffer[] = [];
  socket.on('data', (chunk) => received.push(chunk));
  const ended = new Promise((resolve, reject) => {
    socket.on('close', resolve);
    socket.on('error', reject);
  });
  const lines = [
    `${line} HTTP/1.1`,
    `Host: ${hostname}:${port}`,
    `Authorization: Bearer ${admin.token}`,
    'Connection: close',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
  ];
  socket.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1'));
  await ended;
  return Buffer.concat(received).toString('utf8');
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

/** Every file below the folder of the test, with its content. */
function everything(folder = system.folder): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !path.includes('/data/')) found[path] = readFileSync(path, 'utf8');
  }
  return found;
}

/** Paths as they stand behind `…/files/`. */
const hostilePaths = [
  ['a step up', '../secret.md'],
  ['many steps up', '../../../../../../../../etc/passwd'],
  ['a step in the middle', 'specs/../../secret.md'],
  ['an escaped step', '%2e%2e/secret.md'],
  ['an escaped step with its slash', '%2e%2e%2fsecret.md'],
  ['an escaped slash', 'specs%2fadd-login%2fspec.md'],
  ['escaped twice', '%252e%252e%252fsecret.md'],
  ['half escaped', '.%2e/secret.md'],
  ['overlong UTF-8', '%c0%ae%c0%ae/secret.md'],
  ['full-width dots', '%ef%bc%8e%ef%bc%8e/secret.md'],
  ['a backslash', '..\\secret.md'],
  ['an escaped backslash', '..%5csecret.md'],
  ['absolute', '/etc/passwd'],
  ['absolute, escaped', '%2fetc%2fpasswd'],
  ['a drive', 'C:/windows/win.ini'],
  ['a drive, escaped', 'C%3a%5cwindows%5cwin.ini'],
  ['a share', '%5c%5chost%5cshare'],
  ['a stream of NTFS', 'proposal.md::$DATA'],
  ['a device of Windows', 'CON'],
  ['a device with an extension', 'aux.md'],
  ['a device in a folder', 'specs/lpt1.txt'],
  ['a dot behind', 'proposal.md.'],
  ['a space behind', 'proposal.md%20'],
  ['NUL', 'proposal.md%00'],
  ['NUL in front of an extension', 'secret%00.md'],
  ['a line break', 'a%0d%0aset-cookie:%20x=1'],
  ['a tab', 'a%09b'],
  ['DEL', 'a%7fb'],
  ['a dot in front', '.git/config'],
  ['the own temporary file', '.millrace-0.tmp'],
  ['an option', '--help'],
  ['home', '~/secret.md'],
  ['a variable', '$HOME'],
  ['a command', '%60id%60'],
  ['a pipe', 'a|b'],
  ['a wildcard', '*.md'],
  ['no name', ''],
  ['two slashes', 'specs//spec.md'],
  ['a slash behind', 'specs/'],
  ['deep', Array.from({ length: 9 }, () => 'a').join('/')],
  ['a long name', 'a'.repeat(101)],
  ['a very long path', Array.from({ length: 8 }, () => 'a'.repeat(99)).join('/')],
  ['beyond what a file system takes', 'a'.repeat(5_000)],
  ['a right-to-left mark', 'a%e2%80%aebdm.exe'],
  ['an emoji', '%f0%9f%92%a9.md'],
  ['a lone surrogate', '%ed%a0%80.md'],
  ['a bad escape', '%zz.md'],
  ['a prototype', '__proto__/%2e%2e'],
] as const;

describe('a path that is not allowed', () => {
  test.each(hostilePaths)('%s: reads nothing, writes nothing, removes nothing', async (_name, path) => {
    const before = everything();
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await rawRequest(`${method} ${files}/${path}`, {
        headers: ['Content-Type: text/plain', 'If-Match: *'],
        body: method === 'PUT' ? 'planted' : '',
      });
      expect([400, 404, 405, 412, 414], `${method} ${path}: ${answer.slice(0, 200)}`).toContain(statusOf(answer));
      expect(answer).not.toContain(SECRET_TEXT);
      expect(answer).not.toContain('root:x:');
      expect(answer).not.toContain(system.folder);
      expect(answer.toLowerCase()).not.toContain('set-cookie');
    }
    const made = await rawRequest(`PUT ${files}/${path}`, { headers: ['Content-Type: text/plain'], body: 'planted' });
    expect([400, 404, 405, 414], made.slice(0, 200)).toContain(statusOf(made));
    expect(everything()).toEqual(before);
  });

  test.each([
    'alpha.add-login%2f..%2f..',
    'alpha%2f..%2fbeta.add-login',
    '..',
    'alpha.',
    '.add-login',
    'alpha.archive',
    'alpha.add-login.x',
    'Alpha.add-login',
    'alpha.%00',
    '__proto__.constructor',
    `alpha.${'a'.repeat(65)}`,
  ])('an id that is none: %s', async (id) => {
    for (const rest of ['', '/files/proposal.md', '/events']) {
      const answer = await rawRequest(`GET /api/v1/proposals/${id}${rest}`, { headers: ['Accept: application/json'] });
      expect([400, 403, 404], answer.slice(0, 200)).toContain(statusOf(answer));
    }
  });

  test('a name that differs from another in case only', async () => {
    for (const name of ['Proposal.md', 'PROPOSAL.MD', 'Specs/x.md', 'specs/ADD-LOGIN/spec.md']) {
      expect((await admin.get(`${files}/${name}`)).status, name).toBe(404);
      expect((await admin.call('PUT', `${files}/${name}`, 'x')).body.error.code, name).toBe('conflict');
    }
  });
});

describe('a link', () => {
  test.each([
    ['to a file', 'linked.md', () => join(outside, 'secret.md'), 'linked.md'],
    ['to a folder', 'linked', () => outside, 'linked/secret.md'],
    ['to the root', 'up', () => system.root, 'up/secret.md'],
    ['to another change', 'other.md', () => join(system.root, 'beta/openspec/changes/add-login/tasks.md'), 'other.md'],
    ['to itself', 'loop', () => join(change, 'loop'), 'loop'],
    ['to what is not there', 'dangling.md', () => join(outside, 'new.md'), 'dangling.md'],
  ])('%s is not followed, listed or replaced', async (_name, link, target, path) => {
    symlinkSync(target(), join(change, link));
    const before = everything(outside);
    try {
      expect((await admin.get(`${files}/${path}`)).status).toBe(404);
      expect((await admin.call('PUT', `${files}/${path}`, 'planted')).status).toBe(400);
      expect((await admin.call('DELETE', `${files}/${path}`, undefined, { 'if-match': '*' })).status).toBe(412);
      const { body } = await admin.get('/api/v1/proposals/alpha.add-login');
      expect(body.files.map((file: { path: string }) => file.path)).toEqual([
        'proposal.md',
        'specs/add-login/spec.md',
        'tasks.md',
      ]);
      expect(everything(outside)).toEqual(before);
    } finally {
      unlinkSync(join(change, link));
    }
  });

  test('in the place of a change, of its parents or of a project is none of these', async () => {
    plantChange(outside, 'real', 'evil');
    const real = join(outside, 'real');
    const places = [
      ['alpha.evil', join(real, 'openspec/changes/evil'), join(system.root, 'alpha/openspec/changes/evil')],
      ['gone.evil', real, join(system.root, 'gone')],
    ] as const;
    mkdirSync(join(system.root, 'half/openspec'), { recursive: true });
    symlinkSync(join(real, 'openspec/changes'), join(system.root, 'half/openspec/changes'));
    for (const [, target, link] of places) symlinkSync(target, link);
    for (const id of [...places.map(([name]) => name), 'half.evil']) {
      expect((await admin.get(`/api/v1/proposals/${id}`)).status, id).toBe(404);
      expect((await admin.call('PUT', `/api/v1/proposals/${id}/files/x.md`, 'planted')).status, id).toBe(404);
    }
    const made = await admin.post('/api/v1/projects/half/proposals', { title: 'Evil two', why: 'a', what: 'b' });
    expect(made.status).toBe(400);
    expect(readdirSync(join(real, 'openspec/changes'))).toEqual(['evil']);
    const { projects } = (await admin.get('/api/v1/projects')).body;
    expect(projects.map(({ id, proposals }: { id: string; proposals: number }) => [id, proposals])).toEqual([
      ['alpha', 1],
      ['beta', 1],
      ['half', 0],
    ]);
    for (const [, , link] of places) unlinkSync(link);
    rmSync(join(system.root, 'half'), { recursive: true });
  });

  test('a folder, a pipe and a device are no files', async () => {
    spawnSync('mkfifo', [join(change, 'pipe.md')]);
    mkdirSync(join(change, 'folder.md'));
    try {
      for (const name of ['pipe.md', 'folder.md']) {
        expect((await admin.get(`${files}/${name}`)).status, name).toBe(404);
        expect((await admin.call('PUT', `${files}/${name}`, 'x')).status, name).toBe(400);
      }
      expect((await admin.get('/api/v1/proposals/alpha.add-login')).status).toBe(200);
    } finally {
      rmSync(join(change, 'pipe.md'));
      rmSync(join(change, 'folder.md'), { recursive: true });
    }
  });

  test('of the hard kind is replaced, and what it shares stays', async () => {
    linkSync(join(outside, 'secret.md'), join(change, 'hard.md'));
    const { etag } = (await admin.get(`${files}/hard.md`)).body;
    expect((await admin.call('PUT', `${files}/hard.md`, 'other', { 'if-match': etag })).status).toBe(200);
    expect(readFileSync(join(outside, 'secret.md'), 'utf8')).toBe(SECRET_TEXT);
    unlinkSync(join(change, 'hard.md'));
  });
});

describe('hostile content', () => {
  test('too large: 413 by either way of sending, and nothing is written', async () => {
    const before = everything();
    const large = 'x'.repeat(262_145);
    expect((await admin.call('PUT', `${files}/large.md`, large)).status).toBe(413);
    expect((await admin.call('PUT', `${files}/large.md`, { content: large })).status).toBe(413);
    expect((await admin.call('PUT', `${files}/large.md`, { content: 'x'.repeat(3_000_000) })).status).toBe(413);
    expect(everything()).toEqual(before);
  });

  test('no UTF-8: refused when it is sent, and not shown when it is on disk', async () => {
    const sent = await fetch(`${system.url}${files}/bytes.md`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${admin.token}`, 'content-type': 'text/plain' },
      body: new Uint8Array([0xff, 0xfe, 0x00]),
    });
    expect(sent.status).toBe(400);
    writeFileSync(join(change, 'bytes.md'), new Uint8Array([0xff, 0xfe, 0x00]));
    writeFileSync(join(change, 'huge.md'), 'x'.repeat(300_000));
    for (const name of ['bytes.md', 'huge.md']) {
      expect((await admin.get(`${files}/${name}`)).status).toBe(415);
      expect((await admin.call('PUT', `${files}/${name}`, 'x', { 'if-match': '*' })).status).toBe(409);
      rmSync(join(change, name));
    }
  });

  test.each([
    ['__proto__', '{"text":"a","__proto__":{"isAdmin":true}}'],
    ['constructor', '{"text":"a","constructor":{"prototype":{"isAdmin":true}}}'],
    ['deep in the body', '{"text":{"__proto__":1}}'],
    ['nested too deep', `{"text":${'['.repeat(5_000)}${']'.repeat(5_000)}}`],
    ['unknown members', '{"text":"a","author":"somebody"}'],
    ["an id of one's own", '{"text":"a","id":"mine"}'],
    ['no object', '["text"]'],
    ['no JSON', '{"text":'],
    ['a path that is none', '{"text":"a","path":"../../etc/passwd"}'],
    ['another type', '{"text":{"toString":"x"}}'],
    ['too long', JSON.stringify({ text: 'x'.repeat(8_001) })],
    ['empty', '{"text":"   "}'],
  ])('a body is refused for %s, and stores nothing', async (_name, body) => {
    const comments = '/api/v1/proposals/alpha.add-login/comments';
    const answer = await admin.call('POST', comments, body, { 'content-type': 'application/json' });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request' } } });
    expect((await admin.get('/api/v1/proposals/alpha.add-login')).body.comments).toEqual([]);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  test('names of people and projects that are names of objects are names', async () => {
    const odd = await system.person('__proto__', ['author'], ['alpha', '__proto__', 'constructor']);
    expect((await odd.post('/api/v1/projects/alpha/lock')).body.lock.holder).toBe('__proto__');
    await odd.call('DELETE', '/api/v1/projects/alpha/lock');
    for (const id of ['__proto__', 'constructor']) expect((await odd.get(`/api/v1/projects/${id}`)).status).toBe(404);
    expect((await odd.get('/api/v1/proposals/alpha.add-login')).body.hindrances).not.toHaveProperty('edit');
  });

  test('text that looks like a frame stays inside its event', async () => {
    const reviewers = ['rob\r\n\r\nevent: forged\r\ndata: {}', 'x\u2028y'];
    using listening = await admin.listen('/api/v1/proposals/alpha.add-login/events');
    const put = await admin.call('PUT', '/api/v1/proposals/alpha.add-login/reviewers', { reviewers });
    expect(put.status).toBe(200);
    const event = await listening.next(({ name }) => name === 'reviewers_changed');
    expect(event.data.reviewers).toEqual(reviewers);
    expect(listening.received.map(({ name }) => name)).not.toContain('forged');
  });

  test('line breaks where a header is read from: no header of the answer comes of it', async () => {
    const answer = await admin.get(`${files}/proposal.md?version=1%0d%0aset-cookie:x=1`);
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([400, null]);
    const audit = await admin.get('/api/v1/audit?format=csv%0d%0aset-cookie:x=1');
    expect([audit.status, audit.headers.get('set-cookie')]).toEqual([400, null]);
  });

  test.each(['a\nb', 'a\u2028b', '\u0000', '', ' ', 'x'.repeat(201)])('a title must be one line: %j', async (title) => {
    const made = await admin.post('/api/v1/projects/alpha/proposals', {
      title,
      why: 'a',
      what: 'b',
      change: 'one-line',
    });
    expect(made.status).toBe(400);
  });
});

describe('the program that sets up a project', () => {
  test.each([
    '-x',
    '--help',
    '; touch planted',
    '$(touch planted)',
    '`id`',
    '../x',
    'a b',
    'a\nb',
    'A',
    '',
    'x'.repeat(65),
  ])('is not run for a name that is none: %j', async (id) => {
    const before = readdirSync(system.root);
    expect((await admin.post('/api/v1/projects', { id })).status).toBe(400);
    expect(readdirSync(system.root)).toEqual(before);
  });

  test('leaves nothing beside the project, and of 10 at once one makes it', async () => {
    const before = new Set(readdirSync(system.root));
    const answers = await Promise.all(Array.from({ length: 10 }, () => admin.post('/api/v1/projects', { id: 'made' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
    expect(readdirSync(system.root).filter((name) => !before.has(name))).toEqual(['made']);
    expect(readdirSync(join(system.root, 'made'))).toEqual(['openspec']);
  });
});
