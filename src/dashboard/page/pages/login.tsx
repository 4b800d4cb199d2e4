import { useState } from 'preact/hooks';

/** Asks for the password; the answer is a cookie that no script can read. */
export function LoginPage({ onIn }: { onIn: () => void }) {
  const [fault, setFault] = useState('');
  const logIn = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const password = new FormData(form).get('password');
    const response = await fetch('/api/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ password }),
    }).catch(() => undefined);
    if (response?.ok === true) return onIn();
    const body = (await response?.json().catch(() => undefined)) as { error?: string } | undefined;
    setFault(body?.error ?? 'The server does not answer.');
  };
  return (
    <main class="alone">
      <form class="card login" onSubmit={logIn}>
        <h1>Genesys Warehouse</h1>
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required autofocus />
        {fault !== '' && (
          <p class="fault" role="alert">
            {fault}
          </p>
        )}
        <button type="submit">Log in</button>
      </form>
    </main>
  );
}
