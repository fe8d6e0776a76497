import { describe, expect, it } from 'vitest';
import { openForWriting } from '../../engine/log/sqlite/database.ts';
import { proposalsProjection } from './projection.ts';
import { type NewProposalEvent, toLogEvent } from './records.ts';

const ID = 'alpha.one';

function openTables() {
  const database = openForWriting(':memory:');
  database.exec(proposalsProjection.create);
  const writer = proposalsProjection.open(database);
  let seq = 0;
  const all = <Row>(sql: string) => database.prepare(sql).all<Row>();
  return {
    apply(...events: NewProposalEvent[]) {
      writer.apply(events.map((event) => ({ ...toLogEvent(event), seq: ++seq, at: 1_000 * seq, tag: 't' })));
    },
    trim: (through: number) => writer.trim?.(through),
    all,
    proposal: () => all<Record<string, unknown>>('SELECT author, status, reviewers, updated_at FROM prop_proposal')[0],
  };
}

const changed = (path: string, etag: string | null, actor: string | null = 'ann') =>
  ({ type: 'file_changed', proposal_id: ID, actor, path, etag }) as const;
const comment = (id: string, status: 'open' | 'accepted') => ({
  id,
  proposal_id: ID,
  parent_id: null,
  author: 'rob',
  text: 'x',
  status,
  created_at: '',
  updated_at: '',
});
const created = (actor: string | null) => ({ type: 'proposal_created', proposal_id: ID, actor, title: 'One' }) as const;

describe('the tables', () => {
  it('keep the newest of everything', () => {
    const tables = openTables();
    tables.apply(
      created('ann'),
      { type: 'reviewers_changed', proposal_id: ID, actor: 'ann', reviewers: ['rob'] },
      { type: 'proposal_status_changed', proposal_id: ID, actor: 'ann', status: 'review', previous_status: 'draft' },
      { type: 'comment_created', proposal_id: ID, comment: comment('c1', 'open') },
      { type: 'comment_created', proposal_id: ID, comment: comment('c2', 'open') },
      { type: 'comment_updated', proposal_id: ID, comment: comment('c1', 'accepted') },
    );
    expect(tables.proposal()).toEqual({ author: 'ann', status: 'review', reviewers: '["rob"]', updated_at: 6_000 });
    expect(tables.all('SELECT id, seq, status FROM prop_comment ORDER BY seq')).toEqual([
      { id: 'c1', seq: 4, status: 'accepted' },
      { id: 'c2', seq: 5, status: 'open' },
    ]);
  });

  it('hold a lock until it is given back', () => {
    const tables = openTables();
    const lock = { holder: 'ann', since: 's', expires_at: 'e' };
    const change = { type: 'lock_changed', proposal_id: '', actor: 'ann', project_id: 'alpha' } as const;
    tables.apply({ ...change, lock, reason: 'locked' });
    expect(tables.all('SELECT * FROM prop_lock')).toEqual([{ project: 'alpha', ...lock }]);
    tables.apply({ ...change, lock: null, reason: 'unlocked' });
    expect(tables.all('SELECT * FROM prop_lock')).toEqual([]);
    expect(tables.proposal()).toBeUndefined();
  });

  it('lose versions to retention, and nothing else', () => {
    const tables = openTables();
    tables.apply(
      created('ann'),
      changed('a.md', 'e1'),
      changed('a.md', 'e2', null),
      changed('b.md', 'e3'),
      changed('b.md', null),
    );
    tables.trim(2);
    expect(tables.all('SELECT seq, path, etag, changed_by FROM prop_version ORDER BY seq')).toEqual([
      { seq: 3, path: 'a.md', etag: 'e2', changed_by: null },
      { seq: 4, path: 'b.md', etag: 'e3', changed_by: 'ann' },
    ]);
    tables.trim(5);
    expect(tables.all('SELECT * FROM prop_version')).toEqual([]);
    expect(tables.proposal()).toMatchObject({ author: 'ann', status: 'draft' });
    expect(tables.all('SELECT path, etag FROM prop_file ORDER BY path')).toEqual([
      { path: 'a.md', etag: 'e2' },
      { path: 'b.md', etag: null },
    ]);
  });

  it('go on where they were with a change that comes back to the disk, and begin anew with one that is made', () => {
    const tables = openTables();
    tables.apply(
      created('ann'),
      { type: 'proposal_status_changed', proposal_id: ID, actor: 'ann', status: 'review', previous_status: 'draft' },
      { type: 'comment_created', proposal_id: ID, comment: comment('c1', 'open') },
      created(null),
    );
    expect(tables.proposal()).toMatchObject({ author: 'ann', status: 'review' });
    expect(tables.all('SELECT id FROM prop_comment')).toHaveLength(1);
    tables.apply(created('bob'));
    expect(tables.proposal()).toMatchObject({ author: 'bob', status: 'draft', reviewers: '[]' });
    expect(tables.all('SELECT id FROM prop_comment')).toEqual([]);
  });
});
