import { describe, expect, it } from 'vitest';
import { createOpsActions } from './ops-actions.ts';
import { alert } from './testing/ops-fixtures.ts';

/** A server that knows nobody before a session is begun. */
function scene({ isLocal }: { readonly isLocal: boolean }) {
  const requests: string[] = [];
  const people: string[] = [];
  const refused = (message: string) => Response.json({ error: { code: 'unauthorized', message } }, { status: 401 });
  const actions = createOpsActions({
    onSignedIn: (person) => people.push(person),
    fetch: async (path, { method }) => {
      requests.push(`${method} ${path}`);
      if (path === '/auth/session') return isLocal ? Response.json({ user: 'local' }) : refused('sign in with a token');
      return people.length > 0 ? Response.json(alert('a')) : refused('who are you');
    },
  });
  return { actions, requests, people };
}

describe('createOpsActions', () => {
  it('signs the person at the machine of the server in, once, and does what was asked', async () => {
    const { actions, requests, people } = scene({ isLocal: true });
    expect(await actions.acknowledge('a/b')).toEqual(alert('a'));
    await actions.acknowledge('a');
    expect(requests).toEqual([
      'POST /api/alerts/a%2Fb/acknowledge',
      'POST /auth/session',
      'POST /api/alerts/a%2Fb/acknowledge',
      'POST /api/alerts/a/acknowledge',
    ]);
    expect(people).toEqual(['local']);
  });

  it('says why it was refused to anybody else', async () => {
    const { actions, requests } = scene({ isLocal: false });
    await expect(actions.setIngestion('paused')).rejects.toThrow('Who are you.');
    expect(requests).toEqual(['PUT /api/ops/ingestion', 'POST /auth/session']);
  });
});
