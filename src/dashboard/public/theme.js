// Runs before the first paint, so that a stored theme never flashes. The key and values are those of src/ui/theme.ts.
try {
  const theme = localStorage.getItem('millrace.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden; the system's theme is used then.
}
