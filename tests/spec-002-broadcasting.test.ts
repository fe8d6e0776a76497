import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commentSchema } from '../src/surfaces/proposals/events.ts';
import { makeProposal } from './support/make-proposal.ts';
import { type ProposalsSystem, proposalsSystem } from './support/proposals-system.ts';

// specs/002 "Event Broadcasting". The server is a process of its own, as a user runs it.

let system: ProposalsSystem;

beforeAll(async () => {
  system = await proposalsSystem();
});

afterAll(async () => {
  await system[Symbol.asyncDispose]();
});

const projectFeed = '/ws/projects/alpha';

describe('Proposal status change: broadcast to all clients viewing that proposal', () => {
  test('over every transport, and to nobody who looks at another', async () => {
    const { author, path, feed, id } = await makeProposal(system, 'status-seen');
    const other = await makeProposal(system, 'status-other');
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
    const { author, path } = await makeProposal(system, 'status-ways', { reviewers: ['rob'] });
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
    const { author, id, path, feed, cursor } = await makeProposal(system, 'comment-told', { reviewers: ['rob'] });
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
    const { author, path, feed, cursor } = await makeProposal(system, 'comment-replay', { reviewers: ['rob'] });
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
    const { author, path, feed } = await makeProposal(system, 'comment-thread', { reviewers: ['rob'] });
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
    const { path } = await makeProposal(system, 'locked-one');
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

describe('what belongs to a project stays in it', () => {
  test('somebody of another project gets 404 by REST, 4003 by WebSocket, and learns nothing from either', async () => {
    const { id, path, feed } = await makeProposal(system, 'secret-plan', { reviewers: ['rob'] });
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
