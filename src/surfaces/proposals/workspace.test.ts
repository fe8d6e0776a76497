import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Log } from '../../engine/log/log.ts';
import type { SqliteLog } from '../../engine/log/sqlite/sqlite-log.ts';
import { MillraceError } from '../../protocol/errors.ts';
import { testSurface } from './testing/test-surface.ts';
import { Workspace } from './workspace.ts';

const CHANGE = 'alpha/openspec/changes/one';
const ID = 'alpha.one';

async function withChange(options: Parameters<typeof testSurface>[0] = {}) {
  const system = await testSurface(options);
  if (options.folder === undefined) {
    system.plant(`${CHANGE}/proposal.md`, '# One\n');
    system.plant(`${CHANGE}/tasks.md`, '- [ ] a\n');
  }
  const workspace = new Workspace(system.context, system.root);
  const read = (path: string) => readFileSync(join(system.root, CHANGE, path), 'utf8');
  const told = async () =>
    (await system.records()).map(({ type, body }) => {
      const { actor, path, etag } = JSON.parse(body);
      return [type.slice('proposals.'.length), actor, path, etag === null ? 'gone' : 'there'];
    });
  return { system, workspace, read, told, [Symbol.asyncDispose]: () => system[Symbol.asyncDispose]() };
}

/** A log that refuses from some moment on. */
function refusingLog() {
  const state = { isRefusing: false };
  const wrapLog = (log: SqliteLog): Log =>
    new Proxy(log, {
      get(target, name) {
        const refuse = async () => {
          throw new MillraceError('log_unavailable', 'the disk is full');
        };
        if (name === 'append' && state.isRefusing) return refuse;
        const member = Reflect.get(target, name, target);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
  return { state, wrapLog };
}

describe('writeFiles', () => {
  it('writes all of several files, in one append', async () => {
    await using own = await withChange();
    const { entries, cursor } = await own.workspace.writeFiles(
      ID,
      [
        { path: 'proposal.md', content: '# Two\n' },
        { path: 'specs/one/spec.md', content: 'spec' },
        { path: 'tasks.md', content: null },
      ],
      { by: 'ann' },
    );
    expect(entries.map(({ path, changed_by }) => [path, changed_by])).toEqual([
      ['proposal.md', 'ann'],
      ['specs/one/spec.md', 'ann'],
    ]);
    expect([own.read('proposal.md'), own.read('specs/one/spec.md')]).toEqual(['# Two\n', 'spec']);
    expect(existsSync(join(own.system.root, CHANGE, 'tasks.md'))).toBe(false);
    expect(await own.told()).toEqual([
      ['file_changed', 'ann', 'proposal.md', 'there'],
      ['file_changed', 'ann', 'specs/one/spec.md', 'there'],
      ['file_changed', 'ann', 'tasks.md', 'gone'],
    ]);
    expect(cursor).toContain('.3.');
  });

  it('writes none of them when one is not as expected, is not allowed, or is in the way', async () => {
    await using own = await withChange();
    mkdirSync(join(own.system.root, CHANGE, 'folder.md'));
    const first = { path: 'proposal.md', content: 'changed' };
    const attempts = [
      { edit: { path: 'tasks.md', content: 'x' }, expectedEtags: new Map([['tasks.md', 'other']]) },
      { edit: { path: 'tasks.md', content: 'x' }, expectedEtags: new Map([['tasks.md', null]]) },
      { edit: { path: '../tasks.md', content: 'x' } },
      { edit: { path: 'folder.md', content: 'x' } },
      { edit: { path: 'proposal.md/below.md', content: 'x' } },
      { edit: { path: 'Tasks.md', content: 'x' } },
    ];
    for (const { edit, ...rest } of attempts) {
      await expect(own.workspace.writeFiles(ID, [first, edit], { by: 'ann', ...rest })).rejects.toBeInstanceOf(
        MillraceError,
      );
    }
    expect([own.read('proposal.md'), own.read('tasks.md')]).toEqual(['# One\n', '- [ ] a\n']);
    expect(await own.told()).toEqual([]);
    expect(readdirSync(join(own.system.root, CHANGE)).sort()).toEqual(['folder.md', 'proposal.md', 'tasks.md']);
  });

  it('puts the disk back when the log refuses', async () => {
    const { state, wrapLog } = refusingLog();
    await using own = await withChange({ wrapLog });
    state.isRefusing = true;
    const edits = [
      { path: 'proposal.md', content: 'changed' },
      { path: 'new.md', content: 'new' },
      { path: 'tasks.md', content: null },
    ];
    await expect(own.workspace.writeFiles(ID, edits, { by: 'ann' })).rejects.toMatchObject({ code: 'log_unavailable' });
    expect([own.read('proposal.md'), own.read('tasks.md')]).toEqual(['# One\n', '- [ ] a\n']);
    expect(existsSync(join(own.system.root, CHANGE, 'new.md'))).toBe(false);
    await expect(
      own.workspace.createProposal(
        { project: 'alpha', change: 'two' },
        { title: 'T', why: 'w', what: 'w' },
        { by: 'ann' },
      ),
    ).rejects.toMatchObject({ code: 'log_unavailable' });
    expect(await own.workspace.proposals('alpha')).toEqual([ID]);
  });

  it('tells nothing of a write that changes nothing', async () => {
    await using own = await withChange();
    await own.workspace.writeFiles(ID, [{ path: 'proposal.md', content: '# One\n' }], { by: 'ann' });
    expect(await own.told()).toEqual([]);
  });

  it('holds no more files than a change may have', async () => {
    await using own = await withChange();
    const edits = Array.from({ length: 199 }, (_, index) => ({ path: `f-${index}.md`, content: 'x' }));
    await expect(own.workspace.writeFiles(ID, edits, { by: 'ann' })).rejects.toMatchObject({ code: 'conflict' });
    await own.workspace.writeFiles(ID, edits.slice(1), { by: 'ann' });
    expect(await own.workspace.files(ID)).toHaveLength(200);
  });
});

describe('scan', () => {
  it('takes what is there at the first look as it is, and tells what changes afterwards', async () => {
    await using own = await withChange();
    await own.workspace.scan();
    expect(await own.told()).toEqual([]);
    own.system.plant(`${CHANGE}/proposal.md`, '# By hand\n');
    own.system.plant(`${CHANGE}/design.md`, 'new');
    rmSync(join(own.system.root, CHANGE, 'tasks.md'));
    await own.workspace.scan();
    await own.workspace.scan();
    expect(await own.told()).toEqual([
      ['file_changed', null, 'design.md', 'there'],
      ['file_changed', null, 'proposal.md', 'there'],
      ['file_changed', null, 'tasks.md', 'gone'],
    ]);
  });

  it('does not repeat what Millrace wrote, nor tell of a touch', async () => {
    await using own = await withChange();
    await own.workspace.scan();
    await own.workspace.writeFiles(ID, [{ path: 'proposal.md', content: 'by ann' }], { by: 'ann' });
    utimesSync(join(own.system.root, CHANGE, 'tasks.md'), 1, 1);
    writeFileSync(join(own.system.root, CHANGE, 'swap'), 'by ann');
    renameSync(join(own.system.root, CHANGE, 'swap'), join(own.system.root, CHANGE, 'proposal.md'));
    await own.workspace.scan();
    expect(await own.told()).toEqual([['file_changed', 'ann', 'proposal.md', 'there']]);
  });

  it('tells what was done to files that it knows while the server was down, and nothing of the others', async () => {
    await using first = await withChange();
    await first.workspace.writeFiles(ID, [{ path: 'proposal.md', content: 'by ann' }], { by: 'ann' });
    const { folder, log } = first.system;
    await log[Symbol.asyncDispose]();
    first.system.plant(`${CHANGE}/proposal.md`, 'meanwhile');
    first.system.plant(`${CHANGE}/tasks.md`, 'meanwhile');
    await using second = await withChange({ folder });
    await second.workspace.scan();
    await second.workspace.scan();
    expect(await second.told()).toEqual([
      ['file_changed', 'ann', 'proposal.md', 'there'],
      ['file_changed', null, 'proposal.md', 'there'],
    ]);
  });

  it('tells of a change that appears and of one that goes, which keeps its status when it comes back', async () => {
    await using own = await withChange();
    await own.workspace.scan();
    own.system.plant('alpha/openspec/changes/two/proposal.md', '# Change: Two by hand\n');
    await own.workspace.scan();
    rmSync(join(own.system.root, 'alpha/openspec/changes/two'), { recursive: true });
    await own.workspace.scan();
    expect(await own.told()).toEqual([
      ['created', null, undefined, 'there'],
      ['file_changed', null, 'proposal.md', 'gone'],
    ]);
    const created = (await own.system.records())[0];
    expect(JSON.parse(created?.body ?? '')).toEqual({ proposal_id: 'alpha.two', actor: null, title: 'Two by hand' });
  });

  it('tries again what the log refused', async () => {
    const { state, wrapLog } = refusingLog();
    await using own = await withChange({ wrapLog });
    await own.workspace.scan();
    own.system.plant(`${CHANGE}/proposal.md`, 'by hand');
    state.isRefusing = true;
    await expect(own.workspace.scan()).rejects.toMatchObject({ code: 'log_unavailable' });
    state.isRefusing = false;
    await own.workspace.scan();
    expect(await own.told()).toEqual([['file_changed', null, 'proposal.md', 'there']]);
  });
});

describe('without a folder of projects', () => {
  it('there are none, and the reason is told', async () => {
    await using system = await testSurface();
    const workspace = new Workspace(system.context, undefined);
    expect(await workspace.projects()).toEqual([]);
    await expect(workspace.proposal(ID)).rejects.toMatchObject({ code: 'not_found' });
    await expect(workspace.createProject('alpha')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('MILLRACE_PROJECTS_ROOT'),
    });
  });
});
