import { QueryClientProvider } from '@tanstack/preact-query';
import { render } from 'preact';
import { App } from './app.tsx';
import { queryClient } from './data/queryClient.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/cards.css';
import './shell/shell.css';

const root = document.getElementById('app');
if (root !== null)
  render(
    <QueryClientProvider client={queryClient}>
      <App />
    </QueryClientProvider>,
    root,
  );
