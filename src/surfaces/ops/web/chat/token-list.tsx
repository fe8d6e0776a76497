import { memo } from 'react';

export interface TokenListProps {
  /** Which row of the transcript it belongs to. */
  readonly row: number;
  /** Only ever added to at the end. */
  readonly tokens: readonly string[];
}

/** Items that are rendered together, so that a new piece costs no more in a long answer than in a short one. */
const CHUNK = 128;

/** The pieces of an answer as markers (specs/000): the text beside it says the same to people, so nobody is shown these. */
export const TokenList = memo(function TokenList({ row, tokens }: TokenListProps) {
  const starts = Array.from({ length: Math.ceil(tokens.length / CHUNK) }, (_, index) => index * CHUNK);
  return (
    <ol hidden id={`tau-ops-chat-token-stream-${row}`} data-token-stream="assistant">
      {starts.map((start) => (
        <TokenChunk key={start} row={row} start={start} tokens={tokens.slice(start, start + CHUNK)} />
      ))}
    </ol>
  );
});

interface TokenChunkProps extends TokenListProps {
  readonly start: number;
}

const TokenChunk = memo(
  function TokenChunk({ row, start, tokens }: TokenChunkProps) {
    return tokens.map((token, offset) => {
      const index = start + offset;
      return (
        <li key={index} id={`tau-ops-chat-token-${row}-${index}`} data-token-index={index} data-token-value={token} />
      );
    });
  },
  (before, after) => before.row === after.row && before.tokens.length === after.tokens.length,
);
