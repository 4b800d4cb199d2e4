import { useEffect, useMemo, useState } from 'preact/hooks';
import { FactsContext } from './facts.js';
import { type Address, useAddress } from './lib/address.js';
import { onLoginNeeded, type PageFacts, usePath } from './lib/api.js';
import { AgentPage } from './pages/agent.js';
import { AgentsPage } from './pages/agents.js';
import { ConversationPage } from './pages/conversation.js';
import { ConversationsPage } from './pages/conversations.js';
import { LoginPage } from './pages/login.js';
import { QueuePage } from './pages/queue.js';
import { QueuesPage } from './pages/queues.js';
import { ReportPage } from './pages/report.js';
import { TodayPage } from './pages/today.js';
import { TrustPage } from './pages/trust.js';
import { WrapupPage } from './pages/wrapup.js';
import { Shell, sectionOf } from './shell.js';

const factsMs = 60_000;

/** The page that an address names. */
function pageOf(address: Address) {
  const page = sectionOf(address.path);
  const id = address.path.split('/')[2];
  if (page?.path === '/') return <TodayPage address={address} />;
  if (page?.path === '/queues')
    return id === undefined ? <QueuesPage address={address} /> : <QueuePage address={address} id={id} />;
  if (page?.path === '/agents')
    return id === undefined ? <AgentsPage address={address} /> : <AgentPage address={address} id={id} />;
  if (page?.path === '/report') return <ReportPage address={address} />;
  if (page?.path === '/wrapup') return <WrapupPage address={address} />;
  if (page?.path === '/conversations')
    return id === undefined ? <ConversationsPage address={address} /> : <ConversationPage id={id} />;
  if (page?.path === '/trust') return <TrustPage address={address} />;
  return <p class="empty">There is no page at this address.</p>;
}

export function App() {
  const address = useAddress();
  const [isLoginNeeded, setLoginNeeded] = useState(false);
  useEffect(() => onLoginNeeded(() => setLoginNeeded(true)), []);
  const facts = usePath<PageFacts>(isLoginNeeded ? undefined : '/api/page', factsMs);
  const known = useMemo(
    () => (facts.result === undefined ? undefined : { ...facts.result, today: facts.result.nowLocal.slice(0, 10) }),
    [facts.result],
  );
  useTitle(address);
  if (isLoginNeeded) return <LoginPage onIn={() => setLoginNeeded(false)} />;
  if (known === undefined)
    return facts.error === undefined ? null : (
      <main class="alone">
        <p class="fault" role="alert">
          {facts.error.message}
        </p>
      </main>
    );
  return (
    <FactsContext.Provider value={known}>
      <Shell address={address}>{pageOf(address)}</Shell>
    </FactsContext.Provider>
  );
}

/** A new page is announced: by the title, and by moving the focus to its heading. */
function useTitle({ path }: Address): void {
  useEffect(() => {
    document.title = `${sectionOf(path)?.label ?? 'Not found'} · Genesys Warehouse`;
    const heading = document.querySelector<HTMLElement>('h1');
    if (document.activeElement !== document.body || history.state !== null) heading?.focus();
  }, [path]);
}
