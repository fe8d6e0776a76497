import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  fileContentSchema,
  projectDetailSchema,
  projectsSchema,
  proposalDetailSchema,
  proposalEventSchema,
} from '../src/surfaces/proposals/events.ts';
import { makeProposal } from './support/make-proposal.ts';
import { type ProposalsSystem, plantChange, proposalsSystem } from './support/proposals-system.ts';

// specs/002, around its requirements: projects, proposals and files. The server is a process of its own, as a user runs it.

let system: ProposalsSystem;

beforeAll(async () => {
  system = await proposalsSystem();
});

afterAll(async () => {
  await system[Symbol.asyncDispose]();
});

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
    const { author, path, feed, id } = await makeProposal(system, 'show-all');
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
    const { author } = await makeProposal(system, 'only-once');
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

describe('files', () => {
  test('are written only by who knows what they overwrite', async () => {
    const { author, path, id } = await makeProposal(system, 'etags');
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
    const { author, path, feed, id } = await makeProposal(system, 'twenty');
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
    const { author, path, feed, id } = await makeProposal(system, 'on-disk');
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
