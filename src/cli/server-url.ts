import { InvalidArgumentError, Option } from 'commander';

const DEFAULT_URL = 'http://127.0.0.1:4000';

/** `--url`, the server a command talks to. */
export function urlOption(): Option {
  return new Option('--url <url>', 'base URL of the server').default(DEFAULT_URL).argParser(parseBaseUrl);
}

/** An http or https URL without a slash at its end. */
export function parseBaseUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new InvalidArgumentError('It must be an http or https URL such as http://127.0.0.1:4000.');
  }
  return url.href.replace(/\/+$/, '');
}

/** A whole number of at least `min`. */
export function wholeNumber(min: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min)) throw new InvalidArgumentError(`It must be a whole number of at least ${min}.`);
    return value;
  };
}
