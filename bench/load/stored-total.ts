/** How many events the server says it holds. */
export async function storedTotal(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/events/recent?limit=1`);
  const answer: unknown = await response.json();
  const isAnswer = typeof answer === 'object' && answer !== null && 'total' in answer;
  return isAnswer ? Number(answer.total) : Number.NaN;
}
