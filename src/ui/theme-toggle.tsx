import Monitor from 'lucide-react/icons/monitor';
import Moon from 'lucide-react/icons/moon';
import Sun from 'lucide-react/icons/sun';
import { useSyncExternalStore } from 'react';
import { Button } from './button.tsx';
import { applyTheme, nextTheme, storedTheme, subscribeToTheme } from './theme.ts';

const ICONS = { system: Monitor, light: Sun, dark: Moon } as const;

/** Goes round system, light and dark. */
export function ThemeToggle() {
  const theme = useSyncExternalStore(subscribeToTheme, storedTheme, storedTheme);
  const Icon = ICONS[theme];
  const next = nextTheme(theme);
  return (
    <Button
      look="ghost"
      isIcon
      onClick={() => applyTheme(next)}
      aria-label={`Theme: ${theme}. Switch to ${next}`}
      title={`Theme: ${theme}`}
    >
      <Icon size={16} aria-hidden />
    </Button>
  );
}
