import * as z from 'zod';
import { issuesOf } from '../../engine/http/issues.ts';
import { isJsonObject, unsafeJson } from '../../engine/http/json-safety.ts';
import type { CheckedItem } from '../../engine/http/parse-items.ts';
import { MESSAGE_LIMITS, OWN_ID_PREFIX } from './events.ts';
import type { GivenMessage } from './message-body.ts';

/** Not blank, whole characters only, and nothing a terminal or a log line could stumble over. */
const NAME = /^(?=.*\S)[^\p{Cc}\p{Cs}]+$/u;
/** Control characters other than tab, line feed and carriage return. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;
/** No path can end with these: every browser, in every spelling, takes them for a way up. */
const NO_PATH = /^\.{1,2}$/;
const HAS_ZONE = /(?:Z|[+-]\d{2}:\d{2})$/;
const LONGEST_TIME = 64;

/** A name that has a page and an address of its own. */
function ownerName(cap: number) {
  return name(cap).refine((text) => !NO_PATH.test(text), 'must not be . or .., which no URL can hold');
}

function name(cap: number) {
  return z
    .string()
    .max(cap, `at most ${cap} characters`)
    .regex(NAME, 'must not be empty, blank, hold control characters or half characters');
}

/** A time without a zone is read as UTC; it is stored in UTC. */
export const timeSchema = z
  .string()
  .max(LONGEST_TIME, `at most ${LONGEST_TIME} characters`)
  .pipe(
    z.iso.datetime({ offset: true, local: true, error: 'must be a time in ISO 8601, like 2025-10-21T10:30:45.123Z' }),
  )
  .transform((text) => new Date(HAS_ZONE.test(text) ? text : `${text}Z`).getTime())
  .refine((ms) => /^\d{4}-/.test(isoOf(ms)), 'must be a time of the years 0000 to 9999');

/** What can't be shown is refused: the text that is stored is the text that was sent. */
const textSchema = z
  .string()
  .min(1, 'must not be empty')
  .max(MESSAGE_LIMITS.text, `at most ${MESSAGE_LIMITS.text} characters`)
  .refine((text) => !CONTROL.test(text), 'must not hold control characters other than tab and line breaks')
  // Half of a character is what remains where a sender cut its text at a length: no reason to refuse the rest.
  .transform((text) => text.toWellFormed());

// `null` stands for "none": that is how several languages write an optional member that isn't set.
const messageSchema = z.object({
  user: ownerName(MESSAGE_LIMITS.user),
  channel: ownerName(MESSAGE_LIMITS.channel),
  text: textSchema,
  sent_at: timeSchema.nullish(),
  display_name: name(MESSAGE_LIMITS.displayName).nullish(),
  id: name(MESSAGE_LIMITS.id)
    .refine((id) => !id.startsWith(OWN_ID_PREFIX), `must not begin with ${OWN_ID_PREFIX}, as the server's own do`)
    .nullish(),
});

/** Checks one message as sent to `POST /api/messages`. Unknown members are ignored: a newer sender may know more. */
export function parseMessage(value: unknown): CheckedItem<GivenMessage> {
  if (!isJsonObject(value)) return refused('must be a JSON object');
  const unsafe = unsafeJson(value);
  if (unsafe !== undefined) return refused(unsafe);
  const result = messageSchema.safeParse(value);
  if (!result.success) return { ok: false, issues: issuesOf(result.error) };
  const { user, channel, text, sent_at, display_name, id } = result.data;
  return {
    ok: true,
    item: {
      user,
      channel,
      text,
      sent_at: sent_at == null ? undefined : isoOf(sent_at),
      display_name: display_name ?? undefined,
      id: id ?? undefined,
    },
  };
}

function refused(message: string): CheckedItem<GivenMessage> {
  return { ok: false, issues: [{ path: '', message }] };
}

function isoOf(ms: number): string {
  return Number.isNaN(ms) ? '' : new Date(ms).toISOString();
}
