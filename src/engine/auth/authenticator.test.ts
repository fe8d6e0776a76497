import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { RequestGuard } from '../request-guard.ts';
import { Authenticator } from './authenticator.ts';
import { RequestIdentity } from './request-identity.ts';
import { Revocations } from './revocations.ts';
import { signToken } from './sign-token.ts';
import { Tickets } from './tickets.ts';
import { TokenVerifier } from './token-verifier.ts';

const URL_TEXT = 'http://127.0.0.1:4000/ws/projects/p1';

function known() {
  const clock = new ManualClock();
  const secret = randomBytes(32);
  const [tickets, revocations] = [new Tickets(clock), new Revocations()];
  const verifier = new TokenVerifier({ keys: { kind: 'secret', secret }, clock });
  const guard = new RequestGuard({ allowedOrigins: ['https://dash.test'], isLoopback: true });
  const authenticator = new Authenticator({ verifier, tickets, revocations, guard, clock });
  const token = (sub: string) => signToken(secret, { sub, roles: [], projects: [], ttlMs: 60_000, now: clock.now() });
  const who = async (query: string, headers: Record<string, string> = {}) => {
    const request = new Request(URL_TEXT + query, { headers });
    return (await authenticator.authenticate(request, new URL(request.url)))?.sub;
  };
  return { clock, tickets, revocations, authenticator, token, who };
}

describe('who sends a request', () => {
  test('is nobody where nothing is shown', async () => {
    const { who } = known();
    expect(await who('?cursor=latest', { cookie: 'other=1', authorization: 'Basic YTpi' })).toBeUndefined();
  });

  test('stands in the first of these: ticket, header, subprotocol, query, cookie', async () => {
    const { authenticator, tickets, token, who } = known();
    const ticket = async () => `ticket=${tickets.issue(await authenticator.verify(await token('by ticket'))).ticket}`;
    const headers = {
      authorization: `Bearer ${await token('by header')}`,
      'sec-websocket-protocol': `millrace.v1, bearer, ${await token('by subprotocol')}`,
      cookie: `a=b; millrace_session=${await token('by cookie')}`,
    };
    const { authorization: _, ...rest } = headers;
    const { 'sec-websocket-protocol': __, ...cookieOnly } = rest;
    const query = `?token=${await token('by query')}`;
    expect(await who(`${query}&${await ticket()}`, headers)).toBe('by ticket');
    expect(await who(query, headers)).toBe('by header');
    expect(await who(query, rest)).toBe('by subprotocol');
    expect(await who(query, cookieOnly)).toBe('by query');
    expect(await who('', cookieOnly)).toBe('by cookie');
  });

  test.each([
    ['ticket', '?ticket=wrong', {}],
    ['header', '', { authorization: 'Bearer wrong' }],
    ['header with what no token holds', '', { authorization: 'Bearer "wrong"' }],
    ['subprotocol', '', { 'sec-websocket-protocol': 'bearer, wrong' }],
    ['subprotocol without a token', '', { 'sec-websocket-protocol': 'bearer' }],
    ['query', '?token=wrong', {}],
    ['empty query', '?token=', {}],
  ])('is refused for a bad %s, although the cookie is good', async (_, query, headers: Record<string, string>) => {
    const { token, who } = known();
    const cookie = `millrace_session=${await token('ada')}`;
    await expect(who(query, { ...headers, cookie })).rejects.toMatchObject({ code: 'unauthorized' });
  });

  test('is asked once for each request, because a ticket is used up by it', async () => {
    const { authenticator, tickets, token } = known();
    const { ticket } = tickets.issue(await authenticator.verify(await token('ada')));
    const request = new Request(`${URL_TEXT}?ticket=${ticket}`);
    const identity = new RequestIdentity(authenticator, request, new URL(request.url));
    expect((await identity.required()).sub).toBe('ada');
    expect((await identity.required()).sub).toBe('ada');
    const again = new RequestIdentity(authenticator, request, new URL(request.url));
    await expect(again.required()).rejects.toMatchObject({ code: 'unauthorized' });
  });
});

describe('the cookie', () => {
  test('is not taken from a foreign page, reading included', async () => {
    const { token, who } = known();
    const cookie = `millrace_session=${await token('ada')}`;
    await expect(who('', { cookie, origin: 'http://127.0.0.1:9999' })).rejects.toMatchObject({
      code: 'forbidden_origin',
    });
    expect(await who('', { cookie, origin: 'http://127.0.0.1:4000' })).toBe('ada');
    expect(await who('', { cookie, origin: 'https://dash.test' })).toBe('ada');
    expect(await who('', { cookie })).toBe('ada');
  });
});

describe('a good token', () => {
  test('is over when it expires, by the wall clock', async () => {
    const { authenticator, clock, token } = known();
    const principal = await authenticator.verify(await token('ada'));
    clock.advance(59_999);
    expect(authenticator.isOver(principal)).toBe(false);
    clock.advance(1);
    expect(authenticator.isOver(principal)).toBe(true);
  });

  test('is over when its id is revoked, and others are not', async () => {
    const { authenticator, revocations, clock, token } = known();
    const [revoked, kept] = [await token('ada'), await token('ada')];
    const principal = await authenticator.verify(revoked);
    revocations.add({ jti: principal.tokenId ?? '' }, clock.now());
    expect(authenticator.isOver(principal)).toBe(true);
    await expect(authenticator.verify(revoked)).rejects.toMatchObject({ code: 'unauthorized' });
    expect((await authenticator.verify(kept)).sub).toBe('ada');
  });

  test('is over when its user is revoked, and one issued a second later is good', async () => {
    const { authenticator, revocations, clock, token } = known();
    const before = await token('ada');
    revocations.add({ sub: 'ada' }, clock.now());
    await expect(authenticator.verify(before)).rejects.toMatchObject({ code: 'unauthorized' });
    expect((await authenticator.verify(await token('eve'))).sub).toBe('eve');
    clock.advance(1_000);
    expect((await authenticator.verify(await token('ada'))).sub).toBe('ada');
  });

  test('does not outlive itself in a ticket', async () => {
    const { authenticator, tickets, clock, token, who } = known();
    const principal = await authenticator.verify(await token('ada'));
    clock.advance(40_000);
    const { ticket } = tickets.issue(principal);
    clock.advance(20_000);
    await expect(who(`?ticket=${ticket}`)).rejects.toMatchObject({ code: 'unauthorized' });
  });
});
