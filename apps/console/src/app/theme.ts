import { useEffect, useState } from 'react';

export type Theme = 'light' | 'dark';

const storageKey = 'timbre.theme';

const wished = (): Theme => {
  const kept = localStorage.getItem(storageKey);
  if (kept === 'light' || kept === 'dark') return kept;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
};

/** The colours: those of the system until somebody chooses others, which this browser remembers. */
export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(wished);
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  return [
    theme,
    (chosen) => {
      localStorage.setItem(storageKey, chosen);
      setTheme(chosen);
    },
  ];
}
