import { useState } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';

const system = matchMedia('(prefers-color-scheme: dark)');
const isDark = () => {
  const { theme } = document.documentElement.dataset;
  return theme === undefined ? system.matches : theme === 'dark';
};

/** Switches between dark and light. Until then the page follows the system. */
export function ThemeButton() {
  const [dark, setDark] = useState(isDark);
  const label = dark ? 'Use the light theme' : 'Use the dark theme';
  return (
    <button
      type="button"
      class="button quiet icon"
      aria-label={label}
      title={label}
      onClick={() => {
        const theme = dark ? 'light' : 'dark';
        document.documentElement.dataset.theme = theme;
        localStorage.setItem('theme', theme);
        setDark(!dark);
      }}
    >
      <Icon name={dark ? 'sun' : 'moon'} />
    </button>
  );
}
