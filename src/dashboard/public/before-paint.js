// Runs before the first paint. The names and values are those of src/ui/theme.ts, src/server/page-routes.ts and
// src/dashboard/main.tsx.
const theme = /(?:^|; )millrace-theme=(light|dark)(?:;|$)/.exec(document.cookie)?.[1];
if (theme) document.documentElement.dataset.theme = theme;
// The server renders times in this zone.
const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
// biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is asynchronous, and not in every browser
document.cookie = `millrace-zone=${encodeURIComponent(timeZone)}; path=/; max-age=31536000; samesite=strict`;

// A page that the server rendered has buttons that nobody answers yet. Which one was pressed last is kept until the
// page is taken over: it is pressed again then.
let pressed;
const keep = ({ target }) => {
  pressed = target.closest('button');
};
document.addEventListener('click', keep, true);
window.endEarlyPresses = () => {
  document.removeEventListener('click', keep, true);
  return pressed;
};
