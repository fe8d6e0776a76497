import type { Probe } from '../probes/probe.ts';
import { expectThat } from '../verdict.ts';

/** An event of spec 004 as a sender writes it. */
export function anEvent<Members extends object>(members: Members) {
  return { timestamp: new Date().toISOString(), source_app: 'conformance', event_type: 'PreToolUse', ...members };
}

/** Posts events of one new session, one request each, and returns the session's name and their ids. */
export async function publishEvents(probe: Probe, count: number) {
  const session = probe.freshName();
  const ids: number[] = [];
  for (let number = 0; number < count; number += 1) {
    const answer = await probe.post('/events', anEvent({ session_id: session, summary: `event ${number}` }));
    expectThat(answer.status === 201, `POST /events was answered ${answer.status} ${answer.text.slice(0, 200)}`);
    ids.push((answer.json() as { id: number }).id);
  }
  return { session, ids };
}

/** The position of the newest event. */
export async function headOf(probe: Probe, path = '/stream'): Promise<string> {
  const page = await probe.ask(`${path}?cursor=latest`);
  expectThat(page.status === 200, `GET ${path} as JSON was answered ${page.status}`);
  return String(page.json().cursor);
}
