import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  commentSchema,
  fileContentSchema,
  projectDetailSchema,
  projectsSchema,
  proposalDetailSchema,
  proposalEventSchema,
} from '../src/surfaces/proposals/events.ts';
import { type ProposalsSystem, plantChange, proposalsSystem } from './support/proposals-system.ts';

// specs/002, what happens to projects and proposals. The server is a process of its own, as a user runs it.

let system: ProposalsSystem;

beforeAll(async () => {
  system = await proposalsSystem();
});

afterAll(async () => {
  await system[Symbol.asyncDispose]();
});

/** A new proposal of alpha, made by somebody, with these reviewers. */
async function proposal(change: string, { by = 'ann', reviewers = [] as string[] } = {}) {
  const author = await system.person(by);
  const made = await author.post('/api/v1/projects/alpha/proposals', {
    title: `About ${change}`,
    why: 'Because it is needed by everybody who has no other way to do it.',
    what: '- One thing',
    change,
  });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const path = `/api/v1/proposals/${made.body.id}`;
  if (reviewers.length > 0) expect((await author.call('PUT', `${path}/reviewers`, { reviewers })).status).toBe(200);
  return { author, id: String(made.body.id), path, feed: `${path}/events`, cursor: String(made.body.cursor) };
}

const projectFeed = '/ws/projects/alpha';

describe('projects and proposals', () => {
  test('are the folders with an openspec folder, and their changes', async () => {
    mkdirSync(join(system.root, 'no-project'));
    mkdirSync(join(system.root, 'Bad_Name/openspec'), { recursive: true });
    mkdirSync(join(system.root, 'beta/openspec/changes/archive/old'), { recursive: true });
    const ann = await system.person('ann');
    const { projects } = projectsSchema.parse((await ann.get('/api/v1/projects')).body);
    expect(projects.map(({ id, proposals }) => [id, proposals])).toContainEqual(['beta', 1]);
    expect(projects.map(({ id }) => id)).toEqual(['alpha', 'beta']);
    const detail = projectDetailSchema.parse((await ann.get('/api/v1/projects/beta')).body);
    expect(detail.proposal_list).toMatchObject([
      {
        id: 'beta.add-login',
        title: 'Add login to beta',
        status: 'draft',
        author: null,
        tasks: { done: 1, total: 2 },
        validation: null,
      },
    ]);
    expect((await ann.get('/api/v1/projects/beta/proposals')).body.proposal_list).toEqual(detail.proposal_list);
  });

  test('a proposal shows its files, what may be done with it, and a cursor that its feed goes on from', async () => {
    const { author, path, feed, id } = await proposal('show-all');
    const detail = proposalDetailSchema.parse((await author.get(path)).body);
    expect(detail).toMatchObject({ id, author: 'ann', status: 'draft', allowed_statuses: ['review'], comments: [] });
    expect(detail.files.map((file) => [file.path, file.changed_by])).toEqual([
      ['proposal.md', 'ann'],
      ['specs/show-all/spec.md', 'ann'],
      ['tasks.md', 'ann'],
    ]);
    expect(detail.hindrances).toEqual({ cancel: 'nothing is running' });
    await author.call('PATCH', `${path}/status`, { status: 'review' });
    const events = await author.poll(feed, detail.cursor);
    expect(events.map((event) => proposalEventSchema.parse(event))).toMatchObject([
      { type: 'proposal_status_changed', proposal_id: id, status: 'review', previous_status: 'draft', actor: 'ann' },
    ]);
  });

  test('a project is set up by the OpenSpec CLI, once', async () => {
    const ann = await system.person('ann');
    const made = await ann.post('/api/v1/projects', { id: 'gamma' });
    expect(made, JSON.stringify(made.body)).toMatchObject({ status: 201, body: { id: 'gamma', proposals: 0 } });
    expect(existsSync(join(system.root, 'gamma/openspec/config.yaml'))).toBe(true);
    expect((await ann.post('/api/v1/projects', { id: 'gamma' })).body.error.code).toBe('conflict');
    expect((await ann.post('/api/v1/projects', { id: '../gamma' })).body.error.code).toBe('invalid_request');
    const viewer = await system.person('vic', ['viewer']);
    expect((await viewer.post('/api/v1/projects', { id: 'delta' })).status).toBe(403);
    rmSync(join(system.root, 'gamma'), { recursive: true });
  });

  test('a change of a name that exists is not made again', async () => {
    const { author } = await proposal('only-once');
    const again = await author.post('/api/v1/projects/alpha/proposals', { title: 'Only once', why: 'a', what: 'b' });
    expect(again).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } });
  });

  test('users with an open stream of the project are shown as connected', async () => {
    const ann = await system.person('ann');
    const zoe = await system.person('zoe', ['viewer'], ['alpha']);
    const connected = async () => (await ann.get('/api/v1/projects/alpha')).body.connected;
    {
      using _stream = await zoe.watch(projectFeed);
      await expect.poll(connected).toEqual(['zoe']);
    }
    await expect.poll(connected).toEqual([]);
  });
});

describe('Proposal status change: broadcast to all clients viewing that proposal', () => {
  test('over every transport, and to nobody who looks at another', async () => {
    const { author, path, feed, id } = await proposal('status-seen');
    const other = await proposal('status-other');
    const vic = await system.person('vic', ['viewer'], ['alpha']);
    using watching = await vic.watch(feed);
    using ofProject = await vic.watch(projectFeed);
    using elsewhere = await vic.watch(other.feed);
    using listening = await vic.listen(feed);
    const { cursor } = (await vic.get(path)).body;
    expect((await author.call('PATCH', `${path}/status`, { status: 'review' })).status).toBe(200);
    const expected = { type: 'proposal_status_changed', proposal_id: id, status: 'review', previous_status: 'draft' };
    expect(await watching.next({ type: expected.type })).toMatchObject(expected);
    expect(await ofProject.next({ type: expected.type, proposal_id: id })).toMatchObject(expected);
    const event = await listening.next(({ name }) => name === expected.type);
    expect(event.data).toMatchObject(expected);
    expect(event.id).toBe(event.data.cursor);
    expect(await vic.poll(feed, cursor)).toMatchObject([expected]);
    await author.call('PATCH', `${other.path}/status`, { status: 'review' });
    await elsewhere.next({ type: expected.type });
    expect(elsewhere.frames.map(({ proposal_id }) => proposal_id)).toEqual([other.id]);
  });

  test('only the ways there are, and each by whom it is for', async () => {
    const { author, path } = await proposal('status-ways', { reviewers: ['rob'] });
    const rob = await system.person('rob', ['reviewer']);
    const set = (person: typeof author, status: string) => person.call('PATCH', `${path}/status`, { status });
    const refused = await set(author, 'merged');
    expect(refused.status).toBe(409);
    expect(refused.body.error.details).toEqual({ status: 'draft', allowed: ['review'] });
    expect((await set(rob, 'review')).status).toBe(403);
    expect((await set(author, 'review')).status).toBe(200);
    expect((await set(author, 'ready')).status).toBe(403);
    expect((await set(rob, 'ready')).status).toBe(200);
    expect((await set(rob, 'merged')).status).toBe(403);
    expect((await set(author, 'merged')).status).toBe(200);
    expect((await set(author, 'draft')).body.error.code).toBe('conflict');
    expect((await author.get(path)).body.hindrances.edit).toBe('the proposal is merged');
    expect((await set(author, 'nonsense')).status).toBe(400);
  });
});

describe('New comment notification: broadcast to proposal reviewers and author', () => {
  test('others learn of it in no stream, no replay, no snapshot and no count', async () => {
    const { author, id, path, feed, cursor } = await proposal('comment-told', { reviewers: ['rob'] });
    const rob = await system.person('rob', ['reviewer'], ['alpha']);
    const eve = await system.person('eve', ['reviewer', 'author'], ['alpha']);
    const admin = await system.person('root', ['admin'], []);
    using atRob = await rob.watch(feed);
    using atEve = await eve.watch(feed);
    using atEveProject = await eve.watch(projectFeed);
    using atAdmin = await admin.watch(projectFeed);
    const made = await author.post(`${path}/comments`, { text: 'Why a form?', path: 'proposal.md', line: 3 });
    expect(made.status).toBe(201);
    const comment = commentSchema.parse(made.body);
    expect(comment).toMatchObject({ author: 'ann', status: 'open', parent_id: null, path: 'proposal.md', line: 3 });
    expect(await atRob.next({ type: 'comment_created' })).toMatchObject({ proposal_id: id, comment });
    expect(await atAdmin.next({ type: 'comment_created', proposal_id: id })).toMatchObject({ comment });
    // What comes after the comment has come, so the comment will not.
    await author.call('PATCH', `${path}/status`, { status: 'review' });
    await atEve.next({ type: 'proposal_status_changed' });
    await atEveProject.next({ type: 'proposal_status_changed', proposal_id: id });
    const seen = [...atEve.frames, ...atEveProject.frames, ...(await eve.poll(feed, cursor))];
    expect(seen.filter(({ type }) => type.startsWith('comment'))).toEqual([]);
    expect((await eve.get(path)).body).toMatchObject({ comments: [], open_comments: 0 });
    const listed = (await eve.get('/api/v1/projects/alpha')).body.proposal_list.find(
      (one: { id: string }) => one.id === id,
    );
    expect(listed.open_comments).toBe(0);
    expect(JSON.stringify(seen)).not.toContain('Why a form?');
    expect((await eve.call('PATCH', `/api/v1/comments/${comment.id}`, { status: 'accepted' })).status).toBe(404);
    expect((await eve.post(`${path}/comments`, { text: 'me too' })).status).toBe(403);
    expect((await rob.get(path)).body).toMatchObject({ comments: [comment], open_comments: 1 });
    expect((await rob.poll(feed, cursor)).map(({ type }) => type)).toContain('comment_created');
  });

  test('who is a reviewer now decides what is replayed, whoever it was then', async () => {
    const { author, path, feed, cursor } = await proposal('comment-replay', { reviewers: ['rob'] });
    await author.post(`${path}/comments`, { text: 'one' });
    const rob = await system.person('rob', ['reviewer'], ['alpha']);
    const eve = await system.person('eve', ['reviewer'], ['alpha']);
    const comments = async (person: typeof rob) =>
      (await person.poll(feed, cursor)).filter(({ type }) => type === 'comment_created').length;
    expect([await comments(rob), await comments(eve)]).toEqual([1, 0]);
    using atRob = await rob.watch(feed);
    using atEve = await eve.watch(feed);
    await author.call('PUT', `${path}/reviewers`, { reviewers: ['eve'] });
    expect([await comments(rob), await comments(eve)]).toEqual([0, 1]);
    // Streams that were open meanwhile go by it too.
    await author.post(`${path}/comments`, { text: 'two' });
    await atEve.next({ type: 'comment_created' });
    await author.call('PATCH', `${path}/status`, { status: 'review' });
    await atRob.next({ type: 'proposal_status_changed' });
    expect(atRob.frames.map(({ type }) => type)).toEqual(['reviewers_changed', 'proposal_status_changed']);
  });

  test('threads, and what became of a comment, with its reason', async () => {
    const { author, path, feed } = await proposal('comment-thread', { reviewers: ['rob'] });
    const rob = await system.person('rob', ['reviewer'], ['alpha']);
    const first = (await rob.post(`${path}/comments`, { text: 'first' })).body;
    const answer = (await author.post(`${path}/comments`, { text: 'answer', parent_id: first.id })).body;
    const nested = (await rob.post(`${path}/comments`, { text: 'nested', parent_id: answer.id })).body;
    expect([answer.parent_id, nested.parent_id]).toEqual([first.id, first.id]);
    expect((await rob.post(`${path}/comments`, { text: 'x', parent_id: 'nothing' })).status).toBe(404);
    using listening = await author.listen(feed);
    const change = (body: unknown) => rob.call('PATCH', `/api/v1/comments/${first.id}`, body);
    expect((await change({ status: 'rejected' })).body.error.message).toContain('reason');
    expect((await change({ status: 'deferred', reason: 'next month' })).status).toBe(200);
    const told = await listening.next(({ name }) => name === 'comment_updated');
    expect(told.data.comment).toMatchObject({ id: first.id, status: 'deferred', reason: 'next month' });
    expect((await author.get(path)).body.open_comments).toBe(2);
    expect((await change({ status: 'accepted' })).body).not.toHaveProperty('reason');
  });
});

describe('Lock status change: broadcast to all clients in that project', () => {
  test('a lock, a refusal that names the holder, a takeover and the end', async () => {
    const { path } = await proposal('locked-one');
    const ann = await system.person('ann');
    const bob = await system.person('bob');
    const vic = await system.person('vic', ['viewer'], ['alpha']);
    const admin = await system.person('root', ['admin'], []);
    using ofProject = await vic.watch(projectFeed);
    using ofProposal = await vic.watch(`${path}/events`);
    const lock = '/api/v1/projects/alpha/lock';
    const taken = await ann.post(lock);
    expect(taken).toMatchObject({ status: 200, body: { lock: { holder: 'ann' } } });
    const { since, expires_at } = taken.body.lock;
    expect(Date.parse(expires_at) - Date.parse(since)).toBe(30 * 60 * 1_000);
    const told = { project_id: 'alpha', reason: 'locked', lock: taken.body.lock, proposal_id: '', actor: 'ann' };
    expect(await ofProject.next({ type: 'lock_changed', reason: 'locked' })).toMatchObject(told);
    expect(await ofProposal.next({ type: 'lock_changed', reason: 'locked' })).toMatchObject(told);
    for (const answer of [
      await bob.post(lock),
      await bob.call('DELETE', lock),
      await bob.call('PATCH', `${path}/status`, { status: 'review' }),
      await bob.call('PUT', `${path}/files/new.md`, 'text'),
      await bob.post('/api/v1/projects/alpha/proposals', { title: 'In between', why: 'a', what: 'b' }),
    ]) {
      expect(answer.status).toBe(409);
      expect(answer.body.error.details).toEqual({ lock: taken.body.lock });
    }
    expect((await bob.get(path)).body.hindrances.edit).toContain('ann has locked the project');
    expect((await bob.post(`${lock}?force=true`)).status).toBe(403);
    expect((await vic.post(lock)).status).toBe(403);
    expect((await admin.post(lock)).status).toBe(409);
    expect((await admin.post(`${lock}?force=true`)).body.lock.holder).toBe('root');
    expect(await ofProject.next({ type: 'lock_changed', reason: 'taken_over' })).toMatchObject({ actor: 'root' });
    expect((await admin.call('DELETE', lock)).body.lock).toBeNull();
    expect(await ofProposal.next({ type: 'lock_changed', reason: 'unlocked' })).toMatchObject({ lock: null });
    expect((await admin.call('DELETE', lock)).status).toBe(200);
  });

  test('of 50 who lock at once one wins, and all others are told who', async () => {
    const people = await Promise.all(Array.from({ length: 50 }, (_, index) => system.person(`user-${index}`)));
    const answers = await Promise.all(people.map((person) => person.post('/api/v1/projects/beta/lock')));
    const winners = answers.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    const holder = winners[0]?.body.lock.holder;
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused).toHaveLength(49);
    expect(new Set(refused.map(({ body }) => body.error.details.lock.holder))).toEqual(new Set([holder]));
    const admin = await system.person('root', ['admin']);
    await admin.call('DELETE', '/api/v1/projects/beta/lock?force=true');
  });
});

describe('files', () => {
  test('are written only by who knows what they overwrite', async () => {
    const { author, path, id } = await proposal('etags');
    const file = `${path}/files/notes/idea.md`;
    const put = (content: string, headers: Record<string, string> = {}) => author.call('PUT', file, content, headers);
    const made = await put('one', { 'if-none-match': '*' });
    expect(made).toMatchObject({ status: 201, body: { path: 'notes/idea.md', bytes: 3, changed_by: 'ann' } });
    expect(made.headers.get('etag')).toBe(`"${made.body.etag}"`);
    expect(await put('two', { 'if-none-match': '*' })).toMatchObject({ status: 412 });
    expect(await put('two')).toMatchObject({ status: 428, body: { error: { code: 'precondition_required' } } });
    expect(await put('two', { 'if-match': '"0123"' })).toMatchObject({
      status: 412,
      body: { error: { code: 'precondition_failed', details: { etag: made.body.etag } } },
    });
    expect(await put('two', { 'if-match': `W/"${made.body.etag}"` })).toMatchObject({ status: 412 });
    const second = await put('two', { 'if-match': `"${made.body.etag}"` });
    expect(second.status).toBe(200);
    const read = fileContentSchema.parse((await author.get(file)).body);
    expect(read).toMatchObject({ content: 'two', etag: second.body.etag, changed_by: 'ann' });
    expect(read.versions.map(({ etag }) => etag)).toEqual([second.body.etag, made.body.etag]);
    const earlier = await author.get(`${file}?version=${read.versions[1]?.seq}`);
    expect(fileContentSchema.parse(earlier.body)).toMatchObject({ content: 'one', etag: made.body.etag });
    expect((await author.get(`${file}?version=1`)).status).toBe(404);
    expect((await author.call('DELETE', file)).status).toBe(428);
    expect((await author.call('DELETE', file, undefined, { 'if-match': second.body.etag })).status).toBe(200);
    expect((await author.get(file)).status).toBe(404);
    expect(existsSync(join(system.root, 'alpha/openspec/changes', id.slice(6), 'notes/idea.md'))).toBe(false);
  });

  test('of 20 who write on the same version at once one wins', async () => {
    const { author, path, feed, id } = await proposal('twenty');
    const file = `${path}/files/proposal.md`;
    const { etag } = (await author.get(file)).body;
    const { cursor } = (await author.get(path)).body;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => author.call('PUT', file, `text ${index}`, { 'if-match': etag })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 412)]);
    const winner = answers.findIndex(({ status }) => status === 200);
    expect((await author.get(file)).body.content).toBe(`text ${winner}`);
    expect(readFileSync(join(system.root, 'alpha/openspec/changes/twenty/proposal.md'), 'utf8')).toBe(`text ${winner}`);
    const events = await author.poll(feed, cursor);
    expect(events).toMatchObject([{ type: 'file_changed', proposal_id: id, actor: 'ann', path: 'proposal.md' }]);
    expect(events[0]).not.toHaveProperty('version');
  });

  test('that an editor saves on disk are shown live, with nobody as the one who did it', async () => {
    const { author, path, feed, id } = await proposal('on-disk');
    const folder = join(system.root, 'alpha/openspec/changes/on-disk');
    // The first look at the disk is over when a change is told of.
    using watching = await author.watch(feed);
    const saved = (content: string) => {
      writeFileSync(join(folder, '.proposal.md.swp'), content);
      renameSync(join(folder, '.proposal.md.swp'), join(folder, 'proposal.md'));
    };
    saved('# By hand\n');
    const changed = await watching.next({ type: 'file_changed', path: 'proposal.md' });
    expect(changed).toMatchObject({ proposal_id: id, actor: null });
    const read = (await author.get(`${path}/files/proposal.md`)).body;
    expect(read).toMatchObject({ content: '# By hand\n', etag: changed.etag, changed_by: null });
    expect((await author.get(path)).body.title).toBe('By hand');
    const earlier = await author.get(`${path}/files/proposal.md?version=${read.versions[1].seq}`);
    expect(earlier.body.content).toContain('# About on-disk');
    rmSync(join(folder, 'tasks.md'));
    expect(await watching.next({ path: 'tasks.md' })).toMatchObject({ type: 'file_changed', etag: null, actor: null });
    // What Millrace writes itself is told once.
    await author.call('PUT', `${path}/files/proposal.md`, 'by ann', { 'if-match': read.etag });
    writeFileSync(join(folder, 'after.md'), 'x');
    await watching.next({ path: 'after.md' });
    expect(watching.frames.map((frame) => [frame.path, frame.actor])).toEqual([
      ['proposal.md', null],
      ['tasks.md', null],
      ['proposal.md', 'ann'],
      ['after.md', null],
    ]);
  });

  test('a change that appears on disk is shown live', async () => {
    const vic = await system.person('vic', ['viewer'], ['alpha']);
    using watching = await vic.watch(projectFeed);
    plantChange(system.root, 'alpha', 'by-hand');
    expect(await watching.next({ type: 'proposal_created', proposal_id: 'alpha.by-hand' })).toMatchObject({
      actor: null,
    });
  });
});

describe('Reconnection handling, and SSE reconnection', () => {
  test('a client that comes back gets what it missed, once and in order, on every transport', async () => {
    const { author, path, feed } = await proposal('come-back');
    const vic = await system.person('vic', ['viewer'], ['alpha']);
    const first = await vic.listen(feed);
    await author.call('PATCH', `${path}/status`, { status: 'review' });
    const { id: lastId = '' } = await first.next(({ name }) => name === 'proposal_status_changed');
    first[Symbol.dispose]();
    await author.call('PATCH', `${path}/status`, { status: 'draft' });
    await author.call('PUT', `${path}/reviewers`, { reviewers: ['rob'] });
    await author.call('PATCH', `${path}/status`, { status: 'review' });
    const missed = ['proposal_status_changed', 'reviewers_changed', 'proposal_status_changed'];
    using again = await vic.listen(feed, lastId);
    await again.next(({ data }) => data.status === 'review');
    expect(again.received.map(({ name }) => name)).toEqual(['hello', ...missed]);
    using socket = await vic.watch(feed, lastId);
    await socket.next({ status: 'review' });
    expect(socket.frames.map(({ type }) => type)).toEqual(missed);
    expect((await vic.poll(feed, lastId)).map(({ type }) => type)).toEqual(missed);
  });
});

describe('what belongs to a project stays in it', () => {
  test('somebody of another project gets 404 by REST, 4003 by WebSocket, and learns nothing from either', async () => {
    const { id, path, feed } = await proposal('secret-plan', { reviewers: ['rob'] });
    const ann = await system.person('ann');
    const comment = (await ann.post(`${path}/comments`, { text: 'hush' })).body;
    const bea = await system.person('bea', ['author', 'reviewer'], ['beta']);
    const same = async (method: string, real: string, none: string, body?: unknown) => {
      const [known, unknown] = [await bea.call(method, real, body), await bea.call(method, none, body)];
      expect(known.status, `${method} ${real}`).toBe(404);
      const { traceId: _, ...error } = known.body.error;
      expect(unknown.body.error).toMatchObject(error);
    };
    const none = '/api/v1/proposals/alpha.nothing';
    await same('GET', path, none);
    await same('GET', `${path}/files/proposal.md`, `${none}/files/proposal.md`);
    await same('PUT', `${path}/files/proposal.md`, `${none}/files/proposal.md`, 'x');
    await same('PATCH', `${path}/status`, `${none}/status`, { status: 'review' });
    await same('PUT', `${path}/reviewers`, `${none}/reviewers`, { reviewers: ['bea'] });
    await same('POST', `${path}/comments`, `${none}/comments`, { text: 'x' });
    await same('PATCH', `/api/v1/comments/${comment.id}`, '/api/v1/comments/none', { status: 'accepted' });
    for (const rest of ['', '/proposals'])
      await same('GET', `/api/v1/projects/alpha${rest}`, `/api/v1/projects/none${rest}`);
    await same('POST', '/api/v1/projects/alpha/lock', '/api/v1/projects/none/lock', {});
    const { projects } = (await bea.get('/api/v1/projects')).body;
    expect(projects.map((project: { id: string }) => project.id)).toEqual(['beta']);
    for (const closed of [feed, projectFeed, `${none}/events`, '/ws/projects/none']) {
      using socket = await bea.watch(closed);
      expect((await socket.closed).code, closed).toBe(4003);
      const page = await bea.get(closed, { accept: 'application/json' });
      expect(page.status).toBe(403);
      expect(JSON.stringify(page.body)).not.toContain(id);
    }
    using ofBeta = await bea.watch('/ws/projects/beta');
    await ann.call('PATCH', `${path}/status`, { status: 'review' });
    await ann.post('/api/v1/projects/beta/lock');
    await ofBeta.next({ type: 'lock_changed' });
    expect(JSON.stringify(ofBeta.frames)).not.toContain('alpha');
    await ann.call('DELETE', '/api/v1/projects/beta/lock');
  });
});
