// Runs before the first paint. The names and values are those of src/ui/theme.ts and src/server/page-routes.ts.
const theme = /(?:^|; )millrace-theme=(light|dark)(?:;|$)/.exec(document.cookie)?.[1];
if (theme) document.documentElement.dataset.theme = theme;
// The server renders times in this zone.
const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
// biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is asynchronous, and not in every browser
document.cookie = `millrace-zone=${encodeURIComponent(timeZone)}; path=/; max-age=31536000; samesite=strict`;
