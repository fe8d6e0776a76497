import { expect, test } from 'vitest';
import { MillraceError } from '../protocol/errors.ts';
import { IngestGate } from './ingest-gate.ts';

test('is open until it is shut, and then says when to come back', () => {
  const gate = new IngestGate();
  expect(() => gate.assertOpen()).not.toThrow();
  gate.set(false);
  const refusal = (() => {
    try {
      return gate.assertOpen();
    } catch (error) {
      return error;
    }
  })();
  expect(refusal).toBeInstanceOf(MillraceError);
  expect(refusal).toMatchObject({ code: 'ingestion_paused', status: 503, retryable: true, retryAfterS: 10 });
});

test('tells of changes only, to those who still listen', () => {
  const gate = new IngestGate();
  const seen: boolean[] = [];
  const stop = gate.onChange(() => seen.push(gate.isOpen));
  for (const isOpen of [true, false, false, true]) gate.set(isOpen);
  stop();
  gate.set(false);
  expect(seen).toEqual([false, true]);
});
