import { useState, type FormEvent } from 'react';
import { text } from '../texts/text.js';
import { Button } from '../ui/Button.js';
import { TextField } from '../ui/fields.js';
import { Logo } from './Logo.js';
import './sign-in.css';

/** Asks for an API key: a partner's, or the admin key. */
export function SignIn({ onKey, isWrong = false }: { onKey: (key: string) => void; isWrong?: boolean }) {
  const [key, setKey] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (key.trim() !== '') onKey(key.trim());
  };
  return (
    <main className="sign-in">
      <form className="card stack sign-in-card" onSubmit={submit}>
        <Logo />
        <h1>{text('signIn.action')}</h1>
        <p className="muted">{text('signIn.lead')}</p>
        <TextField
          label={text('signIn.key')}
          hint={text('signIn.hint')}
          error={isWrong ? text('signIn.wrong') : undefined}
          type="password"
          autoComplete="off"
          autoFocus
          value={key}
          onChange={setKey}
        />
        <Button kind="primary" type="submit">
          {text('signIn.action')}
        </Button>
      </form>
    </main>
  );
}
