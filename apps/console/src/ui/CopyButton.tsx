import { useState } from 'react';
import { text } from '../texts/text.js';
import { Button } from './Button.js';

/** Copies a text, and says so. Where the browser refuses, it says how the text is copied by hand. */
export function CopyButton({ value, label }: { value: string; label: string }) {
  const [outcome, setOutcome] = useState<'copied' | 'refused'>();
  const copy = async (): Promise<void> => {
    setOutcome((await copied(value)) ? 'copied' : 'refused');
  };
  return (
    <div className="row">
      <Button icon={outcome === 'copied' ? 'check' : 'copy'} kind="primary" onPress={() => void copy()}>
        {label}
      </Button>
      <span role="status">{outcome && text(outcome === 'copied' ? 'copy.done' : 'copy.refused')}</span>
    </div>
  );
}

/** Browsers have a clipboard only for pages of HTTPS and of localhost. */
async function copied(value: string): Promise<boolean> {
  if (!('clipboard' in navigator)) return false;
  return navigator.clipboard.writeText(value).then(
    () => true,
    () => false,
  );
}
